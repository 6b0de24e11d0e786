"""The times that a person can choose from: the soonest ones, a calendar of some weeks, and those of one day."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from flask import request
from pydantic import ValidationError
from sqlalchemy import Connection

from answers.appointments import Room, rooms
from answers.bodies import AskMove
from answers.tickets import local
from queueing.refusals import Invalid
from store.centre import CentreInfo

SOONEST = 3
WEEKS = 5  # of a calendar at once: a month at a glance
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Time:
    """A time with a free place; `wall` is what the clock in the centre will show."""

    start: str
    day: date
    wall: str
    free: int


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar. `free` is None where nothing is given: it is past, closed or too far ahead."""

    day: date
    free: int | None


@dataclass(frozen=True, slots=True)
class Times:
    """All of it. `day` is the one whose times are listed, `earlier` and `later` begin the other calendars."""

    soonest: list[Time]
    weeks: list[list[Day]]
    day: date | None
    of_day: list[Time]
    earlier: date | None
    later: date | None


def free_times(
    conn: Connection, centre: CentreInfo, service: str, now: datetime, *, day: date | None, week: date | None
) -> Times:
    """The free times of a service. `day` is whose times are asked for, `week` any day of the calendar's first week."""
    today = centre.hours.business_date(now)
    last = today + timedelta(days=centre.plan(service).days_ahead())
    found = rooms(conn, centre, service, (today, last), now)
    times = list(_times(centre, found))
    chosen = day if any(time.day == day for time in times) else next((time.day for time in times), None)
    begin, end = _monday(today), _monday(last) + _WEEK
    first = min(max(_monday(week or (chosen or today)), begin), end - _WEEK)
    first -= (first - begin) % (WEEKS * _WEEK)
    until = min(first + WEEKS * _WEEK, end)
    return Times(
        soonest=times[:SOONEST],
        weeks=_weeks(centre, found, first, until),
        day=chosen,
        of_day=[time for time in times if time.day == chosen],
        earlier=first - WEEKS * _WEEK if first > begin else None,
        later=until if until < end else None,
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(centre: CentreInfo, found: Sequence[Room], first: date, until: date) -> list[list[Day]]:
    free: Counter[date] = Counter()
    for slot, left in found:
        free[centre.hours.business_date(slot.start)] += left
    days = [first + timedelta(days=n) for n in range((until - first).days)]
    filled = [Day(day, free.get(day)) for day in days]
    return [filled[at : at + 7] for at in range(0, len(filled), 7)]


def _times(centre: CentreInfo, found: Sequence[Room]) -> Iterator[Time]:
    """Where a change of clocks shows the same hour twice, each says which one it is."""
    for day, there in groupby(found, key=lambda room: centre.hours.business_date(room.slot.start)):
        here = [(room, room.slot.start.astimezone(centre.zone)) for room in there]
        shown = Counter(f"{at:%H:%M}" for _room, at in here)
        for room, at in here:
            if room.free:
                wall = f"{at:%H:%M}" if shown[f"{at:%H:%M}"] == 1 else f"{at:%H:%M (%Z)}"
                yield Time(local(room.slot.start, centre.zone), day, wall, room.free)


def pressed_time() -> datetime:
    """The time that was pressed. Raises Invalid for what no button of ours says."""
    try:
        return AskMove.model_validate({"start": request.form.get("start", "")}).start
    except ValidationError as error:
        raise Invalid("start", "not-an-instant") from error
