"""Appointments as rows: the places of slots that are taken, and what was booked."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from queueing.appointments import Appointment, AppointmentState
from queueing.orphans import ComingAppointment
from queueing.slots import Slot
from store import tables

_ROWS = tables.Appointment
_HELD = AppointmentState.HELD.value
_COLUMNS = [_ROWS.__table__.c[name] for name in Appointment.__dataclass_fields__ if name != "ticket"]
_READ = select(*_COLUMNS, _ROWS.ticket_id.label("ticket"), _ROWS.centre_id).where(_ROWS.id == bindparam("appointment"))
# A hold that has expired takes no place, whether or not somebody has swept it away.
_KEEPS = or_(_ROWS.state != _HELD, _ROWS.expires_at > bindparam("now"))
_TAKEN = (
    select(_ROWS.service, _ROWS.start, func.count())
    .where(
        _ROWS.centre_id == bindparam("centre"),
        _ROWS.service.in_(bindparam("services", expanding=True)),
        _ROWS.start.between(bindparam("first"), bindparam("last")),
        _ROWS.place.is_not(None),
        _KEEPS,
    )
    .group_by(_ROWS.service, _ROWS.start)
)
_PLACES = select(_ROWS.place, _ROWS.id, _KEEPS.label("kept")).where(
    _ROWS.centre_id == bindparam("centre"),
    _ROWS.service == bindparam("code"),
    _ROWS.start == bindparam("at"),
    _ROWS.place.is_not(None),
)
# Nobody books further ahead. Said as a bound, for without one SQLite's planner takes a walk through all for cheaper.
_FAR, _INSTANT = timedelta(days=1100), timedelta(microseconds=1)
# By the index of the places, so without the past and without what was given back.
_COMING = (
    select(_ROWS.id, _ROWS.reference, _ROWS.service, _ROWS.start, _ROWS.state == _HELD)
    .where(
        _ROWS.centre_id == bindparam("centre"),
        _ROWS.service.in_(bindparam("services", expanding=True)),
        _ROWS.start.between(bindparam("first"), bindparam("last")),
        _ROWS.place.is_not(None),
        _ROWS.state.in_([_HELD, AppointmentState.BOOKED.value]),
        _KEEPS,
    )
    .order_by(_ROWS.start, _ROWS.made_at, _ROWS.id)
)
_BOOKERS = select(tables.Booker.appointment_id, tables.Booker.name, tables.Booker.phone).where(
    tables.Booker.appointment_id.in_(bindparam("appointments", expanding=True))
)
_GIVE_BACK = (
    update(_ROWS).where(_ROWS.id == bindparam("appointment")).values(place=None, state=AppointmentState.CANCELLED.value)
)
_REFERENCE = select(_ROWS.id).where(_ROWS.centre_id == bindparam("centre"), _ROWS.reference == bindparam("letters"))
_CENTRE = (
    select(tables.Centre.code)
    .join(_ROWS, _ROWS.centre_id == tables.Centre.id)
    .where(_ROWS.id == bindparam("appointment"))
)


_BOOKED = (
    select(_ROWS.id)
    .where(
        _ROWS.centre_id == bindparam("centre"),
        _ROWS.service.in_(bindparam("services", expanding=True)),
        _ROWS.start >= bindparam("since"),
        _ROWS.start < bindparam("until"),
        _ROWS.state == AppointmentState.BOOKED.value,
    )
    .order_by(_ROWS.start, _ROWS.id)
)


class Place(NamedTuple):
    """A numbered place of a slot; `kept` is false once a hold on it has expired."""

    place: int | None
    appointment: int
    kept: bool


def read_appointment(conn: Connection, appointment: int, centre: int) -> Appointment | None:
    """An appointment of that centre, or None."""
    row = conn.execute(_READ, {"appointment": appointment}).mappings().first()
    if row is None or row["centre_id"] != centre:
        return None
    facts = {name: row[name] for name in Appointment.__dataclass_fields__}
    return Appointment(**{**facts, "services": tuple(row["services"]), "state": AppointmentState(row["state"])})


def centre_of_appointment(conn: Connection, appointment: int) -> str | None:
    """The code of the centre where it was made, or None."""
    return conn.execute(_CENTRE, {"appointment": appointment}).scalar()


def taken(
    conn: Connection, centre: int, services: Collection[str], slots: Sequence[Slot], now: datetime
) -> Counter[tuple[str, datetime]]:
    """How many places are taken, by service and start, from the first to the last of `slots`: one statement."""
    if not slots:
        return Counter()
    asked = {"centre": centre, "services": list(services), "first": slots[0].start, "last": slots[-1].start, "now": now}
    return Counter({(service, start): n for service, start, n in conn.execute(_TAKEN, asked)})


def places_of_slot(conn: Connection, centre: int, service: str, start: datetime, now: datetime) -> list[Place]:
    """Every numbered place of a slot that has a row."""
    asked = {"centre": centre, "code": service, "at": start, "now": now}
    return [Place(place, number, bool(kept)) for place, number, kept in conn.execute(_PLACES, asked)]


def coming_appointments(
    conn: Connection, centre: int, services: Collection[str], now: datetime
) -> list[ComingAppointment]:
    """What is booked or held from now on, by start and then by who booked first: one statement."""
    asked = {"centre": centre, "services": list(services), "first": now + _INSTANT, "last": now + _FAR, "now": now}
    rows = conn.execute(_COMING, asked)
    return [
        ComingAppointment(number, letters, service, start, bool(held)) for number, letters, service, start, held in rows
    ]


def read_bookers(conn: Connection, appointments: Collection[int]) -> dict[int, tuple[str | None, str | None]]:
    """The name and the phone that were given with appointments."""
    rows = conn.execute(_BOOKERS, {"appointments": list(appointments)})
    return {number: (name, phone) for number, name, phone in rows}


def booked_between(
    conn: Connection, centre: int, services: Collection[str], since: datetime, until: datetime
) -> Sequence[int]:
    """The appointments that are booked and nothing else for a time from `since` on and before `until`, in order."""
    asked = {"centre": centre, "services": list(services), "since": since, "until": until}
    return conn.execute(_BOOKED, asked).scalars().all()


def give_back(conn: Connection, appointment: int) -> None:
    """Frees the place of an appointment, which is cancelled."""
    conn.execute(_GIVE_BACK, {"appointment": appointment})


def appointment_of_reference(conn: Connection, centre: int, letters: str) -> int | None:
    """The appointment of a centre that has this reference, or None."""
    return conn.execute(_REFERENCE, {"centre": centre, "letters": letters}).scalar()


def insert_appointment(conn: Connection, centre: int, appointment: Appointment, made_at: datetime) -> None:
    """Writes a new appointment. Raises IntegrityError when its place is taken: no lock was held."""
    row = {**_row(appointment), "centre_id": centre, "service": appointment.services[0], "made_at": made_at}
    conn.execute(insert(_ROWS), row)


def update_appointment(conn: Connection, appointment: Appointment) -> None:
    """Writes an appointment as it is now. Raises IntegrityError when its new place is taken: no lock was held."""
    conn.execute(update(_ROWS).where(_ROWS.id == appointment.id).values(_row(appointment)))


def _row(appointment: Appointment) -> dict[str, Any]:
    facts = asdict(appointment)
    ticket = facts.pop("ticket")
    return {**facts, "services": list(appointment.services), "state": appointment.state.value, "ticket_id": ticket}
