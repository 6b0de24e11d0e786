"""Personal data, erased a day at a time, and what a centre's log says of it.

A day is found through its tickets and through the starts of its appointments, by index, so that the work is that of
the day and not of all that was ever kept. The log remembers how far it has come.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from queueing.events import Event
from store.changes import IS_CHANGE, IS_ERASURE
from store.log import event_of
from store.tables import Appointment, Booker, LogEvent, Note, Person, Ticket

_TICKETS = select(Ticket.id).where(Ticket.centre_id == bindparam("centre"), Ticket.business_date == bindparam("day"))
_APPOINTMENTS = select(Appointment.id).where(
    Appointment.centre_id == bindparam("centre"),
    Appointment.service.in_(bindparam("services", expanding=True)),
    Appointment.start >= bindparam("since"),
    Appointment.start < bindparam("until"),
)
_ERASE = {
    "people": delete(Person).where(Person.ticket_id.in_(_TICKETS)),
    "notes": delete(Note).where(Note.ticket_id.in_(_TICKETS)),
    "bookers": delete(Booker).where(Booker.appointment_id.in_(_APPOINTMENTS)),
}
# By the partial index of changes: what a centre has changed is little beside what it has done.
_LAST = (
    select(LogEvent.__table__)
    .where(LogEvent.centre_id == bindparam("centre"), IS_CHANGE, IS_ERASURE)
    .order_by(LogEvent.seq.desc())
    .limit(1)
)
_BEGAN = select(LogEvent.at).where(LogEvent.centre_id == bindparam("centre"), LogEvent.seq == 1)


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of which kind: what visitors gave, what clerks wrote, what was given with a booking."""

    people: int = 0
    notes: int = 0
    bookers: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(**{kind: count + getattr(other, kind) for kind, count in self.counts().items()})

    def counts(self) -> dict[str, Any]:
        """The counts by kind."""
        return asdict(self)

    def any(self) -> bool:
        """Whether there was anything."""
        return self != Erased()


def erase_day(
    conn: Connection, centre: int, services: Collection[str], day: date, span: tuple[datetime, datetime]
) -> Erased:
    """Deletes the personal data of a business date, whose instants are `span`; the services are all that there were."""
    values: dict[str, Any] = {"centre": centre, "services": sorted(services), "day": day}
    values |= {"since": span[0], "until": span[1]}
    return Erased(**{kind: conn.execute(statement, values).rowcount for kind, statement in _ERASE.items()})


def last_erasure(conn: Connection, centre: int) -> Event | None:
    """The last event that tells of an erasure: in its facts the day up to which it came, and what it erased."""
    row = conn.execute(_LAST, {"centre": centre}).first()
    return event_of(row) if row else None


def log_began(conn: Connection, centre: int) -> datetime | None:
    """When the first event of a centre happened, or None: what is older was never here."""
    return conn.execute(_BEGAN, {"centre": centre}).scalar()
