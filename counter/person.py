"""The person at a counter: what they came for, how long it takes, and what their visit has done so far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from answers.tickets import local, service_name, steps_in_order
from answers.words import named
from counter.names import group_name
from queueing.states import StepState
from queueing.visit import Step, Visit
from store.centre import CentreInfo
from store.notes import Given, Written

_SKIPPED = frozenset({StepState.DROPPED})


@dataclass(frozen=True, slots=True)
class Elapsed:
    """A length of time that goes on: its instant of beginning, what it was when the page was drawn, and its limit."""

    since: str
    seconds: int
    limit: int | None = None

    @property
    def minutes(self) -> int:
        """Whole minutes so far."""
        return self.seconds // 60

    @property
    def over(self) -> int:
        """Minutes past the limit, a begun one counted as one; 0 within it."""
        return 0 if self.limit is None else max(0, -((self.limit - self.seconds) // 60))

    @property
    def clock(self) -> str:
        """As a stopwatch shows it."""
        hours, rest = divmod(self.seconds, 3600)
        clock = f"{rest // 60:02d}:{rest % 60:02d}"
        return f"{hours}:{clock}" if hours else clock


def elapsed(since: datetime, now: datetime, centre: CentreInfo, limit: timedelta | None = None) -> Elapsed:
    """What has passed since an instant."""
    seconds = max(0, int((now - since).total_seconds()))
    return Elapsed(local(since, centre.zone), seconds, None if limit is None else int(limit.total_seconds()))


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the visit. `times` is when it was served; a planned one can be dropped."""

    code: str
    name: str
    state: str
    counter: int | None
    times: str
    current: bool


@dataclass(frozen=True, slots=True)
class NoteLine:
    """What a clerk wrote."""

    text: str
    counter: int | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the current service needs, and whether staff have seen it in this visit."""

    code: str
    name: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at the counter. `step` names the step that the clerk sees; `waited` is in minutes, of the whole visit."""

    id: int
    number: str
    state: str
    step: int
    service: str
    code: str
    priority: str | None
    calls: int
    elapsed: Elapsed
    waited: int
    target: int
    late: bool
    steps: list[StepLine]
    notes: list[NoteLine]
    group: str | None
    confirmed: bool
    given: Given
    documents: list[Document]
    missing: list[str]


def person_at(
    centre: CentreInfo, visit: Visit, notes: Iterable[Written], given: Given, *, now: datetime, lang: str
) -> Person:
    """The person of a visit that is called or served."""
    step, service = visit.step, centre.services[visit.step.service]
    serving = step.state is StepState.SERVING
    began = step.serving_since - step.served if serving and step.serving_since else step.last_called_at
    waited = step.waited(now)
    return Person(
        id=visit.id,
        number=visit.number,
        state=step.state.value,
        step=step.position,
        service=service_name(centre, step.service, lang),
        code=step.service,
        priority=group_name(centre, visit.priority, lang),
        calls=1 + step.recalls,
        elapsed=elapsed(began or now, now, centre, service.expected if serving else None),
        waited=int(waited / timedelta(minutes=1)),
        target=int(service.target / timedelta(minutes=1)),
        late=waited > service.target,
        steps=[_line(centre, s, visit, lang) for s in steps_in_order(visit) if s.state not in _SKIPPED],
        notes=[NoteLine(note.text, note.counter) for note in notes],
        group=visit.priority,
        confirmed=visit.priority_confirmed,
        given=given,
        documents=(papers := _documents(centre, visit, given, lang)),
        missing=[paper.name for paper in papers if paper.code in (step.missing or ())],
    )


def _documents(centre: CentreInfo, visit: Visit, given: Given, lang: str) -> list[Document]:
    seen = given.documents or []
    return [
        Document(paper["code"], named(paper["names"], lang, centre.languages), paper["code"] in seen)
        for paper in centre.services[visit.step.service].documents
    ]


def _line(centre: CentreInfo, step: Step, visit: Visit, lang: str) -> StepLine:
    hours = [at.astimezone(centre.zone).strftime("%H:%M") for at in (step.started_at, step.finished_at) if at]
    return StepLine(
        code=step.service,
        name=service_name(centre, step.service, lang),
        state=step.state.value,
        counter=step.counter,
        times="–".join(hours) if step.started_at else "",
        current=step.position == visit.step.position,
    )
