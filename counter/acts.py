"""What a clerk's buttons do, by the last part of their address. Each acts on whom the clerk saw on the page."""

from collections.abc import Callable, Mapping

from flask import request

from commands import calls, moves
from commands.counters import close_counter, open_counter, pause_counter
from queueing.refusals import Invalid, NotFound, WrongState
from queueing.states import Act
from queueing.visit import Visit
from store.queue import CounterNow
from store.unit import Unit
from store.visits import centre_of

MOST_WORDS = 500

COUNTER_ACTS: Mapping[str, Callable[[Unit, int], CounterNow]] = {
    "open": open_counter,
    "pause": pause_counter,
    "close": close_counter,
}


def seen_ticket(unit: Unit) -> int:
    """The ticket that the clerk saw. Raises NotFound for one of another centre."""
    ticket = _number("ticket") or 0
    if centre_of(unit.conn, ticket) != unit.centre.code:
        raise NotFound("ticket")
    return ticket


def seen_here(unit: Unit, ticket: int, counter: int, act: Act) -> None:
    """Refuses a press for whoever went to another counter or on to another step meanwhile.

    One that was sent late (the line was down) must not end what somebody else has begun. Raises NotFound, WrongState.
    """
    visit = unit.visit(ticket)
    step = _number("step")
    if visit.step.at_counter != counter or (step is not None and visit.step.position != step):
        raise WrongState(visit.number, visit.state, act)


def _number(field: str) -> int | None:
    asked = request.form.get(field, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None


def _words(field: str) -> str | None:
    """What the clerk wrote. Raises Invalid when it is too long."""
    written = request.form.get(field, "").replace("\0", "").strip()
    if len(written) > MOST_WORDS:
        raise Invalid(field, "too-long", most=MOST_WORDS)
    return written or None


def _transfer(unit: Unit, ticket: int) -> Visit:
    service = request.form.get("service") or None
    return moves.transfer(unit, ticket, service=service, counter=_number("counter"), note=_words("note"))


def _change_steps(unit: Unit, ticket: int) -> Visit:
    return moves.change_steps(unit, ticket, add=request.form.getlist("add"), drop=request.form.getlist("drop"))


# Done to the person at the counter.
HERE_ACTS: Mapping[str, tuple[Act, Callable[[Unit, int], Visit]]] = {
    "recall": (Act.RECALL, calls.recall),
    "serve": (Act.SERVE, calls.serve),
    "finish": (Act.FINISH, calls.finish),
    "no-show": (Act.NO_SHOW, calls.no_show),
    "hold": (Act.HOLD, lambda unit, ticket: moves.hold(unit, ticket, _words("reason"))),
    "transfer": (Act.TRANSFER, _transfer),
    "steps": (Act.CHANGE_STEPS, _change_steps),
}
# Done to somebody who may be set aside.
AWAY_ACTS: Mapping[str, Callable[[Unit, int], Visit]] = {
    "resume": moves.resume,
    "cancel": lambda unit, ticket: moves.cancel(unit, ticket, _words("reason")),
}
