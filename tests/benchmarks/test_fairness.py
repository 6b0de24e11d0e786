"""The comparison of orders: its policies by small examples, and what OneDoor's order is to keep."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.fairness.__main__ import PAGE
from benchmarks.fairness.appointments import KEPT, SEEDS, with_and_without
from benchmarks.fairness.assumptions import assumptions
from benchmarks.fairness.comparison import (
    DAYS,
    LOADS,
    ONE_DOOR,
    SEED,
    against,
    compare,
    compare_orders,
    one_door_with,
)
from benchmarks.fairness.halls import GROUP, HALL, credit_rules, draw_days, run
from benchmarks.fairness.page import keeps, laid_out, write_page
from benchmarks.fairness.policies import (
    Policy,
    Standing,
    accumulating,
    alternation,
    booked_from,
    first_come,
    one_door,
    strict,
)
from queueing.order import OpenCounter
from queueing.simulation import Person, StaffedCounter, simulate_day

EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def person(number: int, arrives: float, *, group: str | None = None, slot: float | None = None) -> Person:
    length = timedelta(minutes=10)
    return Person(number, at(arrives), ["A"], [length], group=group, slot=None if slot is None else at(slot))


def called(policy: Policy, people: Sequence[Person], *, credits: bool = False) -> list[int]:
    """The order of the calls at one counter."""
    counters = [StaffedCounter(OpenCounter(1, frozenset("A")), [(at(0), at(600))])]
    choose = policy({one.number: one for one in people})
    given = credit_rules(30, 60, 60) if credits else credit_rules()
    steps = simulate_day(people, counters, given, closing=at(600), choose=choose)
    return [step.person.number for step in sorted(steps, key=lambda step: step.called_at or EIGHT)]


# The counter is busy with 1 until minute 10; then 2 to 7 wait.
NORMAL = [person(1, 0), person(2, 1), person(3, 2)]
PREFERRED = [person(4, 3, group=GROUP), person(5, 4, group=GROUP), person(6, 5, group=GROUP), person(7, 6, slot=9)]


@pytest.mark.parametrize(
    ("policy", "order"),
    [
        (first_come, [1, 2, 3, 4, 5, 6, 7]),
        (strict, [1, 7, 4, 5, 6, 2, 3]),
        (alternation(3), [1, 7, 4, 5, 2, 6, 3]),
        (accumulating({Standing.NORMAL: 1, Standing.PRIORITY: 2, Standing.BOOKED: 3}), [1, 4, 7, 5, 6, 2, 3]),
    ],
)
def test_a_policy_calls_in_its_order(policy: Policy, order: list[int]) -> None:
    assert called(policy, [*NORMAL, *PREFERRED]) == order


def test_the_product_calls_by_its_credits() -> None:
    late_comers = [person(8, 35), person(9, 36, group=GROUP)]
    assert called(one_door, [*NORMAL, *PREFERRED, *late_comers], credits=True) == [1, 7, 4, 5, 6, 2, 3, 9, 8]


def test_booked_people_may_be_in_their_time_before_their_slot() -> None:
    people = [person(1, 0), person(2, 10), person(3, 9, slot=14)]
    assert called(booked_from(timedelta(minutes=5)), people, credits=True) == [1, 3, 2]
    assert called(booked_from(timedelta(minutes=1)), people, credits=True) == [1, 2, 3]
    assert called(one_door, people, credits=True) == [1, 2, 3]


def test_orders_are_compared_on_the_same_people() -> None:
    days = draw_days(HALL, LOADS[0], 3, SEED)
    assert days == draw_days(HALL, LOADS[0], 3, SEED)
    outcomes = compare_orders(days)
    counts = {name: tuple(waits.steps for waits in outcome.waits.values()) for name, outcome in outcomes.items()}
    assert len(set(counts.values())) == 1
    assert sum(counts[ONE_DOOR]) == sum(len(day.people) for day in days)


def test_the_order_keeps_what_is_asked_for_and_strict_priority_does_not() -> None:
    days = draw_days(HALL, LOADS[0], DAYS, SEED)
    first = run(days, first_come, credit_rules())
    assert keeps(against(one_door_with(days, (30, 60, 60)), first))
    assert not keeps(against(run(days, strict, credit_rules()), first))


@pytest.mark.parametrize("seed", SEEDS)
def test_booked_people_begin_near_their_time_and_walk_ins_wait_little_longer(seed: int) -> None:
    found = with_and_without(seed)
    assert found.booked > 300
    assert found.kept >= KEPT
    assert found.walk_ins.p95 < 1.15 * found.without.p95
    assert abs(found.walk_ins.steps - found.without.steps) <= 3, "the same people"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_page_is_what_the_command_writes() -> None:
    assert write_page(compare()) == PAGE.read_text(encoding="utf-8")


def test_the_page_tells_the_assumptions_of_the_code() -> None:
    assert laid_out(assumptions()) in PAGE.read_text(encoding="utf-8")
