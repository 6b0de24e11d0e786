"""Proving that the rows are what the log says: every open day is built again from its events and compared."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from commands.verify_appointments import appointments
from commands.verify_log import IN_CENTRE, IS_LIVE, CentreRow, counters, gaps, lost_time, shown, uneven_numbering
from commands.verify_visits import VisitCheck
from queueing.events import Kind
from store.centre import CentreInfo, read_centre
from store.queue import IS_WAITING
from store.tables import Centre, LogEvent, NumberCount, Ticket, TicketStep
from store.unit import Store

_CENTRES = select(Centre.id, Centre.code, Centre.seq, Centre.last_at, Centre.ended_on, Centre.waiting)


def verify(store: Store, code: str | None = None, *, all_days: bool = False) -> list[str]:
    """Every difference between rows and log, a sentence each; none when the log folds to the rows.

    Looks at every centre, or the one of that code; at the numbering of its whole log, at the visits of days that are
    not ended, and at those that still go on; with `all_days` at every visit, imported ones too. Reads one snapshot
    beside whoever writes.
    """
    centres = _CENTRES.order_by(Centre.code) if code is None else _CENTRES.where(Centre.code == code)
    with store.reading() as conn:
        return [
            f"{centre.code}: {difference}"
            for centre in conn.execute(centres).all()
            for difference in _differences(conn, centre, all_days=all_days)
        ]


def _differences(conn: Connection, row: CentreRow, *, all_days: bool) -> Iterator[str]:
    centre = read_centre(conn, row.id)
    ends = conn.execute(_DAYS_ENDED, {"centre": row.id}).all()
    ended_on = date.fromisoformat(ends[0].facts["day"]) if ends else None
    if row.ended_on != ended_on:
        yield f"ended_on is {row.ended_on} in the row, {ended_on} in the log"
    after, since = (date.min, 0) if all_days else _open_days(conn, centre, ends)
    yield from gaps(conn, row)
    yield from uneven_numbering(conn, row)
    yield from lost_time(conn, row, since)
    yield from counters(conn, row, since)
    yield from _waiting(conn, row)
    visits = VisitCheck(conn, centre, after, since)
    yield from visits.differences()
    yield from appointments(conn, row, centre, after, since)
    yield from _numbers_given_twice(conn, row, after)
    yield from _number_counts(conn, row, visits)


_DAYS_ENDED = (
    select(LogEvent.seq, LogEvent.facts)
    .where(IN_CENTRE, LogEvent.kind == Kind.DAY_ENDED.value)
    .order_by(LogEvent.seq.desc())
    .limit(2)
)
_FIRST_ACT = select(LogEvent.at).where(IN_CENTRE, IS_LIVE).order_by(LogEvent.seq).limit(1)


def _open_days(conn: Connection, centre: CentreInfo, ends: Sequence[Row[Any]]) -> tuple[date, int]:
    """The date after which days are open, and an event before which none of their tickets was issued.

    That is the end of the day before the last that was ended. A centre whose days were never ended has been open since
    its first act; what is earlier was imported.
    """
    if ends:
        return date.fromisoformat(ends[0].facts["day"]), ends[1].seq if len(ends) > 1 else 0
    first = conn.execute(_FIRST_ACT, {"centre": centre.id}).scalar()
    return (centre.hours.business_date(first) - timedelta(days=1) if first else date.max), 0


_WAITING = (
    select(TicketStep.service, func.count().label("people"))
    .where(TicketStep.centre_id == bindparam("centre"), IS_WAITING)
    .group_by(TicketStep.service)
)


def _waiting(conn: Connection, centre: CentreRow) -> Iterator[str]:
    real = {row.service: row.people for row in conn.execute(_WAITING, {"centre": centre.id})}
    for service in sorted(real.keys() | centre.waiting.keys()):
        said, there = centre.waiting.get(service, 0), real.get(service, 0)
        if said != there:
            yield f"waiting for {service} is {said} in the row, {there} steps are waiting"


_TWICE = (
    select(Ticket.number, Ticket.business_date, func.count().label("times"))
    .where(Ticket.centre_id == bindparam("centre"), Ticket.business_date > bindparam("after"))
    .group_by(Ticket.business_date, Ticket.number)
    .having(func.count() > 1)
    .order_by(Ticket.business_date, Ticket.number)
)


def _numbers_given_twice(conn: Connection, centre: CentreRow, after: date) -> Iterator[str]:
    """The database refuses it; this proves that it did."""
    for row in conn.execute(_TWICE, {"centre": centre.id, "after": after}):
        yield f"{row.number} of {row.business_date} was given {row.times} times"


_COUNTS = select(NumberCount.business_date, NumberCount.series, NumberCount.last).where(
    NumberCount.centre_id == bindparam("centre"), NumberCount.business_date > bindparam("after")
)


def _number_counts(conn: Connection, centre: CentreRow, visits: VisitCheck) -> Iterator[str]:
    """The next number of a series follows from its count: one too low would be given twice."""
    counts = conn.execute(_COUNTS, {"centre": centre.id, "after": visits.after})
    rows = {(day, series): last for day, series, last in counts}
    for day, series in sorted(rows.keys() | visits.counted):
        said, given = rows.get((day, series)), visits.highest.get((day, series), 0)
        if said != given:
            yield f"the last number of series {series} on {day} is {shown(said)} in its row, {given} was given"
