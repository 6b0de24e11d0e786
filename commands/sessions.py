"""Sessions of appointments: added, changed and removed; and no change of settings loses an appointment silently."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from commands.appointments import cancel, move
from commands.settings import update_centre
from commands.tickets import check_service
from queueing.hours import DAY
from queueing.orphans import ComingAppointment, NoLaterSlot, OrphansWaiting, without_slot
from queueing.refusals import Invalid, NotFound
from queueing.slots import Session, bookable
from store.appointments import coming_appointments, taken
from store.centre import CentreInfo
from store.ids import new_id
from store.sessions import delete_session, insert_session, update_session
from store.unit import Unit

_A_YEAR, _MOST_MINUTES = 366, 14 * DAY
# field: least, most
_NUMBERS = {
    "length": (5, 8 * 60),
    "capacity": (0, 999),
    "kept": (0, 100),
    "lead": (0, _MOST_MINUTES),
    "days_ahead": (0, _A_YEAR),
    "cut_off": (0, _MOST_MINUTES),
}


def add_sessions(unit: Unit, sessions: Iterable[Session]) -> None:
    """Adds sessions, of several weekdays at once perhaps; their ids are given here. Raises Invalid."""
    for session in sessions:
        if session.day is not None and not unit.today <= session.day <= unit.today + timedelta(days=_A_YEAR):
            raise Invalid("date", "not-a-date-ahead")
        added = replace(_checked(unit, session), id=new_id())
        insert_session(unit.conn, unit.centre.id, added)
        _told(unit, "session-added", added)


def change_session(unit: Unit, session: Session) -> bool:
    """Makes a session what is given; its day stays. Whether anything changed. Raises NotFound, Invalid."""
    old = _find(unit, session.id)
    changed = _checked(unit, replace(session, weekday=old.weekday, day=old.day))
    if changed == old:
        return False
    update_session(unit.conn, unit.centre.id, changed)
    _told(unit, "session-changed", changed)
    return True


def remove_session(unit: Unit, session: int) -> None:
    """Gives no appointments by that session any more. Raises NotFound."""
    old = _find(unit, session)
    delete_session(unit.conn, unit.centre.id, session)
    _told(unit, "session-removed", old)


def _find(unit: Unit, session: int) -> Session:
    found = next((one for one in unit.centre.sessions if one.id == session), None)
    if found is None:
        raise NotFound("session")
    return found


def _checked(unit: Unit, session: Session) -> Session:
    """The session with its services in the centre's order. Raises Invalid."""
    if (session.weekday is None) is (session.day is None):
        raise Invalid("date", "weekday-or-date")
    if not 0 <= session.start < session.end <= DAY:
        raise Invalid("from", "ends-before-it-begins")
    if not session.services:
        raise Invalid("services", "none-chosen")
    for code in session.services:
        check_service(unit, "services", code)
    _check_numbers(session)
    if any(one.id != session.id and one.meets(session) for one in unit.centre.sessions):
        raise Invalid("from", "sessions-meet")
    return replace(session, services=tuple(code for code in unit.centre.services if code in session.services))


def _check_numbers(session: Session) -> None:
    for field, (least, most) in _NUMBERS.items():
        number = getattr(session, field)
        if number is not None and not least <= number <= most:
            raise Invalid(field, "not-between", least=least, most=most)
    if session.length > session.end - session.start:
        raise Invalid("length", "longer-than-session")


def _told(unit: Unit, what: str, session: Session) -> None:
    day = session.day.isoformat() if session.day else None
    update_centre(unit, what=what, weekday=session.weekday, day=day, start=session.start, end=session.end)


class Fate(StrEnum):
    """What becomes of appointments without a slot."""

    MOVE = "move"  # each to the next free slot of its service
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody has decided for the appointments that they were shown."""

    fate: Fate
    shown: frozenset[int]


def appointments_without_slot(conn: Connection, centre: CentreInfo, now: datetime) -> list[ComingAppointment]:
    """The appointments to come that have no slot, or no place in it, by start and then by who booked first."""
    plans = {code: centre.plan(code) for code in centre.services}
    return without_slot(plans, coming_appointments(conn, centre.id, list(plans), now))


def _without_slot(unit: Unit) -> list[ComingAppointment]:
    return appointments_without_slot(unit.conn, unit.centre, unit.now)


def keep_appointments(unit: Unit, change: Callable[[Unit], Any], decided: Decision | None) -> None:
    """Changes settings; the appointments that lose their slot by it are moved or cancelled, as was decided.

    Raises what the change raises, NoLaterSlot, and OrphansWaiting with the appointments when nobody has decided, or
    when some of them were not shown to who did.
    """
    before = {one.id for one in _without_slot(unit)}
    change(unit)
    _settle(unit, [one for one in _without_slot(unit) if one.id not in before], decided)


def settle_appointments(unit: Unit, decided: Decision | None) -> None:
    """Moves or cancels those without a slot that somebody has chosen. Raises NoLaterSlot, OrphansWaiting."""
    lost = _without_slot(unit)
    _settle(unit, [one for one in lost if one.id in decided.shown] if decided else lost, decided)


def _settle(unit: Unit, lost: Sequence[ComingAppointment], decided: Decision | None) -> None:
    if not lost:
        return
    if decided is None or not decided.shown.issuperset(one.id for one in lost):
        raise OrphansWaiting(lost)
    for one in lost:
        if decided.fate is Fate.CANCEL or one.held:  # who still fills in the form chooses again
            cancel(unit, one.id, by_staff=True)
    if decided.fate is Fate.MOVE:
        _move(unit, [one for one in lost if not one.held])


def _move(unit: Unit, lost: Sequence[ComingAppointment]) -> None:
    for service in {one.service: None for one in lost}:
        of_service = [one for one in lost if one.service == service]
        first = unit.centre.hours.business_date(of_service[0].start)
        slots = bookable(unit.centre.plan(service), first, first.max, unit.now)
        given = taken(unit.conn, unit.centre.id, [service], slots, unit.now)
        for one in of_service:
            free = (slot for slot in slots if slot.start > one.start and given[service, slot.start] < slot.places)
            slot = next(free, None)
            if slot is None:
                raise NoLaterSlot(one.reference)
            given[service, slot.start] += 1
            move(unit, one.id, slot.start, by_staff=True)
