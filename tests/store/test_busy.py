"""While another process holds SQLite's write lock: a press waits its turn without stopping anybody else."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError
from tenacity import stop_after_delay

from store.busy import Busy, _begin_again
from store.unit import Store
from tests.cast import Hall, a_hall
from tests.processes import ROOT


@pytest.fixture
def hall(sqlite_store: Store) -> Hall:
    sqlite_store.on_commit = lambda: None
    return a_hall(sqlite_store)


def url(hall: Hall) -> str:
    return hall.store.engine.url.render_as_string()


@contextmanager
def another_process_writing(hall: Hall) -> Iterator[None]:
    database = hall.store.engine.url.database
    assert database
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.close()


def test_a_press_waits_two_seconds_and_the_loop_goes_on_meanwhile(hall: Hall) -> None:
    command = [sys.executable, "-m", "tests.store.waiting_room", url(hall), hall.code, "2"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 0, said.stderr
    stood_still, took, number = said.stdout.split()
    assert number == "B001"
    assert float(took) >= 2
    assert float(stood_still) < 1, "SQLite's own waiting would have stopped every socket for two seconds"


def test_a_press_that_waits_too_long_is_busy_and_leaves_nothing(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_begin_again.retry, "stop", stop_after_delay(0.2))
    before = hall.snapshot()
    with another_process_writing(hall), pytest.raises(Busy):
        hall.ticket()
    assert hall.snapshot() == before
    assert hall.ticket().number == "B001"


def test_reading_goes_on_while_another_process_writes(hall: Hall) -> None:
    hall.ticket()
    with another_process_writing(hall):
        assert hall.queue() == ["B001"]


def test_an_error_that_is_not_a_wait_is_not_repeated(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def begin_badly(conn: object) -> None:
        begun.append(conn)
        raise OperationalError("BEGIN", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr("store.engine._begin_sqlite", begin_badly)
    store = Store(url(hall), hall.clock)
    with pytest.raises(OperationalError, match="disk I/O"), store.unit(hall.code):
        pytest.fail("it did not begin")
    assert len(begun) == 1
    store.engine.dispose()
