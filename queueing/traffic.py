"""Who comes on a day and when counters are staffed, made up by chance: what `queueing.simulation` then runs.

Nothing here is measured at a centre. `Habits` holds what is assumed of people and staff, and docs/fairness.md says why.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from queueing.hours import Hours
from queueing.journey import plan_steps
from queueing.order import OpenCounter
from queueing.simulation import Person, Span, StaffedCounter

SLOT = timedelta(minutes=30)
_LONG_SESSION = timedelta(hours=3)
_FOLLOWERS_PART = 3 / 4  # of a counter where people are served by themselves too


@dataclass(frozen=True, slots=True)
class Habits:
    """What people and staff do. Shares are from 0 to 1, times are in minutes.

    `shape` says how many walk-ins come in each part of the time in which tickets are given, beside the other parts.
    """

    shape: tuple[float, ...] = (5, 6, 5, 3, 4, 3, 1)
    priority: float = 0.12  # of the walk-ins, all groups together
    booked: float = 0.15  # of the people of a service that can be booked
    missed: float = 0.10  # of the booked, who never come
    early: float = 5.0  # mean of how long before their slot booked people come, with its standard deviation
    early_spread: float = 6.0
    no_show: float = 0.02  # of those called for the first time
    patience: float = 200.0  # mean, exponential: most of those who leave do so in the longest waits
    spread: float = 0.6  # standard deviation of the logarithm of service times
    day_spread: float = 0.10  # the same of a whole day, which nobody knows beforehand
    walk: tuple[float, float] = (0.25, 1.25)  # from the call to the start of serving
    tea: float = 15.0  # planned, once in each session of three hours or more, one counter after the other
    pause_every: float = 180.0  # unplanned, for each counter: means, exponential
    pause: float = 5.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many people a day come for each service, booked ones included, and how long each service takes on average."""

    people: Mapping[str, float]
    minutes: Mapping[str, float]
    then: Mapping[str, Sequence[str]]
    bookable: frozenset[str]
    groups: Sequence[str]
    habits: Habits = Habits()

    def work(self, service: str) -> float:
        """The minutes that somebody who comes for `service` takes of counters, follow-up services included."""
        return sum(self.step_minutes(step) for step in plan_steps([service], self.then))

    def step_minutes(self, service: str) -> float:
        """The minutes that one step of `service` takes of a counter, from the call on."""
        return self.minutes[service] + sum(self.habits.walk) / 2


def ticket_times(hours: Hours, day: date) -> list[Span]:
    """When tickets are given on `day`: its sessions until the last ticket, and the end of the lunch break."""
    spans = hours.sessions(day)
    if not spans:
        return []
    last = spans[-1][1] - timedelta(minutes=hours.last_ticket_minutes)
    if hours.lunch:
        again = hours.instant(day, hours.lunch.tickets_open)
        if spans[0][0] < again and not hours.is_open(again):
            spans.append((again, hours.instant(day, hours.lunch.end)))
    return sorted((start, min(end, last)) for start, end in spans if start < last)


def draw_people(traffic: Traffic, times: Sequence[Span], sessions: Sequence[Span], chance: Random) -> list[Person]:
    """A day's people, by arrival: walk-ins within `times`, booked people for slots within `sessions`."""
    speed = chance.lognormvariate(0, traffic.habits.day_spread)
    came = [*_walk_ins(traffic, times, chance), *_booked(traffic, times, sessions, chance)]
    came.sort(key=lambda arrival: arrival[0])
    return [
        _person(traffic, number, arrival, speed=speed, chance=chance) for number, arrival in enumerate(came, start=1)
    ]


# When somebody comes, for which service, and for which slot.
Arrival = tuple[datetime, str, datetime | None]


def _walk_ins(traffic: Traffic, times: Sequence[Span], chance: Random) -> list[Arrival]:
    """Independent of each other (a Poisson process), more in the morning than before closing."""
    booked = traffic.habits.booked
    expected = {s: n * (1 - booked if s in traffic.bookable else 1) for s, n in traffic.people.items()}
    services, weights, total = list(expected), list(expected.values()), sum(expected.values())
    came: list[Arrival] = []
    share = chance.expovariate(total) if total else 1.0
    while share < 1:
        came.append((_moment(times, traffic.habits.shape, share), chance.choices(services, weights)[0], None))
        share += chance.expovariate(total)
    return came


def _moment(times: Sequence[Span], shape: Sequence[float], share: float) -> datetime:
    """The moment by which `share` of a day's walk-ins have come."""
    weight, part = share * sum(shape), 0
    while weight >= shape[part] and part < len(shape) - 1:
        weight -= shape[part]
        part += 1
    total = sum((end - start for start, end in times), timedelta())
    passed = total * ((part + weight / shape[part]) / len(shape))
    for start, end in times:
        if passed < end - start:
            return start + passed
        passed -= end - start
    return times[-1][1]


def _booked(traffic: Traffic, times: Sequence[Span], sessions: Sequence[Span], chance: Random) -> list[Arrival]:
    """Each service's bookings are spread over the day, as slots with few places are; nobody comes in before opening."""
    habits, slots = traffic.habits, _slots(times, sessions)
    came: list[Arrival] = []
    for service in (s for s in traffic.people if s in traffic.bookable):
        count = int(traffic.people[service] * habits.booked / (1 - habits.missed) + chance.random())
        for n in range(count):
            slot = slots[int((n + chance.random()) / count * len(slots))]
            arrives = slot + timedelta(minutes=chance.gauss(-habits.early, habits.early_spread))
            if chance.random() >= habits.missed:
                came.append((max(arrives, times[0][0]), service, slot))
    return came


def _slots(times: Sequence[Span], sessions: Sequence[Span]) -> list[datetime]:
    """The slots' starts: every half-hour in which the centre is open and gives tickets."""
    return [start + n * SLOT for start, end in sessions for n in range((min(end, times[-1][1]) - start) // SLOT)] or [
        sessions[0][0]
    ]


def _person(traffic: Traffic, number: int, arrival: Arrival, *, speed: float, chance: Random) -> Person:
    at, service, slot = arrival
    habits = traffic.habits
    services = plan_steps([service], traffic.then)
    first_guess = -habits.spread * habits.spread / 2  # so that the mean is what the service takes on average
    lengths = [
        timedelta(minutes=traffic.minutes[s] * speed * chance.lognormvariate(first_guess, habits.spread))
        for s in services
    ]
    walk = timedelta(minutes=chance.uniform(*habits.walk))
    patience = timedelta(minutes=chance.expovariate(1 / habits.patience))
    comes = chance.random() >= habits.no_show
    has_group = chance.random() < habits.priority and slot is None and traffic.groups
    group = chance.choice(traffic.groups) if has_group else None
    return Person(number, at, services, lengths, walk, group, slot, patience, comes)


def planned_times(sessions: Sequence[Span], place: int, of: int, habits: Habits) -> list[Span]:
    """When a counter, number `place` of `of` from 0, is to be staffed: the sessions without its tea breaks."""
    present = list(sessions)
    for start, end in sessions:
        if end - start >= _LONG_SESSION:
            tea = start + (end - start) * (1 / 3 + place / of / 3)
            present = _without(present, (tea, tea + timedelta(minutes=habits.tea)))
    return present


def draw_counters(
    counters: Sequence[OpenCounter], sessions: Sequence[Span], habits: Habits, chance: Random
) -> list[StaffedCounter]:
    """The counters on one day: planned to be staffed, and left now and then for a few minutes."""
    staffed = []
    for place, counter in enumerate(counters):
        present = planned_times(sessions, place, len(counters), habits)
        for away in _pauses(present, habits, chance):
            present = _without(present, away)
        staffed.append(StaffedCounter(counter, present))
    return staffed


def _pauses(present: Sequence[Span], habits: Habits, chance: Random) -> list[Span]:
    found = []
    at = present[0][0] + timedelta(minutes=chance.expovariate(1 / habits.pause_every))
    while at < present[-1][1]:
        until = at + timedelta(minutes=chance.expovariate(1 / habits.pause))
        found.append((at, until))
        at = until + timedelta(minutes=chance.expovariate(1 / habits.pause_every))
    return found


def _without(spans: Iterable[Span], away: Span) -> list[Span]:
    parts = [((start, min(end, away[0])), (max(start, away[1]), end)) for start, end in spans]
    return [part for both in parts for part in both if part[0] < part[1]]


def minutes_of(spans: Iterable[Span]) -> float:
    """How long the spans are together."""
    return sum((end - start for start, end in spans), timedelta()) / timedelta(minutes=1)


def filled(traffic: Traffic, counters: Mapping[OpenCounter, float], load: float) -> Traffic:
    """The traffic with as many people as fill `load` of each service's share of the counters' minutes.

    A service that others lead to (payment) gets its people from them: when they are more than it has time for, fewer
    come for those.
    """
    followers = {follower for steps in traffic.then.values() for follower in steps}
    minutes = _shared(counters, followers)
    people = {s: load * given / traffic.step_minutes(s) for s, given in minutes.items() if s not in followers}
    for follower in sorted(followers & minutes.keys()):
        lead = [service for service in people if follower in plan_steps([service], traffic.then)]
        needed = sum(people[service] for service in lead) * traffic.step_minutes(follower)
        fit = min(1.0, load * minutes[follower] / needed) if needed else 1.0
        people |= {service: people[service] * fit for service in lead}
    return replace(traffic, people=people)


def _shared(counters: Mapping[OpenCounter, float], followers: Collection[str]) -> dict[str, float]:
    """Each service's share of the counters' minutes: equal, but what others lead to gets most, for many come to it."""
    minutes: dict[str, float] = defaultdict(float)
    for counter, given in counters.items():
        after = sorted(counter.services & set(followers))
        alone = sorted(counter.services - set(followers))
        part = _FOLLOWERS_PART if alone else 1.0
        for services, share in ((after, part), (alone, 1 - part if after else 1.0)):
            for service in services:
                minutes[service] += given * share / len(services)
    return dict(sorted(minutes.items()))
