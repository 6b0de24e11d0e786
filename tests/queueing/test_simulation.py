"""A simulated day: examples worked out by hand, and what holds on every day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from queueing.order import OpenCounter, QueuedStep
from queueing.simulation import Person, Queues, SimulatedStep, StaffedCounter, simulate_day
from queueing.states import StepState
from tests.queueing.days import CAP, CLOSING, RULES, SERVED, a_day, clock, drawn, minutes

SEEDS = range(12)


def person(number: int, arrives: str, length: float = 10, services: Sequence[str] = ("RES",), **more) -> Person:
    return Person(number, clock(arrives), services, [minutes(length)] * len(services), **more)


def counter(number: int, *services: str, present: Sequence[tuple[str, str]] = (("8:00", "16:00"),)) -> StaffedCounter:
    spans = [(clock(start), clock(end)) for start, end in present]
    return StaffedCounter(OpenCounter(number, frozenset(services or ["RES"])), spans)


def run(people: Sequence[Person], counters: Sequence[StaffedCounter], **more) -> list[SimulatedStep]:
    return simulate_day(people, counters, more.pop("rules", RULES), **{"closing": CLOSING, **more})


def calls(steps: Sequence[SimulatedStep]) -> dict[int, str]:
    """When each person was first called, on the wall; by number, in the order of the calls."""
    called = sorted((step.called_at, step.person.number) for step in steps if step.called_at and step.position == 0)
    return {number: wall(at) for at, number in called}


def wall(at: datetime) -> str:
    return f"{(at - clock('0:00')) // minutes(60)}:{(at - clock('0:00')) // minutes(1) % 60:02}"


def test_one_counter_serves_one_after_the_other_as_they_came() -> None:
    steps = run([person(1, "9:00"), person(2, "9:04"), person(3, "9:05"), person(4, "9:40")], [counter(1)])
    assert calls(steps) == {1: "9:00", 2: "9:10", 3: "9:20", 4: "9:40"}
    assert [step.wait / minutes(1) for step in steps] == [0, 6, 15, 0]
    assert [step.state for step in steps] == [StepState.FINISHED] * 4


def test_a_person_of_a_group_is_called_before_who_came_less_than_its_credit_earlier() -> None:
    people = [person(1, "9:00", 60), person(2, "9:05"), person(3, "9:20"), person(4, "9:40", group="ELDER")]
    assert list(calls(run(people, [counter(1)]))) == [1, 2, 4, 3]


def test_an_early_booked_person_waits_for_the_slot_while_anybody_else_waits_for_the_counter() -> None:
    booked = person(1, "9:50", slot=clock("10:15"))
    others = [person(2, "9:45", 12), person(3, "9:52", 12), person(4, "9:55", 12), person(5, "9:56", 12)]
    assert calls(run([booked, *others], [counter(1)])) == {2: "9:45", 3: "9:57", 4: "10:09", 1: "10:21", 5: "10:31"}


def test_an_early_booked_person_is_called_at_once_when_the_counter_would_idle() -> None:
    (step,) = run([person(1, "9:50", slot=clock("10:15"))], [counter(1)])
    assert (calls([step]), step.wait) == ({1: "9:50"}, timedelta())
    assert step.joined_at == clock("10:15"), "the wait begins with the slot"


def test_a_booked_person_who_is_too_late_waits_behind_those_who_came_before() -> None:
    late = person(1, "10:16", slot=clock("10:00"))
    others = [person(2, "10:00", 30), person(3, "10:10")]
    assert list(calls(run([late, *others], [counter(1)]))) == [2, 3, 1]
    in_time = person(1, "10:15", slot=clock("10:00"))
    assert list(calls(run([in_time, *others], [counter(1)]))) == [2, 1, 3]


def test_a_later_step_joins_with_what_the_visit_has_waited() -> None:
    people = [person(1, "9:00", 10), person(2, "9:00", 10, ("RES", "PAY")), person(3, "9:12", 30, ("PAY",))]
    people += [person(4, "9:15", 5, ("PAY",))]
    steps = run(people, [counter(1), counter(2, "PAY")])
    (second,) = [step for step in steps if step.position == 1]
    assert (wall(second.joined_at), second.waited_before) == ("9:20", minutes(10))
    assert second.called_at == clock("9:42"), "due 9:10: before number 4, who came at 9:15"
    assert calls(steps)[4] == "9:52"


def test_a_free_counter_takes_only_its_own_services() -> None:
    steps = run([person(1, "9:00", 30), person(2, "9:01")], [counter(1), counter(2, "PAY")])
    assert [(step.counter, step.wait / minutes(1)) for step in steps] == [(1, 0), (1, 29)]


def test_the_counter_that_is_idle_longest_calls() -> None:
    people = [person(1, "9:00", 5), person(2, "9:01", 1), person(3, "9:10"), person(4, "9:11")]
    steps = run(people, [counter(1), counter(2)])
    assert [step.counter for step in steps] == [1, 2, 2, 1]


def test_nobody_is_called_in_a_break_and_who_is_served_is_served_to_the_end() -> None:
    broken = counter(1, present=[("8:00", "9:15"), ("9:45", "16:00")])
    steps = run([person(1, "9:10"), person(2, "9:12"), person(3, "9:50")], [broken])
    assert calls(steps) == {1: "9:10", 2: "9:45", 3: "9:55"}
    assert steps[0].ended_at == clock("9:20")


def test_who_does_not_come_takes_the_counter_a_minute() -> None:
    steps = run([person(1, "9:00", comes=False, services=("RES", "PAY")), person(2, "9:00")], [counter(1)])
    assert [step.state for step in steps] == [StepState.NO_SHOW, StepState.FINISHED]
    assert calls(steps)[2] == "9:01"


def test_who_is_out_of_patience_leaves_and_is_not_called() -> None:
    steps = run([person(1, "9:00", 30), person(2, "9:05", patience=minutes(20)), person(3, "9:06")], [counter(1)])
    assert (steps[1].state, steps[1].ended_at, steps[1].wait) == (StepState.LEFT, clock("9:25"), minutes(20))
    assert calls(steps) == {1: "9:00", 3: "9:30"}


def test_patience_ends_with_the_call() -> None:
    (step,) = run([person(1, "9:00", 60, patience=minutes(20))], [counter(1)])
    assert step.state is StepState.FINISHED


def test_who_waits_at_closing_expires_and_who_is_served_is_served_to_the_end() -> None:
    people = [person(1, "15:50", 20, ("RES", "PAY")), person(2, "15:55"), person(3, "16:00")]
    steps = run(people, [counter(1), counter(2, "PAY")])
    first, second, after = steps
    assert (first.state, first.ended_at) == (StepState.FINISHED, clock("16:10"))
    assert (second.state, second.ended_at, second.called_at) == (StepState.EXPIRED, CLOSING, None)
    assert (after.service, after.state, after.joined_at) == ("PAY", StepState.EXPIRED, clock("16:10"))


def test_the_walk_is_time_of_the_counter_and_not_of_the_wait() -> None:
    people = [person(1, "9:00", walk=minutes(1)), person(2, "9:00")]
    steps = run(people, [counter(1)])
    assert (steps[0].wait, steps[0].started_at) == (timedelta(), clock("9:01"))
    assert calls(steps)[2] == "9:11"


def test_a_counter_that_nobody_waits_for_helps_who_has_waited_longer_than_the_target() -> None:
    helped = replace(RULES, targets={"RES": minutes(15), "PAY": minutes(5)})
    people = [
        person(1, "9:00", 60),
        person(2, "9:05"),
        person(3, "9:06", group="ELDER"),
        person(4, "9:00", 24, ("PAY",)),
    ]
    steps = run(people, [counter(1), counter(2, "PAY")], rules=helped)
    assert calls(steps) == {1: "9:00", 4: "9:00", 3: "9:24", 2: "9:34"}
    idle = [person(1, "9:00", 60), person(2, "9:05")]
    (_first, second) = run(idle, [counter(1), counter(2, "PAY")], rules=helped)
    assert (second.counter, second.called_at) == (2, clock("9:20") + timedelta(microseconds=1))


def test_a_counter_helps_within_its_skills_after_its_own_and_before_its_own_who_are_early() -> None:
    helped = replace(RULES, targets={"RES": minutes(15)})
    people = [person(1, "9:00", 60), person(2, "9:05"), person(3, "9:10", 20, ("PAY",)), person(4, "9:20", 5, ("PAY",))]
    early = person(5, "9:21", services=("PAY",), slot=clock("9:50"))
    pay, other = counter(2, "PAY"), counter(3, "BIRTH")
    unskilled = replace(other, counter=replace(other.counter, skills=frozenset({"PAY"})))
    steps = run([*people, early], [counter(1), pay, unskilled], rules=helped)
    assert calls(steps) == {1: "9:00", 3: "9:10", 4: "9:30", 2: "9:35", 5: "9:45"}
    assert {step.counter for step in steps} == {1, 2}


def test_another_rule_may_choose() -> None:
    def last_come(here: OpenCounter, queues: Queues, _now: datetime) -> QueuedStep | None:
        waiting = [step for service in here.services for step in queues.get(service, ())]
        return max(waiting, key=lambda step: step.joined_seq, default=None)

    people = [person(1, "9:00", 30), person(2, "9:05"), person(3, "9:06")]
    assert list(calls(run(people, [counter(1)], choose=last_come))) == [1, 3, 2]


def test_long_queues_wait_as_the_formula_of_pollaczek_and_khinchine_says() -> None:
    """One counter, service always 8 minutes, arrivals independent, load 0.8: mean wait 0.8 x 8 / (2 x 0.2) = 16."""
    chance, at, people = Random(5), 0.0, []
    for number in range(1, 40_001):
        at += chance.expovariate(0.1)
        people.append(Person(number, clock("8:00") + minutes(at), ["RES"], [minutes(8)]))
    end = clock("8:00") + minutes(at + 100_000)
    steps = run(people, [StaffedCounter(OpenCounter(1, frozenset({"RES"})), [(clock("8:00"), end)])], closing=end)
    mean = sum(step.wait / minutes(1) for step in steps) / len(steps)
    assert mean == pytest.approx(16, rel=0.05)


def test_the_same_people_and_counters_have_the_same_day() -> None:
    assert a_day(1) == a_day(1)
    assert a_day(1) != a_day(2)


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_vanishes(seed: int) -> None:
    people, _counters = drawn(seed)
    steps = a_day(seed)
    assert {step.person.number for step in steps} == {one.number for one in people if one.arrives < CLOSING}
    last = {step.person.number: step for step in steps}
    for number, step in last.items():
        done = step.position == len(step.person.services) - 1
        ended = step.state in (StepState.LEFT, StepState.NO_SHOW, StepState.EXPIRED)
        assert ended or (done and step.state is StepState.FINISHED), number
        assert step.ended_at is not None
    before_last = [step for step in steps if step is not last[step.person.number]]
    assert {step.state for step in before_last} == {StepState.FINISHED}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_counter_serves_two_at_once_and_none_calls_while_nobody_is_there(seed: int) -> None:
    _people, counters = drawn(seed)
    steps = a_day(seed)
    for one in counters:
        served = sorted(
            (step.called_at, step.ended_at) for step in steps if step.counter == one.counter.number and step.called_at
        )
        assert len(served) > 10
        assert all(ended <= called for (_, ended), (called, _) in pairwise(served) if ended)
        assert all(any(start <= called < end for start, end in one.present) for called, _ in served)
        assert {step.service for step in steps if step.counter == one.counter.number} <= one.counter.services


def test_nobody_is_passed_by_who_joined_more_than_the_cap_later() -> None:
    assert [_passed(a_day(seed)) for seed in SEEDS] == [0 for _ in SEEDS]


def test_without_the_cap_people_would_be_passed() -> None:
    boundless = replace(RULES, cap=minutes(600), appointment=minutes(600))
    assert any(_passed(a_day(seed, boundless)) for seed in SEEDS)


def _passed(steps: Sequence[SimulatedStep]) -> int:
    """How often somebody was called before a person who had joined more than the cap earlier, at a counter for both."""
    return sum(
        they.called_at < (you.called_at or you.ended_at or CLOSING)
        for they in steps
        if they.called_at
        for you in steps
        if you.joined_at + CAP < they.joined_at and you.service in SERVED[they.counter or 0]
    )


def test_some_day_has_everything() -> None:
    """What holds on every day is not held by days on which nothing happens."""
    steps = [step for seed in SEEDS for step in a_day(seed)]
    assert {step.state for step in steps} == {
        StepState.FINISHED,
        StepState.LEFT,
        StepState.NO_SHOW,
        StepState.EXPIRED,
    }
    assert {bool(step.person.slot) for step in steps} == {True, False}
    assert max(step.wait for step in steps) > CAP
