"""A server that runs erases by itself, and says so."""

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from store.clock import SystemClock
from store.migrate import upgrade
from store.tables import Person
from store.unit import Store
from tests.cast import HandClock, a_hall
from tests.servers import RunningServer


def test_a_running_server_erases_what_is_old(database_url: str, run_server: Callable[..., RunningServer]) -> None:
    store = Store(database_url, HandClock(SystemClock().now()))
    upgrade(store.engine)
    hall = a_hall(store, code="SAY")
    hall.clock.at = SystemClock().now() - timedelta(days=40)
    hall.ticket("RES", name="Bounmy")
    hall.later(60 * 24 * 20).ticket("RES", name="Noy")
    server = run_server(database_url)
    until = time.monotonic() + 60
    while "1 people" not in server.said():
        assert time.monotonic() < until, server.said()
        time.sleep(0.2)
    with store.reading() as conn:
        kept = conn.execute(select(func.count()).select_from(Person)).scalar_one()
    store.engine.dispose()
    assert kept == 1
    assert "Bounmy" not in server.said()
