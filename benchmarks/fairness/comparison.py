"""What is compared: orders, credits and halls, each on the same made-up days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from benchmarks.fairness.appointments import SEEDS, with_and_without
from benchmarks.fairness.halls import (
    HALL,
    HARDER,
    HELP_AFTER,
    HELPED,
    RELIEVED,
    Day,
    Outcome,
    credit_rules,
    draw_days,
    run,
)
from benchmarks.fairness.policies import (
    Policy,
    Standing,
    accumulating,
    alternation,
    booked_from,
    first_come,
    helping,
    one_door,
    strict,
)
from queueing.simulation import QueueRules
from reports.simulated import Punctuality

DAYS = 120
OTHER_HALLS = HELPED, RELIEVED
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
    usual, larger = credit_rules(30, 60, 60), credit_rules(30, 90, 90)
    helped, relieved = ({load: draw_days(hall, load, len(days[load]), SEED) for load in LOADS} for hall in OTHER_HALLS)
    ways = {
        "30/60/60, the rules as they are": (days, one_door, usual),
        "30/90/90, larger credits": (days, one_door, larger),
        "30/90/90, and booked people in their time 5 minutes before their slot": (days, _FIVE_BEFORE, larger),
        "strict priority: booked people before all others": (days, strict, credit_rules()),
        "30/60/60, and counters 3 and 4 help with D after 10 minutes' wait": (
            helped,
            helping(HELP_AFTER),
            replace(usual, targets=HELP_AFTER),
        ),
        "30/60/60, and a third counter that serves D": (relieved, one_door, usual),
    }
    return {name: _at_both_loads(*way) for name, way in ways.items()}


def _at_both_loads(days: Mapping[float, Sequence[Day]], policy: Policy, rules: QueueRules) -> tuple[Against, Against]:
    low, high = (against(run(days[load], policy, rules), run(days[load], first_come, credit_rules())) for load in LOADS)
    return low, high


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the page tells. `punctual` has both loads; `harder` is the harder hall at the lower one."""

    days: int
    orders: Mapping[float, Mapping[str, Outcome]]
    credits: Mapping[float, Mapping[str, Outcome]]
    punctual: Mapping[str, tuple[Against, Against]]
    harder: Mapping[str, Outcome]
    appointments: Mapping[int, Punctuality]  # by seed


def compare(days: int = DAYS) -> Comparison:
    """Runs everything; the same figures every time."""
    drawn = {load: draw_days(HALL, load, days, SEED) for load in LOADS}
    return Comparison(
        days=days,
        orders={load: compare_orders(drawn[load]) for load in LOADS},
        credits={load: compare_credits(drawn[load]) for load in LOADS},
        punctual=compare_ways_to_be_punctual(drawn),
        harder=_compare_in(draw_days(HARDER, LOADS[0], days, SEED)),
        appointments={seed: with_and_without(seed) for seed in SEEDS},
    )


def _compare_in(days: Sequence[Day]) -> dict[str, Outcome]:
    return {
        FIRST_COME: run(days, first_come, credit_rules()),
        STRICT: run(days, strict, credit_rules()),
        ONE_DOOR: one_door_with(days, (30, 60, 60)),
        "OneDoor 30/90/90": one_door_with(days, (30, 90, 90)),
    }
