"""Staff at a counter: choose one, open it, call, serve, and see who waits and why."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from answers.centres import centre_detail, centre_list
from answers.guards import language, needs, require, store
from answers.pages import kind_problem, page
from answers.presses import new_key, press
from commands import calls, moves
from commands.counters import close_counter, find_counter, open_counter, pause_counter
from commands.permissions import Permission
from counter.picture import read_picture
from queueing.refusals import NotFound, Refused
from queueing.visit import Visit
from store.queue import CounterNow
from store.unit import Unit
from store.visits import centre_of

bp = Blueprint("counter", __name__)

_RULE = "/counter/<code:code>/<int(max=9999):number>"
_CODE = re.compile(r"[A-Za-z0-9_-]{1,16}")
COUNTER_ACTS: Mapping[str, Callable[[Unit, int], CounterNow]] = {
    "open": open_counter,
    "pause": pause_counter,
    "close": close_counter,
}
TICKET_ACTS: Mapping[str, Callable[[Unit, int], Visit]] = {
    "recall": calls.recall,
    "serve": calls.serve,
    "finish": calls.finish,
    "no-show": calls.no_show,
    "hold": moves.hold,
    "resume": moves.resume,
    "transfer": lambda unit, ticket: moves.transfer(unit, ticket, service=request.form.get("service")),
}
NOBODY = "nobody"  # what a press says when it found nobody to call


def _names(acts: Mapping[str, Any]) -> str:
    return ", ".join(f"'{act}'" for act in acts)


@bp.get("/counter/")
@needs(Permission.WORK_QUEUE)
def choose() -> AnyResponse:
    """The counters of the clerk's centre; who works in all centres chooses one first."""
    code = g.caller.centre or request.args.get("centre", "")
    if not code:
        centres = centre_list(store())["centres"]
        if len(centres) != 1:
            return page("counter/centres.html", centres=centres)
        code = centres[0]["code"]
    if not _CODE.fullmatch(code):
        raise NotFound("centre")
    require(Permission.WORK_QUEUE, code)
    return page("counter/choose.html", centre=centre_detail(store(), code))


@bp.get(_RULE)
@needs(Permission.WORK_QUEUE)
def work(code: str, number: int) -> Response:
    """One counter: who is there, what can be done, who waits. Raises NotFound."""
    return _desk(code, number, said=request.args.get("said"))


def _desk(
    code: str, number: int, status: int = 200, *, said: str | None = None, problem: str | None = None
) -> Response:
    picture = read_picture(store(), code, number, language())
    return page("counter/work.html", status, key=new_key(), said=said, problem=problem, **picture)


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """What the rules did not allow is said on the clerk's own page, which shows how things stand now."""
    said = kind_problem(error, language())
    path = request.view_args or {}
    return _desk(path["code"], path["number"], said.status, problem=said.detail)


@bp.post(f"{_RULE}/<any({_names(COUNTER_ACTS)}):act>")
@needs(Permission.WORK_QUEUE)
def press_counter(code: str, number: int, act: str) -> AnyResponse:
    """Opens, pauses or closes the counter. Raises NotFound, CounterBusy, CounterClosed."""
    press(code, lambda unit: {"state": COUNTER_ACTS[act](unit, number).state})
    return _back(code, number)


@bp.post(f"{_RULE}/next")
@needs(Permission.WORK_QUEUE)
def press_next(code: str, number: int) -> AnyResponse:
    """Calls the next person; whom the clerk saw at the counter is finished first, nobody else.

    Raises NotFound, CounterClosed, CounterBusy.
    """

    def work(unit: Unit) -> dict[str, Any]:
        seen = str(find_counter(unit, number).ticket) == request.form.get("ticket")
        visit = calls.call_next(unit, number, finish=seen)
        return {"number": visit.number if visit else None}

    called = press(code, work)
    return _back(code, number, said=None if called["number"] else NOBODY)


@bp.post(f"{_RULE}/<any({_names(TICKET_ACTS)}):act>")
@needs(Permission.WORK_QUEUE)
def press_ticket(code: str, number: int, act: str) -> AnyResponse:
    """Does something to the person that the clerk saw, whoever is at the counter by now. Raises NotFound, Refused."""
    press(code, lambda unit: {"state": TICKET_ACTS[act](unit, _ticket(unit)).state})
    return _back(code, number)


def _ticket(unit: Unit) -> int:
    asked = request.form.get("ticket", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0
    if centre_of(unit.conn, number) != unit.centre.code:
        raise NotFound("ticket")
    return number


def _back(code: str, number: int, *, said: str | None = None) -> AnyResponse:
    return redirect(url_for("counter.work", code=code, number=number, said=said), 303)
