"""Calling people to a counter and serving them."""

from datetime import date, timedelta
from typing import Any

from commands.counters import find_counter, set_closed
from commands.notes import write_note
from commands.tickets import TicketRequest, issue_ticket
from queueing.order import Joined, next_step, place
from queueing.refusals import CounterBusy, CounterClosed, Invalid, RecallsUsedUp, RecallTooSoon
from queueing.states import Act, CounterState, StepState
from queueing.visit import Visit, place_facts
from store.queue import CounterNow, counter_now, queue_heads
from store.unit import Unit

_LONGEST_WORK = timedelta(days=366)


def call_next(unit: Unit, number: int, *, finish: bool = False) -> Visit | None:
    """Calls the next person to a counter; None when nobody waits for it.

    `finish` ends the person who is there first, one who is only called as served at once.
    Raises NotFound, CounterClosed, CounterBusy.
    """
    counter = _calling_counter(unit, number)
    if counter.ticket is not None:
        if not finish:
            raise CounterBusy(number, counter.ticket_number or "")
        finished = _finish_whoever_is_there(unit, counter.ticket)
        if close_if_day_ended(unit, number, finished):
            return None
    heads = queue_heads(unit.conn, unit.centre, counter.calling(unit.centre), unit.now)
    chosen = next_step(heads, unit.now)
    if chosen is None:
        return None
    return _call(unit, unit.visit(chosen.ticket), number)


def call_ticket(unit: Unit, ticket: int, number: int, reason: str | None = None) -> Visit:
    """Calls a chosen person to a counter; one who was not next there is listed for the manager, with the reason.

    Raises NotFound, WrongState, CounterClosed, CounterBusy.
    """
    visit = unit.visit(ticket)
    counter = find_counter(unit, number)
    unit.check(visit, Act.CALL)
    _refuse_unfree(counter)
    heads = queue_heads(unit.conn, unit.centre, counter.calling(unit.centre), unit.now)
    chosen: dict[str, Any] = {} if visit.id in {step.ticket for step in heads} else {"chosen": True}
    visit = _call(unit, visit, number, **chosen)
    write_note(unit, visit, reason)
    return visit


def _refuse_unfree(counter: CounterNow) -> None:
    if counter.state is not CounterState.OPEN:
        raise CounterClosed(counter.number)
    if counter.ticket_number is not None:
        raise CounterBusy(counter.number, counter.ticket_number)


def quick_serve(unit: Unit, number: int, request: TicketRequest) -> Visit:
    """A person who stands at a counter: ticket, call and serving in one press, without a call on the TV.

    Raises as issue_ticket does, and NotFound, CounterClosed, CounterBusy.
    """
    _refuse_unfree(find_counter(unit, number))
    visit = _call(unit, issue_ticket(unit, request), number, quiet=True)
    return unit.act(visit, Act.SERVE)


def _call(unit: Unit, visit: Visit, number: int, **facts: Any) -> Visit:
    """The event says for which service, so that the board's calls are read from the log alone."""
    return unit.act(visit, Act.CALL, counter=number, service=visit.step.service, **facts)


def _calling_counter(unit: Unit, number: int) -> CounterNow:
    counter = find_counter(unit, number)
    if counter.state is not CounterState.OPEN:
        raise CounterClosed(number)
    return counter


def _finish_whoever_is_there(unit: Unit, ticket: int) -> Visit:
    visit = unit.visit(ticket)
    if visit.state is StepState.CALLED:
        visit = unit.act(visit, Act.SERVE)
    return _end_step(unit, visit)


def recall(unit: Unit, ticket: int) -> Visit:
    """Calls the person once more. Raises NotFound, WrongState, RecallsUsedUp, RecallTooSoon."""
    visit = unit.visit(ticket)
    unit.check(visit, Act.RECALL)
    rules, step = unit.centre.rules, visit.step
    if step.recalls >= rules.recall_times:
        raise RecallsUsedUp(visit.number, rules.recall_times)
    if step.recalls and step.last_called_at is not None and unit.now < step.last_called_at + rules.recall_cooldown:
        raise RecallTooSoon(visit.number, step.last_called_at + rules.recall_cooldown)
    return unit.act(visit, Act.RECALL)


def serve(unit: Unit, ticket: int) -> Visit:
    """The person has come: serving begins. Raises NotFound, WrongState."""
    return unit.act(unit.visit(ticket), Act.SERVE)


def finish(unit: Unit, ticket: int, *, ready_on: date | None = None) -> Visit:
    """Ends the step; the visit goes on to its next planned step, or is over.

    `ready_on` is the centre-local date from which what was asked for can be collected.
    Raises NotFound, WrongState, and Invalid for a date that is past or over a year away.
    """
    visit = unit.visit(ticket)
    unit.check(visit, Act.FINISH)
    if ready_on is not None and not unit.today <= ready_on <= unit.today + _LONGEST_WORK:
        raise Invalid("ready_on", "not-a-date-ahead")
    counter = visit.step.at_counter
    visit = _end_step(unit, visit, ready_on)
    close_if_day_ended(unit, counter, visit)
    return visit


def _end_step(unit: Unit, visit: Visit, ready_on: date | None = None) -> Visit:
    following = visit.planned()
    ready: dict[str, Any] = {"ready_on": ready_on.isoformat()} if ready_on else {}
    if following is None:
        return unit.act(visit, Act.FINISH, **ready)
    next_place = place(
        Joined.LATER_STEP,
        unit.now,
        cap=unit.centre.rules.max_credit,
        weight=unit.centre.weight(visit.priority),
        waited=visit.waited(unit.now),
    )
    return unit.act(visit, Act.FINISH, place=place_facts(following.position, next_place), **ready)


def no_show(unit: Unit, ticket: int) -> Visit:
    """The person did not come. Raises NotFound, WrongState."""
    visit = unit.visit(ticket)
    counter = visit.step.at_counter
    visit = unit.act(visit, Act.NO_SHOW)
    close_if_day_ended(unit, counter, visit)
    return visit


def close_if_day_ended(unit: Unit, counter: int | None, visit: Visit) -> bool:
    """Closes a counter that stayed open past the day's end only for the visit that has now left it; whether it did."""
    if counter is None or unit.ended_on is None or visit.business_date > unit.ended_on:
        return False
    now = counter_now(unit.conn, unit.centre, counter)
    if now is None or now.opened_at is None or now.opened_at >= unit.centre.hours.closing(unit.ended_on):
        return False
    set_closed(unit, counter)
    return True
