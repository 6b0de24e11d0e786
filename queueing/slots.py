"""Slots: the times that can be booked, derived from opening hours and never stored, so that no change orphans one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from queueing.hours import Hours


@dataclass(frozen=True, slots=True)
class BookingRules:
    """How a centre gives appointments: the length of a slot, how far ahead, and when one may check in."""

    length: timedelta
    days_ahead: int
    early: timedelta  # how long before its time a person may check in


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked, as UTC instants."""

    start: datetime
    end: datetime


def slots_of_day(hours: Hours, day: date, length: timedelta) -> Iterator[Slot]:
    """The slots of a day in order: whole ones alone, within its opening hours.

    They follow each other in real time: of an hour that a change of clocks skips there is none, and in one that it
    repeats there are those of both passes.
    """
    for opens, closes in hours.sessions(day):
        start = opens
        while start + length <= closes:
            yield Slot(start, start + length)
            start += length


def bookable(hours: Hours, rules: BookingRules, first: date, last: date, now: datetime) -> list[Slot]:
    """The slots from `first` to `last` (both centre-local dates, with them) that are still to come, in order."""
    today = hours.business_date(now)
    begin, end = max(first, today), min(last, today + timedelta(days=rules.days_ahead))
    days = (begin + timedelta(days=n) for n in range((end - begin).days + 1))
    return [slot for day in days for slot in slots_of_day(hours, day, rules.length) if slot.start > now]


def find_slot(hours: Hours, rules: BookingRules, start: datetime, now: datetime) -> Slot | None:
    """The slot that begins at `start`; None where there is none, it has begun, or it is too far ahead."""
    day = hours.business_date(start)
    return next((slot for slot in bookable(hours, rules, day, day, now) if slot.start == start), None)
