"""What a manager changes in a centre: notice, ticketing, services, counters, hours. Screens learn of each by an event.

Setting what is so already changes nothing. A re-seed sets again what the catalogue says: services, counters, hours and
holidays; the notice, a stop of ticketing and early closings are the manager's alone and stay.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update

from commands.counters import close_counter, find_counter
from commands.tickets import check_service
from queueing.events import Kind
from queueing.hours import DAY, Lunch
from queueing.refusals import CounterBusy, Invalid, NotFound
from store.centre import read_centre
from store.queue import sent_to
from store.tables import Centre, CentreProfile, Counter, EarlyClosing, Holiday, Service
from store.unit import Unit

LONGEST_NOTICE = 300
LONGEST_NAME = 100
MOST_A_DAY = 9999
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f]")

Span = tuple[int, int]


def update_centre(unit: Unit, kind: Kind = Kind.CENTRE_UPDATED, **facts: Any) -> None:
    """Every process reads the settings anew, and the screens are told. Only a notice is an act of the day."""
    centre = unit.centre.id
    unit.conn.execute(update(Centre).where(Centre.id == centre).values(version=Centre.version + 1))
    unit.centre = read_centre(unit.conn, centre)
    unit.tell(kind, live=kind is Kind.NOTICE, **facts)


def set_notice(unit: Unit, texts: Mapping[str, str]) -> bool:
    """Puts a notice on the waiting room's screens; empty texts take it away. Whether anything changed.

    Raises Invalid.
    """
    notice = {lang: text.strip() for lang, text in texts.items() if text.strip()}
    for lang, text in notice.items():
        if lang not in unit.centre.languages:
            raise Invalid("notice", "unknown", value=lang)
        _check_text(f"notice-{lang}", text, most=LONGEST_NOTICE)
    if notice == dict(unit.centre.notice or {}):
        return False
    _set_profile(unit, notice=notice or None)
    update_centre(unit, Kind.NOTICE, notice=notice)
    return True


def _check_text(field: str, text: str, *, most: int) -> None:
    if len(text) > most:
        raise Invalid(field, "too-long", most=most)
    if _UNSEEN.search(text):
        raise Invalid(field, "bad-value")


def _set_profile(unit: Unit, **columns: Any) -> None:
    unit.conn.execute(update(CentreProfile).where(CentreProfile.centre_id == unit.centre.id).values(columns))


def stop_ticketing(unit: Unit) -> bool:
    """Gives no tickets until it is resumed; who waits is called as before. Whether anything changed."""
    return _set_ticketing(unit, paused=True)


def resume_ticketing(unit: Unit) -> bool:
    """Gives tickets again, within the opening hours. Whether anything changed."""
    return _set_ticketing(unit, paused=False)


def _set_ticketing(unit: Unit, *, paused: bool) -> bool:
    if unit.centre.hours.paused is paused:
        return False
    _set_profile(unit, paused=paused)
    update_centre(unit, what="ticketing", on=not paused)
    return True


def switch_service(unit: Unit, code: str, *, on: bool) -> bool:
    """Gives tickets for a service, or none; who waits for it is served. Whether anything changed. Raises NotFound."""
    service = unit.centre.services.get(code)
    if service is None:
        raise NotFound("service")
    if service.enabled is on:
        return False
    here = Service.centre_id == unit.centre.id, Service.code == code
    unit.conn.execute(update(Service).where(*here).values(enabled=on))
    update_centre(unit, what="service", service=code, on=on)
    return True


def set_daily_limit(unit: Unit, code: str, limit: int | None) -> bool:
    """Gives so many tickets a day for a service, or as many as come; tickets that were given stay given.

    Whether anything changed. Raises NotFound, Invalid.
    """
    service = unit.centre.services.get(code)
    if service is None:
        raise NotFound("service")
    if limit is not None and not 1 <= limit <= MOST_A_DAY:
        raise Invalid("limit", "not-a-limit", most=MOST_A_DAY)
    if service.daily_limit == limit:
        return False
    here = Service.centre_id == unit.centre.id, Service.code == code
    unit.conn.execute(update(Service).where(*here).values(daily_limit=limit))
    update_centre(unit, what="daily-limit", service=code, limit=limit)
    return True


def switch_counter(unit: Unit, number: int, *, on: bool) -> bool:
    """Shows a counter, or takes it away, closed. Whether anything changed.

    Raises NotFound, and CounterBusy while somebody is there or waits for this counter alone.
    """
    counter = unit.centre.counters.get(number)
    if counter is None:
        raise NotFound("counter")
    if counter.enabled is on:
        return False
    if not on:
        _refuse_needed(unit, number)
        close_counter(unit, number)
    _set_counter(unit, number, enabled=on)
    update_centre(unit, what="counter", place=number, on=on)
    return True


def _refuse_needed(unit: Unit, number: int) -> None:
    sent = sent_to(unit.conn, unit.centre.id, number)
    if sent:
        raise CounterBusy(number, unit.visit(sent[0]).number)


def _set_counter(unit: Unit, number: int, **columns: Any) -> None:
    here = Counter.centre_id == unit.centre.id, Counter.number == number
    unit.conn.execute(update(Counter).where(*here).values(columns))


def set_counter_services(unit: Unit, number: int, services: Sequence[str]) -> bool:
    """What a counter serves from now on, unless its clerk has chosen otherwise until it closes.

    Whether anything changed. Raises NotFound, Invalid.
    """
    find_counter(unit, number)
    if not services:
        raise Invalid("services", "none-chosen")
    for code in services:
        check_service(unit, "services", code)
    chosen = [code for code in unit.centre.services if code in services]
    if set(chosen) == set(unit.centre.counters[number].services):
        return False
    _set_counter(unit, number, services=chosen)
    update_centre(unit, what="counter-services", place=number, services=chosen)
    return True


def set_hours(unit: Unit, week: Sequence[Sequence[Span]], lunch: Lunch | None) -> bool:
    """The opening hours of each weekday, Monday first, in minutes since midnight, and the break.

    Whether anything changed. Raises Invalid.
    """
    for day, spans in zip(WEEKDAYS, week, strict=True):
        _check_spans(day, spans)
    if lunch is not None:
        _check_lunch(lunch)
    hours = unit.centre.hours
    if tuple(map(tuple, week)) == hours.week and lunch == hours.lunch:
        return False
    _set_profile(unit, week=[[list(span) for span in day] for day in week], lunch=_break(unit, lunch))
    update_centre(unit, what="hours")
    return True


def _check_spans(day: str, spans: Sequence[Span]) -> None:
    if any(not 0 <= start < end <= DAY for start, end in spans):
        raise Invalid(day, "ends-before-it-begins")
    if any(start < end for (_, end), (start, _) in pairwise(spans)):
        raise Invalid(day, "hours-overlap")


def _check_lunch(lunch: Lunch) -> None:
    if not 0 <= lunch.start < lunch.end <= DAY:
        raise Invalid("lunch", "ends-before-it-begins")
    if not lunch.start <= lunch.tickets_open <= lunch.end:
        raise Invalid("lunch", "not-in-the-break")


def _break(unit: Unit, lunch: Lunch | None) -> dict[str, Any] | None:
    """The break as the catalogue's; it keeps its name."""
    if lunch is None:
        return None
    kept = select(CentreProfile.lunch).where(CentreProfile.centre_id == unit.centre.id)
    old = unit.conn.execute(kept).scalar() or {"names": {}}
    return {**old, "start": lunch.start, "end": lunch.end, "tickets_open": lunch.tickets_open}


def add_holiday(unit: Unit, day: date, names: Mapping[str, str]) -> bool:
    """Closes the centre on a date; a date that is closed already gets the name. Whether anything changed.

    Raises Invalid for a day that is past.
    """
    named = {lang: text.strip() for lang, text in names.items() if text.strip() and lang in unit.centre.languages}
    for lang, text in named.items():
        _check_text(f"name-{lang}", text, most=LONGEST_NAME)
    if day < unit.today:
        raise Invalid("day", "day-is-past")
    old = unit.conn.execute(select(Holiday.names).where(*_on(unit, day))).scalar()
    if old == named:
        return False
    if old is None:
        unit.conn.execute(insert(Holiday), {"centre_id": unit.centre.id, "day": day, "names": named})
    else:
        unit.conn.execute(update(Holiday).where(*_on(unit, day)).values(names=named))
    update_centre(unit, what="holiday", day=day.isoformat(), on=True)
    return True


def remove_holiday(unit: Unit, day: date) -> bool:
    """Opens the centre on a date as on any other of its weekday. Whether anything changed."""
    if unit.conn.execute(delete(Holiday).where(*_on(unit, day))).rowcount == 0:
        return False
    update_centre(unit, what="holiday", day=day.isoformat(), on=False)
    return True


def _on(unit: Unit, day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Holiday.centre_id == unit.centre.id, Holiday.day == day


def close_early(unit: Unit, day: date, minute: int) -> bool:
    """Closes the centre on a date at `minute` (since midnight): who still waits then expires. Whether anything changed.

    A date that closes early already gets the new time. Raises Invalid for a time that is past or not within the hours.
    """
    _refuse_ended(unit, day)
    hours = unit.centre.hours
    if not hours.may_close(day, minute):
        raise Invalid("early", "not-open-then")
    if hours.instant(day, minute) <= unit.now:
        raise Invalid("early", "time-is-past")
    if hours.early.get(day) == minute:
        return False
    _forget_early(unit, day)
    unit.conn.execute(insert(EarlyClosing), {"centre_id": unit.centre.id, "day": day, "minute": minute})
    update_centre(unit, what="early-closing", day=day.isoformat(), minute=minute)
    return True


def remove_early_closing(unit: Unit, day: date) -> bool:
    """Closes the centre on a date at its usual time. Whether anything changed. Raises Invalid once it has closed."""
    if day not in unit.centre.hours.early:
        return False
    _refuse_ended(unit, day)
    _forget_early(unit, day)
    update_centre(unit, what="early-closing", day=day.isoformat(), minute=None)
    return True


def _refuse_ended(unit: Unit, day: date) -> None:
    """Whoever waited was told and sent home: a day that was ended does not begin again."""
    if day < unit.today:
        raise Invalid("early", "day-is-past")
    if unit.ended_on is not None and day <= unit.ended_on:
        raise Invalid("early", "day-has-ended")


def _forget_early(unit: Unit, day: date) -> None:
    here = EarlyClosing.centre_id == unit.centre.id, EarlyClosing.day == day
    unit.conn.execute(delete(EarlyClosing).where(*here))
