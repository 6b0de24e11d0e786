"""Appointments that are not what the log says are named; of presses, and of holds that time has ended, nothing is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from commands.appointments import book, cancel, check_in, confirm, move
from commands.day import end_past_days
from commands.tickets import TicketRequest
from commands.verify import verify
from commands.verify_log import shown
from queueing.appointments import HOLD, Appointment
from queueing.events import Kind
from store import tables
from tests.cast import MONDAY, Hall, clock

ROWS = tables.Appointment
NINE, TUESDAY = clock("9:00"), MONDAY + timedelta(days=1)
CHECKED = {"centre_id", "id", "end", "made_at", "language", "priority", "reference"}


@dataclass(frozen=True)
class Booked:
    """A day on which everything was done that can be done to appointments."""

    hall: Hall
    plain: Appointment
    held: Appointment
    taken_over: Appointment
    late: Appointment
    came: Appointment
    cancelled: Appointment

    def found(self, *damages: Any, all_days: bool = False) -> list[str]:
        """What verify says of the damaged database, which then is as before."""
        with self._damaged(damages):
            return verify(self.hall.store, self.hall.code, all_days=all_days)

    @contextmanager
    def _damaged(self, damages: Any) -> Iterator[None]:
        with self.hall.store.writing() as conn:
            for damage in damages:
                conn.execute(damage)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(self.hall.store, "reading", lambda: _same(conn))
                yield
            conn.rollback()

    def row(self, appointment: Appointment) -> Any:
        with self.hall.reading() as conn:
            return conn.execute(select(ROWS.__table__).where(ROWS.id == appointment.id)).one()


@contextmanager
def _same(conn: Connection) -> Iterator[Connection]:
    yield conn


@pytest.fixture
def booked(hall: Hall) -> Booked:
    def books(start: Any = NINE, service: str = "BIRTH", **how: Any) -> Appointment:
        return hall.press(book, TicketRequest((service,), "web"), start, **how)

    late = books(NINE)
    hall.at("8:00", TUESDAY).press(end_past_days)
    morning = clock("9:00", TUESDAY)
    hall.press(move, late.id, clock("11:00", TUESDAY))
    taken_over = books(morning, "RES", hold=True)
    kept = books(morning, "RES", hold=True)
    hall.press(confirm, kept.id)
    held = books(morning, hold=True)
    hall.press(move, held.id, clock("10:00", TUESDAY))
    hall.later(seconds=HOLD.total_seconds())
    assert books(morning, "RES").place == taken_over.place
    plain, came, cancelled = (books(morning) for _ in range(3))
    hall.press(cancel, cancelled.id)
    hall.at("8:50", TUESDAY).press(check_in, came.id, "kiosk")
    return Booked(hall, plain, held, taken_over, late, came, cancelled)


def test_nothing_is_found_where_everything_was_pressed(booked: Booked) -> None:
    kinds = {event.kind for event in booked.hall.events()}
    assert {Kind.BOOKED, Kind.BOOKING_MOVED, Kind.BOOKING_CANCELLED, Kind.BOOKING_MISSED} <= kinds
    assert booked.found() == booked.found(all_days=True) == []
    booked.hall.at("8:00", TUESDAY + timedelta(days=1)).press(end_past_days)
    assert booked.found() == booked.found(all_days=True) == []


@pytest.mark.parametrize("who", ["plain", "held", "taken_over", "late", "came", "cancelled"])
def test_a_row_that_was_changed_is_named_with_both_values(booked: Booked, who: str) -> None:
    mine = getattr(booked, who)
    was = booked.row(mine)
    others = {
        "service": "MARRY",
        "services": ["BIRTH", "RES"],
        "start": was.start + timedelta(minutes=30),
        "place": 9,
        "state": "booked" if was.state != "booked" else "missed",
        "sequence": 7,
        "moved_late": not was.moved_late,
        "ticket_id": None if was.ticket_id else _a_ticket(booked.hall),
    }
    for name, other in others.items():
        told = f"{_label(booked, was)}: {name} is {shown(other)} in the row, "
        found = booked.found(update(ROWS).where(ROWS.id == mine.id).values({name: other}))
        assert any(one.startswith(told) for one in found), name


def _label(booked: Booked, row: Any) -> str:
    return f"{booked.hall.code}: appointment {row.reference}"


def _a_ticket(hall: Hall) -> int:
    return hall.ticket("INFO").id


def test_every_column_that_the_log_tells_is_compared() -> None:
    told = {"service", "services", "start", "place", "state", "sequence", "moved_late", "ticket_id", "expires_at"}
    assert told | CHECKED == set(ROWS.__table__.columns.keys())


def test_a_hold_counts_as_ended_only_when_its_time_is_over(booked: Booked) -> None:
    hall = booked.hall
    fresh = hall.press(book, TicketRequest(("BIRTH",), "web"), clock("12:00", TUESDAY), hold=True)
    ended = update(ROWS).values(state="cancelled", place=None)
    assert booked.found(ended.where(ROWS.id == booked.held.id)) == []
    row = booked.row(fresh)
    assert booked.found(ended.where(ROWS.id == fresh.id)) == [
        f"{_label(booked, row)}: place is empty in the row, '1' in the log",
        f"{_label(booked, row)}: state is 'cancelled' in the row, 'held' in the log",
    ]
    longer = update(ROWS).where(ROWS.id == fresh.id).values(expires_at=row.expires_at + timedelta(minutes=1))
    assert "expires_at" in booked.found(longer)[0]


def test_a_row_without_a_log_and_a_log_without_a_row_are_named(booked: Booked) -> None:
    was = booked.row(booked.plain)
    assert booked.found(delete(ROWS).where(ROWS.id == was.id)) == [
        f"{booked.hall.code}: appointment {was.id} has no row of {was.start.isoformat()}, the log has booked it"
    ]
    forged = {**was._mapping, "id": was.id + 1, "reference": "FORGED", "place": 5}
    assert booked.found(insert(ROWS).values(forged)) == [
        f"{booked.hall.code}: appointment FORGED has a row, the log does not have it"
    ]


def test_events_that_cannot_have_happened_are_named(booked: Booked) -> None:
    log = tables.LogEvent
    events = booked.hall.events()
    confirmed = [e for e in events if e.kind is Kind.BOOKED and e.facts["booking"]["state"] == "booked"]
    seq = confirmed[-1].seq
    mine = update(log).where(log.centre_id == booked.hall.centre, log.seq == seq)
    (first, *_rest) = booked.found(mine.values(kind="booking_cancelled"))
    assert first == (
        f"{booked.hall.code}: event {seq} (booking_cancelled) of an appointment cannot be applied "
        "(ValueError: it was never booked)"
    )
    (first, *_rest) = booked.found(mine.values(facts={"appointment": 5}))
    assert first.startswith(f"{booked.hall.code}: event {seq} (booked) of an appointment cannot be applied (KeyError")


def test_a_past_day_is_looked_at_when_it_is_asked_for(booked: Booked) -> None:
    booked.hall.at("8:00", TUESDAY + timedelta(days=1)).press(end_past_days)
    damage = update(ROWS).where(ROWS.id == booked.plain.id).values(sequence=7)
    assert booked.found(damage) == []
    assert len(booked.found(damage, all_days=True)) == 1
