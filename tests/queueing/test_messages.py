"""When messages are due, and when they are no longer true."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.appointments import Appointment, AppointmentState
from queueing.messages import (
    LONGEST_WAIT,
    MOST_TRIES,
    MessageKind,
    Unsent,
    near_their_turn,
    reminder_due,
    try_again_at,
    why_not,
)
from queueing.order import OpenCounter, QueuedStep, order_key, position
from tests.cast import clock

NOW, START = clock("8:00"), clock("9:00")
BOOKED = Appointment(1, "A2B3C4", ("RES",), START, START, 1, AppointmentState.BOOKED, None, None, 2, False, None, None)
MINUTE = timedelta(minutes=1)


def test_a_reminder_is_due_24_hours_before_or_not_at_all() -> None:
    assert reminder_due(START, START - timedelta(hours=25)) == START - timedelta(hours=24)
    assert reminder_due(START, START - timedelta(hours=24)) is None


def test_waits_between_tries_grow_to_an_hour_and_end() -> None:
    waits = [again - NOW for tries in range(1, MOST_TRIES + 1) if (again := try_again_at(tries, NOW))]
    assert len(waits) == MOST_TRIES - 1
    assert waits[:3] == [MINUTE / 2, MINUTE, 2 * MINUTE]
    assert (waits[-1], sorted(waits)) == (LONGEST_WAIT, waits)


@pytest.mark.parametrize("kind", [MessageKind.BOOKED, MessageKind.MOVED, MessageKind.REMINDER])
def test_a_message_about_a_time_is_true_while_it_is_booked_for_it(kind: MessageKind) -> None:
    assert why_not(kind, 2, BOOKED, NOW) is None
    assert why_not(kind, 1, BOOKED, NOW) is Unsent.OVERTAKEN
    assert why_not(kind, 2, BOOKED, START) is Unsent.PAST
    for state in (AppointmentState.CANCELLED, AppointmentState.CHECKED_IN):
        assert why_not(kind, 2, replace(BOOKED, state=state), NOW) is Unsent.OVERTAKEN


def test_a_cancellation_is_told_until_the_time_that_was_booked() -> None:
    gone = replace(BOOKED, state=AppointmentState.CANCELLED)
    assert why_not(MessageKind.CANCELLED, 2, gone, NOW) is None
    assert why_not(MessageKind.CANCELLED, 2, gone, START) is Unsent.PAST


SERVICES = "ABC"
steps = st.lists(
    st.tuples(st.sampled_from(SERVICES), st.integers(0, 30), st.sampled_from([None, None, 1, 2])), max_size=12
)
counters = st.lists(st.sets(st.sampled_from(SERVICES), min_size=1), max_size=3)


@given(steps, counters, st.integers(0, 4))
def test_who_is_near_has_at_most_so_many_before_by_position(
    people: list[tuple[str, int, int | None]], served: list[set[str]], ahead: int
) -> None:
    queue = [
        QueuedStep(n, service, NOW + due * MINUTE, None, n, direct) for n, (service, due, direct) in enumerate(people)
    ]
    queue.sort(key=lambda step: order_key(step, NOW))
    calling = [OpenCounter(number, frozenset(services)) for number, services in enumerate(served, 1)]
    near = {
        step.ticket
        for step in queue
        if any(counter.may_call(step.service, step.direct_to) for counter in calling)
        and position(step, queue, calling, NOW) - 1 <= ahead
    }
    assert set(near_their_turn(queue, calling, ahead, NOW)) == near


def test_who_has_a_time_is_told_that_it_is_near_from_then_on() -> None:
    booked, calling = QueuedStep(1, "A", NOW, NOW + MINUTE, 1, None), [OpenCounter(1, frozenset("A"))]
    assert list(near_their_turn([booked], calling, 3, NOW)) == []
    assert list(near_their_turn([booked], calling, 3, NOW + MINUTE)) == [1]
