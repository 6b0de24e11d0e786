"""Opening, pausing and closing a counter."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from commands.tickets import check_service
from queueing.events import Kind
from queueing.refusals import CounterBusy, CounterClosed, Invalid, NotFound
from queueing.states import Act, CounterState
from store.queue import CounterNow, counter_now, sent_to
from store.tables import Counter
from store.unit import Unit

_SET_STATE = (
    update(Counter)
    .where(Counter.centre_id == bindparam("centre"), Counter.number == bindparam("counter"))
    .values(state=bindparam("to"), open_services=bindparam("instead"), opened_at=bindparam("since"))
)


def find_counter(unit: Unit, number: int) -> CounterNow:
    """A counter of the unit's centre. Raises NotFound."""
    counter = counter_now(unit.conn, unit.centre, number)
    if counter is None:
        raise NotFound("counter")
    return counter


def open_counter(unit: Unit, number: int, services: Sequence[str] | None = None) -> CounterNow:
    """Opens a counter, with `services` in place of its own until it closes; on an open one changes what it serves.

    Opening what is open as asked changes nothing. Raises NotFound, Invalid, ClockBehind.
    """
    counter = find_counter(unit, number)
    unit.refuse_lost_clock()
    if services is not None:
        _check_services(unit, services)
    own = unit.centre.counters[number].services
    serves = frozenset(own if services is None else services)
    if counter.state is CounterState.OPEN and (services is None or counter.services == serves):
        return counter
    if services is None and counter.state is CounterState.PAUSED:
        serves = counter.services
    instead = None if serves == frozenset(own) else sorted(serves)
    return _set(unit, counter, CounterState.OPEN, instead)


def _check_services(unit: Unit, services: Sequence[str]) -> None:
    if not services:
        raise Invalid("services", "none-chosen")
    if len(set(services)) != len(services):
        raise Invalid("services", "named-twice")
    for code in services:
        check_service(unit, "services", code)


BREAKS = ("meal", "rest", "errand", "meeting", "fault")


def pause_counter(unit: Unit, number: int, reason: str | None = None) -> CounterNow:
    """Takes no more people for a while; who is there is served to the end. `reason` is one of BREAKS.

    Raises NotFound, CounterClosed, Invalid.
    """
    counter = find_counter(unit, number)
    if reason is not None and reason not in BREAKS:
        raise Invalid("reason", "unknown", value=reason)
    if counter.state is CounterState.CLOSED:
        raise CounterClosed(number)
    if counter.state is CounterState.PAUSED:
        return counter
    own = frozenset(unit.centre.counters[number].services)
    instead = None if counter.services == own else sorted(counter.services)
    return _set(unit, counter, CounterState.PAUSED, instead, reason=reason)


def close_counter(unit: Unit, number: int) -> CounterNow:
    """Closes a counter; closing a closed one changes nothing.

    Who waited for this counter alone keeps the place, for any counter that serves them. Raises NotFound, CounterBusy.
    """
    counter = find_counter(unit, number)
    if counter.ticket_number is not None:
        raise CounterBusy(number, counter.ticket_number)
    if counter.state is CounterState.CLOSED:
        return counter
    for ticket in sent_to(unit.conn, unit.centre.id, number):
        unit.act(unit.visit(ticket), Act.REDIRECT, counter=number)
    return set_closed(unit, number)


def set_closed(unit: Unit, number: int, at: datetime | None = None) -> CounterNow:
    """Closes a counter without asking whether somebody is there; `at` is now unless given."""
    return _set(unit, find_counter(unit, number), CounterState.CLOSED, None, at=at)


_EVENT_OF = {
    CounterState.OPEN: Kind.COUNTER_OPENED,
    CounterState.PAUSED: Kind.COUNTER_PAUSED,
    CounterState.CLOSED: Kind.COUNTER_CLOSED,
}


def _set(
    unit: Unit,
    counter: CounterNow,
    state: CounterState,
    instead: list[str] | None,
    *,
    at: datetime | None = None,
    **why: str | None,
) -> CounterNow:
    since = None if state is CounterState.CLOSED else counter.opened_at or unit.now
    values = {
        "centre": unit.centre.id,
        "counter": counter.number,
        "to": state.value,
        "instead": instead,
        "since": since,
    }
    unit.conn.execute(_SET_STATE, values)
    facts: dict[str, Any] = {name: text for name, text in why.items() if text}
    unit.tell(_EVENT_OF[state], counter=counter.number, at=at, services=instead, **facts)
    own = unit.centre.counters[counter.number].services
    return replace(counter, state=state, services=frozenset(own if instead is None else instead), opened_at=since)
