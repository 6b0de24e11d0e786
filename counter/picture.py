"""What a clerk sees: who is at the counter, who waits and why, and who was set aside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from answers.centres import find_counter_now
from answers.tickets import local, service_name, ticket_answer, why
from answers.words import named
from queueing.order import OpenCounter, order_key
from queueing.refusals import NotFound
from queueing.visit import Visit
from store.board import CentreHead, read_head
from store.centre import CentreInfo
from store.queue import CounterNow, waiting_steps
from store.set_aside import read_set_aside
from store.unit import Store
from store.visits import read_visit, read_visits

# Enough to see who comes; a page of hundreds helps nobody.
_MOST_MINE, _MOST_OTHERS = 30, 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the queue. `mine` is whether this counter may call the person; `late` is past the target."""

    number: str
    service: str
    minutes: int
    why: str
    mine: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """The first people of the queue, this counter's before the others', and how many there are in all."""

    shown: list[Waiting]
    mine: int
    total: int


def read_picture(store: Store, code: str, number: int, lang: str) -> dict[str, Any]:
    """The counter with its person, its queue and who was set aside. Raises NotFound."""
    now = store.clock.now()
    with store.reading() as conn:
        head = read_head(conn, store.centres, code)
        centre = head.info
        counter = find_counter_now(conn, centre, number)
        visit = read_visit(conn, counter.ticket) if counter.ticket is not None else None
        day, since = centre.hours.business_date(now), now - centre.rules.no_show_grace
        return {
            "centre": centre,
            "counter": counter,
            "label": named(centre.counters[number].names, lang, centre.languages),
            "ticket": _at_counter(centre, visit, lang) if visit else None,
            "queue": _queue(conn, head, counter, now, lang),
            "aside": read_set_aside(conn, centre.id, day, since),
            "services": {s: named(i.names, lang, centre.languages) for s, i in centre.services.items() if i.enabled},
            "at": local(now, centre.zone),
        }


def _at_counter(centre: CentreInfo, visit: Visit, lang: str) -> dict[str, Any]:
    answer = ticket_answer(centre, visit, None)
    steps = [{**step, "name": service_name(centre, step["code"], lang)} for step in answer["services"]]
    return {**answer, "services": steps}


def _queue(conn: Connection, head: CentreHead, counter: CounterNow, now: datetime, lang: str) -> Queue:
    serves = OpenCounter(counter.number, counter.services)
    steps = sorted(waiting_steps(conn, head.info.id), key=lambda step: order_key(step, now))
    mine = [step for step in steps if serves.may_call(step.service, step.direct_to)]
    others = [step for step in steps if not serves.may_call(step.service, step.direct_to)]
    first = [*mine[:_MOST_MINE], *others[:_MOST_OTHERS]]
    visits = read_visits(conn, (step.ticket for step in first))
    callable_ = {step.ticket for step in mine}
    shown = [_line(head.info, visits[s.ticket], now, lang, mine=s.ticket in callable_) for s in first]
    return Queue(shown, len(mine), len(steps))


def _line(centre: CentreInfo, visit: Visit, now: datetime, lang: str, *, mine: bool) -> Waiting:
    step = visit.step
    if step.joined_at is None:
        raise NotFound("ticket")
    waited = max(now - step.joined_at, timedelta())
    return Waiting(
        number=visit.number,
        service=service_name(centre, step.service, lang),
        minutes=int(waited / timedelta(minutes=1)),
        why=why(centre, visit, lang, now),
        mine=mine,
        late=waited > centre.services[step.service].target,
    )
