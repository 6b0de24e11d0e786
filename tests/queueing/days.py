"""Days that chance draws for the tests of the simulation: small halls with everything that may happen in one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from queueing.order import OpenCounter
from queueing.simulation import Person, QueueRules, SimulatedStep, Span, StaffedCounter, simulate_day
from queueing.traffic import Habits, Traffic, draw_counters, draw_people

EIGHT = datetime(2026, 11, 23, 1, tzinfo=UTC)
CAP = timedelta(minutes=60)


def clock(text: str) -> datetime:
    hour, minute = text.split(":")
    return EIGHT + timedelta(hours=int(hour) - 8, minutes=int(minute))


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


RULES = QueueRules(
    cap=CAP, appointment=minutes(60), late=minutes(15), weights={"ELDER": minutes(30), "MONK": minutes(20)}
)
SESSIONS: Sequence[Span] = ((clock("8:00"), clock("12:00")), (clock("13:00"), clock("16:00")))
CLOSING = clock("16:00")
SERVED = {1: {"RES"}, 2: {"RES", "BIRTH"}, 3: {"PAY"}}
COUNTERS = [OpenCounter(number, frozenset(services)) for number, services in SERVED.items()]
HABITS = Habits(no_show=0.1, patience=120, priority=0.3)
TRAFFIC = Traffic(
    people={"RES": 65, "BIRTH": 30},
    minutes={"RES": 8, "BIRTH": 12, "PAY": 4},
    then={"RES": ["PAY"]},
    bookable=frozenset({"RES", "BIRTH"}),
    groups=["ELDER", "MONK"],
    habits=HABITS,
)


def drawn(seed: int) -> tuple[list[Person], list[StaffedCounter]]:
    """A busy day's people and staff."""
    chance = Random(seed)
    return draw_people(TRAFFIC, SESSIONS, SESSIONS, chance), draw_counters(COUNTERS, SESSIONS, HABITS, chance)


def a_day(seed: int, rules: QueueRules = RULES) -> list[SimulatedStep]:
    people, counters = drawn(seed)
    return simulate_day(people, counters, rules, closing=CLOSING)
