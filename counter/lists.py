"""The lists beside a counter: who waits for it, all who wait, and who was set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from answers.tickets import service_name, why
from answers.words import _, say
from counter.names import group_name
from counter.person import Elapsed, elapsed
from queueing.order import QueuedStep, next_step, order_key
from queueing.states import StepState
from queueing.visit import Visit
from store.centre import CentreInfo
from store.queue import CounterNow, queue_heads, waiting_steps
from store.set_aside import SetAside
from store.visits import read_visits

_HELPED = _("{why}. Waits longer than the target, and nobody waits for this counter")
# Enough to see who comes; a page of hundreds helps nobody.
MOST = 60


class Show(StrEnum):
    """Which list is shown."""

    MINE = "mine"
    ALL = "all"
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue. `mine` is whether this counter may call the person, `next` whether it would now."""

    ticket: int
    number: str
    service: str
    waiting: Elapsed
    why: str
    priority: str | None
    place: str
    mine: bool
    next: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """The lines of the list that is shown, whom the counter calls next, and how many wait."""

    shown: list[Waiting]
    next: Waiting | None
    mine: int
    total: int


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who was set aside; `until` is when a missed call can no longer be brought back."""

    ticket: int
    number: str
    service: str
    state: str
    counter: int | None
    since: Elapsed
    until: str | None
    on_way: bool


def read_queue(
    conn: Connection, centre: CentreInfo, counter: CounterNow, now: datetime, lang: str, *, show: Show
) -> Queue:
    """Who waits, in the order in which they would be called."""
    serves = counter.calling(centre)
    steps = sorted(waiting_steps(conn, centre.id), key=lambda step: order_key(step, now))
    mine = [step for step in steps if serves.may_call(step.service, step.direct_to)]
    chosen = {Show.MINE: mine, Show.ALL: steps, Show.ASIDE: []}[show][:MOST]
    first = next_step(queue_heads(conn, centre, serves, now), now)
    visits = read_visits(conn, {step.ticket for step in [*chosen, first] if step})
    callable_ = {step.ticket for step in mine}

    def line(step: QueuedStep) -> Waiting:
        return _line(centre, visits[step.ticket], now, lang, mine=step.ticket in callable_, first=step == first)

    return Queue([line(step) for step in chosen], line(first) if first else None, len(mine), len(steps))


def _line(centre: CentreInfo, visit: Visit, now: datetime, lang: str, *, mine: bool, first: bool) -> Waiting:
    step = visit.step
    since = (step.joined_at or now) + step.held
    reason = why(centre, visit, lang, now)
    return Waiting(
        ticket=visit.id,
        number=visit.number,
        service=service_name(centre, step.service, lang),
        waiting=elapsed(since, now, centre, centre.services[step.service].target),
        why=say(lang, _HELPED, {"why": reason}) if first and not mine else reason,
        priority=group_name(centre, visit.priority, lang),
        place=_place(visit),
        mine=mine,
        next=first,
    )


def _place(visit: Visit) -> str:
    """`2/3` is the second of three steps; empty for a visit of one."""
    steps = [step for step in visit.steps if step.state is not StepState.DROPPED]
    done = sum(step.state is not StepState.PLANNED for step in steps)
    return f"{done}/{len(steps)}" if len(steps) > 1 else ""


def set_aside(centre: CentreInfo, rows: Sequence[SetAside], now: datetime, lang: str) -> list[Away]:
    """Who was set aside, with how long ago."""
    grace = centre.rules.no_show_grace
    return [
        Away(
            ticket=row.ticket,
            number=row.number,
            service=service_name(centre, row.service, lang),
            state=row.state,
            counter=row.counter,
            since=elapsed(row.since, now, centre),
            until=_hour(centre, row.since + grace) if row.state == StepState.NO_SHOW else None,
            on_way=row.on_way,
        )
        for row in rows
    ]


def _hour(centre: CentreInfo, at: datetime) -> str:
    return at.astimezone(centre.zone).strftime("%H:%M")
