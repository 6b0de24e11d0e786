"""What can be booked and what is booked, day by day: the week that a manager looks at."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from queueing.slots import Slot
from store.appointments import taken
from store.centre import CentreInfo


@dataclass(frozen=True, slots=True)
class Time:
    """One start: the places that services have then, and how many of them are taken; by service in their order."""

    start: datetime
    places: dict[str, int]
    booked: dict[str, int]


@dataclass(frozen=True, slots=True)
class Day:
    """A date of the centre with its times in order."""

    day: date
    is_open: bool
    times: list[Time]

    @property
    def booked(self) -> int:
        """How many are booked on that day."""
        return sum(sum(time.booked.values()) for time in self.times)

    @property
    def places(self) -> int:
        """How many could be."""
        return sum(sum(time.places.values()) for time in self.times)


def timetable(
    conn: Connection, centre: CentreInfo, services: Collection[str], days: Iterable[date], now: datetime
) -> list[Day]:
    """The slots of these services on these days, past ones too: one statement."""
    by_day = {day: {code: centre.plan(code).slots(day) for code in services} for day in days}
    every = sorted((slot for slots in by_day.values() for own in slots.values() for slot in own), key=_start)
    given = taken(conn, centre.id, services, every, now)
    return [Day(day, bool(centre.hours.sessions(day)), _times(slots, given)) for day, slots in by_day.items()]


def _start(slot: Slot) -> datetime:
    return slot.start


def _times(slots: dict[str, list[Slot]], given: Counter[tuple[str, datetime]]) -> list[Time]:
    times: dict[datetime, Time] = {}
    for code, own in slots.items():
        for slot in own:
            time = times.setdefault(slot.start, Time(slot.start, {}, {}))
            time.places[code] = slot.places
            time.booked[code] = given[code, slot.start]
    return [times[start] for start in sorted(times)]
