"""What `verify` looks at in appointments: each is folded from its events again and compared with its row."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from commands.verify_log import IN_CENTRE, CentreRow
from commands.verify_rows import UNREADABLE, compare
from queueing.appointments import HOLD, AppointmentState
from queueing.events import Kind
from queueing.visit import instant
from store.centre import CentreInfo
from store.tables import Appointment, LogEvent

_S = AppointmentState
_LONG_AGO = date(1970, 1, 1)
_BOOKINGS = [kind.value for kind in (Kind.BOOKED, Kind.BOOKING_MOVED, Kind.BOOKING_CANCELLED, Kind.BOOKING_MISSED)]
_CHECKED_IN = and_(
    LogEvent.kind == Kind.ISSUED.value,
    LogEvent.seq > bindparam("since"),
    LogEvent.facts["appointment"].as_string().is_not(None),
)
_EVENTS = (
    select(LogEvent.seq, LogEvent.kind, LogEvent.at, LogEvent.ticket_id, LogEvent.facts)
    .where(IN_CENTRE, or_(LogEvent.kind.in_(_BOOKINGS), _CHECKED_IN))
    .order_by(LogEvent.seq)
    .execution_options(yield_per=500)
)
_ROWS = (
    select(Appointment.__table__)
    .where(Appointment.centre_id == bindparam("centre"), Appointment.start >= bindparam("from"))
    .order_by(Appointment.start, Appointment.id)
    .execution_options(yield_per=500)
)
_SLOT = Appointment.service, Appointment.start, Appointment.place
_TWICE = (
    select(*_SLOT, func.count().label("times"))
    .where(Appointment.centre_id == bindparam("centre"), Appointment.place.is_not(None))
    .group_by(*_SLOT)
    .having(func.count() > 1)
)


@dataclass(slots=True)
class _Folded:
    """An appointment as the log tells it."""

    services: list[str]
    start: datetime
    place: int | None
    state: str
    expires_at: datetime | None = None
    ticket_id: int | None = None
    sequence: int = 0
    moved_late: bool = False

    def row(self) -> dict[str, Any]:
        """What the columns should be."""
        return {"service": self.services[0], **{name: getattr(self, name) for name in self.__slots__}}


def appointments(conn: Connection, row: CentreRow, centre: CentreInfo, after: date, since: int) -> Iterator[str]:
    """Differences between log and rows of appointments for days after `after`, and of those the log has alone.

    Nobody has checked in for these days before the event `since`.
    """
    if after == date.max:  # nothing was ever done here
        return
    told, unread = _fold(conn, centre.id, since)
    yield from unread
    first = centre.hours.instant(max(after, _LONG_AGO) + timedelta(days=1), 0)
    for found in conn.execute(_ROWS, {"centre": centre.id, "from": first}).mappings():
        what = f"appointment {found['reference']}"
        folded = told.pop(found["id"], None)
        if folded is None:
            yield f"{what} has a row, the log does not have it"
        else:
            yield from compare(what, found, _as_given_back(folded.row(), found, row.last_at))
    for number, folded in told.items():
        if folded.start >= first:
            yield f"appointment {number} has no row of {folded.start.isoformat()}, the log has booked it"
    yield from _places_given_twice(conn, centre.id)


def _as_given_back(told: dict[str, Any], row: Mapping[Any, Any], last_at: datetime | None) -> dict[str, Any]:
    """Whose hold has expired by time alone is told nowhere, and the place may be somebody else's since."""
    expires = told["expires_at"]
    if row["state"] == _S.CANCELLED and told["state"] == _S.HELD and last_at is not None and expires <= last_at:
        return {**told, "state": _S.CANCELLED.value, "place": None}
    return told


def _fold(conn: Connection, centre: int, since: int) -> tuple[dict[int, _Folded], list[str]]:
    """Every appointment of the log by its id, and the events that cannot have happened."""
    told: dict[int, _Folded] = {}
    unread = []
    for event in conn.execute(_EVENTS, {"centre": centre, "since": since}):
        try:
            number = event.facts["appointment"]
            told[number] = _after(told.get(number), event)
        except UNREADABLE as error:
            said = f"event {event.seq} ({event.kind})"
            unread.append(f"{said} of an appointment cannot be applied ({type(error).__name__}: {error})")
    return told, unread


def _after(before: _Folded | None, event: Any) -> _Folded:
    """The appointment after an event. Raises what is UNREADABLE."""
    if event.kind == Kind.ISSUED:
        if before is None or before.state != _S.BOOKED:
            raise ValueError("it was not booked")
        before.state, before.ticket_id = _S.CHECKED_IN.value, event.ticket_id
        return before
    said = event.facts["booking"]
    after = _Folded(
        list(said["services"]), instant(said["start"]), said["place"], AppointmentState(said["state"]).value
    )
    if before is None:
        if event.kind != Kind.BOOKED:
            raise ValueError("it was never booked")
        after.expires_at = event.at + HOLD if after.state == _S.HELD else None
        return after
    if before.state not in _BEFORE[event.kind]:
        raise ValueError(f"it was {before.state}")
    after.expires_at = before.expires_at if after.state == _S.HELD else None
    changes = event.kind in (Kind.BOOKING_MOVED, Kind.BOOKING_CANCELLED)  # what a calendar is told of
    after.sequence = before.sequence + changes
    after.moved_late = before.moved_late or (event.kind == Kind.BOOKING_MOVED and before.state == _S.MISSED)
    return after


# What an appointment can have been when it was confirmed, moved, cancelled or missed.
_BEFORE: Mapping[str, tuple[str, ...]] = {
    Kind.BOOKED: (_S.HELD,),
    Kind.BOOKING_MOVED: (_S.HELD, _S.BOOKED, _S.MISSED),
    Kind.BOOKING_CANCELLED: (_S.HELD, _S.BOOKED),
    Kind.BOOKING_MISSED: (_S.BOOKED,),
}


def _places_given_twice(conn: Connection, centre: int) -> Iterator[str]:
    """The database refuses it; this proves that it did."""
    for row in conn.execute(_TWICE, {"centre": centre}):
        yield f"place {row.place} of {row.service} at {row.start.isoformat()} was given {row.times} times"
