"""A past for the demonstration: four weeks of visits, made up, so that its figures can be looked at from the start.

The same days have the same visits on every machine. They come in as an older system's would: by the import.
"""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from typing import Any

from commands.history import ImportReport, import_history
from config.catalogue_models import Catalogue
from config.catalogue_models import Centre as CatalogueCentre
from config.catalogue_models import Service as CatalogueService
from queueing.hours import Hours
from queueing.numbering import ticket_number
from reports.visit_lines import COLUMNS
from store.unit import Store

DAYS = 28
_PEOPLE_A_DAY = 90
# How many come in each hour of a day, and on each weekday, beside the others.
_BY_HOUR = {8: 5, 9: 6, 10: 5, 11: 3, 13: 4, 14: 3, 15: 1}
_BY_WEEKDAY = (1.25, 1.0, 0.9, 0.95, 1.1, 0.6, 0.6)
_PRIORITY_SHARE = 0.12
_NO_SHOW, _LEAVES = 0.03, 0.03
_PATIENCE = timedelta(minutes=50)
_LAST_TICKET = timedelta(minutes=20)


@dataclass(order=True, slots=True)
class _Person:
    """Somebody in a queue; ordered by when they joined it."""

    joined: datetime
    number: str
    issued: datetime = field(compare=False)
    services: list[str] = field(compare=False)
    channel: str = field(compare=False)
    priority: str | None = field(compare=False)


def demo_past(store: Store, catalogue: Catalogue, code: str) -> ImportReport:
    """Gives a new centre four weeks before its today, as its catalogue describes it. Raises NotFound, Busy."""
    centre = next(centre for centre in catalogue.centres if centre.code == code)
    hours = Hours(centre.timezone, centre.hours.days, holidays=frozenset(day.date for day in catalogue.holidays))
    today = hours.business_date(store.clock.now())
    return import_history(store, code, past_lines(catalogue, centre, hours, today))


def past_lines(catalogue: Catalogue, centre: CatalogueCentre, hours: Hours, today: date) -> Iterator[str]:
    """The lines of a visits.csv of the days before `today`, oldest first."""
    yield ",".join(COLUMNS)
    for back in range(DAYS, 0, -1):
        day = today - timedelta(days=back)
        if hours.sessions(day):
            yield from _Day(catalogue, centre, hours, day).lines()


class _Day:
    """One day at the centre: people come, wait for whichever counter is free for them first, and are served."""

    def __init__(self, catalogue: Catalogue, centre: CatalogueCentre, hours: Hours, day: date) -> None:
        self.centre, self.hours, self.day = centre, hours, day
        self.services = {service.code: service for service in catalogue.services if service.code in centre.services}
        self.groups = [group.code for group in catalogue.priorities if group.code in centre.priorities]
        followers = {follower for service in self.services.values() for follower in service.then}
        self.first = [code for code in self.services if code not in followers]  # what people come for by themselves
        self.sessions = hours.sessions(day)
        self.closing = hours.closing(day)
        self.chance = random.Random(f"{centre.code} {day}")  # noqa: S311 - a past that is made up, not a secret
        self.free = {counter.number: self.sessions[0][0] for counter in centre.counters}
        self.written: list[dict[str, Any]] = []

    def lines(self) -> Iterator[str]:
        """What became of everybody, by when they came."""
        queue = self._people()
        while queue:
            self._serve(heappop(queue), queue)
        for line in sorted(self.written, key=lambda line: (line["issued_at"], line["ticket"], line["service"])):
            yield _csv(line)

    def _people(self) -> list[_Person]:
        busy = _BY_WEEKDAY[self.day.weekday()] * self.chance.uniform(0.85, 1.15)
        counts: dict[str, int] = {}
        hours = self.chance.choices(list(_BY_HOUR), list(_BY_HOUR.values()), k=round(_PEOPLE_A_DAY * busy))
        came = sorted(self.hours.instant(self.day, 60 * hour) + self._within(3600) for hour in hours)
        return [self._person(at, counts) for at in came if self._worked(at) == at < self.closing - _LAST_TICKET]

    def _worked(self, at: datetime) -> datetime:
        """The first moment from `at` on at which somebody is called: not before opening, not in a break."""
        return next((max(at, start) for start, end in self.sessions if at < end), at)

    def _within(self, seconds: int) -> timedelta:
        return timedelta(seconds=self.chance.randrange(seconds))

    def _person(self, at: datetime, counts: dict[str, int]) -> _Person:
        first = self.chance.choice(self.first)
        series = self.services[first].series
        counts[series] = counts.get(series, 0) + 1
        services = [first, *(code for code in self.services[first].then if code in self.services)]
        channel = self.chance.choices(["kiosk", "web", "staff"], [78, 17, 5])[0]
        priority = self.chance.choice(self.groups) if self.groups and self.chance.random() < _PRIORITY_SHARE else None
        return _Person(at, ticket_number(series, counts[series]), at, services, channel, priority)

    def _serve(self, person: _Person, queue: list[_Person]) -> None:
        service, *later = person.services
        counters = [c.number for c in self.centre.counters if service in c.services]
        if not counters:
            return
        counter = min(counters, key=lambda number: (self.free[number], number))
        called = self._worked(max(self.free[counter], person.joined + self._within(40)) + self._within(25))
        if called >= self.closing > person.joined:
            self._write(person, service, "expired", self.closing)
        elif called - person.joined > _PATIENCE or self.chance.random() < _LEAVES:
            self._write(person, service, "left", person.joined + min(called - person.joined, _PATIENCE))
        elif self.chance.random() < _NO_SHOW:
            self.free[counter] = called + timedelta(minutes=2)
            self._write(person, service, "no_show", self.free[counter], called=called, counter=counter)
        else:
            started = called + timedelta(seconds=15) + self._within(60)
            ended = started + self._length(self.services[service])
            self.free[counter] = ended
            self._write(person, service, "finished", ended, called=called, started=started, counter=counter)
            if later:
                heappush(queue, _Person(ended, person.number, ended, later, person.channel, person.priority))

    def _length(self, service: CatalogueService) -> timedelta:
        return timedelta(seconds=round(service.expected_minutes * 60 * self.chance.lognormvariate(-0.12, 0.5)))

    def _write(
        self,
        person: _Person,
        service: str,
        outcome: str,
        ended: datetime,
        *,
        called: datetime | None = None,
        started: datetime | None = None,
        counter: int | None = None,
    ) -> None:
        line = {"ticket": person.number, "service": service, "issued_at": person.issued, "called_at": called}
        line |= {"started_at": started, "finished_at": ended, "counter": counter, "outcome": outcome}
        self.written.append({**line, "channel": person.channel, "priority": person.priority, "appointment_at": None})


def _csv(line: dict[str, Any]) -> str:
    text = io.StringIO()
    values = (line[column] for column in COLUMNS)
    csv.writer(text, lineterminator="").writerow(
        [value.isoformat() if isinstance(value, datetime) else "" if value is None else value for value in values]
    )
    return text.getvalue()
