"""Staff at a counter: choose one, open it, call, serve, and see who waits and why."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from answers.centres import centre_list
from answers.guards import language, needs, require, store
from answers.numbers import whole_number
from answers.pages import kind_problem, page, page_error
from answers.presses import new_key, press
from commands import calls
from commands.counters import find_counter
from commands.permissions import Permission
from commands.undo import undo
from counter.acts import AWAY_ACTS, COUNTER_ACTS, HERE_ACTS, call_chosen, seen_here, seen_ticket, serve_at_once
from counter.blueprint import bp
from counter.choice import read_choice
from counter.lists import Show
from counter.picture import Looking, read_picture
from queueing.refusals import Invalid, NotFound, Refused
from store.unit import Unit

_RULE = "/counter/<code:code>/<int(max=9999):number>"
_CODE = re.compile(r"[A-Za-z0-9_-]{1,16}")
NOBODY = "nobody"  # what a press says when it found nobody to call
UNDONE = "undone"
READY = "ready"  # and what can be collected is printed with its day


def _names(acts: Iterable[str]) -> str:
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
    return page("counter/choose.html", **read_choice(store(), code, language()))


@bp.get(_RULE)
@needs(Permission.WORK_QUEUE)
def work(code: str, number: int) -> Response:
    """One counter: who is there, what can be done, who waits. Raises NotFound."""
    return _desk(code, number, said=request.args.get("said"))


def _show() -> Show:
    """Which list the clerk looks at; this counter's unless another was asked for."""
    asked = request.args.get("show", "")
    return Show(asked) if asked in set(Show) else Show.MINE


def _desk(
    code: str, number: int, status: int = 200, *, said: str | None = None, problem: str | None = None
) -> Response:
    about = request.args.get("about", "")
    actor = g.caller.actor if g.caller else None
    seen = Looking(_show(), whole_number(about), actor)
    picture = read_picture(store(), code, number, language(), seen)
    ready = request.args.get("ready", type=int)
    return page("counter/work.html", status, key=new_key(), said=said, ready=ready, problem=problem, **picture)


@bp.errorhandler(Refused)
@bp.errorhandler(Invalid)
def refused(error: Refused | Invalid) -> AnyResponse:
    """What the rules did not allow is said on the clerk's own page, which shows how things stand now."""
    if "number" not in (request.view_args or {}):
        return page_error(error)
    said = kind_problem(error, language())
    path = request.view_args or {}
    return _desk(path["code"], path["number"], said.status, problem=said.words)


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


@bp.post(f"{_RULE}/call")
@needs(Permission.WORK_QUEUE)
def press_call(code: str, number: int) -> AnyResponse:
    """Calls a chosen person, with the reason. Raises NotFound, Refused, Invalid."""
    press(code, lambda unit: {"number": call_chosen(unit, number).number})
    return _back(code, number)


@bp.post(f"{_RULE}/at-once")
@needs(Permission.WORK_QUEUE)
def press_at_once(code: str, number: int) -> AnyResponse:
    """Serves somebody who stands there without a ticket. Raises NotFound, Refused, Invalid."""
    press(code, lambda unit: {"number": serve_at_once(unit, number).number})
    return _back(code, number)


@bp.post(f"{_RULE}/undo")
@needs(Permission.WORK_QUEUE)
def press_undo(code: str, number: int) -> AnyResponse:
    """Takes back the last press at this counter, while nothing followed. Raises NotFound, NothingToUndo."""
    press(code, lambda unit: {"numbers": [visit.number for visit in undo(unit, number)]})
    return _back(code, number, said=UNDONE)


@bp.post(f"{_RULE}/<any({_names(HERE_ACTS)}):act>")
@needs(Permission.WORK_QUEUE)
def press_ticket(code: str, number: int, act: str) -> AnyResponse:
    """Does something to the person whom the clerk saw here, as long as they are here. Raises NotFound, Refused."""

    def work(unit: Unit) -> dict[str, Any]:
        ticket, (what, command) = seen_ticket(unit), HERE_ACTS[act]
        seen_here(unit, ticket, number, what)
        return {"state": command(unit, ticket).state}

    press(code, work)
    if act == READY:
        return _back(code, number, said=READY, ready=request.form["ticket"])
    return _back(code, number)


@bp.post(f"{_RULE}/<any({_names(AWAY_ACTS)}):act>")
@needs(Permission.WORK_QUEUE)
def press_away(code: str, number: int, act: str) -> AnyResponse:
    """Brings somebody back who was set aside, or ends a visit. Raises NotFound, Refused."""
    press(code, lambda unit: {"state": AWAY_ACTS[act](unit, seen_ticket(unit)).state})
    return _back(code, number)


def _back(code: str, number: int, *, said: str | None = None, ready: str | None = None) -> AnyResponse:
    show = _show()
    kept = None if show is Show.MINE else show
    return redirect(url_for("counter.work", code=code, number=number, said=said, ready=ready, show=kept), 303)
