"""Opening hours: the business date, when tickets are given, and when a day ends, in the centre's own time zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = 24 * 60
_LOOK_AHEAD = 366  # days


class Closed(StrEnum):
    """Why no ticket is given at this moment."""

    HOURS = "hours"
    LUNCH = "lunch"
    LAST_TICKET = "last_ticket"
    PAUSED = "paused"  # a manager has stopped it for a while


@dataclass(frozen=True, slots=True)
class Lunch:
    """A break, in minutes since midnight; tickets for the time after it are given from `tickets_open`."""

    start: int
    end: int
    tickets_open: int


@dataclass(frozen=True, slots=True)
class Hours:
    """A centre's week: seven tuples of (from, until) in minutes since midnight, Monday first; 1440 is midnight.

    `early` has the minute at which the centre closes on some dates, whatever its week says.
    """

    zone: ZoneInfo
    week: tuple[tuple[tuple[int, int], ...], ...]
    lunch: Lunch | None = None
    holidays: frozenset[date] = frozenset()
    last_ticket_minutes: float = 0
    paused: bool = False
    early: Mapping[date, int] = field(default_factory=dict)

    def business_date(self, at: datetime) -> date:
        """The centre-local date of an instant."""
        return at.astimezone(self.zone).date()

    def instant(self, day: date, minute: int) -> datetime:
        """The UTC instant at which the clock on the wall first shows `minute` of `day`.

        A repeated minute counts the first time; one that a change of clocks skips is the moment of the change.
        """
        wall = datetime.combine(day, time(), self.zone) + timedelta(minutes=minute)
        while wall != wall.astimezone(UTC).astimezone(self.zone):  # a skipped minute does not come back as itself
            wall += timedelta(minutes=1)
        return wall.astimezone(UTC)

    def sessions(self, day: date) -> list[tuple[datetime, datetime]]:
        """The open intervals of `day` as UTC instants, in order; none on a holiday, none after an early closing."""
        return [(self.instant(day, start), self.instant(day, end)) for start, end in self._spans(day)]

    def _spans(self, day: date) -> list[tuple[int, int]]:
        if day in self.holidays:
            return []
        until = self.early.get(day, DAY)
        return [(start, min(end, until)) for start, end in self.week[day.weekday()] if start < until]

    def may_close(self, day: date, minute: int) -> bool:
        """Whether `minute` is an early closing: after the centre opens on `day`, and before its week closes it."""
        spans = self.week[day.weekday()]
        return day not in self.holidays and bool(spans) and spans[0][0] < minute < spans[-1][1]

    def is_open(self, at: datetime) -> bool:
        """Whether the centre is open at `at`."""
        return any(start <= at < end for start, end in self.sessions(self.business_date(at)))

    def closes_early(self, day: date) -> int | None:
        """The minute at which `day` ends, when that is before its week says."""
        minute = self.early.get(day)
        return minute if minute is not None and self.may_close(day, minute) else None

    def closing(self, day: date) -> datetime:
        """When `day` ends: at its early closing or with its last session; a day without any at its midnight.

        An early closing within a break ends the day at its own minute, not with the session before the break.
        """
        if not self._spans(day):
            return self.instant(day, DAY)
        return self.instant(day, min(self.week[day.weekday()][-1][1], self.early.get(day, DAY)))

    def closing_after(self, at: datetime) -> datetime:
        """When the day ends in which `at` stands; after its closing, the next day."""
        day = self.business_date(at)
        return self.closing(day) if at < self.closing(day) else self.closing(day + timedelta(days=1))

    def open_time_left(self, at: datetime) -> timedelta:
        """How long the centre is still open on the day of `at`, without breaks."""
        sessions = self.sessions(self.business_date(at))
        return sum((end - max(start, at) for start, end in sessions if at < end), timedelta())

    def refusal(self, at: datetime) -> Closed | None:
        """Why no ticket is given at `at`, or None when tickets are given."""
        day = self.business_date(at)
        sessions = self.sessions(day)
        if not sessions or not sessions[0][0] <= at < sessions[-1][1]:
            return Closed.HOURS
        if at >= sessions[-1][1] - timedelta(minutes=self.last_ticket_minutes):
            return Closed.LAST_TICKET
        in_break = None if any(start <= at < end for start, end in sessions) else self._in_break(day, at)
        return in_break or (Closed.PAUSED if self.paused else None)

    def _in_break(self, day: date, at: datetime) -> Closed | None:
        lunch = self.lunch
        if lunch is None or not self.instant(day, lunch.start) <= at < self.instant(day, lunch.end):
            return Closed.HOURS
        return Closed.LUNCH if at < self.instant(day, lunch.tickets_open) else None

    def tickets_again(self, at: datetime) -> datetime | None:
        """When tickets are given next, from `at` on; None when that is more than a year away."""
        if self.refusal(at) is None:
            return at
        today = self.business_date(at)
        for day in (today + timedelta(days=n) for n in range(_LOOK_AHEAD)):
            opens = [start for start, _end in self.sessions(day)]
            if self.lunch:
                opens.append(self.instant(day, self.lunch.tickets_open))
            for start in sorted(opens):
                if start > at and self.refusal(start) is None:
                    return start
        return None

    def tickets_on_a_later_day(self, at: datetime) -> datetime | None:
        """When tickets are given first on a day after that of `at`; None when that is more than a year away."""
        return self.tickets_again(self.instant(self.business_date(at) + timedelta(days=1), 0))

    def last_ended(self, at: datetime) -> date:
        """The latest date whose closing has passed at `at`."""
        today = self.business_date(at)
        return today if at >= self.closing(today) else today - timedelta(days=1)
