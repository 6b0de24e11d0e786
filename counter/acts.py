"""What a clerk's buttons do, by the last part of their address. Each acts on whom the clerk saw on the page."""

from collections.abc import Callable, Mapping
from datetime import date

from flask import request

from answers.numbers import whole_number
from commands import calls, moves
from commands.counters import close_counter, open_counter, pause_counter
from commands.details import Details, change_details
from commands.priorities import change_priority
from commands.tickets import TicketRequest
from queueing.refusals import Invalid, NotFound, WrongState
from queueing.states import Act
from queueing.visit import Visit
from store.queue import CounterNow
from store.unit import Unit
from store.visits import centre_of

MOST_WORDS = 500

COUNTER_ACTS: Mapping[str, Callable[[Unit, int], CounterNow]] = {
    "open": open_counter,
    "pause": lambda unit, number: pause_counter(unit, number, request.form.get("reason") or None),
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
    return whole_number(request.form.get(field, ""))


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


def _missing(unit: Unit, ticket: int) -> Visit:
    chosen = request.form.getlist("missing")
    if not chosen:
        raise Invalid("missing", "none-chosen")
    return moves.hold(unit, ticket, missing=chosen)


def _finish_later(unit: Unit, ticket: int) -> Visit:
    """Ends the step with what can be collected on another day, under which reference."""
    change_details(unit, ticket, Details(reference=_words("reference")))
    return calls.finish(unit, ticket, ready_on=_day("ready_on"))


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError:
        raise Invalid(field, "not-a-date") from None


def _change_details(unit: Unit, ticket: int) -> Visit:
    name, phone, reference = (request.form.get(field, "").strip() for field in ("name", "phone", "reference"))
    return change_details(unit, ticket, Details(name, phone, reference, request.form.getlist("documents")))


def _change_priority(unit: Unit, ticket: int) -> Visit:
    return change_priority(unit, ticket, request.form.get("priority") or None)


def call_chosen(unit: Unit, number: int) -> Visit:
    """Calls whom the clerk chose, for a reason that the manager can read. Raises NotFound, Refused, Invalid."""
    reason = _words("reason")
    if reason is None:
        raise Invalid("reason", "required")
    return calls.call_ticket(unit, seen_ticket(unit), number, reason)


def serve_at_once(unit: Unit, number: int) -> Visit:
    """Serves somebody who stands at the counter without a ticket. Raises NotFound, Refused, Invalid."""
    return calls.quick_serve(unit, number, TicketRequest(tuple(request.form.getlist("services")), "staff"))


# Done to the person at the counter.
HERE_ACTS: Mapping[str, tuple[Act, Callable[[Unit, int], Visit]]] = {
    "recall": (Act.RECALL, calls.recall),
    "serve": (Act.SERVE, calls.serve),
    "finish": (Act.FINISH, calls.finish),
    "no-show": (Act.NO_SHOW, calls.no_show),
    "hold": (Act.HOLD, lambda unit, ticket: moves.hold(unit, ticket, _words("reason"))),
    "transfer": (Act.TRANSFER, _transfer),
    "steps": (Act.CHANGE_STEPS, _change_steps),
    "missing": (Act.HOLD, _missing),
    "ready": (Act.FINISH, _finish_later),
    "details": (Act.CHANGE_DETAILS, _change_details),
}
# Done to somebody who may wait or be set aside.
AWAY_ACTS: Mapping[str, Callable[[Unit, int], Visit]] = {
    "resume": moves.resume,
    "priority": _change_priority,
    "cancel": lambda unit, ticket: moves.cancel(unit, ticket, _words("reason")),
}
