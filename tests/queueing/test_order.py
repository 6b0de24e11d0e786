"""Who is next: due times, their credits, and places in the queue."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queueing.order import (
    Joined,
    OpenCounter,
    QueuedStep,
    appointment_place,
    let_pass,
    next_step,
    order_key,
    place,
    position,
    rivals,
)

EIGHT = datetime(2026, 11, 23, 1, tzinfo=UTC)
CAP = timedelta(minutes=60)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def clock(text: str) -> datetime:
    hour, minute = text.split(":")
    return EIGHT + timedelta(hours=int(hour) - 8, minutes=int(minute))


def waiting(
    ticket: int, due: str, *, service: str = "RES", slot: str | None = None, direct_to: int | None = None
) -> QueuedStep:
    return QueuedStep(ticket, service, clock(due), clock(slot) if slot else None, ticket, direct_to)


def booked(arrived: str, slot: str, weight: float = 0, credit: float = 60):
    return appointment_place(
        clock(arrived), clock(slot), cap=CAP, credit=minutes(credit), late=minutes(15), weight=minutes(weight)
    )


def test_a_walk_in_is_due_when_it_joins() -> None:
    assert place(Joined.ARRIVAL, clock("9:00"), cap=CAP).due_at == clock("9:00")


def test_a_priority_group_stands_as_if_it_had_come_earlier() -> None:
    assert place(Joined.ARRIVAL, clock("9:00"), cap=CAP, weight=minutes(30)).due_at == clock("8:30")


def test_what_was_waited_and_the_group_add_up_to_the_cap() -> None:
    assert place(Joined.TRANSFER, clock("9:00"), cap=CAP, weight=minutes(30), waited=minutes(20)).due_at == clock(
        "8:10"
    )
    assert place(Joined.TRANSFER, clock("9:00"), cap=CAP, weight=minutes(30), waited=minutes(31)).due_at == clock(
        "8:00"
    )
    assert place(Joined.TRANSFER, clock("9:00"), cap=CAP, waited=minutes(500)).credit == CAP


@pytest.mark.parametrize("arrived", ["9:00", "9:59", "10:00"])
def test_a_booked_person_stands_as_if_joined_an_hour_before_the_slot(arrived: str) -> None:
    there = booked(arrived, "10:00")
    assert (there.due_at, there.not_before, there.joined_as) == (clock("9:00"), clock("10:00"), Joined.APPOINTMENT)


def test_a_booked_person_keeps_the_place_until_fifteen_minutes_late() -> None:
    assert booked("10:15", "10:00", credit=45).due_at == clock("9:15")
    late = booked("10:16", "10:00", credit=45)
    assert (late.due_at, late.not_before, late.joined_as) == (clock("10:16"), None, Joined.ARRIVAL)


def test_a_late_person_of_a_priority_group_keeps_the_groups_credit() -> None:
    assert booked("10:16", "10:00", weight=30).due_at == clock("9:46")


def test_slot_and_group_together_are_capped() -> None:
    assert booked("9:30", "10:00", weight=30).credit == CAP


def test_coming_late_to_a_slot_does_not_add_to_the_cap() -> None:
    assert booked("10:10", "10:00").due_at == clock("9:10")
    assert booked("10:10", "10:00").credit == CAP


def test_before_its_time_a_booked_person_is_called_only_when_nobody_else_waits() -> None:
    early, walk_in = waiting(1, "9:00", slot="10:00"), waiting(2, "9:50")
    assert next_step([early, walk_in], clock("9:59")) is walk_in
    assert next_step([early, walk_in], clock("10:00")) is early
    assert next_step([early], clock("9:10")) is early


def test_nobody_is_next_in_an_empty_queue() -> None:
    assert next_step([], EIGHT) is None


def test_who_joined_first_goes_first_when_both_are_due_at_once() -> None:
    assert next_step([waiting(2, "9:00"), waiting(1, "9:00")], clock("9:30")) == waiting(1, "9:00")


def test_a_person_sent_to_a_counter_is_called_there_alone_whatever_it_serves() -> None:
    assert OpenCounter(3, frozenset({"PAY"})).may_call("RES", direct_to=3)
    assert not OpenCounter(1, frozenset({"RES"})).may_call("RES", direct_to=3)
    assert OpenCounter(1, frozenset({"RES"})).may_call("RES", direct_to=None)
    assert not OpenCounter(1, frozenset({"RES"})).may_call("PAY", direct_to=None)


def test_position_counts_whoever_the_same_counters_serve() -> None:
    counters = [OpenCounter(1, frozenset({"RES", "BIRTH"})), OpenCounter(2, frozenset({"PAY"}))]
    queue = [waiting(1, "9:00", service="BIRTH"), waiting(2, "9:01", service="PAY"), waiting(3, "9:02")]
    assert [position(step, queue, counters, clock("9:30")) for step in queue] == [1, 1, 2]


def test_position_among_the_own_service_when_no_counter_serves_it() -> None:
    queue = [waiting(1, "9:00"), waiting(2, "9:01", service="PAY"), waiting(3, "9:02"), waiting(4, "9:03", direct_to=5)]
    assert [position(step, queue, [], clock("9:30")) for step in queue] == [1, 1, 2, 1]


ALL = [OpenCounter(1, frozenset({"RES", "BIRTH"}))]


def passed_by(step: QueuedStep, *others: QueuedStep, cap: timedelta = CAP) -> timedelta:
    return let_pass(step, [step, *others], ALL, clock("9:45"), cap=cap)


def test_who_lets_others_pass_is_due_ten_minutes_later() -> None:
    assert passed_by(waiting(1, "9:00")) == minutes(10)
    assert passed_by(waiting(1, "9:00"), waiting(2, "9:03"), waiting(3, "9:30")) == minutes(10)


def test_the_next_person_goes_first_also_when_they_came_much_later() -> None:
    me, next_one = waiting(1, "9:00"), waiting(2, "9:25")
    by = passed_by(me, next_one, waiting(3, "9:40"))
    assert clock("9:25") < me.due_at + by < clock("9:26")


def test_who_is_called_elsewhere_is_not_let_pass() -> None:
    assert passed_by(waiting(1, "9:00"), waiting(2, "9:25", service="PAY")) == minutes(10)


def test_nobody_is_let_pass_beyond_the_cap() -> None:
    assert passed_by(waiting(1, "8:00"), waiting(2, "9:30")) == CAP
    assert passed_by(waiting(1, "9:00"), waiting(2, "9:03"), cap=minutes(5)) == minutes(5)


SERVICES = ["RES", "BIRTH", "PAY"]
INSTANTS = st.integers(0, 120).map(lambda n: EIGHT + minutes(n))
QUEUES = st.lists(
    st.tuples(st.sampled_from(SERVICES), INSTANTS, st.none() | INSTANTS, st.none() | st.integers(1, 3)), max_size=12
).map(lambda rows: [QueuedStep(n, service, due, slot, n, to) for n, (service, due, slot, to) in enumerate(rows, 1)])
COUNTERS = st.lists(st.frozensets(st.sampled_from(SERVICES)), max_size=3).map(
    lambda served: [OpenCounter(number, services) for number, services in enumerate(served, 1)]
)


@given(QUEUES, COUNTERS, INSTANTS)
@settings(deadline=None)
def test_position_agrees_with_sorting_the_queue(
    queue: list[QueuedStep], counters: list[OpenCounter], now: datetime
) -> None:
    for step in queue:
        shared = rivals(step.service, step.direct_to, counters)
        if shared:
            same_queue = [s for s in queue if any(c.may_call(s.service, s.direct_to) for c in shared)]
        else:
            same_queue = [s for s in queue if (s.service, s.direct_to) == (step.service, step.direct_to)]
        in_order = sorted(same_queue, key=lambda other: order_key(other, now))
        assert position(step, queue, counters, now) == in_order.index(step) + 1


@given(QUEUES, COUNTERS, INSTANTS)
@settings(deadline=None)
def test_letting_others_pass_moves_back_and_never_more_than_the_cap(
    queue: list[QueuedStep], counters: list[OpenCounter], now: datetime
) -> None:
    for step in queue:
        by = let_pass(step, queue, counters, now, cap=CAP)
        assert min(minutes(10), CAP) <= by <= CAP
        moved = [replace(other, due_at=step.due_at + by) if other is step else other for other in queue]
        before = position(step, queue, counters, now)
        after = position(next(s for s in moved if s.ticket == step.ticket), moved, counters, now)
        assert after >= before


@given(QUEUES, COUNTERS, INSTANTS)
@settings(deadline=None)
def test_a_lone_counter_calls_whoever_is_in_place_one(
    queue: list[QueuedStep], counters: list[OpenCounter], now: datetime
) -> None:
    for counter in counters[:1]:
        mine = _callable_at(counter, queue)
        chosen = next_step(mine, now)
        assert [s for s in mine if position(s, queue, [counter], now) == 1] == ([chosen] if chosen else [])


def _callable_at(counter: OpenCounter, queue: Sequence[QueuedStep]) -> list[QueuedStep]:
    return [step for step in queue if counter.may_call(step.service, step.direct_to)]
