"""A counter: open, pause, close, call the next person."""

from typing import Any

from flask import Response

from answers import bodies, schemas
from answers.centres import counter_answer
from api.endpoint import act, endpoint, secret_answer
from api.tickets import asked_ticket, shown
from commands.calls import call_next, quick_serve
from commands.counters import close_counter, open_counter, pause_counter
from commands.permissions import Permission
from commands.undo import undo
from store.unit import Unit

_RULE = "/centres/<code:code>/counters/<int(max=9999):number>"


@endpoint(
    "POST",
    f"{_RULE}/open",
    Permission.WORK_QUEUE,
    body=bodies.AskOpen,
    answers={200: schemas.CounterNow},
    refusals=("clock-behind",),
)
def open_(code: str, number: int, body: bodies.AskOpen) -> Response:
    """Open a counter, perhaps with other services until it closes."""
    return act(code, lambda unit: counter_answer(unit.centre, open_counter(unit, number, body.services)))


@endpoint(
    "POST",
    f"{_RULE}/pause",
    Permission.WORK_QUEUE,
    body=bodies.AskPause,
    answers={200: schemas.CounterNow},
    refusals=("counter-closed",),
)
def pause(code: str, number: int, body: bodies.AskPause) -> Response:
    """Take no more people for a while."""
    return act(code, lambda unit: counter_answer(unit.centre, pause_counter(unit, number, body.reason)))


@endpoint(
    "POST",
    f"{_RULE}/close",
    Permission.WORK_QUEUE,
    body=bodies.Nothing,
    answers={200: schemas.CounterNow},
    refusals=("counter-busy",),
)
def close(code: str, number: int) -> Response:
    """Close a counter."""
    return act(code, lambda unit: counter_answer(unit.centre, close_counter(unit, number)))


@endpoint(
    "POST",
    f"{_RULE}/next",
    Permission.WORK_QUEUE,
    body=bodies.AskNext,
    answers={200: schemas.Ticket, 204: None},
    refusals=("counter-closed", "counter-busy"),
)
def next_(code: str, number: int, body: bodies.AskNext) -> Response:
    """Call the next person; 204 when nobody waits for this counter."""

    def work(unit: Unit) -> dict[str, Any] | None:
        visit = call_next(unit, number, finish=body.finish)
        return None if visit is None else shown(unit, visit)

    return act(code, work)


@endpoint(
    "POST",
    f"{_RULE}/undo",
    Permission.WORK_QUEUE,
    body=bodies.Nothing,
    answers={200: schemas.Tickets},
    refusals=("nothing-to-undo",),
)
def undo_(code: str, number: int) -> Response:
    """Take back the last press at a counter: one's own, a short while ago, while nothing has followed."""

    def work(unit: Unit) -> dict[str, Any]:
        undone = {visit.id: visit for visit in undo(unit, number)}  # one press may have changed a ticket twice
        return {"tickets": [shown(unit, visit) for visit in undone.values()]}

    return act(code, work)


@endpoint(
    "POST",
    f"{_RULE}/quick-serve",
    Permission.WORK_QUEUE,
    body=bodies.AskServing,
    answers={201: schemas.Ticket},
    refusals=("counter-closed", "counter-busy", "service-closed", "centre-closed", "clock-behind"),
)
def quick_serve_(code: str, number: int, body: bodies.AskServing) -> Response:
    """Ticket, call and serving at once for somebody who stands at the counter, without a call on the TV."""
    asked = asked_ticket(body, "staff")
    return act(code, lambda unit: shown(unit, quick_serve(unit, number, asked)), status=201, reveal=secret_answer)
