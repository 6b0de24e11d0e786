"""Erasing personal data when the centre keeps it no longer; visits, steps and the log stay, so every figure does."""

import logging
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from commands.paper import OLDEST_DAYS
from queueing.events import Kind
from store.board import read_head
from store.centre import CentreInfo
from store.changes import ERASED
from store.erasure import Erased, erase_day, last_erasure, log_began
from store.unit import Store, Unit

log = logging.getLogger("onedoor.housekeeping")
_DAY = timedelta(days=1)
# Paper tickets are entered days later, and a visit may outlive its day: such days are looked at again.
_ENTERED_LATE = timedelta(days=OLDEST_DAYS)


def erase_old(store: Store, code: str) -> Erased:
    """Erases what a centre keeps no longer, a day in each unit, and says in its log what that was.

    Of a visit its business date counts, of an appointment the day of its start: one still to come keeps all. Safe to
    repeat, and to be killed: the next run goes on where this one ended. Raises NotFound, Busy.
    """
    with store.reading() as conn:
        centre = read_head(conn, store.centres, code).info
        days = list(_due(conn, centre, store.clock.now()))
    total = Erased()
    for day in days:
        with store.unit(code, "erasing") as unit:
            total += _erase(unit, day, is_last=day == days[-1])
        time.sleep(0)  # SQLite never gives way by itself, and screens wait for the same thread
    if total.any():
        log.info("%s: erased up to %s: %s", code, days[-1], told(total))
    return total


def told(erased: Erased) -> str:
    """What was erased, in words for the console."""
    return ", ".join(f"{count} {kind}" for kind, count in erased.counts().items())


def _due(conn: Connection, centre: CentreInfo, now: datetime) -> Iterator[date]:
    """The days whose personal data is kept no longer; none when the last of them was erased before."""
    last = centre.hours.business_date(now) - centre.rules.retention - _DAY
    known, began = last_erasure(conn, centre.id), log_began(conn, centre.id)
    if began is None:
        return
    first = centre.hours.business_date(began) - _ENTERED_LATE
    if known is not None:
        done = date.fromisoformat(known.facts["day"])
        first = max(first, done - _ENTERED_LATE) if done < last else last + _DAY
    while first <= last:
        yield first
        first += _DAY


def _erase(unit: Unit, day: date, *, is_last: bool) -> Erased:
    """One day; a day without anything is told of only when it is the last one."""
    hours = unit.centre.hours
    span = hours.instant(day, 0), hours.instant(day + _DAY, 0)
    erased = erase_day(unit.conn, unit.centre.id, unit.centre.services, day, span)
    if erased.any() or is_last:
        unit.tell(Kind.CENTRE_UPDATED, live=False, what=ERASED, day=day.isoformat(), **erased.counts())
    return erased
