"""The clerks of a replay: they work when they did. Who is next is the product's decision, said by its feed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from replay.clock import seconds_of
from replay.log import Shift
from replay.loop import Loop, Then
from replay.people import People, Person, Place
from replay.presses import Answer

SOON_SECONDS = 600  # nobody stays or is called back for those who wait when a shift begins sooner
PAUSE_SECONDS = 4 * 3600  # a counter that works again within this is paused, not closed


@dataclass(slots=True)
class Desk:
    """A counter. `asked_at` is the news of the feed by which it last found that nobody waits for it."""

    number: int
    at_work: bool = False
    leaving: bool = False
    pressing: bool = False
    serving: bool = False
    idle_since: float = 0
    asked_at: int = -1

    @property
    def idle(self) -> bool:
        """Whether the clerk could press something."""
        return self.at_work and not self.pressing and not self.serving


class Clerks:
    """The counters. An idle one calls as soon as the feed says that somebody waits; each has one press at a time.

    A shift that is over ends when its person is served; the last clerks stay until nobody waits, and when all have
    gone and somebody waits for whom nobody comes soon, the last one comes back.
    """

    def __init__(self, loop: Loop, place: Place, people: People, shifts: Sequence[Shift]) -> None:
        self._loop, self._place, self._people = loop, place, people
        self._desks = {shift.counter: Desk(shift.counter) for shift in shifts}
        self._to_come = list(shifts)
        self._last_home = next(iter(self._desks.values()), None)
        self._waiting = self._news = self._calling = 0
        for shift in shifts:
            loop.at(shift.begins, partial(self._begin, shift))

    @property
    def idle(self) -> bool:
        """Whether nobody waits and nobody is at a counter."""
        return not self._waiting and not any(desk.serving or desk.pressing for desk in self._desks.values())

    def heard(self, waiting: int) -> None:
        """The feed says how many wait."""
        self._waiting = waiting
        self._news += 1
        self._look()

    def close_all(self) -> None:
        """Everybody goes home."""
        self._to_come.clear()
        for desk in self._desks.values():
            if desk.at_work:
                self._go_home(desk)

    def _begin(self, shift: Shift) -> None:
        desk = self._desks[shift.counter]
        if shift not in self._to_come:
            return
        self._to_come.remove(shift)
        self._loop.at(shift.ends, partial(self._end, desk))
        desk.leaving = False
        if not desk.at_work:
            self._open(desk)

    def _end(self, desk: Desk) -> None:
        desk.leaving = True
        self._look()

    def _open(self, desk: Desk) -> None:
        self._press(desk, "open", {"services": self._place.services}, partial(self._opened, desk))

    def _opened(self, desk: Desk, _answer: Answer) -> None:
        desk.at_work, desk.idle_since = True, self._loop.clock.now()
        self._look()

    def _press(self, desk: Desk, act: str, body: Mapping[str, Any], then: Then) -> None:
        desk.pressing = True

        def answered(answer: Answer) -> None:
            desk.pressing = False
            then(answer)

        path = f"/centres/{self._place.centre}/counters/{desk.number}/{act}"
        self._loop.press(path, body, answered, token=self._place.staff)

    def _look(self) -> None:
        """Whoever is idle calls, the longest idle first, while more wait than are being called; or goes home."""
        idle = sorted((desk for desk in self._desks.values() if desk.idle), key=lambda desk: desk.idle_since)
        for desk in idle:
            if desk.leaving and not self._must_stay():
                self._go_home(desk)
            elif self._waiting > self._calling and desk.asked_at < self._news:
                self._call(desk)
        if self._waiting and not any(desk.at_work or desk.pressing for desk in self._desks.values()):
            self._call_back()

    def _must_stay(self) -> bool:
        others = any(desk.at_work and not desk.leaving for desk in self._desks.values())
        return self._waiting > 0 and not others and not self._somebody_comes_soon()

    def _somebody_comes_soon(self) -> bool:
        soon = self._loop.clock.now() + SOON_SECONDS
        return any(shift.begins < soon for shift in self._to_come)

    def _go_home(self, desk: Desk) -> None:
        desk.at_work, self._last_home = False, desk
        again = next((shift.begins for shift in self._to_come if shift.counter == desk.number), None)
        is_break = again is not None and again - self._loop.clock.now() < PAUSE_SECONDS
        self._press(desk, "pause" if is_break else "close", {}, lambda _answer: self._look())

    def _call_back(self) -> None:
        if self._last_home is not None and not self._somebody_comes_soon():
            self._last_home.leaving = True
            self._open(self._last_home)

    def _call(self, desk: Desk, served: Person | None = None, *, finish: bool = False) -> None:
        """Presses next; with `served`, that ends their service in the same press."""
        self._calling += 1
        body = {"finish": True} if served or finish else {}
        self._press(desk, "next", body, partial(self._called, desk, served, self._news))

    def _called(self, desk: Desk, served: Person | None, news: int, answer: Answer) -> None:
        self._calling -= 1
        if served is not None:
            if answer.status not in (200, 204):
                self._end_service(desk, served, "finish")
                return
            self._people.now(served, {"state": "finished"})
            desk.serving, desk.idle_since = False, self._loop.clock.now()
        if answer.status == 200:
            desk.serving = True
            self._people.meet(answer.body, partial(self._attend, desk, answer.body))
        elif answer.slug == "counter-busy":  # somebody has been there since before the replay
            self._call(desk, finish=True)
        elif answer.slug == "counter-closed":  # the day has ended, or somebody closed it: it is opened again
            desk.at_work = False
            if not desk.leaving:
                self._open(desk)
        else:
            desk.asked_at = news
        self._look()

    def _attend(self, desk: Desk, ticket: Mapping[str, Any], person: Person) -> None:
        called = seconds_of(ticket["called_at"])
        self._people.now(person, ticket)
        step = person.step
        if step.comes:
            person.waits.append((person.service, called - person.joined))
            starts = called + step.walk
            self._loop.at(starts, partial(self._serve, desk, person, starts + step.serving))
        else:
            self._loop.at(called + step.walk, partial(self._end_service, desk, person, "no-show"))

    def _serve(self, desk: Desk, person: Person, until: float) -> None:
        """Serving ends at `until`, however long the press took."""

        def served(answer: Answer) -> None:
            if answer.status == 200:
                self._loop.at(until, partial(self._finish, desk, person))
            else:  # they left as they were called
                person.waits.pop()
                self._people.check(person)
                self._free(desk)

        self._loop.press(f"/tickets/{person.id}/serve", {}, served, token=self._place.staff)

    def _finish(self, desk: Desk, person: Person) -> None:
        if person.at_last_step and not desk.leaving and self._waiting > self._calling:
            self._call(desk, person)
        else:
            self._end_service(desk, person, "finish")

    def _end_service(self, desk: Desk, person: Person, act: str) -> None:
        def ended(answer: Answer) -> None:
            if answer.status == 200:
                self._people.now(person, answer.body)
            else:
                self._people.check(person)
            self._free(desk)

        self._loop.press(f"/tickets/{person.id}/{act}", {}, ended, token=self._place.staff)

    def _free(self, desk: Desk) -> None:
        desk.serving, desk.idle_since = False, self._loop.clock.now()
        self._look()
