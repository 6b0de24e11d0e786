"""What a manager sees of this moment: who waits and how long, who serves whom since when, who was set aside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from answers.breaks import BREAK_WORDS
from answers.guards import house, store
from answers.tickets import local, service_name
from answers.words import named, say
from queueing.states import CounterState, StepState
from queueing.visit import Visit
from reports.groups import By
from reports.measures import statistics
from store.board import read_head
from store.centre import CentreInfo
from store.floor import WaitingNow, read_waiting
from store.log import break_reason
from store.queue import CounterNow, counters_now
from store.set_aside import read_set_aside
from store.unit import Store
from store.visits import read_visits


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """How many wait for a service, the longest wait, and by how many counters it is served now."""

    name: str
    people: int
    longest: timedelta
    late: bool
    counters: int


@dataclass(frozen=True, slots=True)
class CounterLine:
    """A counter: `state` is the person's where somebody is there, else the counter's own; both with their instants."""

    number: int
    label: str
    state: str
    since: str | None
    opened: str | None
    ticket: str | None
    service: str | None
    reason: str | None


def read_floor(code: str, language: str) -> dict[str, Any]:
    """The floor on one snapshot. Raises NotFound."""
    floor: dict[str, Any] = house().off_the_loop(_read, store(), code, language)
    return floor


def _read(database: Store, code: str, lang: str) -> dict[str, Any]:
    """In a real thread, for the day's figures: a hall's day is thousands of steps."""
    now = database.clock.now()
    with database.reading_apart() as conn:
        centre = read_head(conn, database.centres, code).info
        day, since = centre.hours.business_date(now), now - centre.rules.no_show_grace
        waiting, counters = read_waiting(conn, centre.id, now), counters_now(conn, centre)
        return {
            "at": local(now, centre.zone),
            "day": day,
            "waiting": len(waiting),
            "longest": max(waiting, key=lambda one: one.waited, default=None),
            "late": sum(_is_late(centre, one) for one in waiting),
            "services": _services(centre, waiting, counters, lang),
            "counters": _counters(conn, centre, counters, lang),
            "aside": [
                {"number": away.number, "service": service_name(centre, away.service, lang), "state": away.state}
                for away in read_set_aside(conn, centre.id, day, since)
            ],
            "today": statistics(conn, centre, day, day, By.SERVICE, language=lang).total,
            "refusal": centre.hours.refusal(now),
        }


def _is_late(centre: CentreInfo, one: WaitingNow) -> bool:
    return one.service in centre.services and one.waited > centre.services[one.service].target


def _services(
    centre: CentreInfo, waiting: Sequence[WaitingNow], counters: Sequence[CounterNow], lang: str
) -> list[ServiceLine]:
    """The services for which somebody waits, the longest wait first."""
    by_service: dict[str, list[WaitingNow]] = {}
    for one in waiting:
        by_service.setdefault(one.service, []).append(one)
    lines = [
        ServiceLine(
            name=service_name(centre, service, lang),
            people=len(people),
            longest=max(one.waited for one in people),
            late=any(_is_late(centre, one) for one in people),
            counters=sum(service in counter.services for counter in counters if counter.state == "open"),
        )
        for service, people in by_service.items()
    ]
    return sorted(lines, key=lambda line: line.longest, reverse=True)


def _counters(conn: Connection, centre: CentreInfo, counters: Sequence[CounterNow], lang: str) -> list[CounterLine]:
    visits = read_visits(conn, (counter.ticket for counter in counters if counter.ticket is not None))
    paused = [counter.number for counter in counters if counter.state is CounterState.PAUSED]
    reasons = {number: BREAK_WORDS.get(break_reason(conn, centre.id, number) or "") for number in paused}
    return [
        _counter(centre, counter, visits.get(counter.ticket or 0), lang, reasons.get(counter.number))
        for counter in counters
    ]


def _counter(
    centre: CentreInfo, counter: CounterNow, visit: Visit | None, lang: str, reason: str | None
) -> CounterLine:
    since = _since(visit) if visit else counter.opened_at
    return CounterLine(
        number=counter.number,
        label=named(centre.counters[counter.number].names, lang, centre.languages),
        state=visit.state if visit else counter.state,
        since=local(since, centre.zone) if since else None,
        opened=local(counter.opened_at, centre.zone) if counter.opened_at else None,
        ticket=counter.ticket_number,
        service=service_name(centre, visit.step.service, lang) if visit else None,
        reason=say(lang, reason) if reason else None,
    )


def _since(visit: Visit) -> datetime | None:
    step = visit.step
    return step.serving_since if visit.state is StepState.SERVING else step.last_called_at
