"""Appointments and the times that can be booked, as they are answered."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from answers import schemas
from answers.guards import store
from answers.tickets import local
from queueing.appointments import Appointment, state_at
from queueing.refusals import Invalid, NotFound
from queueing.slots import Slot, bookable
from store.appointments import appointment_of_reference, centre_of_appointment, read_appointment, taken
from store.board import read_head
from store.centre import CentreInfo
from store.ids import appointment_of_token, appointment_token
from store.unit import Unit

_SCANNED = re.compile(r"/a/([\w-]+)")


class Room(NamedTuple):
    """A slot that can still be booked, and how many places of it are free: maybe none."""

    slot: Slot
    free: int


def rooms(conn: Connection, centre: CentreInfo, service: str, days: tuple[date, date], now: datetime) -> list[Room]:
    """The slots of a service from the first to the last of `days` (centre-local), in order: one statement."""
    slots = bookable(centre.plan(service), *days, now)
    given = taken(conn, centre.id, [service], slots, now)
    return [Room(slot, max(slot.places - given[service, slot.start], 0)) for slot in slots]


def slots_answer(
    conn: Connection, centre: CentreInfo, service: str, days: tuple[date | None, date | None], now: datetime
) -> dict[str, Any]:
    """The times with a free place, from the first to the last of `days` (centre-local). Raises Invalid."""
    if service not in centre.services:
        raise Invalid("service", "unknown", value=service)
    first, last = days[0] or centre.hours.business_date(now), days[1] or date.max
    if last < first:
        raise Invalid("to", "dates-backwards")
    free = [
        schemas.Slot(start=local(slot.start, centre.zone), end=local(slot.end, centre.zone), free=left)
        for slot, left in rooms(conn, centre, service, (first, last), now)
        if left
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


def typed_appointment(unit: Unit, field: str, typed: str) -> int:
    """The appointment of this centre whose reference was typed, or whose code a reader has typed. Raises Invalid."""
    token = scanned_token(typed)
    if token is None:
        found = appointment_of_reference(unit.conn, unit.centre.id, typed.upper().replace("\0", ""))
        if found is None:
            raise Invalid(field, "no-such-reference", value=typed.upper())
        return found
    found = appointment_of_token(store().key, token)
    where = centre_of_appointment(unit.conn, found) if found is not None else None
    if found is None or where is None:
        raise Invalid(field, "no-such-code")
    if where != unit.centre.code:
        raise Invalid(field, "appointment-elsewhere")
    return found


def scanned_token(typed: str) -> str | None:
    """The token in the address that a reader types of an appointment's QR code; None for what is no such address."""
    found = _SCANNED.search(typed)
    return found[1] if found else None


def find_appointment(token: str) -> tuple[int, str]:
    """The appointment that a token opens and its centre's code. Raises NotFound."""
    number = appointment_of_token(store().key, token)
    if number is not None:
        with store().glancing() as conn:
            code = centre_of_appointment(conn, number)
        if code is not None:
            return number, code
    raise NotFound("appointment")


def read_own(token: str) -> tuple[CentreInfo, Appointment]:
    """The appointment that a token opens, and its centre's settings. Raises NotFound."""
    number, code = find_appointment(token)
    with store().reading() as conn:
        centre = read_head(conn, store().centres, code).info
        found = read_appointment(conn, number, centre.id)
    if found is None:
        raise NotFound("appointment")
    return centre, found
