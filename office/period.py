"""The period that a reader looks at: asked for by two dates in the address, or by a quick choice."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from queueing.refusals import Invalid

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Business dates, both included."""

    first: date
    last: date

    @property
    def before(self) -> "Period":
        """What it is compared with: the month before for (the beginning of) a month, else as many days before it."""
        if self.first.day == 1 and (self.first.year, self.first.month) == (self.last.year, self.last.month):
            last = self.first - _DAY
            whole = self.last == _end_of_month(self.last)
            return Period(last.replace(day=1), last if whole else last.replace(day=min(self.last.day, last.day)))
        return Period(self.first - (self.last - self.first) - _DAY, self.first - _DAY)


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def quick_choices(today: date) -> dict[str, Period]:
    """The periods that are one press away."""
    month = today.replace(day=1)
    last_month = (month - _DAY).replace(day=1)
    return {
        "today": Period(today, today),
        "week": Period(today - 6 * _DAY, today),
        "month": Period(month, today),
        "last-month": Period(last_month, month - _DAY),
    }


def asked_period(asked: Mapping[str, str], today: date) -> Period:
    """What the address asks for; the last seven days where it does not. Raises Invalid."""
    default = quick_choices(today)["week"]
    last = asked_day(asked, "to", default.last)
    first = asked_day(asked, "from", min(default.first, last))
    if last < first:
        raise Invalid("to", "dates-backwards")
    return Period(first, last)


def asked_day(asked: Mapping[str, str], name: str, default: date) -> date:
    """The date in an address, or the default. Raises Invalid."""
    text = asked.get(name)
    if not text:
        return default
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(name, "not-a-date") from error
    if len(text) != 10 or not 1900 < day.year < 9999:  # 20261124 is a date too, and what is before it must be one
        raise Invalid(name, "not-a-date")
    return day
