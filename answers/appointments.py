"""Appointments and the times that can be booked, as they are answered."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from answers import schemas
from answers.tickets import local
from queueing.appointments import Appointment, state_at
from queueing.refusals import Invalid
from queueing.slots import bookable
from store.appointments import taken
from store.centre import CentreInfo
from store.ids import appointment_token


def slots_answer(
    conn: Connection, centre: CentreInfo, service: str, days: tuple[date | None, date | None], now: datetime
) -> dict[str, Any]:
    """The times with a free place, from the first to the last of `days` (centre-local). Raises Invalid."""
    info = centre.services.get(service)
    if info is None:
        raise Invalid("service", "unknown", value=service)
    first, last = days[0] or centre.hours.business_date(now), days[1] or date.max
    if last < first:
        raise Invalid("to", "dates-backwards")
    capacity = info.slot_capacity if info.enabled else 0
    slots = bookable(centre.hours, centre.rules.booking, first, last, now) if capacity else []
    given = taken(conn, centre.id, [service], slots, now)
    free = [
        schemas.Slot(start=local(slot.start, centre.zone), end=local(slot.end, centre.zone), free=left)
        for slot in slots
        if (left := capacity - given[service, slot.start]) > 0
    ]
    return schemas.Slots(slots=free).model_dump(mode="json")


def appointment_answer(centre: CentreInfo, appointment: Appointment, now: datetime) -> dict[str, Any]:
    """An appointment without what only its holder may know."""
    expires = appointment.expires_at
    return {
        "id": appointment.id,
        "reference": appointment.reference,
        "centre": centre.code,
        "services": list(appointment.services),
        "state": state_at(appointment, centre.hours, now).value,
        "start": local(appointment.start, centre.zone),
        "end": local(appointment.end, centre.zone),
        "expires_at": local(expires, centre.zone) if expires else None,
    }


def appointment_with_secrets(answer: Mapping[str, Any], key: bytes, public_url: str) -> dict[str, Any]:
    """An appointment for its holder: the token and the addresses made of it."""
    known = {name: value for name, value in answer.items() if name != "id"}
    token = appointment_token(key, answer["id"])
    url = f"{public_url}/a/{token}"
    made = schemas.Appointment(**known, token=token, url=url, ics_url=f"{url}.ics")
    return made.model_dump(mode="json")
