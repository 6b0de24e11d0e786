"""Fixtures for tests of the core: a database per kind and test process, and for each test a centre of its own in it."""

from collections.abc import Iterator

import pytest

from store.unit import Store
from tests.cast import Hall, HandClock, a_hall, a_store, clock
from tests.databases import PostgreSQL


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with a_store(f"sqlite:///{tmp_path_factory.mktemp('core')}/onedoor.db") as store:
        yield store


@pytest.fixture(scope="session")
def postgresql_store(postgres: PostgreSQL) -> Iterator[Store]:
    with postgres.database() as url, a_store(url) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """The shared database of one kind; presses are announced to nobody yet."""
    shared: Store = request.getfixturevalue(f"{request.param}_store")
    shared.clock = HandClock(clock("8:00"))
    shared.outgoing.clear()
    shared.on_commit = lambda: None
    return shared


@pytest.fixture
def hall(store: Store) -> Hall:
    """A centre that is open around the clock, on a Monday at eight, with nobody in it."""
    return a_hall(store)
