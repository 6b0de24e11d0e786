"""A database of its own for each test, of both kinds: a worker sends whatever is in it."""

from collections.abc import Iterator

import pytest

from store.unit import Store
from tests.cast import Hall, a_hall, a_store
from tests.messages.gateway import Gateway, a_gateway


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    with a_store(request.getfixturevalue(f"{request.param}_url")) as store:
        store.reach = frozenset({"phone", "email"})
        yield store


@pytest.fixture
def hall(store: Store) -> Hall:
    """A centre that is open around the clock, on a Monday at eight."""
    return a_hall(store)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with a_gateway() as gateway:
        yield gateway
