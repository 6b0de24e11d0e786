"""Whatever many clerks and citizens do, in whatever order: nobody is lost, nobody is called twice, nobody is passed."""

from collections.abc import Iterator

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from store.unit import Store
from tests.cast import a_store
from tests.commands.clerks import Clerks
from tests.databases import PostgreSQL


@pytest.fixture
def sqlite_alone(sqlite_url: str) -> Iterator[Store]:
    """A database of their own, so that all of it can be verified."""
    with a_store(sqlite_url) as store:
        yield store


@pytest.fixture
def postgresql_alone(postgres: PostgreSQL) -> Iterator[Store]:
    with postgres.database() as url, a_store(url) as store:
        yield store


def work(store: Store, *, days: int, presses: int) -> None:
    """As many days of as many presses each."""
    here = type("ClerksHere", (Clerks,), {"store": store})
    so_long = settings(max_examples=days, stateful_step_count=presses, deadline=None)
    run_state_machine_as_test(here, settings=so_long)


@pytest.mark.timeout(300)
def test_clerks_at_work(sqlite_alone: Store) -> None:
    work(sqlite_alone, days=20, presses=40)


@pytest.mark.timeout(300)
def test_clerks_at_work_on_postgresql(postgresql_alone: Store) -> None:
    work(postgresql_alone, days=4, presses=30)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_clerks_at_work_for_long(sqlite_alone: Store) -> None:
    work(sqlite_alone, days=60, presses=60)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_clerks_at_work_for_long_on_postgresql(postgresql_alone: Store) -> None:
    work(postgresql_alone, days=12, presses=50)
