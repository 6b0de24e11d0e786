"""Slots: the times that can be booked, derived from sessions and opening hours and never stored."""

from collections.abc import Iterator, Sequence
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
class Session:
    """When some services can be booked, and by how many people: on a weekday (ISO: Monday is 1), or on one date.

    Those of a date stand in place of all else that their services give on it. `start` and `end` are minutes since
    midnight, `length` to `cut_off` minutes or days; each service has the capacity for itself.
    """

    id: int
    weekday: int | None
    day: date | None
    start: int
    end: int
    services: tuple[str, ...]
    length: int
    capacity: int  # people for whom the counters have time in one slot; with none there is no slot
    kept: int = 0  # percent of them, for people who come without an appointment
    lead: int = 0  # so long before it begins, a slot can no longer be booked
    days_ahead: int | None = None  # how far ahead it can be booked; none: as far as the centre says
    cut_off: int = 0  # so long before it begins, who has booked can no longer move or cancel by themselves

    @property
    def places(self) -> int:
        """How many can book one slot: what is not kept, and no part of a person."""
        return self.capacity * (100 - self.kept) // 100

    def meets(self, other: "Session") -> bool:
        """Whether some service would have two slots at the same time."""
        same_day = (self.weekday, self.day) == (other.weekday, other.day)
        shared = not set(self.services).isdisjoint(other.services)
        return same_day and shared and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked, as UTC instants, and by how many; of a session, unless the centre's hours gave it."""

    start: datetime
    end: datetime
    places: int
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """When one service can be booked: on a date in that date's sessions, else in the weekday's.

    A service without sessions of weekdays has all opening hours instead, with `capacity` places in a slot.
    """

    hours: Hours
    rules: BookingRules
    capacity: int
    sessions: tuple[Session, ...] = ()

    def slots(self, day: date) -> list[Slot]:
        """The slots of a day in order: whole ones alone, within its opening hours."""
        weekly = self._weekly
        of_date = [session for session in self.sessions if session.day == day]
        if not of_date and not weekly:
            spans = cut(self.hours.sessions(day), self.rules.length) if self.capacity else ()
            return [Slot(*span, self.capacity) for span in spans]
        sessions = of_date or [session for session in weekly if session.weekday == day.isoweekday()]
        found = [slot for session in sessions if session.places for slot in self._cut(session, day)]
        return sorted(found, key=lambda slot: slot.start)

    @property
    def _weekly(self) -> list[Session]:
        return [session for session in self.sessions if session.day is None]

    def _cut(self, session: Session, day: date) -> Iterator[Slot]:
        begins, ends = self.hours.instant(day, session.start), self.hours.instant(day, session.end)
        spans = [(max(opens, begins), min(closes, ends)) for opens, closes in self.hours.sessions(day)]
        for start, end in cut(spans, timedelta(minutes=session.length)):
            yield Slot(start, end, session.places, session)

    def at(self, start: datetime) -> Slot | None:
        """The slot that begins at `start`, past ones too."""
        return next((slot for slot in self.slots(self.hours.business_date(start)) if slot.start == start), None)

    def change_until(self, start: datetime) -> datetime | None:
        """Until when who has booked the slot may move or cancel by themselves; None where it is never too late."""
        slot = self.at(start)
        cut_off = slot.session.cut_off if slot is not None and slot.session is not None else 0
        return start - timedelta(minutes=cut_off) if cut_off else None

    def may_book(self, slot: Slot, now: datetime) -> bool:
        """Whether it is still time to book a slot, and time already."""
        lead = timedelta(minutes=slot.session.lead) if slot.session else timedelta()
        days = self.hours.business_date(slot.start) - self.hours.business_date(now)
        return slot.start > now + lead and days <= timedelta(days=self._ahead(slot.session))

    def _ahead(self, session: Session | None) -> int:
        own = session.days_ahead if session else None
        return self.rules.days_ahead if own is None else own

    def days_ahead(self) -> int:
        """How many days ahead anything can be booked."""
        return max(map(self._ahead, self.sessions if self._weekly else (*self.sessions, None)))


def cut(spans: Sequence[tuple[datetime, datetime]], length: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """Pieces of that length, as many as each span has whole, from its beginning.

    They follow each other in real time: of an hour that a change of clocks skips there is none, and in one that it
    repeats there are those of both passes.
    """
    for opens, closes in spans:
        start = opens
        while start + length <= closes:
            yield start, start + length
            start += length


def bookable(plan: Plan, first: date, last: date, now: datetime) -> list[Slot]:
    """The slots from `first` to `last` (both centre-local dates, with them) that can be booked now, in order."""
    today = plan.hours.business_date(now)
    begin, end = max(first, today), min(last, today + timedelta(days=plan.days_ahead()))
    days = (begin + timedelta(days=n) for n in range((end - begin).days + 1))
    return [slot for day in days for slot in plan.slots(day) if plan.may_book(slot, now)]


def find_slot(plan: Plan, start: datetime, now: datetime) -> Slot | None:
    """The slot that begins at `start`; None where there is none, it is too late for it, or it is too far ahead."""
    slot = plan.at(start)
    return slot if slot is not None and plan.may_book(slot, now) else None
