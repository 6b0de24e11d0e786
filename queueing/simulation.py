"""A day at a centre on the queue's real rules and a simulated clock.

All that chance decides about a person (arrival, service times, patience) is decided before the day is run. The same
people can therefore be served by different rules, and the same people, counters and rules always give the same day.
Whom a free counter calls is one function; it is the product's own unless another is given.
"""

from bisect import insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from queueing.order import Joined, OpenCounter, Place, QueuedStep, appointment_place, next_step, place
from queueing.states import StepState

Span = tuple[datetime, datetime]

_NONE = timedelta()
_AFTER = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class WaitingStep(QueuedStep):
    """A waiting step with the instant from which its wait counts."""

    joined_at: datetime = field(kw_only=True)


# Each service's waiting steps, in the order in which they are due.
Queues = Mapping[str, Sequence[WaitingStep]]
Choose = Callable[[OpenCounter, Queues, datetime], QueuedStep | None]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who comes: with `slot`, a booked person. `lengths` are the service times of the services, in order.

    Who is not called within `patience` of joining a queue leaves. `comes` is whether the first call is answered, `walk`
    the time from a call to the start of serving.
    """

    number: int
    arrives: datetime
    services: Sequence[str]
    lengths: Sequence[timedelta]
    walk: timedelta = _NONE
    group: str | None = None
    slot: datetime | None = None
    patience: timedelta | None = None
    comes: bool = True


@dataclass(frozen=True, slots=True)
class StaffedCounter:
    """A counter and the times at which somebody is there to call people; who is being served is served to the end."""

    counter: OpenCounter
    present: Sequence[Span]

    def back_at(self, now: datetime) -> datetime | None:
        """The first moment from `now` on at which it may call; None when it calls nobody any more."""
        return next((max(start, now) for start, end in self.present if now < end), None)


@dataclass(frozen=True, slots=True)
class QueueRules:
    """A centre's rules: the cap of all credits, the credit of an appointment and how late it keeps it, each group's.

    Counters help the services in `targets` when somebody has waited longer than that.
    """

    cap: timedelta
    appointment: timedelta
    late: timedelta
    weights: Mapping[str, timedelta] = field(default_factory=dict)
    targets: Mapping[str, timedelta] = field(default_factory=dict)
    missed_call: timedelta = timedelta(minutes=1)  # how long a call that nobody answers takes a counter


@dataclass(slots=True)
class SimulatedStep:
    """One step and what became of it. A booked person joins at the slot, or on arrival after it."""

    person: Person
    position: int
    joined_at: datetime
    waited_before: timedelta = _NONE  # in the steps before this one
    state: StepState = StepState.WAITING
    counter: int | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def service(self) -> str:
        """What this step is for."""
        return self.person.services[self.position]

    @property
    def wait(self) -> timedelta:
        """From joining to the call, or to leaving or expiring without one."""
        until = self.called_at or self.ended_at or self.joined_at
        return max(until - self.joined_at, _NONE)


def in_due_order(targets: Mapping[str, timedelta]) -> Choose:
    """Whom the product calls: of a counter's own people in their time the one who is due first.

    When there is none, of those whom it can help and who have waited longer than their service's target; else of its
    own booked people who are early.
    """

    def choose(counter: OpenCounter, queues: Queues, now: datetime) -> QueuedStep | None:
        own = next_step([_head(queues[s], now) for s in counter.services if queues.get(s)], now)
        if own is not None and _in_time(own, now):
            return own
        helped = (service for service in targets if counter.may_help(service))
        waiting = (step for service in helped for step in queues.get(service, ()))
        return next_step((step for step in waiting if now - step.joined_at > targets[step.service]), now) or own

    return choose


def _in_time(step: QueuedStep, now: datetime) -> bool:
    return step.not_before is None or step.not_before <= now


def _head(queue: Sequence[QueuedStep], now: datetime) -> QueuedStep:
    """The first in its time, or else the first of the booked people who are early."""
    return next((step for step in queue if _in_time(step, now)), queue[0])


def simulate_day(
    people: Iterable[Person],
    counters: Iterable[StaffedCounter],
    rules: QueueRules,
    *,
    closing: datetime,
    choose: Choose | None = None,
) -> list[SimulatedStep]:
    """The steps of everybody who comes before `closing`, in the order of joining. Who waits then expires."""
    floor = _Floor(rules, choose or in_due_order(rules.targets))
    floor.later(closing, floor.close, None)
    for person in people:
        if person.arrives < closing:
            floor.later(person.arrives, floor.arrive, person)
    for counter in counters:
        floor.look(counter, min((start for start, _end in counter.present), default=closing))
    floor.run()
    return floor.steps


class _Floor:
    """The queues and counters at one moment, and what is to happen next."""

    def __init__(self, rules: QueueRules, choose: Choose) -> None:
        self.rules, self.choose = rules, choose
        self.steps: list[SimulatedStep] = []
        self._queues: dict[str, list[WaitingStep]] = {}
        self._waiting: dict[int, tuple[WaitingStep, SimulatedStep]] = {}
        self._idle: dict[int, StaffedCounter] = {}  # in the order in which they became idle
        self._events: list[tuple[datetime, int, Callable[[Any, datetime], None], Any]] = []
        self._scheduled = 0
        self._closed = False

    def later(self, at: datetime, act: Callable[[Any, datetime], None], subject: Any) -> None:
        """Has something happen; at one instant, in the order in which it was asked for."""
        self._scheduled += 1
        heappush(self._events, (at, self._scheduled, act, subject))

    def run(self) -> None:
        """Lets everything happen."""
        while self._events:
            at, _order, act, subject = heappop(self._events)
            act(subject, at)

    def arrive(self, person: Person, at: datetime) -> None:
        """Takes a ticket, or checks in."""
        given, weight = self.rules, self._weight(person)
        if person.slot is None:
            self._join(SimulatedStep(person, 0, at), place(Joined.ARRIVAL, at, cap=given.cap, weight=weight), at)
            return
        booked = appointment_place(
            at, person.slot, cap=given.cap, credit=given.appointment, late=given.late, weight=weight
        )
        self._join(SimulatedStep(person, 0, max(at, person.slot)), booked, at)

    def _weight(self, person: Person) -> timedelta:
        return self.rules.weights.get(person.group, _NONE) if person.group else _NONE

    def _join(self, step: SimulatedStep, given: Place, at: datetime) -> None:
        self.steps.append(step)
        person = step.person
        if self._closed:
            self._end_waiting(step, StepState.EXPIRED, at)
            return
        service, joined = step.service, step.joined_at
        queued = WaitingStep(person.number, service, given.due_at, given.not_before, len(self.steps), joined_at=joined)
        insort(self._queues.setdefault(service, []), queued, key=_due)
        self._waiting[person.number] = queued, step
        if person.patience is not None:
            self.later(joined + person.patience, self.leave, queued)
        self._ask_idle(None, at)
        if service in self.rules.targets and person.number in self._waiting:
            self.later(joined + self.rules.targets[service] + _AFTER, self._ask_idle, None)

    def _ask_idle(self, _subject: None, at: datetime) -> None:
        for counter in list(self._idle.values()):
            self.look(counter, at)

    def look(self, counter: StaffedCounter, at: datetime) -> None:
        """A counter that serves nobody calls the next person, or is idle, or comes back later."""
        number = counter.counter.number
        self._idle.pop(number, None)
        back = counter.back_at(at)
        if back is None or self._closed:
            return
        if back > at:
            self.later(back, self.look, counter)
            return
        chosen = self.choose(counter.counter, self._queues, at) if self._waiting else None
        if chosen is None:
            self._idle[number] = counter
        else:
            self._call(counter, chosen, at)

    def _call(self, counter: StaffedCounter, chosen: QueuedStep, at: datetime) -> None:
        step = self._take(chosen)
        step.called_at, step.counter = at, counter.counter.number
        if step.person.comes or step.position > 0:
            step.state, step.started_at = StepState.FINISHED, at + step.person.walk
            step.ended_at = step.started_at + step.person.lengths[step.position]
        else:
            step.state, step.ended_at = StepState.NO_SHOW, at + self.rules.missed_call
        self.later(step.ended_at, self.finish, (counter, step))

    def _take(self, queued: QueuedStep) -> SimulatedStep:
        waiting, step = self._waiting.pop(queued.ticket)
        self._queues[waiting.service].remove(waiting)
        return step

    def finish(self, subject: tuple[StaffedCounter, SimulatedStep], at: datetime) -> None:
        """The person goes on to what is planned next, and the counter looks who is next."""
        counter, step = subject
        position, person = step.position + 1, step.person
        if step.state is StepState.FINISHED and position < len(person.services):
            waited = step.waited_before + step.wait
            later_place = place(Joined.LATER_STEP, at, cap=self.rules.cap, weight=self._weight(person), waited=waited)
            self._join(SimulatedStep(person, position, at, waited), later_place, at)
        self.look(counter, at)

    def leave(self, queued: WaitingStep, at: datetime) -> None:
        """Patience is over, if the person still waits in that queue."""
        waiting = self._waiting.get(queued.ticket)
        if waiting is not None and waiting[0] is queued:
            self._end_waiting(self._take(queued), StepState.LEFT, at)

    def close(self, _subject: None, at: datetime) -> None:
        """The day ends: who still waits expires, nobody is called any more."""
        self._closed = True
        for queued, _step in list(self._waiting.values()):
            self._end_waiting(self._take(queued), StepState.EXPIRED, at)

    def _end_waiting(self, step: SimulatedStep, state: StepState, at: datetime) -> None:
        step.state, step.ended_at = state, at


def _due(step: QueuedStep) -> tuple[datetime, int]:
    return step.due_at, step.joined_seq
