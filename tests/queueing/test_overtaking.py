"""Overtaking is bounded: nobody who joins or rejoins more than the cap after you passes you."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from queueing.order import Joined, Place, QueuedStep, appointment_place, next_step, order_key, place

START = datetime(2026, 11, 23, 1, tzinfo=UTC)
CAP, BOOKED, LATE = timedelta(minutes=60), timedelta(minutes=60), timedelta(minutes=15)
MOMENTS = st.integers(0, 600 * 60).map(lambda seconds: START + timedelta(seconds=seconds))
LENGTHS = st.integers(0, 24 * 60).map(lambda count: timedelta(minutes=count))


@dataclass(frozen=True)
class Person:
    """Somebody in the queue; a booked person has joined when the slot begins, or on arrival after that."""

    joined: datetime
    place: Place


def walked_in(joined: datetime, weight: timedelta, waited: timedelta) -> Person:
    return Person(joined, place(Joined.ARRIVAL, joined, cap=CAP, weight=weight, waited=waited))


def had_booked(arrived: datetime, early: timedelta, weight: timedelta) -> Person:
    slot = arrived + early
    given_place = appointment_place(arrived, slot, cap=CAP, credit=BOOKED, late=LATE, weight=weight)
    return Person(max(arrived, slot), given_place)


PEOPLE = st.builds(walked_in, MOMENTS, LENGTHS, LENGTHS) | st.builds(
    had_booked, MOMENTS, st.integers(-120, 120).map(lambda count: timedelta(minutes=count)), LENGTHS
)
WALK_IN = walked_in(START, timedelta(), timedelta())
TEN_LATE = had_booked(START + timedelta(minutes=65), timedelta(minutes=-10), timedelta())


@given(PEOPLE, PEOPLE, MOMENTS)
@example(WALK_IN, TEN_LATE, START + timedelta(minutes=65))
@settings(deadline=None)
def test_nobody_who_joins_more_than_the_cap_after_you_passes_you(you: Person, they: Person, now: datetime) -> None:
    if they.joined <= you.joined + CAP:
        return
    steps = {name: _queued(ticket, person) for ticket, (name, person) in enumerate([("they", they), ("you", you)])}
    assert steps["you"].due_at < steps["they"].due_at
    if you.place.not_before is None or you.place.not_before <= now:
        assert next_step(steps.values(), now) is steps["you"]


@given(PEOPLE)
@settings(deadline=None)
def test_every_credit_is_within_the_cap_and_counts_from_joining(person: Person) -> None:
    assert timedelta() <= person.place.credit <= CAP
    assert person.place.due_at == person.joined - person.place.credit


@given(st.lists(PEOPLE, min_size=2, max_size=8), MOMENTS, MOMENTS)
@settings(deadline=None)
def test_the_order_of_those_in_their_time_never_changes(people: list[Person], now: datetime, later: datetime) -> None:
    now, later = sorted((now, later))
    queue = [_queued(ticket, person) for ticket, person in enumerate(people)]
    in_time = [step for step in queue if step.not_before is None or step.not_before <= now]
    assert sorted(in_time, key=lambda s: order_key(s, now)) == sorted(in_time, key=lambda s: order_key(s, later))


def _queued(ticket: int, person: Person) -> QueuedStep:
    return QueuedStep(ticket, "RES", person.place.due_at, person.place.not_before, ticket)
