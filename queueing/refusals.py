"""What the rules refuse, as types that carry facts. The edges turn them into words and status codes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from queueing.hours import Closed


class Refused(Exception):
    """The rules said no and nothing was changed. `slug` names the rule; `facts` fill the sentence that explains it."""

    slug = "refused"

    def __init__(self, **facts: object) -> None:
        super().__init__(f"{self.slug}: {facts}")
        self.facts = facts


class WrongState(Refused):
    """The ticket's state forbids the act."""

    slug = "wrong-state"

    def __init__(self, number: str, state: str, act: str) -> None:
        super().__init__(number=number, state=state, act=act)


class CounterClosed(Refused):
    """The counter is not open."""

    slug = "counter-closed"

    def __init__(self, counter: int) -> None:
        super().__init__(counter=counter)


class CounterBusy(Refused):
    """Somebody is called to the counter or served there."""

    slug = "counter-busy"

    def __init__(self, counter: int, number: str) -> None:
        super().__init__(counter=counter, number=number)


class ServiceClosed(Refused):
    """The service gives no tickets now."""

    slug = "service-closed"

    def __init__(self, service: str) -> None:
        super().__init__(service=service)


class ServiceFull(ServiceClosed):
    """The service has given all the tickets that it may in a day; `again` is when it gives some on a later one."""

    def __init__(self, service: str, names: Mapping[str, str], again: datetime | None, today: date) -> None:
        super().__init__(service)
        self.names, self.again, self.today = names, again, today


class CentreClosed(Refused):
    """The centre gives no tickets now."""

    slug = "centre-closed"

    def __init__(self, why: Closed) -> None:
        super().__init__(why=why.value)


class RecallsUsedUp(Refused):
    """The person was called as often as the centre allows."""

    slug = "recalls-used-up"

    def __init__(self, number: str, times: int) -> None:
        super().__init__(number=number, times=times)


class RecallTooSoon(Refused):
    """The cool-down between two recalls is not over."""

    slug = "recall-too-soon"

    def __init__(self, number: str, until: datetime) -> None:
        super().__init__(number=number, until=until)


class GraceOver(Refused):
    """A no-show came back too late."""

    slug = "grace-over"

    def __init__(self, number: str, minutes: float) -> None:
        super().__init__(number=number, minutes=f"{minutes:g}")


class PassedAlready(Refused):
    """The person has let others go first once; the place is not moved again."""

    slug = "passed-already"

    def __init__(self, number: str) -> None:
        super().__init__(number=number)


class CameBackAlready(Refused):
    """The person has come back to this queue by themselves once; staff may bring them back again."""

    slug = "came-back-already"

    def __init__(self, number: str) -> None:
        super().__init__(number=number)


class NothingToUndo(Refused):
    """The last press at the counter is too long ago, is not one that can be undone, or something followed it."""

    slug = "nothing-to-undo"

    def __init__(self, counter: int) -> None:
        super().__init__(counter=counter)


class ClockBehind(Refused):
    """The machine's clock is behind what was already recorded."""

    slug = "clock-behind"

    def __init__(self, clock: datetime, last: datetime) -> None:
        super().__init__(clock=clock, last=last)


class KeyReused(Refused):
    """An idempotency key came again with another request."""

    slug = "idempotency-key-reused"


class RemoteFull(Refused):
    """No more people may join by phone from elsewhere now: places are kept for those in the building."""

    slug = "remote-full"


class RemoteDayFull(Refused):
    """The tickets that are given by phone on a day have all been given."""

    slug = "remote-day-full"


class RemoteTooLate(Refused):
    """Who is on the way would perhaps not be served before closing."""

    slug = "remote-too-late"


class SlotFull(Refused):
    """Every place of the slot is taken."""

    slug = "slot-full"


class SlotUnavailable(Refused):
    """No appointment is given at that time: there is no such slot, it is past, or the centre is closed."""

    slug = "slot-unavailable"


class HoldExpired(Refused):
    """The place was kept for ten minutes; nobody confirmed it in time."""

    slug = "hold-expired"


class NotConfirmed(Refused):
    """The place is kept, and not booked yet."""

    slug = "not-confirmed"


class TooEarly(Refused):
    """One may check in later; `start` is when, in the centre's own time."""

    slug = "too-early"

    def __init__(self, start: datetime) -> None:
        super().__init__(start=f"{start:%H:%M}")


class NotToday(Refused):
    """The appointment is on another day; `start` is in the centre's own time."""

    slug = "not-today"

    def __init__(self, start: datetime) -> None:
        super().__init__(day=start.date(), start=f"{start:%H:%M}")


class TooLateToChange(Refused):
    """Who has booked could move or cancel by themselves until `until`, which is in the centre's own time."""

    slug = "too-late-to-change"

    def __init__(self, until: datetime) -> None:
        super().__init__(day=until.date(), until=f"{until:%H:%M}")


class AppointmentMissed(Refused):
    """Nobody came to the appointment."""

    slug = "appointment-missed"


class AppointmentCancelled(Refused):
    """The appointment was cancelled."""

    slug = "appointment-cancelled"


class CheckedInAlready(Refused):
    """The appointment has become a ticket."""

    slug = "checked-in-already"

    def __init__(self, ticket: int | None) -> None:
        super().__init__()
        self.ticket = ticket


class Invalid(Exception):
    """What was asked for makes no sense: the field, and a reason code with facts for the sentence."""

    def __init__(self, field: str, reason: str, **facts: object) -> None:
        super().__init__(f"{field}: {reason} {facts}")
        self.field, self.reason, self.facts = field, reason, facts


class Mistakes(Exception):
    """Several things that make no sense, found together; nothing was changed."""

    def __init__(self, found: Sequence[Invalid]) -> None:
        super().__init__("; ".join(map(str, found)))
        self.found = found


class NotFound(Exception):
    """There is no such thing, or the asker may not know of it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
