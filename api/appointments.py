"""Appointments: times that are free, and one's own by its token: booked, moved, cancelled, and checked in with."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from answers import bodies, schemas
from answers.appointments import appointment_answer, appointment_with_secrets, find_appointment, read_own, slots_answer
from answers.guards import BY_APPOINTMENT, hit, house, store
from api.endpoint import act, answered, endpoint, secret_answer
from api.tickets import asked_ticket, channel, read_ticket, shown
from commands import appointments
from commands.permissions import Permission
from queueing.appointments import Appointment
from queueing.refusals import CheckedInAlready
from store.board import read_head
from store.unit import Unit

_ADDRESS = "/appointments/<secret:token>"


@endpoint(
    "GET",
    "/centres/<code:code>/slots",
    Permission.PUBLIC,
    query=bodies.AskSlots,
    answers={200: schemas.Slots},
)
def slots(code: str, query: bodies.AskSlots) -> Response:
    """The times of a service that can be booked."""
    now = store().clock.now()
    with store().reading() as conn:
        centre = read_head(conn, store().centres, code).info
        return answered(slots_answer(conn, centre, query.service, (query.first, query.last), now))


@endpoint(
    "POST",
    "/centres/<code:code>/appointments",
    Permission.PUBLIC,
    body=bodies.AskAppointment,
    answers={201: schemas.Appointment},
    refusals=("slot-full", "slot-unavailable", "service-closed", "clock-behind"),
)
def book(code: str, body: bodies.AskAppointment) -> Response:
    """Book a time for one or several services, or hold it for ten minutes."""
    asked = asked_ticket(body, "web")
    return _act(
        code,
        lambda unit: appointments.book(unit, asked, body.start, email=body.email, hold=body.hold),
        status=201,
    )


@endpoint("GET", _ADDRESS, Permission.HOLD_TICKET, answers={200: schemas.Appointment})
def show_appointment(token: str) -> Response:
    """An appointment by its token."""
    centre, appointment = read_own(token)
    return answered(_secrets(appointment_answer(centre, appointment, store().clock.now())))


@endpoint(
    "PATCH",
    _ADDRESS,
    Permission.HOLD_TICKET,
    body=bodies.AskMove,
    answers={200: schemas.Appointment},
    refusals=(
        *("slot-full", "slot-unavailable", "too-late-to-change"),
        *("appointment-missed", "appointment-cancelled", "checked-in-already"),
    ),
)
def move_appointment(token: str, body: bodies.AskMove) -> Response:
    """Move it to another time in one step: on a refusal the old time stands."""
    return _press(token, lambda unit, number: appointments.move(unit, number, body.start))


def _press_endpoint(verb: str, *refusals: str) -> Callable[..., Any]:
    return endpoint(
        "POST",
        f"{_ADDRESS}/{verb}",
        Permission.HOLD_TICKET,
        body=bodies.Nothing,
        answers={200: schemas.Appointment},
        refusals=refusals,
    )


@_press_endpoint("confirm", "hold-expired", "appointment-cancelled")
def confirm_appointment(token: str) -> Response:
    """Book what was held."""
    return _press(token, appointments.confirm)


@_press_endpoint("cancel", "too-late-to-change", "appointment-missed", "checked-in-already")
def cancel_appointment(token: str) -> Response:
    """Give the time back."""
    return _press(token, appointments.cancel)


@endpoint(
    "POST",
    f"{_ADDRESS}/check-in",
    Permission.HOLD_TICKET,
    body=bodies.Nothing,
    answers={200: schemas.Ticket, 201: schemas.Ticket},
    refusals=(
        *("too-early", "not-today", "appointment-missed", "appointment-cancelled"),
        *("not-confirmed", "clock-behind"),
    ),
)
def check_in(token: str) -> Response:
    """Say that one is here: a ticket. Said again, the same one."""
    number, code = find_appointment(token)
    try:
        return act(
            code,
            lambda unit: shown(unit, appointments.check_in(unit, number, channel())),
            status=201,
            reveal=secret_answer,
        )
    except CheckedInAlready as already:
        return answered(secret_answer(read_ticket(already.ticket or 0)))


def _press(token: str, command: Callable[[Unit, int], Appointment]) -> Response:
    number, code = find_appointment(token)
    hit(BY_APPOINTMENT, f"appointment:{number}")
    return _act(code, lambda unit: command(unit, number))


def _act(code: str, work: Callable[[Unit], Appointment], *, status: int = 200) -> Response:
    return act(code, lambda unit: appointment_answer(unit.centre, work(unit), unit.now), status=status, reveal=_secrets)


def _secrets(answer: Mapping[str, Any]) -> dict[str, Any]:
    return appointment_with_secrets(answer, store().key, house().public_url)
