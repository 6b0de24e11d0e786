"""A past for the demonstration: four weeks of simulated visits, so that its figures can be looked at from the start.

The same days have the same visits on every machine. They come in as an older system's would: by the import.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

from commands.history import ImportReport, import_history
from config.catalogue_models import Catalogue
from config.catalogue_models import Centre as CatalogueCentre
from queueing.hours import Hours
from queueing.numbering import ticket_number
from queueing.order import OpenCounter
from queueing.simulation import Person, QueueRules, SimulatedStep, simulate_day
from queueing.traffic import Habits, Traffic, draw_counters, draw_people, ticket_times
from reports.visit_lines import COLUMNS
from store.unit import Store

DAYS = 28
_PEOPLE_A_DAY = 90
_BY_WEEKDAY = (1.25, 1.0, 0.9, 0.95, 1.1, 0.6, 0.6)  # how many come, beside the others
_HABITS = Habits(no_show=0.03, patience=150)
_CHANNELS = (("kiosk", "web", "staff"), (78, 17, 5))


def demo_past(store: Store, catalogue: Catalogue, code: str) -> ImportReport:
    """Gives a new centre four weeks before its today, as its catalogue describes it. Raises NotFound, Busy."""
    centre = next(centre for centre in catalogue.centres if centre.code == code)
    closed = frozenset(day.date for day in catalogue.holidays)
    last_ticket = centre.last_ticket_before_close_minutes
    hours = Hours(centre.timezone, centre.hours.days, holidays=closed, last_ticket_minutes=last_ticket)
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
    """One day at the centre, simulated: people come, wait, and are served by the rules of the queue."""

    def __init__(self, catalogue: Catalogue, centre: CatalogueCentre, hours: Hours, day: date) -> None:
        self.centre, self.hours, self.day = centre, hours, day
        self.services = {service.code: service for service in catalogue.services if service.code in centre.services}
        self.weights = {
            group.code: timedelta(minutes=group.weight_minutes)
            for group in catalogue.priorities
            if group.code in centre.priorities
        }
        self.chance = Random(f"{centre.code} {day}")  # noqa: S311 - a past that is made up, not a secret

    def lines(self) -> Iterator[str]:
        """What became of everybody, by when they came."""
        sessions = self.hours.sessions(self.day)
        traffic = self._traffic()
        people = draw_people(traffic, ticket_times(self.hours, self.day), sessions, self.chance)
        staffed = draw_counters(self._counters(), sessions, traffic.habits, self.chance)
        steps = simulate_day(people, staffed, self._rules(), closing=self.hours.closing(self.day))
        numbers = self._numbers(people)
        channels = {person.number: self.chance.choices(*_CHANNELS)[0] for person in people}
        for step in sorted(steps, key=lambda step: (step.joined_at, numbers[step.person.number], step.service)):
            yield _csv(step, numbers[step.person.number], channels[step.person.number])

    def _traffic(self) -> Traffic:
        """Nobody books yet. What takes long is wanted less often; what follows other services, never by itself."""
        served = {service for counter in self.centre.counters for service in counter.services}
        then = {code: [s for s in self.services[code].then if s in served] for code in self.services}
        followers = {follower for steps in then.values() for follower in steps}
        wanted = {
            code: 1 / self.services[code].expected_minutes for code in self.services if code in served - followers
        }
        people = _PEOPLE_A_DAY * _BY_WEEKDAY[self.day.weekday()] * self.chance.uniform(0.85, 1.15)
        return Traffic(
            people={code: people * part / sum(wanted.values()) for code, part in wanted.items()},
            minutes={code: service.expected_minutes for code, service in self.services.items()},
            then=then,
            bookable=frozenset(),
            groups=list(self.weights),
            habits=_HABITS,
        )

    def _counters(self) -> list[OpenCounter]:
        return [
            OpenCounter(c.number, frozenset(c.services), None if c.skills is None else frozenset(c.skills))
            for c in self.centre.counters
        ]

    def _rules(self) -> QueueRules:
        centre = self.centre
        return QueueRules(
            cap=timedelta(minutes=centre.max_credit_minutes),
            appointment=timedelta(minutes=centre.appointment_credit_minutes),
            late=timedelta(minutes=centre.appointment_late_minutes),
            weights=self.weights,
            targets={code: timedelta(minutes=service.target_minutes) for code, service in self.services.items()},
        )

    def _numbers(self, people: Iterable[Person]) -> dict[int, str]:
        counts: dict[str, int] = {}
        numbers = {}
        for person in people:
            series = self.services[person.services[0]].series
            counts[series] = counts.get(series, 0) + 1
            numbers[person.number] = ticket_number(series, counts[series])
        return numbers


def _csv(step: SimulatedStep, number: str, channel: str) -> str:
    text = io.StringIO()
    times = (step.joined_at, step.called_at, step.started_at, step.ended_at)
    written = [at.isoformat() if at else "" for at in times]
    values = [number, step.service, *written, step.counter, step.state, channel, step.person.group, None]
    csv.writer(text, lineterminator="").writerow(["" if value is None else str(value) for value in values])
    return text.getvalue()
