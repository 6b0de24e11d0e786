"""What is compared: orders, credits and halls, each on the same made-up days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.fairness.halls import HALL, HARDER, RELIEVED, Day, Outcome, credit_rules, draw_days, run
from benchmarks.fairness.policies import (
    Standing,
    accumulating,
    alternation,
    booked_from,
    first_come,
    one_door,
    strict,
)

DAYS = 120
SEED = 1
LOADS = 0.85, 1.0
FIRST_COME, ONE_DOOR, STRICT = "first come", "OneDoor 30/60/60", "strict priority"
# Minutes for priority groups, for appointments, and the cap.
Minutes = tuple[int, int, int]
CREDITS: Sequence[Minutes] = (
    *((15, 60, 60), (20, 60, 60), (30, 60, 60), (45, 60, 60)),
    *((30, 20, 60), (30, 45, 60), (20, 90, 90), (30, 90, 90), (45, 90, 90), (30, 120, 120)),
)
_FIVE_BEFORE = booked_from(timedelta(minutes=5))
OTHERS = {
    FIRST_COME: first_come,
    STRICT: strict,
    "alternation 3:1": alternation(3),
    "accumulating 1/2/3": accumulating({Standing.NORMAL: 1, Standing.PRIORITY: 2, Standing.BOOKED: 3}),
}


@dataclass(frozen=True, slots=True)
class Against:
    """An order beside first-come on the same days: ratios of waits, and the shares of appointments that began late."""

    priority_p95: float
    others_p95: float
    others_longest: float
    late: float
    late_first_come: float


def against(outcome: Outcome, first: Outcome) -> Against:
    """How an order compares with first-come."""
    ours, theirs = outcome.waits, first.waits
    return Against(
        priority_p95=ours[Standing.PRIORITY].p95 / theirs[Standing.PRIORITY].p95,
        others_p95=ours[Standing.NORMAL].p95 / theirs[Standing.NORMAL].p95,
        others_longest=ours[Standing.NORMAL].longest / theirs[Standing.NORMAL].longest,
        late=outcome.late,
        late_first_come=first.late,
    )


def compare_orders(days: Sequence[Day]) -> dict[str, Outcome]:
    """The product's order and the others."""
    outcomes = {name: run(days, policy, credit_rules()) for name, policy in OTHERS.items()}
    return {**outcomes, ONE_DOOR: one_door_with(days, (30, 60, 60))}


def one_door_with(days: Sequence[Day], credits_: Minutes) -> Outcome:
    """The product's order with these credits."""
    return run(days, one_door, credit_rules(*credits_))


def compare_credits(days: Sequence[Day]) -> dict[str, Outcome]:
    """The product's order with other credits."""
    return {"/".join(map(str, credits_)): one_door_with(days, credits_) for credits_ in CREDITS}


def compare_ways_to_be_punctual(days: Mapping[float, Sequence[Day]]) -> dict[str, tuple[Against, Against]]:
    """What could make fewer appointments late, at both loads."""
    relieved = {load: draw_days(RELIEVED, load, len(days[load]), SEED) for load in LOADS}
    ways = {
        "30/60/60, the rules as they are": (days, one_door, (30, 60, 60)),
        "30/90/90, larger credits": (days, one_door, (30, 90, 90)),
        "30/90/90, and booked people in their time 5 minutes before their slot": (days, _FIVE_BEFORE, (30, 90, 90)),
        "strict priority: booked people before all others": (days, strict, (0, 0, 0)),
        "30/60/60, and a third counter that knows service D": (relieved, one_door, (30, 60, 60)),
    }
    found = {}
    for name, (where, policy, given) in ways.items():
        low, high = (
            against(run(where[load], policy, credit_rules(*given)), run(where[load], first_come, credit_rules()))
            for load in LOADS
        )
        found[name] = low, high
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the page tells. `punctual` has both loads; `harder` is the harder hall at the lower one."""

    days: int
    orders: Mapping[float, Mapping[str, Outcome]]
    credits: Mapping[float, Mapping[str, Outcome]]
    punctual: Mapping[str, tuple[Against, Against]]
    harder: Mapping[str, Outcome]


def compare(days: int = DAYS) -> Comparison:
    """Runs everything; the same figures every time."""
    drawn = {load: draw_days(HALL, load, days, SEED) for load in LOADS}
    return Comparison(
        days=days,
        orders={load: compare_orders(drawn[load]) for load in LOADS},
        credits={load: compare_credits(drawn[load]) for load in LOADS},
        punctual=compare_ways_to_be_punctual(drawn),
        harder=_compare_in(draw_days(HARDER, LOADS[0], days, SEED)),
    )


def _compare_in(days: Sequence[Day]) -> dict[str, Outcome]:
    return {
        FIRST_COME: run(days, first_come, credit_rules()),
        STRICT: run(days, strict, credit_rules()),
        ONE_DOOR: one_door_with(days, (30, 60, 60)),
        "OneDoor 30/90/90": one_door_with(days, (30, 90, 90)),
    }
