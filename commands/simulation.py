"""Days at a centre as its settings describe it, made up by chance and run on the rules of its queue."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, islice
from random import Random

from sqlalchemy import select

from queueing.hours import Hours
from queueing.order import OpenCounter
from queueing.simulation import QueueRules, SimulatedStep, StaffedCounter, simulate_day
from queueing.traffic import (
    Habits,
    Traffic,
    draw_counters,
    draw_people,
    filled,
    minutes_of,
    planned_times,
    ticket_times,
)
from reports.simulated import Punctuality, Waits, punctuality, unbooked, waits_of, walk_ins
from store.centre import CentreInfo, read_centre
from store.tables import Centre
from store.unit import Store

MOST_DAYS = 366
LEAST_LOAD, MOST_LOAD = 0.05, 2.0
_MONDAY = date(2026, 1, 5)  # some week: the same one whenever it is asked for
_MINUTE = timedelta(minutes=1)


class NothingToSimulate(Exception):
    """There is no such centre, nothing can happen there, or the load makes no sense. The message says which."""


@dataclass(frozen=True, slots=True)
class Simulation:
    """What became of some days' people. `busy` is the share of a counter's staffed time with somebody there.

    `punctual` is None when nobody had booked.
    """

    groups: dict[str, Waits]
    services: dict[str, Waits]
    total: Waits
    busy: dict[int, float]
    punctual: Punctuality | None


def simulate(store: Store, code: str, *, days: int, seed: int, load: float) -> Simulation:
    """Runs `days` days with so many people that they fill `load` of the counters' time; one seed, one result.

    Raises NothingToSimulate.
    """
    if not LEAST_LOAD <= load <= MOST_LOAD:
        raise NothingToSimulate(f"--load is a share of the counters' time, from {LEAST_LOAD} to {MOST_LOAD}")
    centre = _read(store, code)
    hours = replace(centre.hours, holidays=frozenset(), paused=False)
    counters = _counters(centre)
    open_days = list(islice(_open_days(hours), days))
    if not open_days or not counters:
        raise NothingToSimulate("the centre is never open" if counters else "no counter of the centre serves anything")
    traffic = _traffic(centre, counters, hours, open_days[0], load)
    steps: list[SimulatedStep] = []
    without: list[SimulatedStep] = []
    staffed: list[StaffedCounter] = []
    for number, day in enumerate(open_days):
        chance = Random(f"{seed} {number}")  # noqa: S311 - made up, not a secret
        sessions = hours.sessions(day)
        people = draw_people(traffic, ticket_times(hours, day), sessions, chance)
        today = draw_counters(counters, sessions, traffic.habits, chance)
        steps += simulate_day(people, today, _rules(centre), closing=hours.closing(day))
        without += walk_ins(people, simulate_day(unbooked(people), today, _rules(centre), closing=hours.closing(day)))
        staffed += today
    punctual = punctuality(steps, without, centre.rules.appointment_late)
    return replace(_figures(centre, steps, staffed), punctual=punctual)


def _read(store: Store, code: str) -> CentreInfo:
    with store.reading() as conn:
        centre = conn.execute(select(Centre.id).where(Centre.code == code)).scalar()
        if centre is None:
            raise NothingToSimulate("there is no such centre")
        return read_centre(conn, centre)


def _counters(centre: CentreInfo) -> list[OpenCounter]:
    """The counters that are there, with those of their services for which tickets are given."""
    given = frozenset(code for code, service in centre.services.items() if service.enabled)
    there = (counter for counter in centre.counters.values() if counter.enabled)
    counters = [OpenCounter(counter.number, given & set(counter.services), counter.skills) for counter in there]
    return [counter for counter in counters if counter.services]


def _open_days(hours: Hours) -> Iterator[date]:
    if any(hours.week):
        days = (_MONDAY + timedelta(days=n) for n in count())
        yield from (day for day in days if ticket_times(hours, day))


def _traffic(centre: CentreInfo, counters: Sequence[OpenCounter], hours: Hours, day: date, load: float) -> Traffic:
    """As many people as fill `load` of the counters' planned minutes on `day`."""
    served = frozenset().union(*(counter.services for counter in counters))
    services = {code: service for code, service in centre.services.items() if code in served}
    traffic = Traffic(
        people={},
        minutes={code: service.expected / _MINUTE for code, service in services.items()},
        then={code: [s for s in centre.then[code] if s in services] for code in services},
        bookable=frozenset(code for code, service in services.items() if service.appointment),
        groups=[code for code, group in centre.groups.items() if group.enabled],
        habits=Habits(),
    )
    planned = {
        counter: minutes_of(planned_times(hours.sessions(day), place, len(counters), traffic.habits))
        for place, counter in enumerate(counters)
    }
    return filled(traffic, planned, load)


def _rules(centre: CentreInfo) -> QueueRules:
    rules = centre.rules
    weights = {code: group.weight for code, group in centre.groups.items()}
    targets = {code: service.target for code, service in centre.services.items()}
    return QueueRules(rules.max_credit, rules.appointment_credit, rules.appointment_late, weights, targets)


def _figures(centre: CentreInfo, steps: list[SimulatedStep], staffed: list[StaffedCounter]) -> Simulation:
    targets = {code: service.target for code, service in centre.services.items()}

    def by(key: Callable[[SimulatedStep], str], order: Sequence[str]) -> dict[str, Waits]:
        parts = {name: [step for step in steps if key(step) == name] for name in order}
        return {name: waits_of(part, targets) for name, part in parts.items() if part}

    return Simulation(
        groups=by(_standing, ["none", *centre.groups, "booked"]),
        services=by(lambda step: step.service, list(centre.services)),
        total=waits_of(steps, targets),
        busy=_busy(steps, staffed),
        punctual=None,
    )


def _standing(step: SimulatedStep) -> str:
    return "booked" if step.person.slot else step.person.group or "none"


def _busy(steps: Sequence[SimulatedStep], staffed: Sequence[StaffedCounter]) -> dict[int, float]:
    present: dict[int, float] = {}
    for counter in staffed:
        number = counter.counter.number
        present[number] = present.get(number, 0.0) + minutes_of(counter.present)
    served = dict.fromkeys(present, 0.0)
    for step in steps:
        if step.counter is not None and step.called_at and step.ended_at:
            served[step.counter] += (step.ended_at - step.called_at) / _MINUTE
    return {number: served[number] / minutes for number, minutes in present.items() if minutes}


def told(simulation: Simulation) -> Iterator[str]:
    """The figures as lines of text."""
    yield _line("minutes", "steps", "mean", "P95", "longest", "over 1 h", "in target", "left", "no-show", "expired")
    yield _waits_line("all", simulation.total)
    for title, rows in (("priority group", simulation.groups), ("service", simulation.services)):
        yield f"\n{title}"
        yield from (_waits_line(name, waits) for name, waits in rows.items())
    yield from _punctual(simulation.punctual)
    yield "\ncounter: share of its staffed time with somebody there"
    yield from (_line(str(number), f"{share:.0%}") for number, share in simulation.busy.items())
    yield "\nWho left or expired counts with the time waited. in target: the share called within the service's target."


def _punctual(found: Punctuality | None) -> Iterator[str]:
    if found is None:
        return
    yield "\nappointments"
    minutes = found.after / _MINUTE
    yield f"begun within {minutes:.0f} minutes of their time: {found.kept:.1%} of {found.booked}"
    yield f"walk-ins' P95: {found.walk_ins.p95:.1f} min; had the same people come without: {found.without.p95:.1f} min"


def _waits_line(name: str, waits: Waits) -> str:
    minutes = (f"{value:.1f}" for value in (waits.mean, waits.p95, waits.longest))
    shares = (f"{share:.1%}" for share in (waits.over_an_hour, waits.within_target))
    return _line(name, str(waits.steps), *minutes, *shares, str(waits.left), str(waits.no_show), str(waits.expired))


def _line(name: str, *cells: str) -> str:
    return f"{name:<16}" + "".join(f"{cell:>10}" for cell in cells)
