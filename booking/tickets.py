"""A ticket on its citizen's phone: where it stands, letting others pass, coming back, leaving."""

from collections.abc import Callable
from pathlib import Path

from flask import Response, current_app, make_response, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from answers.guards import house, language, needs, store
from answers.pages import page
from answers.presses import new_key, press
from answers.tickets import local, place_in_queue, ticket_answer
from booking.blueprint import bp
from booking.qr import qr_image
from booking.ticket_page import ticket_facts
from commands.moves import come_back, leave, let_others_pass
from commands.outlook import be_here_by
from commands.permissions import Permission
from queueing.refusals import NotFound
from queueing.visit import Visit
from store.board import read_head
from store.ids import ticket_of_token
from store.unit import Unit
from store.visits import centre_of, read_visit


@bp.get("/t/<secret:token>")
@needs(Permission.HOLD_TICKET)
def ticket(token: str) -> Response:
    """One ticket, live. Raises NotFound."""
    now = store().clock.now()
    number, code = _find(token)
    with store().reading() as conn:
        centre = read_head(conn, store().centres, code).info
        visit = read_visit(conn, number)
        if visit is None:
            raise NotFound("ticket")
        answer = ticket_answer(centre, visit, place_in_queue(conn, centre, visit, now), now)
        by = be_here_by(conn, centre, visit, now) if answer["on_way"] else None
    facts = ticket_facts(centre, visit, language(), now) | {"by": local(by, centre.zone) if by and by > now else None}
    response = page("booking/ticket.html", ticket=answer, token=token, key=new_key(), **facts)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.get("/t/worker.js")
@needs(Permission.PUBLIC)
def worker() -> Response:
    """The script that keeps a ticket's page for when the line is down; here, since it rules what is under it."""
    script = Path(current_app.static_folder or "", "js", "worker.js").read_text(encoding="utf-8")
    return make_response(script, 200, {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "no-cache"})


def _find(token: str) -> tuple[int, str]:
    """The ticket that a token opens and its centre's code. Raises NotFound."""
    number = ticket_of_token(store().key, token)
    if number is not None:
        with store().reading() as conn:
            code = centre_of(conn, number)
        if code is not None:
            return number, code
    raise NotFound("ticket")


@bp.get("/t/<secret:token>/qr.svg")
@needs(Permission.HOLD_TICKET)
def qr(token: str) -> Response:
    """The QR code of the ticket's own address. Raises NotFound."""
    _find(token)
    return qr_image(f"{house().public_url}/t/{token}")


def _press(token: str, command: Callable[[Unit, int], Visit]) -> AnyResponse:
    """Does what the citizen pressed, and shows the ticket again."""
    number, code = _find(token)
    press(code, lambda unit: {"ticket": command(unit, number).id})
    return redirect(url_for("booking.ticket", token=token), 303)


@bp.post("/t/<secret:token>/leave")
@needs(Permission.HOLD_TICKET)
def leave_queue(token: str) -> AnyResponse:
    """The citizen goes. Raises NotFound, WrongState."""
    return _press(token, leave)


@bp.post("/t/<secret:token>/pass")
@needs(Permission.HOLD_TICKET)
def pass_others(token: str) -> AnyResponse:
    """The citizen lets others go first. Raises NotFound, WrongState, PassedAlready."""
    return _press(token, let_others_pass)


@bp.post("/t/<secret:token>/here")
@needs(Permission.HOLD_TICKET)
def come_back_here(token: str) -> AnyResponse:
    """The citizen is here again. Raises NotFound, WrongState, GraceOver, CameBackAlready."""
    return _press(token, come_back)
