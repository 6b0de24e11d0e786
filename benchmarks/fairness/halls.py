"""The made-up centres of the comparison: four services, seven counters, people of three standings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.fairness.policies import Policy, Standing, standing
from queueing.order import OpenCounter
from queueing.simulation import Person, QueueRules, SimulatedStep, Span, StaffedCounter, simulate_day
from queueing.traffic import Habits, Traffic, draw_counters, draw_people, minutes_of, planned_times
from reports.simulated import Waits, late_share, waits_of

LATE = timedelta(minutes=15)
GROUP = "PRIORITY"
_OPENS = datetime(2026, 1, 5, 8, tzinfo=UTC)


def _at(hours: float) -> datetime:
    return _OPENS + timedelta(hours=hours)


SESSIONS: Sequence[Span] = ((_at(0), _at(4)), (_at(5), _at(8)))  # 8-12, 13-16
TICKETS: Sequence[Span] = ((_at(0), _at(4)), (_at(4.75), _at(7.75)))  # again from 12:45, until 15:45
# Who has come by the last ticket is served: some stay longer, and nobody's wait is cut off by the end of the day.
OVERTIME: Span = (_at(8), _at(12))
CLOSING = _at(16)


@dataclass(frozen=True, slots=True)
class Hall:
    """A centre of the comparison: minutes and shares by service, and which services each counter serves."""

    minutes: Mapping[str, float]
    shares: Mapping[str, float]
    counters: Sequence[str]
    bookable: str
    habits: Habits
    skills: Mapping[int, str] = field(default_factory=dict)  # what a counter may help with

    def traffic(self, load: float) -> Traffic:
        """As many people as fill `load` of the time for which counters are planned to be staffed."""
        planned = (planned_times(SESSIONS, n, len(self.counters), self.habits) for n in range(len(self.counters)))
        one = Traffic(self.shares, self.minutes, {}, frozenset(self.bookable), [GROUP], self.habits)
        each = sum(share * one.work(service) for service, share in self.shares.items())
        count = load * sum(minutes_of(times) for times in planned) / each
        return replace(one, people={service: count * share for service, share in self.shares.items()})


_MORNING = (7, 6, 4, 3, 5, 3, 1)  # of 29: 13 in the first two of seven hours
HALL = Hall(
    minutes={"A": 5, "B": 9, "C": 4, "D": 18},
    shares={"A": 0.40, "B": 0.27, "C": 0.22, "D": 0.11},
    counters=("AC", "AC", "ABC", "ABC", "BD", "AB", "AD"),
    bookable="BD",
    habits=Habits(shape=_MORNING, priority=0.07, booked=0.16),
)
# Counters 3 and 4 may help with the scarce service, when somebody has waited for it longer than this.
HELPED = replace(HALL, skills={3: "D", 4: "D"})
HELP_AFTER = {"D": timedelta(minutes=10)}
# A third counter knows the scarce service.
RELIEVED = replace(HALL, counters=("AC", "AC", "ABCD", "ABC", "BD", "AB", "AD"))
# The scarce service takes longer and is wanted more often.
HARDER = replace(HALL, minutes={**HALL.minutes, "D": 22}, shares={"A": 0.40, "B": 0.27, "C": 0.20, "D": 0.13})


@dataclass(frozen=True, slots=True)
class Day:
    """A day's people and staff; every policy gets the same."""

    people: Sequence[Person]
    counters: Sequence[StaffedCounter]


def draw_days(hall: Hall, load: float, days: int, seed: int) -> list[Day]:
    """So many days of a hall; one seed, the same days."""
    traffic = hall.traffic(load)
    counters = [
        OpenCounter(number, frozenset(services), frozenset(hall.skills.get(number, "")))
        for number, services in enumerate(hall.counters, 1)
    ]
    drawn = []
    for number in range(days):
        chance = Random(f"{seed} {number}")
        people = draw_people(traffic, TICKETS, SESSIONS, chance)
        staffed = draw_counters(counters, SESSIONS, hall.habits, chance)
        drawn.append(Day(people, [StaffedCounter(c.counter, [*c.present, OVERTIME]) for c in staffed]))
    return drawn


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a policy did to the people of some days: waits by standing, and the shares that came late or left."""

    waits: Mapping[Standing, Waits]
    late: float
    left: float


def credit_rules(weight: float = 0, appointment: float = 0, cap: float = 0) -> QueueRules:
    """Credits in minutes; none of them when nothing is said."""
    by_group = {GROUP: timedelta(minutes=weight)}
    return QueueRules(timedelta(minutes=cap), timedelta(minutes=appointment), LATE, by_group)


def run(days: Sequence[Day], policy: Policy, given: QueueRules) -> Outcome:
    """What becomes of the days' people under a policy."""
    steps: list[SimulatedStep] = []
    for day in days:
        choose = policy({person.number: person for person in day.people})
        steps += simulate_day(day.people, day.counters, given, closing=CLOSING, choose=choose)
    by_standing = {who: waits_of([s for s in steps if standing(s.person) is who]) for who in Standing}
    left = sum(waits.left for waits in by_standing.values()) / len(steps)
    return Outcome(by_standing, late_share(steps, LATE), left)
