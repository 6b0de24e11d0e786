"""The product in this process, on the test run's databases, with a desk in front of it."""

import pytest
from flask import Flask

from composition import create_app
from config.settings import Settings
from display.feed import Feed
from store.unit import Store
from tests.api.desk import Desk
from tests.cast import Hall, a_hall
from tests.halls import hall, postgresql_store, sqlite_store, store

__all__ = ["hall", "postgresql_store", "sqlite_store", "store"]

PUBLIC_URL = "https://onedoor.example"
_shapes: dict[int, tuple[Flask, Feed]] = {}

# For what no database can change: one is enough.
on_one_database = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


@pytest.fixture
def shape(store: Store) -> tuple[Flask, Feed]:
    """The composed product and its feed, made once per database."""
    if id(store) not in _shapes:
        settings = Settings.model_validate({"database_url": "sqlite://"})  # and none of this machine's
        _shapes[id(store)] = create_app(settings, store, public_url=PUBLIC_URL)
    return _shapes[id(store)]


@pytest.fixture
def app(shape: tuple[Flask, Feed]) -> Flask:
    return shape[0]


@pytest.fixture
def desk(app: Flask, hall: Hall) -> Desk:
    """Speaks to a centre that is open around the clock, on a Monday at eight, with nobody in it."""
    return Desk(app, hall, a_hall(hall.store))
