"""The people waiting now, in due order. Every statement walks the partial index of waiting steps, never history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, literal, or_, select

from queueing.order import OpenCounter, QueuedStep, rivals
from queueing.states import AT_COUNTER, CounterState, StepState
from store.centre import CentreInfo
from store.tables import Counter, Ticket, TicketStep

_QUEUED = (
    TicketStep.ticket_id,
    TicketStep.service,
    TicketStep.due_at,
    TicketStep.not_before,
    TicketStep.joined_seq,
    TicketStep.direct_to,
)
# The literal lets both planners prove that the partial index holds all rows asked for.
IS_WAITING = TicketStep.state == literal(StepState.WAITING.value, literal_execute=True)
# As the partial index says it, word for word: SQLite proves no more than that.
IS_UNENDED = TicketStep.state.in_(
    [literal(s.value, literal_execute=True) for s in (StepState.WAITING, StepState.ON_HOLD)]
)
_HERE = TicketStep.centre_id == bindparam("centre")
_MAY_CALL = or_(
    TicketStep.direct_to == bindparam("counter"),
    and_(TicketStep.direct_to.is_(None), TicketStep.service.in_(bindparam("services", expanding=True))),
)
_DUE_ORDER = TicketStep.due_at, TicketStep.joined_seq
_HEAD = select(*_QUEUED).where(_HERE, IS_WAITING, _MAY_CALL).order_by(*_DUE_ORDER).limit(1)
HEAD_IN_TIME = _HEAD.where(or_(TicketStep.not_before.is_(None), TicketStep.not_before <= bindparam("now")))
HEAD_EARLY = _HEAD
OVERDUE = (
    select(*_QUEUED, TicketStep.joined_at, TicketStep.held)
    .where(
        _HERE,
        IS_WAITING,
        TicketStep.direct_to.is_(None),
        TicketStep.service.in_(bindparam("services", expanding=True)),
        TicketStep.joined_at < bindparam("since"),
        or_(TicketStep.not_before.is_(None), TicketStep.not_before <= bindparam("now")),
    )
    .order_by(*_DUE_ORDER)
)
_QUEUE = select(*_QUEUED).where(_HERE, IS_WAITING).order_by(*_DUE_ORDER)


def _queued(row: Sequence[Any]) -> QueuedStep:
    return QueuedStep(*row)


def queue_heads(conn: Connection, centre: CentreInfo, counter: OpenCounter, now: datetime) -> list[QueuedStep]:
    """The first step that the counter may call: of its own people in their time, or else of those whom it helps.

    When there is neither, of its own booked people who are early.
    """
    values = {"centre": centre.id, "counter": counter.number, "services": sorted(counter.services), "now": now}
    row = conn.execute(HEAD_IN_TIME, values).first()
    if row is None:
        helped = overdue_step(conn, centre, counter, now)
        if helped is not None:
            return [helped]
        del values["now"]
        row = conn.execute(HEAD_EARLY, values).first()
    return [] if row is None else [_queued(row)]


def overdue_step(conn: Connection, centre: CentreInfo, counter: OpenCounter, now: datetime) -> QueuedStep | None:
    """The first step of the services that the counter can help with whose wait has passed its service's target."""
    targets = {code: service.target for code, service in centre.services.items() if counter.may_help(code)}
    if not targets:
        return None
    values = {"centre": centre.id, "services": sorted(targets), "since": now - min(targets.values()), "now": now}
    for row in conn.execute(OVERDUE, values):
        if now - row.joined_at - row.held > targets[row.service]:
            return _queued(row[:-2])
    return None


def waiting_steps(conn: Connection, centre: int) -> list[QueuedStep]:
    """All who wait, by due time."""
    return [_queued(row) for row in conn.execute(_QUEUE, {"centre": centre})]


_SENT_TO = (
    select(TicketStep.ticket_id)
    .where(_HERE, IS_UNENDED, TicketStep.direct_to == bindparam("counter"))
    .order_by(*_DUE_ORDER)
)


def sent_to(conn: Connection, centre: int, counter: int) -> list[int]:
    """The tickets of those who wait, or are on hold, for one counter alone, by due time."""
    return list(conn.execute(_SENT_TO, {"centre": centre, "counter": counter}).scalars())


@dataclass(frozen=True, slots=True)
class CounterNow:
    """A counter as it is now: its state, what it serves, and whom."""

    number: int
    state: CounterState
    services: frozenset[str]
    opened_at: datetime | None
    ticket: int | None
    ticket_number: str | None
    ticket_state: StepState | None

    def calling(self, centre: CentreInfo) -> OpenCounter:
        """As the order sees it: what it serves, and what it can help with."""
        return OpenCounter(self.number, self.services, centre.counters[self.number].skills)


_AT_COUNTER = and_(
    TicketStep.centre_id == Counter.centre_id,
    TicketStep.counter == Counter.number,
    TicketStep.state.in_([literal(state.value, literal_execute=True) for state in sorted(AT_COUNTER)]),
)
_COUNTERS = (
    select(Counter.number, Counter.state, Counter.open_services, Counter.opened_at)
    .add_columns(TicketStep.ticket_id, Ticket.number, TicketStep.state)
    .outerjoin(TicketStep, _AT_COUNTER)
    .outerjoin(Ticket, Ticket.id == TicketStep.ticket_id)
    .where(Counter.centre_id == bindparam("centre"), Counter.enabled)
    .order_by(Counter.number)
)
_COUNTER = _COUNTERS.where(Counter.number == bindparam("counter"))


def counters_now(conn: Connection, centre: CentreInfo) -> list[CounterNow]:
    """The centre's counters, by number."""
    return [_counter_now(centre, row) for row in conn.execute(_COUNTERS, {"centre": centre.id})]


def counter_now(conn: Connection, centre: CentreInfo, number: int) -> CounterNow | None:
    """One counter, or None when the centre has no such counter."""
    if number not in centre.counters:
        return None
    row = conn.execute(_COUNTER, {"centre": centre.id, "counter": number}).first()
    return _counter_now(centre, row) if row else None


def _counter_now(centre: CentreInfo, row: Row[*tuple[Any, ...]]) -> CounterNow:
    services = row[2] if row[2] is not None else centre.counters[row[0]].services
    state = StepState(row[6]) if row[6] is not None else None
    return CounterNow(row[0], CounterState(row[1]), frozenset(services), row[3], row[4], row[5], state)


_CALLING = (
    select(Counter.number, Counter.open_services)
    .where(Counter.centre_id == bindparam("centre"), Counter.enabled, Counter.state == CounterState.OPEN.value)
    .order_by(Counter.number)
)


def calling_counters(conn: Connection, centre: CentreInfo) -> list[OpenCounter]:
    """The counters that call people now, by number: all that a place in the queue needs to know of them."""
    return [
        OpenCounter(number, frozenset(centre.counters[number].services if services is None else services))
        for number, services in conn.execute(_CALLING, {"centre": centre.id})
    ]


def count_ahead(conn: Connection, centre: int, step: QueuedStep, counters: Sequence[OpenCounter], now: datetime) -> int:
    """How many are before a waiting step among those whom the same counters serve (queueing.order.position, in SQL)."""
    shared = rivals(step.service, step.direct_to, counters)
    values = {"centre": centre, "now": now, "my_due": step.due_at, "my_seq": step.joined_seq}
    if shared:
        values["counters"] = [counter.number for counter in shared]
        values["services"] = sorted(frozenset().union(*(counter.services for counter in shared)))
    else:
        values |= {"service": step.service, "direct": step.direct_to}
    early = step.not_before is not None and now < step.not_before
    ahead: int = conn.execute(_AHEAD_OF[early, bool(shared)], values).scalar_one()
    return ahead


_COMPETES = or_(
    and_(TicketStep.direct_to.is_(None), TicketStep.service.in_(bindparam("services", expanding=True))),
    TicketStep.direct_to.in_(bindparam("counters", expanding=True)),
)
_IN_TIME = or_(TicketStep.not_before.is_(None), TicketStep.not_before <= bindparam("now"))
# The first bound ends the walk through the index; the second is for those who are due at the same instant.
_BEFORE_ME = and_(
    TicketStep.due_at <= bindparam("my_due"),
    or_(TicketStep.due_at < bindparam("my_due"), TicketStep.joined_seq < bindparam("my_seq")),
)
_OF_MY_SERVICE = and_(
    TicketStep.service == bindparam("service"), TicketStep.direct_to.is_not_distinct_from(bindparam("direct"))
)
_COUNT = select(func.count()).select_from(TicketStep).where(_HERE, IS_WAITING)
# By whether the step is booked and early, and whether any counter may call it.
_AHEAD_OF = {
    (early, shared): _COUNT.where(
        or_(_IN_TIME, _BEFORE_ME) if early else and_(_IN_TIME, _BEFORE_ME), _COMPETES if shared else _OF_MY_SERVICE
    )
    for early in (False, True)
    for shared in (False, True)
}
