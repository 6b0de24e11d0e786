"""At the kiosk: who booked is here. The QR code is read, or the reference typed; it becomes a ticket."""

from flask import redirect, request
from werkzeug.wrappers import Response

from answers.appointments import scanned_token, typed_appointment
from answers.guards import needs, store
from answers.pages import kind_problem
from answers.presses import new_key, press
from commands.appointments import check_in
from commands.permissions import Permission
from kiosk.pages import bp
from kiosk.screen import Screen
from queueing.refusals import CheckedInAlready, HoldExpired, Invalid, KeyReused, Refused
from store.appointments import centre_of_appointment
from store.board import read_head
from store.ids import REFERENCE_LENGTH, REFERENCE_LETTERS, appointment_of_token, ticket_token
from store.unit import Unit
from store.visits import read_visit

_MOST = 200


@bp.get("/kiosk/<code:code>/appointment")
@needs(Permission.SHOW_KIOSK)
def appointment(code: str) -> Response:
    """Where a reference is typed. Raises NotFound."""
    return _ask(Screen.of(code))


def _ask(screen: Screen, status: int = 200, problem: str | None = None) -> Response:
    values = {"typed": _typed(), "letters": REFERENCE_LETTERS, "length": REFERENCE_LENGTH, "problem": problem}
    return screen.page("kiosk/appointment.html", status, key=new_key(), **values)


def _typed() -> str:
    return request.values.get("typed", "").strip()[:_MOST]


@bp.post("/kiosk/<code:code>/appointment")
@needs(Permission.SHOW_KIOSK)
def check_in_here(code: str) -> Response:
    """Gives the ticket of an appointment; a second press of the same form shows the same one. Raises NotFound."""
    screen, typed = Screen.of(code), _typed()
    elsewhere = _elsewhere(code, typed)
    if elsewhere:
        return screen.sorry("wrong-centre", 409, services=[elsewhere])
    try:
        ticket = press(
            code, lambda unit: {"ticket": check_in(unit, typed_appointment(unit, "typed", typed), "kiosk").id}
        )["ticket"]
    except KeyReused:  # a page from before, brought back by the browser
        return redirect(screen.address("appointment"), 303)
    except Invalid as error:
        said = kind_problem(error, screen.lang)
        return _ask(screen, said.status, said.words)
    except CheckedInAlready as already:
        return screen.sorry("checked-in-already", 409, number=_number(already.ticket))
    except Refused as refused:
        said = kind_problem(HoldExpired() if refused.facts.get("held") else refused, screen.lang)
        return screen.sorry(said.slug, said.status, said=said.detail)
    return redirect(screen.address("ticket", token=ticket_token(store().key, ticket)), 303)


def _check_in(unit: Unit, typed: str) -> dict[str, int]:
    return {"ticket": check_in(unit, typed_appointment(unit, "typed", typed), "kiosk").id}


def _elsewhere(code: str, typed: str) -> dict[str, str] | None:
    """The names of the other centre whose appointment's code was read."""
    token = scanned_token(typed)
    number = appointment_of_token(store().key, token) if token else None
    with store().reading() as conn:
        where = centre_of_appointment(conn, number) if number is not None else None
        return dict(read_head(conn, store().centres, where).info.names) if where not in (None, code) else None


def _number(ticket: int | None) -> str:
    with store().reading() as conn:
        visit = read_visit(conn, ticket or 0)
    return visit.number if visit else ""
