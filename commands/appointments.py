"""Booking, moving and cancelling an appointment, and checking in with it. Each is one unit; none ever overbooks."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, insert

from commands.messages import tell_booker
from commands.tickets import TicketRequest, check_person, check_request, give_number, remember_person
from queueing.appointments import (
    HOLD,
    Appointment,
    AppointmentState,
    change_allowed,
    check_in_allowed,
    move_allowed,
    refuse_cancelled,
    state_at,
)
from queueing.events import Kind
from queueing.journey import plan_steps
from queueing.messages import MessageKind
from queueing.order import appointment_place
from queueing.refusals import (
    AppointmentMissed,
    CheckedInAlready,
    Invalid,
    NotFound,
    ServiceClosed,
    SlotFull,
    SlotUnavailable,
)
from queueing.slots import Slot, find_slot
from queueing.visit import Visit, micros
from store.appointments import (
    appointment_of_reference,
    booked_between,
    give_back,
    insert_appointment,
    places_of_slot,
    read_appointment,
    read_bookers,
    update_appointment,
)
from store.ids import new_id, new_reference
from store.tables import Booker
from store.unit import Unit

_EMAIL = re.compile(r"[^@\s\0]+@[^@\s\0]+\.[^@\s\0]+")
_MOST_EMAIL = 254  # RFC 5321, 4.5.3.1.3
_S = AppointmentState


def book(
    unit: Unit, request: TicketRequest, start: datetime, *, email: str | None = None, hold: bool = False
) -> Appointment:
    """Takes a place of the first service's slot; `hold` keeps it for ten minutes while the rest is filled in.

    Raises Invalid, ServiceClosed, SlotUnavailable, SlotFull, ClockBehind.
    """
    check_request(unit, request)
    _check_email(email)
    unit.refuse_lost_clock()
    for code in request.services:
        if not unit.centre.services[code].enabled:
            raise ServiceClosed(code)
    slot = _slot(unit, request.services[0], start)
    made = Appointment(
        id=new_id(),
        reference=_reference(unit),
        services=request.services,
        start=slot.start,
        end=slot.end,
        place=_take_place(unit, request.services[0], slot),
        state=_S.HELD if hold else _S.BOOKED,
        language=request.language,
        priority=request.priority,
        sequence=0,
        moved_late=False,
        expires_at=unit.now + HOLD if hold else None,
        ticket=None,
    )
    insert_appointment(unit.conn, unit.centre.id, made, unit.now)
    _remember_booker(unit, made.id, request.name, request.phone, email)
    if not hold:
        tell_booker(unit, MessageKind.BOOKED, made)
    return _told(unit, Kind.BOOKED, made)


def _check_email(email: str | None) -> None:
    if email is not None and (len(email) > _MOST_EMAIL or not _EMAIL.fullmatch(email)):
        raise Invalid("email", "not-an-email")


def release(unit: Unit, appointment: int) -> None:
    """Gives back what was held and not confirmed, for another time; what is booked stays."""
    found = read_appointment(unit.conn, appointment, unit.centre.id)
    if found is not None and state_at(found, unit.centre.hours, unit.now) is _S.HELD:
        cancel(unit, appointment)


def confirm(
    unit: Unit, appointment: int, *, name: str | None = None, phone: str | None = None, email: str | None = None
) -> Appointment:
    """Books what was held, with who comes; once booked it stays so.

    Raises NotFound, Invalid, HoldExpired, AppointmentCancelled.
    """
    check_person(name, phone)
    _check_email(email)
    found, state = _find(unit, appointment)
    refuse_cancelled(found, state)
    if state is not _S.HELD:
        return found
    _remember_booker(unit, found.id, name, phone, email)
    booked = replace(found, state=_S.BOOKED, expires_at=None)
    update_appointment(unit.conn, booked)
    tell_booker(unit, MessageKind.BOOKED, booked)
    return _told(unit, Kind.BOOKED, booked)


def move(unit: Unit, appointment: int, start: datetime, *, by_staff: bool = False) -> Appointment:
    """Takes another time in one step: where that can't be, the old one stands.

    Raises NotFound, SlotUnavailable, SlotFull, TooLateToChange unless by staff, and what forbids it to this appointment
    (`move_allowed`).
    """
    found, state = _find(unit, appointment)
    move_allowed(found, unit.centre.hours, unit.now)
    if start == found.start and state is not _S.MISSED:
        return found
    if not by_staff:
        _refuse_too_late(unit, found, state)
    if state is _S.MISSED:
        found = _miss(unit, found)
    slot = _slot(unit, found.services[0], start)
    place = _take_place(unit, found.services[0], slot)
    moved = replace(
        found,
        start=slot.start,
        end=slot.end,
        place=place,
        state=_S.BOOKED if state is _S.MISSED else found.state,
        sequence=found.sequence + 1,
        moved_late=found.moved_late or state is _S.MISSED,
    )
    update_appointment(unit.conn, moved)
    if moved.state is _S.BOOKED:
        tell_booker(unit, MessageKind.MOVED, moved)
    return _told(unit, Kind.BOOKING_MOVED, moved)


def cancel(unit: Unit, appointment: int, *, by_staff: bool = False) -> Appointment:
    """Gives the place back; what is cancelled stays so.

    Raises NotFound, AppointmentMissed, CheckedInAlready, TooLateToChange unless by staff.
    """
    found, state = _find(unit, appointment)
    if state is _S.CANCELLED:
        return found
    if state is _S.CHECKED_IN:
        raise CheckedInAlready(found.ticket)
    if state is _S.MISSED:
        raise AppointmentMissed
    if not by_staff:
        _refuse_too_late(unit, found, state)
    ended = replace(found, state=_S.CANCELLED, place=None, expires_at=None, sequence=found.sequence + 1)
    update_appointment(unit.conn, ended)
    if state is _S.BOOKED:
        tell_booker(unit, MessageKind.CANCELLED, ended)
    return _told(unit, Kind.BOOKING_CANCELLED, ended)


def check_in(unit: Unit, appointment: int, channel: str) -> Visit:
    """The person is here: a ticket, in the queue as of the booked time.

    Raises NotFound, CheckedInAlready (with the ticket), and why nobody can check in with it now (`check_in_allowed`).
    """
    found, _state = _find(unit, appointment)
    rules = unit.centre.rules
    check_in_allowed(found, unit.centre.hours, rules.booking.early, unit.now)
    unit.refuse_lost_clock()
    steps = plan_steps(found.services, unit.centre.then)
    place = appointment_place(
        unit.now,
        found.start,
        cap=rules.max_credit,
        credit=rules.appointment_credit,
        late=rules.appointment_late,
        weight=unit.centre.weight(found.priority),
    )
    visit = give_number(
        unit,
        steps,
        place,
        channel=channel,
        priority=found.priority,
        language=found.language,
        appointment=found.id,
    )
    update_appointment(unit.conn, replace(found, state=_S.CHECKED_IN, ticket=visit.id))
    _bring_person(unit, found, visit)
    return visit


def mark_missed(unit: Unit, day: date) -> None:
    """Who was to come up to a business date that has ended, and did not, has missed it: as of that day's closing."""
    hours = unit.centre.hours
    since = unit.ended_on or date(1970, 1, 1)  # that day's too: a hold may have been confirmed after it ended
    span = hours.instant(since, 0), hours.instant(day + timedelta(days=1), 0)
    for number in booked_between(unit.conn, unit.centre.id, unit.centre.services, *span):
        _miss(unit, _find(unit, number)[0])


def _miss(unit: Unit, found: Appointment) -> Appointment:
    if found.state is _S.MISSED:
        return found
    missed = replace(found, state=_S.MISSED)
    update_appointment(unit.conn, missed)
    return _told(
        unit, Kind.BOOKING_MISSED, missed, at=unit.centre.hours.closing(unit.centre.hours.business_date(found.start))
    )


def _find(unit: Unit, appointment: int) -> tuple[Appointment, AppointmentState]:
    found = read_appointment(unit.conn, appointment, unit.centre.id)
    if found is None:
        raise NotFound("appointment")
    return found, state_at(found, unit.centre.hours, unit.now)


def _slot(unit: Unit, service: str, start: datetime) -> Slot:
    slot = find_slot(unit.centre.plan(service), start, unit.now)
    if slot is None:
        raise SlotUnavailable
    return slot


def _refuse_too_late(unit: Unit, found: Appointment, state: AppointmentState) -> None:
    until = unit.centre.plan(found.services[0]).change_until(found.start)
    change_allowed(state, until, unit.centre.zone, unit.now)


def _take_place(unit: Unit, service: str, slot: Slot) -> int:
    """The lowest free place of a slot, that of an expired hold too, which then is cancelled. Raises SlotFull."""
    there = places_of_slot(unit.conn, unit.centre.id, service, slot.start, unit.now)
    kept = {place.place for place in there if place.kept}
    if len(kept) >= slot.places:
        raise SlotFull
    free = next(number for number in range(1, slot.places + 1) if number not in kept)
    for place in there:
        if place.place == free:
            give_back(unit.conn, place.appointment)
    return free


def _reference(unit: Unit) -> str:
    while appointment_of_reference(unit.conn, unit.centre.id, letters := new_reference()) is not None:
        pass
    return letters


def _told(unit: Unit, kind: Kind, made: Appointment, *, at: datetime | None = None) -> Appointment:
    said = {"services": list(made.services), "start": micros(made.start), "state": made.state.value}
    unit.tell(kind, at=at, appointment=made.id, booking={**said, "place": made.place})
    return made


def _remember_booker(unit: Unit, appointment: int, name: str | None, phone: str | None, email: str | None) -> None:
    if name or phone or email:
        person = {"name": name, "phone": phone, "email": email, "recorded_at": unit.now}
        unit.conn.execute(delete(Booker).where(Booker.appointment_id == appointment))
        unit.conn.execute(insert(Booker), {"appointment_id": appointment, **person})


def _bring_person(unit: Unit, found: Appointment, visit: Visit) -> None:
    """What was given with the booking is asked nowhere again."""
    for name, phone in read_bookers(unit.conn, [found.id]).values():
        remember_person(unit, visit, name, phone)
