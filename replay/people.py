"""The people of a replay: they arrive when they did, and leave when they did if they still wait."""

from collections import Counter as Tally
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from replay.clock import seconds_of
from replay.log import LoggedStep, LoggedVisit
from replay.loop import Loop
from replay.presses import Answer

WAITING = "waiting"
ENDED = frozenset({"finished", "no_show", "left", "cancelled", "expired"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a replay presses: a centre, its services, and the tokens of a kiosk and a clerk."""

    centre: str
    services: tuple[str, ...]
    kiosk: str
    staff: str


@dataclass(slots=True)
class Person:
    """Somebody with a ticket: its state, the step they are at, and what they waited for each step so far."""

    visit: LoggedVisit
    id: str
    token: str | None
    service: str
    last_service: str
    joined: float
    state: str = WAITING
    waits: list[tuple[str, float]] = field(default_factory=list)

    @property
    def step(self) -> LoggedStep:
        """What they do at the service where they are."""
        return next((step for step in self.visit.steps if step.service == self.service), self.visit.steps[-1])

    @property
    def at_last_step(self) -> bool:
        """Whether the visit is over when this service is."""
        return self.service == self.last_service


class People:
    """Everybody who comes. `refused` could not take a ticket; `strangers` came without being in the log."""

    def __init__(self, loop: Loop, place: Place, visits: Sequence[LoggedVisit], typical: Mapping[str, float]) -> None:
        self._loop, self._place, self._typical = loop, place, typical
        self.by_id: dict[str, Person] = {}
        self.refused: list[str] = []
        self.strangers = 0
        self.to_come, self.ended = len(visits), 0
        self._issuing = 0
        self._expected: dict[str, list[Callable[[], None]]] = {}
        for visit in visits:
            loop.at(visit.arrives, partial(self._arrive, visit))

    @property
    def here(self) -> bool:
        """Whether somebody is in the centre or still to come."""
        return self.to_come + self._issuing > 0 or self.ended < len(self.by_id)

    def _arrive(self, visit: LoggedVisit) -> None:
        asked: dict[str, Any] = {"services": [step.service for step in visit.steps]}
        asked |= {"priority": visit.priority} if visit.priority else {}
        asked |= {"channel": visit.channel} if visit.channel else {}
        self.to_come -= 1
        self._issuing += 1
        path = f"/centres/{self._place.centre}/tickets"
        self._loop.press(path, asked, partial(self._issued, visit), token=self._place.kiosk)

    def _issued(self, visit: LoggedVisit, answer: Answer) -> None:
        self._issuing -= 1
        ticket = answer.body
        if answer.status == 201:
            person = _person(visit, ticket)
            self.by_id[person.id] = person
            self._be_patient(person)
            self._introduce(person.id)
        else:
            self.refused.append(f"{visit.ticket}: {answer.slug or answer.status}")
        if not self._issuing:
            for unknown in list(self._expected):
                self._introduce(unknown)

    def _introduce(self, ticket: str) -> None:
        for meet in self._expected.pop(ticket, []):
            meet()

    def meet(self, ticket: Mapping[str, Any], then: Callable[[Person], None]) -> None:
        """Does `then` with the ticket's holder: a called person may be on the way from the kiosk, or be a stranger."""
        if ticket["id"] not in self.by_id and self._issuing:
            self._expected.setdefault(ticket["id"], []).append(partial(self.meet, ticket, then))
            return
        then(self.by_id.get(ticket["id"]) or self._stranger(ticket))

    def _stranger(self, ticket: Mapping[str, Any]) -> Person:
        """Somebody who is not in the log takes as long as people do at that service."""
        self.strangers += 1
        service, joined = ticket["service"], seconds_of(ticket["issued_at"])
        step = LoggedStep(service, None, True, 0, self._typical.get(service, self._typical.get("", 0)))
        return _person(LoggedVisit(ticket["number"], joined, None, None, (step,)), ticket)

    def _be_patient(self, person: Person) -> None:
        patience = person.step.patience
        if patience is not None:
            self._loop.at(person.joined + patience, partial(self._lose_patience, person, person.service))

    def _lose_patience(self, person: Person, service: str) -> None:
        if person.state == WAITING and person.service == service:
            self._loop.press(
                f"/tickets/{person.token}/cancel", {}, partial(self._left, person), token=self._place.kiosk
            )

    def _left(self, person: Person, answer: Answer) -> None:
        if answer.status == 200:  # any other way they were called or gone before
            self.now(person, answer.body)

    def now(self, person: Person, ticket: Mapping[str, Any]) -> None:
        """A person's ticket as it now is."""
        was, person.state = person.state, ticket["state"]
        if person.id in self.by_id:
            self.ended += (person.state in ENDED) - (was in ENDED)
        if person.state == WAITING and ticket["service"] != person.service:
            person.service, person.joined = ticket["service"], self._loop.clock.now()
            self._be_patient(person)

    def heard(self, ticket: Mapping[str, Any] | None) -> None:
        """What the feed says of a ticket. It counts where nobody here did it: the day's end, a clerk at a screen."""
        person = self.by_id.get(ticket["id"]) if ticket else None
        if ticket and person and person.state == WAITING and ticket["state"] in ENDED:
            self.now(person, ticket)

    def look_for(self, waiting: frozenset[str]) -> None:
        """Asks after those who should wait and are not in the queue: the event that told why was lost."""
        for person in self.by_id.values():
            if person.state == WAITING and person.id not in waiting:
                self._ask(person, self.heard)

    def check(self, person: Person) -> None:
        """Asks the server where a person is: what was to be done with them could not be."""
        self._ask(person, partial(self.now, person))

    def account(self) -> Tally[str]:
        """What the server says of everybody: how many in each state. Goes on until it has answered."""
        states: Tally[str] = Tally()
        for person in self.by_id.values():
            self._ask(person, lambda ticket: states.update([ticket["state"]]))
        self._loop.settle()
        return states

    def _ask(self, person: Person, then: Callable[[Mapping[str, Any]], None]) -> None:
        path = f"/tickets/{person.id}"
        self._loop.press(path, None, lambda answer: then(answer.body), token=self._place.staff, method="GET")


def _person(visit: LoggedVisit, ticket: Mapping[str, Any]) -> Person:
    last = ticket["services"][-1]["code"]
    return Person(visit, ticket["id"], ticket["token"], ticket["service"], last, seconds_of(ticket["issued_at"]))
