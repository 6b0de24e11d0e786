"""Appointments: what becomes of one by time alone, and when somebody may check in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from queueing.hours import Hours
from queueing.refusals import (
    AppointmentCancelled,
    AppointmentMissed,
    CheckedInAlready,
    HoldExpired,
    NotConfirmed,
    NotToday,
    TooEarly,
    TooLateToChange,
)

HOLD = timedelta(minutes=10)  # a place is kept so long while somebody fills in the rest


class AppointmentState(StrEnum):
    """Where an appointment stands."""

    HELD = "held"
    BOOKED = "booked"
    CHECKED_IN = "checked_in"
    CANCELLED = "cancelled"
    MISSED = "missed"


_S = AppointmentState


@dataclass(frozen=True, slots=True)
class Appointment:
    """A place in a slot. `services` in the order of the visit; the first one's slot it is.

    `state` is what was written; what it is now follows from the clock (`state_at`). `place` is None once it is given
    back. `sequence` rises with each move, for calendars (RFC 5545). `moved_late`: it was moved after it was missed.
    """

    id: int
    reference: str
    services: tuple[str, ...]
    start: datetime
    end: datetime
    place: int | None
    state: AppointmentState
    language: str | None
    priority: str | None
    sequence: int
    moved_late: bool
    expires_at: datetime | None
    ticket: int | None


def is_live_hold(expires_at: datetime | None, now: datetime) -> bool:
    """Whether a hold still keeps its place at `now`."""
    return expires_at is not None and now < expires_at


def state_at(appointment: Appointment, hours: Hours, now: datetime) -> AppointmentState:
    """The state at `now`: a hold ends after its ten minutes, and who has not come by closing has missed it."""
    if appointment.state is _S.HELD and not is_live_hold(appointment.expires_at, now):
        return _S.CANCELLED
    if appointment.state is _S.BOOKED and now >= hours.closing(hours.business_date(appointment.start)):
        return _S.MISSED
    return appointment.state


def refuse_cancelled(appointment: Appointment, state: AppointmentState) -> None:
    """Raises AppointmentCancelled, or HoldExpired for one that was never confirmed in time."""
    if state is _S.CANCELLED:
        raise HoldExpired if appointment.expires_at is not None else AppointmentCancelled


def check_in_allowed(appointment: Appointment, hours: Hours, early: timedelta, now: datetime) -> None:
    """Raises the reason why nobody can check in with it now.

    That is from `early` before its start until the centre closes on its day: who comes late still comes.
    """
    state = state_at(appointment, hours, now)
    if state is _S.CHECKED_IN:
        raise CheckedInAlready(appointment.ticket)
    if state is _S.CANCELLED:
        raise AppointmentCancelled(held=appointment.expires_at is not None)
    if state is _S.MISSED:
        raise AppointmentMissed
    if state is _S.HELD:
        raise NotConfirmed
    if hours.business_date(now) != hours.business_date(appointment.start):
        raise NotToday(appointment.start.astimezone(hours.zone))
    if now < appointment.start - early:
        raise TooEarly((appointment.start - early).astimezone(hours.zone))


def move_allowed(appointment: Appointment, hours: Hours, now: datetime) -> None:
    """Raises the reason why its time can't be changed now; one that was missed may be moved once."""
    state = state_at(appointment, hours, now)
    refuse_cancelled(appointment, state)
    if state is _S.CHECKED_IN:
        raise CheckedInAlready(appointment.ticket)
    if state is _S.MISSED and appointment.moved_late:
        raise AppointmentMissed


def change_allowed(state: AppointmentState, until: datetime | None, zone: ZoneInfo, now: datetime) -> None:
    """Raises TooLateToChange where who has booked could move or cancel by themselves until `until` alone."""
    if state is _S.BOOKED and until is not None and now >= until:
        raise TooLateToChange(until.astimezone(zone))
