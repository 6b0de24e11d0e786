"""A visit and its steps, as the fold of the events that name its ticket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from queueing.events import Event, Kind
from queueing.order import Joined, Place
from queueing.states import AT_COUNTER, StepState


@dataclass(frozen=True, slots=True)
class Step:
    """One service of a visit. `position` names it within the visit; instants are aware, durations exact.

    `let_pass` is by how much the person has let others go first in this queue, `passed_at` when, also when it is over.
    `missing` are the documents that the person went to fetch, `ready_on` when what was asked for can be collected.
    `counter` is where it was last called; `walk` and `started_at` belong to its first serving.
    """

    position: int
    service: str
    state: StepState = StepState.PLANNED
    joined_at: datetime | None = None
    joined_seq: int | None = None
    joined_as: Joined | None = None
    credit: timedelta = timedelta()
    due_at: datetime | None = None
    let_pass: timedelta = timedelta()
    passed_at: datetime | None = None
    not_before: datetime | None = None
    direct_to: int | None = None
    counter: int | None = None
    first_counter: int | None = None
    first_called_at: datetime | None = None
    called_at: datetime | None = None
    last_called_at: datetime | None = None
    recalls: int = 0
    started_at: datetime | None = None
    serving_since: datetime | None = None
    walk: timedelta | None = None
    served: timedelta = timedelta()
    held_since: datetime | None = None
    held: timedelta = timedelta()
    missing: list[str] | None = None
    ready_on: date | None = None
    finished_at: datetime | None = None

    @property
    def queued_at(self) -> datetime | None:
        """When it came into its queue the last time."""
        return None if self.due_at is None else self.due_at + self.credit - self.let_pass

    @property
    def at_counter(self) -> int | None:
        """The counter where the person is now called or served."""
        return self.counter if self.state in AT_COUNTER else None

    def waited(self, now: datetime) -> timedelta:
        """What was waited for the first call so far, without time on hold."""
        if self.joined_at is None:
            return timedelta()
        until = self.first_called_at or self.finished_at or self.held_since or now
        return max(until - self.joined_at - self.held, timedelta())


@dataclass(frozen=True, slots=True)
class Visit:
    """One person's way through the centre under one number. `seq` counts the events that name it."""

    id: int
    number: str
    business_date: date
    channel: str
    priority: str | None
    priority_confirmed: bool
    language: str | None
    issued_at: datetime
    seq: int
    steps: tuple[Step, ...]

    @property
    def step(self) -> Step:
        """The current step: the one that joined a queue last."""
        return max(self.steps, key=lambda step: (step.joined_seq or 0, step.joined_at or self.issued_at))

    @property
    def state(self) -> StepState:
        """The ticket's state: that of its current step."""
        return self.step.state

    def at(self, position: int) -> Step:
        """The step with that position."""
        return next(step for step in self.steps if step.position == position)

    def planned(self) -> Step | None:
        """The step that follows when the current one ends."""
        return next((step for step in self.steps if step.state is StepState.PLANNED), None)

    def waited(self, now: datetime) -> timedelta:
        """What the visit has waited so far: waits to a first call, without service time or time on hold."""
        return sum((step.waited(now) for step in self.steps), timedelta())


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(instant: datetime) -> int:
    """Microseconds since the epoch: how the log and the tables write an instant."""
    return (instant - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """The aware UTC instant of microseconds since the epoch."""
    return _EPOCH + timedelta(microseconds=value)


def place_facts(position: int, place: Place) -> dict[str, Any]:
    """A place in the queue as an event tells it."""
    return {
        "step": position,
        "as": place.joined_as.value,
        "credit": place.credit // _MICROSECOND,
        "due_at": micros(place.due_at),
        "not_before": micros(place.not_before) if place.not_before else None,
    }


def _queued(step: Step, event: Event, facts: Mapping[str, Any]) -> Step:
    """The step in its queue. Its `joined_at` is kept when it comes back; a booked person joins at the slot's start."""
    not_before = instant(facts["not_before"]) if facts["not_before"] is not None else None
    return replace(
        step,
        state=StepState.WAITING,
        joined_at=step.joined_at or max(event.at, not_before or event.at),
        joined_seq=event.seq,
        joined_as=Joined(facts["as"]),
        credit=timedelta(microseconds=facts["credit"]),
        due_at=instant(facts["due_at"]),
        let_pass=timedelta(),
        not_before=not_before,
        finished_at=None,
    )


def _with(visit: Visit, step: Step) -> Visit:
    return replace(visit, steps=tuple(step if other.position == step.position else other for other in visit.steps))


def _issued(event: Event) -> Visit:
    facts = event.facts
    steps = tuple(Step(position, service) for position, service in enumerate(facts["services"], 1))
    first = _queued(steps[0], event, facts["place"])
    return Visit(
        id=event.ticket or 0,
        number=facts["number"],
        business_date=date.fromisoformat(facts["business_date"]),
        channel=facts["channel"],
        priority=facts["priority"],
        priority_confirmed=facts.get("priority_confirmed", False),
        language=facts["language"],
        issued_at=event.at,
        seq=0,
        steps=(first, *steps[1:]),
    )


def _called(visit: Visit, event: Event) -> Visit:
    step = visit.step
    called = replace(
        step,
        state=StepState.CALLED,
        counter=event.counter,
        first_counter=step.first_counter or event.counter,
        first_called_at=step.first_called_at or event.at,
        called_at=event.at,
        last_called_at=event.at,
        recalls=0,
    )
    return _with(visit, called)


def _recalled(visit: Visit, event: Event) -> Visit:
    return _with(visit, replace(visit.step, recalls=visit.step.recalls + 1, last_called_at=event.at))


def _serving(visit: Visit, event: Event) -> Visit:
    step = visit.step
    if step.started_at is None and step.last_called_at is not None:
        step = replace(step, started_at=event.at, walk=event.at - step.last_called_at)
    return _with(visit, replace(step, state=StepState.SERVING, serving_since=event.at))


def _stopped_serving(step: Step, event: Event) -> Step:
    if step.serving_since is None:
        return step
    return replace(step, served=step.served + (event.at - step.serving_since), serving_since=None)


def _off_hold(step: Step, event: Event) -> Step:
    """Only what would have been waited counts as held: after joining and before the first call."""
    if step.held_since is None or step.joined_at is None or step.first_called_at is not None:
        return replace(step, held_since=None)
    held = max(event.at - max(step.held_since, step.joined_at), timedelta())
    return replace(step, held=step.held + held, held_since=None)


def _ended(step: Step, event: Event, state: StepState) -> Step:
    return replace(_off_hold(_stopped_serving(step, event), event), state=state, finished_at=event.at)


def _finished(visit: Visit, event: Event) -> Visit:
    ready = event.facts.get("ready_on")
    step = replace(visit.step, ready_on=date.fromisoformat(ready) if ready else None)
    visit = _with(visit, _ended(step, event, StepState.FINISHED))
    place = event.facts.get("place")
    if place is None:
        return visit
    return _with(visit, _queued(visit.at(place["step"]), event, place))


def _no_show(visit: Visit, event: Event) -> Visit:
    return _with(visit, _ended(visit.step, event, StepState.NO_SHOW))


def _gone(state: StepState) -> Callable[[Visit, Event], Visit]:
    """The visit ends as a whole: what was still planned is dropped."""

    def apply_gone(visit: Visit, event: Event) -> Visit:
        visit = _with(visit, _ended(visit.step, event, state))
        for step in visit.steps:
            if step.state is StepState.PLANNED:
                visit = _with(visit, replace(step, state=StepState.DROPPED))
        return visit

    return apply_gone


def _passed(visit: Visit, event: Event) -> Visit:
    step, by = visit.step, timedelta(microseconds=event.facts["by"])
    if step.due_at is None or step.passed_at is not None:
        raise ValueError(f"event {event.seq} lets others pass a second time")
    return _with(visit, replace(step, due_at=step.due_at + by, let_pass=by, passed_at=event.at))


def _held(visit: Visit, event: Event) -> Visit:
    step = replace(_stopped_serving(visit.step, event), state=StepState.ON_HOLD, held_since=event.at)
    return _with(visit, replace(step, missing=event.facts.get("missing")))


def _resumed(visit: Visit, event: Event) -> Visit:
    return _with(visit, _queued(_off_hold(visit.step, event), event, event.facts["place"]))


def _transferred(visit: Visit, event: Event) -> Visit:
    visit = _with(visit, _ended(visit.step, event, StepState.TRANSFERRED))
    place = event.facts["place"]
    step = Step(place["step"], event.facts["service"], direct_to=event.facts["direct_to"])
    return replace(visit, steps=(*visit.steps, _queued(step, event, place)))


def _steps_changed(visit: Visit, event: Event) -> Visit:
    for position in event.facts["drop"]:
        visit = _with(visit, replace(visit.at(position), state=StepState.DROPPED))
    added = tuple(Step(len(visit.steps) + n, service) for n, service in enumerate(event.facts["add"], 1))
    return replace(visit, steps=(*visit.steps, *added))


def _priority_changed(visit: Visit, event: Event) -> Visit:
    """Who waits stands where they would have stood with this priority from the start."""
    facts = event.facts
    visit = replace(visit, priority=facts["priority"], priority_confirmed=facts["priority"] is not None)
    if facts["credit"] is None:
        return visit
    step, credit = visit.step, timedelta(microseconds=facts["credit"])
    due_at = step.due_at + step.credit - credit if step.due_at is not None else None
    return _with(visit, replace(step, credit=credit, due_at=due_at))


def _as_it_was(visit: Visit, _event: Event) -> Visit:
    """Personal data stands in no event and in no visit."""
    return visit


def _redirected(visit: Visit, _event: Event) -> Visit:
    return _with(visit, replace(visit.step, direct_to=None))


_CHANGES: Mapping[Kind, Callable[[Visit, Event], Visit]] = {
    Kind.CALLED: _called,
    Kind.RECALLED: _recalled,
    Kind.SERVING: _serving,
    Kind.FINISHED: _finished,
    Kind.NO_SHOW: _no_show,
    Kind.LEFT: _gone(StepState.LEFT),
    Kind.CANCELLED: _gone(StepState.CANCELLED),
    Kind.EXPIRED: _gone(StepState.EXPIRED),
    Kind.PASSED: _passed,
    Kind.ON_HOLD: _held,
    Kind.RESUMED: _resumed,
    Kind.TRANSFERRED: _transferred,
    Kind.STEPS_CHANGED: _steps_changed,
    Kind.PRIORITY_CHANGED: _priority_changed,
    Kind.DETAILS_CHANGED: _as_it_was,
    Kind.REDIRECTED: _redirected,
}


def apply(visit: Visit | None, event: Event) -> Visit:
    """The visit after an event that names its ticket. The rows in the database are written from this, and proved by it.

    Raises KeyError for a kind that changes no visit, ValueError when the ticket was never issued, or
    lets others pass a second time.
    """
    if event.kind is Kind.ISSUED:
        after = _issued(event)
    elif visit is None:
        raise ValueError(f"event {event.seq} ({event.kind}) names a ticket that was not issued")
    else:
        after = _CHANGES[event.kind](visit, event)
    return replace(after, seq=after.seq + 1)


class Fold:
    """A visit as it grows by the events of its ticket. What was undone is as if it had never been."""

    def __init__(self, visit: Visit | None = None) -> None:
        self._standing: list[tuple[Event | None, Visit]] = [] if visit is None else [(None, visit)]

    @property
    def visit(self) -> Visit | None:
        """Where it stands; None before it was issued."""
        return self._standing[-1][1] if self._standing else None

    @property
    def last(self) -> Event | None:
        """The last event that still stands."""
        return self._standing[-1][0] if self._standing else None

    @property
    def before(self) -> Visit | None:
        """The visit before that event; None where there is nothing to undo."""
        return self._standing[-2][1] if len(self._standing) > 1 else None

    def add(self, event: Event) -> Visit:
        """The visit after its next event. Raises as `apply` does, and ValueError when there is nothing to undo."""
        now = self.visit
        if now is None or event.kind is not Kind.UNDONE:
            self._standing.append((event, apply(now, event)))
        elif self.before is None:
            raise ValueError(f"event {event.seq} undoes what did not happen")
        else:
            self._standing.pop()
            stood, visit = self._standing.pop()
            self._standing.append((stood, replace(visit, seq=now.seq + 1)))
        return self._standing[-1][1]
