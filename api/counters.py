"""A counter: open, pause, close, call the next person."""

from typing import Any

from flask import Response

from answers import schemas
from answers.centres import counter_answer
from answers.tickets import ticket_answer
from api.endpoint import act, endpoint
from commands.calls import call_next
from commands.counters import close_counter, open_counter, pause_counter
from commands.permissions import Permission
from store.unit import Unit

_RULE = "/centres/<code:code>/counters/<int(max=9999):number>"


@endpoint(
    "POST",
    f"{_RULE}/open",
    Permission.WORK_QUEUE,
    body=schemas.AskOpen,
    answers={200: schemas.CounterNow},
    refusals=("clock-behind",),
)
def open_(code: str, number: int, body: schemas.AskOpen) -> Response:
    """Open a counter, perhaps with other services until it closes."""
    return act(code, lambda unit: counter_answer(unit.centre, open_counter(unit, number, body.services)))


@endpoint(
    "POST",
    f"{_RULE}/pause",
    Permission.WORK_QUEUE,
    body=schemas.Nothing,
    answers={200: schemas.CounterNow},
    refusals=("counter-closed",),
)
def pause(code: str, number: int) -> Response:
    """Take no more people for a while."""
    return act(code, lambda unit: counter_answer(unit.centre, pause_counter(unit, number)))


@endpoint(
    "POST",
    f"{_RULE}/close",
    Permission.WORK_QUEUE,
    body=schemas.Nothing,
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
    body=schemas.AskNext,
    answers={200: schemas.Ticket, 204: None},
    refusals=("counter-closed", "counter-busy"),
)
def next_(code: str, number: int, body: schemas.AskNext) -> Response:
    """Call the next person; 204 when nobody waits for this counter."""

    def work(unit: Unit) -> dict[str, Any] | None:
        visit = call_next(unit, number, finish=body.finish)
        return None if visit is None else ticket_answer(unit.centre, visit, None)

    return act(code, work)
