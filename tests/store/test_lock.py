"""The lock on a centre: with it every number is given once; without it the race is there to be seen."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import IntegrityError, OperationalError

from commands.calls import call_next
from commands.tickets import TicketRequest, issue_ticket
from queueing.visit import Visit
from store.unit import LOCK_CENTRE, Announcement, Store, Unit
from tests.cast import KEO, Hall, a_hall, another_store

PRESSES = 40
on_postgresql = pytest.mark.parametrize("store", ["postgresql"], indirect=True)
RACES = (IntegrityError, OperationalError, RuntimeError)


@pytest.fixture
def unlocked(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> Hall:
    """A centre whose lock is taken out: no row lock, no lock of the process, no early write lock of SQLite."""
    assert LOCK_CENTRE.whereclause is not None
    plain = select(*LOCK_CENTRE.selected_columns).where(LOCK_CENTRE.whereclause)
    monkeypatch.setattr("store.unit.LOCK_CENTRE", plain)
    monkeypatch.setattr(Store, "_lock", _no_lock)
    monkeypatch.setattr("store.engine._begin_sqlite", _begin_plainly)  # for engines that are opened from now on
    return hall


def _no_lock(_store: Store, _scope: str) -> Any:
    return nullcontext()


def _begin_plainly(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN")


def slowly_issue(unit: Unit) -> Visit:
    """Between the lock and the write, enough time for others to come in."""
    time.sleep(0.001)
    return issue_ticket(unit, TicketRequest(("BIRTH",), "kiosk"))


def press_at_once(stores: Sequence[Store], code: str, command: Callable[[Unit], Any], times: int) -> list[Any]:
    """Eight threads press together; what each press came to, its result or its error."""
    start = threading.Barrier(8)

    def press(n: int) -> Any:
        if n < start.parties:
            start.wait()
        try:
            with stores[n % len(stores)].unit(code, KEO) as unit:
                return command(unit)
        except RACES as race:
            return race

    with ThreadPoolExecutor(start.parties) as threads:
        return list(threads.map(press, range(times)))


def test_every_number_is_given_once_and_none_is_left_out(hall: Hall) -> None:
    with another_store(hall.store) as other:
        visits = press_at_once([hall.store, other], hall.code, slowly_issue, PRESSES)
    assert sorted(visit.number for visit in visits) == [f"B{n:03d}" for n in range(1, PRESSES + 1)]
    assert [event.seq for event in hall.events()] == list(range(1, PRESSES + 1))


def test_every_person_is_called_once(hall: Hall) -> None:
    for _ in range(10):
        hall.ticket()
    hall.opens(1, 2, 4)
    with another_store(hall.store) as other:
        called = press_at_once([hall.store, other], hall.code, _whoever_is_next, PRESSES)
    numbers = [visit.number for visit in called if visit is not None]
    assert sorted(numbers) == [f"B{n:03d}" for n in range(1, 11)]


_turn = iter(range(10**9))


def _whoever_is_next(unit: Unit) -> Visit | None:
    return call_next(unit, (1, 2, 4)[next(_turn) % 3], finish=True)


def test_without_the_lock_presses_fail_on_one_another(unlocked: Hall) -> None:
    with another_store(unlocked.store) as first, another_store(unlocked.store) as second:
        outcomes = press_at_once([first, second], unlocked.code, slowly_issue, PRESSES)
    assert [race for race in outcomes if isinstance(race, RACES)], "the race did not appear"


@on_postgresql
def test_without_the_row_lock_alone_two_processes_race(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LOCK_CENTRE.whereclause is not None
    plain = select(*LOCK_CENTRE.selected_columns).where(LOCK_CENTRE.whereclause)
    hall = a_hall(store)
    with another_store(store) as first, another_store(store) as second:
        monkeypatch.setattr("store.unit.LOCK_CENTRE", plain)
        outcomes = press_at_once([first, second], hall.code, slowly_issue, PRESSES)
    assert [race for race in outcomes if isinstance(race, RACES)], "the race did not appear"


class SlowLine(deque[Announcement]):
    """An outgoing line that is slow to take the first event."""

    def extend(self, announcements: Any) -> None:
        if any(announcement.event.seq == 1 for announcement in announcements):
            time.sleep(0.1)
        super().extend(announcements)


def announced(store: Store, code: str) -> list[int]:
    store.outgoing = SlowLine()
    press_at_once([store], code, slowly_issue, PRESSES)
    return [a.event.seq for a in store.outgoing if a.centre.code == code]


def test_announcements_come_in_the_order_of_the_log(hall: Hall) -> None:
    with another_store(hall.store) as store:
        assert announced(store, hall.code) == list(range(1, PRESSES + 1))


@on_postgresql
def test_without_the_lock_of_the_process_announcements_overtake_one_another(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    with another_store(hall.store) as store:
        monkeypatch.setattr(Store, "_lock", _no_lock)
        seqs = announced(store, hall.code)
    assert sorted(seqs) == list(range(1, PRESSES + 1))
    assert seqs != sorted(seqs)


@on_postgresql
def test_centres_do_not_wait_for_each_other(store: Store) -> None:
    ours = a_hall(store)
    theirs = next(
        hall for hall in (a_hall(store), a_hall(store)) if store._lock(hall.code) is not store._lock(ours.code)
    )
    with ours.store.unit(ours.code, KEO), ThreadPoolExecutor(1) as thread:
        assert thread.submit(theirs.ticket).result(timeout=10).number == "B001"


def test_reading_does_not_wait_for_a_press(hall: Hall) -> None:
    hall.ticket()
    with hall.store.unit(hall.code, KEO) as unit:
        issue_ticket(unit, TicketRequest(("BIRTH",), "kiosk"))
        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(hall.queue).result(timeout=10) == ["B001"]


@on_postgresql
def test_a_crowd_of_readers_leaves_the_press_that_they_wait_for_a_connection(hall: Hall) -> None:
    store = hall.store
    with another_store(store) as other, ThreadPoolExecutor(2) as crowd:
        other.engine = create_engine(store.engine.url, pool_size=2, max_overflow=0, pool_timeout=5)
        with other._lock(hall.code):  # as a unit that has not connected yet
            read = [crowd.submit(_read_settled, other, hall.code) for _ in range(2)]
            time.sleep(0.2)
            with other.engine.connect() as conn:
                assert conn.execute(select(1)).scalar_one() == 1
        assert [reader.result(timeout=10) for reader in read] == [1, 1]


def _read_settled(store: Store, code: str) -> int:
    with store.settled(code) as conn:
        one: int = conn.execute(select(1)).scalar_one()
    return one
