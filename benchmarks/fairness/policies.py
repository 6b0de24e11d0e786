"""OneDoor's way to say who is next, and others to compare it with: none of those is a rule of the product."""

from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import IntEnum

from queueing.order import OpenCounter, QueuedStep, next_step
from queueing.simulation import Choose, Person, Queues, in_due_order

# A policy is made anew for each day, with the day's people by number.
Policy = Callable[[Mapping[int, Person]], Choose]


class Standing(IntEnum):
    """Who somebody is to the order, most preferred first."""

    BOOKED = 0
    PRIORITY = 1
    NORMAL = 2


def standing(person: Person) -> Standing:
    """A booked person counts as booked, whatever the group."""
    if person.slot is not None:
        return Standing.BOOKED
    return Standing.PRIORITY if person.group else Standing.NORMAL


def _waiting(counter: OpenCounter, queues: Queues) -> Iterator[QueuedStep]:
    return (step for service in counter.services for step in queues.get(service, ()))


def one_door(_people: Mapping[int, Person]) -> Choose:
    """The product's own order; counters help nobody."""
    return in_due_order({})


def helping(targets: Mapping[str, timedelta]) -> Policy:
    """The product's own order; counters help who has waited longer than the target."""
    return lambda _people: in_due_order(targets)


def booked_from(before: timedelta) -> Policy:
    """The product's order, but for booked people being in their time so long before their slot."""

    def policy(_people: Mapping[int, Person]) -> Choose:
        def choose(counter: OpenCounter, queues: Queues, now: datetime) -> QueuedStep | None:
            return next_step(_waiting(counter, queues), now + before)

        return choose

    return policy


def first_come(_people: Mapping[int, Person]) -> Choose:
    """Who came first is next."""

    def choose(counter: OpenCounter, queues: Queues, _now: datetime) -> QueuedStep | None:
        return min(_waiting(counter, queues), key=lambda step: step.joined_seq, default=None)

    return choose


def strict(people: Mapping[int, Person]) -> Choose:
    """Booked people before priority groups before all others; among them, who came first."""

    def choose(counter: OpenCounter, queues: Queues, _now: datetime) -> QueuedStep | None:
        return min(
            _waiting(counter, queues),
            key=lambda step: (standing(people[step.ticket]), step.joined_seq),
            default=None,
        )

    return choose


def alternation(preferred: int) -> Policy:
    """As strict, but after so many preferred people a counter calls one of the others."""

    def policy(people: Mapping[int, Person]) -> Choose:
        in_a_row: Tally[int] = Tally()

        def choose(counter: OpenCounter, queues: Queues, _now: datetime) -> QueuedStep | None:
            others_turn = in_a_row[counter.number] >= preferred

            def key(step: QueuedStep) -> tuple[bool, Standing, int]:
                who = standing(people[step.ticket])
                return others_turn and who is not Standing.NORMAL, who, step.joined_seq

            chosen = min(_waiting(counter, queues), key=key, default=None)
            if chosen is not None:
                normal = standing(people[chosen.ticket]) is Standing.NORMAL
                in_a_row[counter.number] = 0 if normal else in_a_row[counter.number] + 1
            return chosen

        return choose

    return policy


def accumulating(rates: Mapping[Standing, float]) -> Policy:
    """Everybody gathers priority from arrival on, each standing at its rate; the highest is next."""

    def policy(people: Mapping[int, Person]) -> Choose:
        def choose(counter: OpenCounter, queues: Queues, now: datetime) -> QueuedStep | None:
            def gathered(step: QueuedStep) -> tuple[float, int]:
                person = people[step.ticket]
                return (now - person.arrives).total_seconds() * rates[standing(person)], -step.joined_seq

            return max(_waiting(counter, queues), key=gathered, default=None)

        return choose

    return policy
