"""Screens that watch the feed of the product in this process; nothing is sent until a test says so."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from display.feed import Feed
from tests.api.conftest import app, desk, shape
from tests.api.desk import Desk
from tests.display.screen import Screen
from tests.halls import hall, postgresql_store, sqlite_store, store

__all__ = ["app", "desk", "hall", "postgresql_store", "shape", "sqlite_store", "store"]


@pytest.fixture
def feed(shape: tuple[Flask, Feed]) -> Feed:
    return shape[1]


@pytest.fixture
def screen(feed: Feed, desk: Desk) -> Iterator[Callable[[], Screen]]:
    """Connects screens; all are gone when the test ends."""
    screens: list[Screen] = []

    def connect() -> Screen:
        screens.append(Screen(feed, desk))
        return screens[-1]

    yield connect
    for connected in screens:
        connected.leave()
