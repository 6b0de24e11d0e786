"""Who is next and who stands where, in SQL: the same as the pure rules say."""

import random
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from commands.counters import pause_counter
from queueing.order import OpenCounter, QueuedStep, next_step, position
from queueing.states import CounterState
from store.queue import calling_counters, count_ahead, counters_now, queue_heads, waiting_steps
from store.tables import TicketStep
from tests.cast import Hall, clock

NOW = clock("10:00")
SERVICES = ["RES", "BIRTH", "INFO", "PAY"]


def a_random_queue(hall: Hall, people: int) -> None:
    """People of several services, some booked, some sent to one counter, several due at the same moment."""
    for _ in range(people):
        hall.ticket()
    with hall.store.writing() as conn:
        for step in waiting_steps(conn, hall.centre):
            values = {
                "service": random.choice(SERVICES),
                "due_at": NOW - timedelta(minutes=random.randint(0, 6)),
                "not_before": random.choice([None, None, NOW + timedelta(minutes=random.randint(-2, 2))]),
                "direct_to": random.choice([None, None, None, 1, 2, 3]),
            }
            conn.execute(update(TicketStep).where(TicketStep.ticket_id == step.ticket).values(values))


@pytest.mark.parametrize("round_", range(4))
@pytest.mark.parametrize("counters", [(), (1,), (2, 3), (1, 2, 3, 4)])
def test_sql_agrees_with_the_rules(hall: Hall, counters: tuple[int, ...], round_: int) -> None:
    a_random_queue(hall, 14)
    hall.opens(*counters)
    with hall.reading() as conn:
        queue = waiting_steps(conn, hall.centre)
        calling = calling_counters(conn, hall.info)
        assert [counter.number for counter in calling] == list(counters)
        for moment in (NOW, NOW - timedelta(minutes=3), NOW + timedelta(minutes=3)):
            for step in queue:
                ahead = count_ahead(conn, hall.centre, step, calling, moment)
                assert ahead + 1 == position(step, queue, calling, moment)
            for counter in calling:
                heads = queue_heads(conn, hall.info, counter, moment)
                assert next_step(heads, moment) == whom_the_rules_choose(queue, counter, moment)


def whom_the_rules_choose(queue: list[QueuedStep], counter: OpenCounter, now: datetime) -> QueuedStep | None:
    """All have waited longer than their target: who is nobody's own is helped before own people who are early."""
    own = [step for step in queue if counter.may_call(step.service, step.direct_to)]
    others = [step for step in queue if counter.may_help(step.service) and step.direct_to is None]
    return next_step(in_time(own, now), now) or next_step(in_time(others, now), now) or next_step(own, now)


def in_time(steps: list[QueuedStep], now: datetime) -> list[QueuedStep]:
    return [step for step in steps if step.not_before is None or step.not_before <= now]


def test_the_queue_stands_in_due_order(hall: Hall) -> None:
    a_random_queue(hall, 20)
    with hall.reading() as conn:
        queue = waiting_steps(conn, hall.centre)
    assert len(queue) == 20
    assert queue == sorted(queue, key=lambda step: (step.due_at, step.joined_seq))


def test_only_open_counters_call(hall: Hall) -> None:
    hall.opens(1, 2).press(pause_counter, 2)
    with hall.reading() as conn:
        states = {counter.number: counter.state for counter in counters_now(conn, hall.info)}
        assert calling_counters(conn, hall.info) == [OpenCounter(1, frozenset({"RES", "BIRTH"}))]
    assert states == {
        1: CounterState.OPEN,
        2: CounterState.PAUSED,
        3: CounterState.CLOSED,
        4: CounterState.CLOSED,
    }, "9 is not there any more"
