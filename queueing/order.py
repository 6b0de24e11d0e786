"""Who is next, in minutes: each waiting step has a due time, the smallest goes first, and every place has a reason.

`due_at = instant joined − credit`, and one cap bounds every credit. The order is therefore fixed on joining: nobody who
joins or rejoins more than the cap after you passes you at a counter that serves you both. Once for each step a citizen
may let others pass: that is never by more than the cap either. A counter that nobody waits for helps a service whose
wait has passed its target.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Who lets others go first is due by so much later: about what those need who came in that time.
PASS_BY = timedelta(minutes=10)
_BEHIND = timedelta(microseconds=1)


class Joined(StrEnum):
    """How a step came into its queue; the first part of why it stands where it stands."""

    ARRIVAL = "arrival"
    ON_WAY = "on_way"  # by phone, and still to come: set aside until the person says that they are here
    HERE = "here"  # and now they are
    APPOINTMENT = "appointment"
    LATER_STEP = "later_step"
    TRANSFER = "transfer"
    HOLD = "hold"
    NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True)
class Place:
    """A step's place in the queue: how it joined, the credit it was given, and when it is due."""

    joined_as: Joined
    credit: timedelta
    due_at: datetime
    not_before: datetime | None = None


def place(
    joined_as: Joined, at: datetime, *, cap: timedelta, weight: timedelta = timedelta(), waited: timedelta = timedelta()
) -> Place:
    """The place of a step that joins at `at`, with its priority group's weight and what its visit has waited so far."""
    credit = min(weight + waited, cap)
    return Place(joined_as, credit, at - credit)


def appointment_place(
    arrived: datetime,
    slot: datetime,
    *,
    cap: timedelta,
    credit: timedelta,
    late: timedelta,
    weight: timedelta = timedelta(),
) -> Place:
    """The place of a booked person: as if joined `credit` before the slot; more than `late` after it, at the arrival.

    The cap counts from the slot, or from an arrival after it, so that nobody who came long before is passed. Before the
    slot it is called only when nobody else waits for the counter (`not_before`).
    """
    if arrived > slot + late:
        return place(Joined.ARRIVAL, arrived, cap=cap, weight=weight)
    joined = max(arrived, slot)
    given = min(joined - slot + credit + weight, cap)
    return Place(Joined.APPOINTMENT, given, joined - given, not_before=slot)


@dataclass(frozen=True, slots=True)
class QueuedStep:
    """One waiting step as the order sees it; `direct_to` names the only counter that may call it."""

    ticket: int
    service: str
    due_at: datetime
    not_before: datetime | None
    joined_seq: int
    direct_to: int | None = None


def order_key(step: QueuedStep, now: datetime) -> tuple[bool, datetime, int]:
    """Sorts waiting steps as they would be called at `now`: booked people before their time come last."""
    early = step.not_before is not None and now < step.not_before
    return early, step.due_at, step.joined_seq


def next_step(heads: Iterable[QueuedStep], now: datetime) -> QueuedStep | None:
    """The step to call among the heads of the queues that a counter serves; None when nobody waits."""
    return min(heads, key=lambda step: order_key(step, now), default=None)


@dataclass(frozen=True, slots=True)
class OpenCounter:
    """A counter that calls people, with the services it serves now."""

    number: int
    services: frozenset[str]
    skills: frozenset[str] | None = None  # what it can help with beside its own services; None: with everything

    def may_help(self, service: str) -> bool:
        """Whether it could serve a service that is not its own."""
        return service not in self.services and (self.skills is None or service in self.skills)

    def may_call(self, service: str, direct_to: int | None) -> bool:
        """Whether a step of `service`, perhaps sent to one counter, can be called here."""
        return direct_to == self.number if direct_to is not None else service in self.services


def rivals(service: str, direct_to: int | None, counters: Sequence[OpenCounter]) -> list[OpenCounter]:
    """The counters that may call a step; everyone whom one of them serves stands in the same queue as it."""
    return [counter for counter in counters if counter.may_call(service, direct_to)]


def competitors(step: QueuedStep, counters: Sequence[OpenCounter]) -> Callable[[QueuedStep], bool]:
    """Who stands in the same queue as a step: whom the same counters serve (its own service when none does)."""
    shared = rivals(step.service, step.direct_to, counters)

    def competes(other: QueuedStep) -> bool:
        if not shared:
            return (other.service, other.direct_to) == (step.service, step.direct_to)
        return any(counter.may_call(other.service, other.direct_to) for counter in shared)

    return competes


def position(step: QueuedStep, queue: Sequence[QueuedStep], counters: Sequence[OpenCounter], now: datetime) -> int:
    """The step's place, 1 being next, among those whom the same counters serve (its own service when none does)."""
    mine, competes = order_key(step, now), competitors(step, counters)
    return 1 + sum(1 for other in queue if order_key(other, now) < mine and competes(other))


def let_pass(
    step: QueuedStep, queue: Sequence[QueuedStep], counters: Sequence[OpenCounter], now: datetime, *, cap: timedelta
) -> timedelta:
    """By how much later somebody is due who lets others go first: ten minutes, but behind the next person at least.

    Never more than the cap: who came later than that after this person has not waited long enough to gain by it.
    """
    mine = order_key(step, now)
    competes = competitors(step, counters)
    behind = [key for other in queue if (key := order_key(other, now)) > mine and competes(other)]
    next_due = min(behind)[1] if behind else step.due_at
    return min(max(PASS_BY, next_due - step.due_at + _BEHIND), cap)
