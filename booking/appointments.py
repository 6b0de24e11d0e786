"""One appointment on its holder's phone: confirm what is held, see it, move it, cancel it, and say that one is here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from answers.appointments import appointment_answer, find_appointment, read_own
from answers.guards import BY_APPOINTMENT, hit, house, language, needs, store
from answers.pages import kind_problem, page
from answers.presses import new_key, press
from answers.tickets import local
from booking.blueprint import bp
from booking.calendar_file import calendar_file, papers_of
from booking.choose import read_times
from booking.qr import qr_image
from booking.times import pressed_time
from commands.appointments import cancel, check_in, confirm, move
from commands.permissions import Permission
from queueing.appointments import (
    Appointment,
    AppointmentState,
    change_allowed,
    check_in_allowed,
    move_allowed,
    state_at,
)
from queueing.refusals import CheckedInAlready, Invalid, KeyReused, Refused
from store.centre import CentreInfo
from store.ids import ticket_token
from store.unit import Unit

_ADDRESS = "/a/<secret:token>"
_PERSON = ("name", "phone", "email")


@bp.get(_ADDRESS)
@needs(Permission.HOLD_TICKET)
def appointment(token: str) -> AnyResponse:
    """The appointment as it stands; its ticket, once there is one. Raises NotFound."""
    return _appointment(token)


def _appointment(token: str, status: int = 200, *, problem: str | None = None) -> AnyResponse:
    centre, found = read_own(token)
    if found.ticket is not None:
        return redirect(_ticket(found.ticket))
    now = store().clock.now()
    state = state_at(found, centre.hours, now)
    held = state is AppointmentState.HELD
    values: dict[str, Any] = {
        "reach": store().reach,
        "problem": problem,
        "said": {name: request.form.get(name, "") for name in _PERSON},
    }
    template = "booking/check.html" if held else "booking/appointment.html"
    return _private(page(template, status, **values, **_facts(token, centre, found, now)))


def _facts(token: str, centre: CentreInfo, found: Appointment, now: datetime) -> dict[str, Any]:
    day = centre.hours.business_date(found.start)
    opens = max(found.start - centre.rules.booking.early, centre.hours.instant(day, 0))
    until = centre.plan(found.services[0]).change_until(found.start)
    return {
        "token": token,
        "key": new_key(),
        "centre": centre,
        "appointment": appointment_answer(centre, found, now),
        "services": [centre.services[code].names for code in found.services],
        "papers": papers_of(centre, found.services, language()),
        "opens": local(opens, centre.zone),
        "may_check_in": _allowed(lambda: check_in_allowed(found, centre.hours, centre.rules.booking.early, now)),
        "may_move": _allowed(lambda: _may_move(centre, found, now)),
        "until": local(until, centre.zone) if until else None,
        "late": now > found.start + centre.rules.appointment_late,
        "over": found.expires_at is not None,  # a hold that nobody confirmed
    }


def _may_move(centre: CentreInfo, found: Appointment, now: datetime) -> None:
    """Raises the reason why its holder can't move it."""
    move_allowed(found, centre.hours, now)
    until = centre.plan(found.services[0]).change_until(found.start)
    change_allowed(state_at(found, centre.hours, now), until, centre.zone, now)


def _allowed(asks: Callable[[], None]) -> bool:
    try:
        asks()
    except Refused:
        return False
    return True


@bp.get(f"{_ADDRESS}.ics", endpoint="calendar")
@needs(Permission.HOLD_TICKET)
def calendar(token: str) -> Response:
    """The appointment for the holder's calendar. Raises NotFound."""
    centre, found = read_own(token)
    address = f"{house().public_url}/a/{token}"
    file = calendar_file(centre, found, address, language(), store().clock.now())
    response = make_response(file, 200, {"Content-Type": "text/calendar; charset=utf-8", "Cache-Control": "no-store"})
    response.headers["Content-Disposition"] = f'attachment; filename="{found.reference}.ics"'
    return _private(response)


@bp.get(f"{_ADDRESS}/qr.svg")
@needs(Permission.HOLD_TICKET)
def appointment_qr(token: str) -> Response:
    """The QR code of the appointment's own address. Raises NotFound."""
    find_appointment(token)
    return qr_image(f"{house().public_url}/a/{token}")


@bp.post(f"{_ADDRESS}/confirm")
@needs(Permission.HOLD_TICKET)
def confirm_appointment(token: str) -> AnyResponse:
    """Books what was held, with who comes. Raises NotFound."""
    person = {name: request.form.get(name, "").strip() or None for name in _PERSON}
    return _press(token, lambda unit, number: confirm(unit, number, **person).id)


@bp.get(f"{_ADDRESS}/move")
@needs(Permission.HOLD_TICKET)
def other_times(token: str) -> AnyResponse:
    """The times to which it can be moved; until one is pressed the old one stands. Raises NotFound."""
    return _other_times(token)


def _other_times(token: str, status: int = 200, *, problem: str | None = None) -> AnyResponse:
    centre, found = read_own(token)
    now = store().clock.now()
    try:
        _may_move(centre, found, now)
    except Refused:  # its page says what it is
        return redirect(url_for("booking.appointment", token=token))
    times = read_times(centre, found.services[0], now)
    return _private(
        page("booking/move.html", status, problem=problem, times=times, **_facts(token, centre, found, now))
    )


@bp.post(f"{_ADDRESS}/move")
@needs(Permission.HOLD_TICKET)
def move_appointment(token: str) -> AnyResponse:
    """Takes another time in one step. Raises NotFound."""
    try:
        start = pressed_time()
        return _press(token, lambda unit, number: move(unit, number, start).id, refused=_other_times)
    except Invalid as error:
        return _other_times(token, 422, problem=kind_problem(error, language()).words)


@bp.post(f"{_ADDRESS}/cancel")
@needs(Permission.HOLD_TICKET)
def cancel_appointment(token: str) -> AnyResponse:
    """Gives the time back. Raises NotFound."""
    return _press(token, lambda unit, number: cancel(unit, number).id)


@bp.post(f"{_ADDRESS}/here")
@needs(Permission.HOLD_TICKET)
def here(token: str) -> AnyResponse:
    """Its person is in the building: a ticket. Raises NotFound."""
    return _press(token, lambda unit, number: check_in(unit, number, "web").id)


def _press(
    token: str, work: Callable[[Unit, int], int], *, refused: Callable[..., AnyResponse] | None = None
) -> AnyResponse:
    """Does it once, and shows the appointment; what forbids it is said on the page that was pressed."""
    number, code = find_appointment(token)
    hit(BY_APPOINTMENT, f"appointment:{number}")
    try:
        press(code, lambda unit: {"done": work(unit, number)}, secret=_PERSON)
    except (CheckedInAlready, KeyReused):
        pass  # pressed before: the page shows what came of it
    except (Refused, Invalid) as error:
        said = kind_problem(error, language())
        return (refused or _appointment)(token, said.status, problem=said.words)
    return redirect(url_for("booking.appointment", token=token), 303)


def _ticket(ticket: int) -> str:
    return url_for("booking.ticket", token=ticket_token(store().key, ticket))


def _private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response
