"""The pages as a browser meets them, without one: an application on a database, a centre for each test, and readers."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from answers.guards import House
from answers.limiter import Limiter
from composition import create_app
from config.settings import Settings
from store.unit import Store
from tests.cast import Hall, HandClock, a_hall, a_store, clock
from tests.pages.reader import PUBLIC_URL, Reader


@pytest.fixture(scope="session")
def _house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Flask]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('pages')}/onedoor.db"
    with a_store(url) as store:
        app, _feed = create_app(Settings(database_url=url), store, public_url=PUBLIC_URL)
        yield store, app


@pytest.fixture
def app(_house: tuple[Store, Flask]) -> Flask:
    """The application, as it is after a restart: nobody has asked too often yet, and it is no demonstration."""
    store, app = _house
    store.clock = HandClock(clock("8:00"))
    house: House = app.extensions["onedoor"]
    app.extensions["onedoor"] = replace(house, demo=False, limiter=Limiter(None))
    return app


@pytest.fixture
def demonstration(app: Flask) -> Flask:
    app.extensions["onedoor"] = replace(app.extensions["onedoor"], demo=True)
    return app


@pytest.fixture
def hall(app: Flask, _house: tuple[Store, Flask]) -> Hall:
    """A centre that is open around the clock, on a Monday at eight, with nobody in it."""
    return a_hall(_house[0])


@pytest.fixture
def reader(app: Flask, hall: Hall) -> Callable[..., Reader]:
    """`reader("staff")` is a browser of a clerk of the hall; `reader()` is anybody's."""

    def of(role: str | None = None, *, lang: str = "en", at: Hall = hall) -> Reader:
        return Reader(app, at, role, lang)

    return of
