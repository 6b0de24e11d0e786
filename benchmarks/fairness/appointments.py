"""What appointments do, and what they cost the others: the same people with them and without."""

from collections.abc import Sequence

from benchmarks.fairness.halls import CLOSING, HALL, LATE, Day, credit_rules, draw_days
from queueing.simulation import SimulatedStep, simulate_day
from reports.simulated import Punctuality, punctuality, unbooked, walk_ins

DAYS, LOAD, SEEDS = 20, 0.85, (1, 2, 3)
KEPT = 0.95  # of the booked people who come, so many are to begin within 15 minutes of their time
_RULES = credit_rules(30, 60, 60)


def with_and_without(seed: int, days: int = DAYS) -> Punctuality:
    """The product's order on so many days, once with their appointments and once without.

    Raises ValueError when nobody has booked.
    """
    steps: list[SimulatedStep] = []
    without: list[SimulatedStep] = []
    for day in draw_days(HALL, LOAD, days, seed):
        steps += _run(day)
        without += walk_ins(day.people, _run(Day(unbooked(day.people), day.counters)))
    found = punctuality(steps, without, LATE)
    if found is None:
        raise ValueError("nobody has booked")
    return found


def _run(day: Day) -> Sequence[SimulatedStep]:
    return simulate_day(day.people, day.counters, _RULES, closing=CLOSING)
