"""The end of a business day: who still waits expires, who was booked has missed it, idle counters close.

All of it at the day's own closing time.
"""

from datetime import date

from sqlalchemy import bindparam, select

from commands.appointments import mark_missed
from commands.counters import set_closed
from queueing.states import Act
from store.queue import IS_UNENDED, counters_now
from store.tables import Ticket, TicketStep
from store.unit import Unit

_UNENDED = (
    select(TicketStep.ticket_id, Ticket.business_date)
    .join(Ticket, Ticket.id == TicketStep.ticket_id)
    .where(
        TicketStep.centre_id == bindparam("centre"),
        IS_UNENDED,
        Ticket.business_date <= bindparam("day"),
    )
    .order_by(Ticket.business_date, TicketStep.joined_seq)
)


def end_past_days(unit: Unit) -> int:
    """Ends every business date whose closing has passed; returns how many visits expired.

    Called and served people are served to the end. Safe to repeat: a day that was ended changes nothing.
    """
    day = unit.centre.hours.last_ended(unit.now)
    expired = _expire(unit, day)
    if unit.ended_on is None or unit.ended_on < day:
        mark_missed(unit, day)
        _close_idle_counters(unit, day)
        if unit.announcements or unit.ended_on is not None or _had_a_day(unit, day):
            unit.end_day(day, unit.centre.hours.closing(day))
    return expired


def _had_a_day(unit: Unit, day: date) -> bool:
    """Whether anything happened by then at all: a new centre has no days to end."""
    return unit.last_at is not None and unit.centre.hours.business_date(unit.last_at) <= day


def _expire(unit: Unit, day: date) -> int:
    """A day's people expire at that day's own closing time; whoever came into a queue after it, at that moment."""
    rows = unit.conn.execute(_UNENDED, {"centre": unit.centre.id, "day": day}).all()
    for ticket, business_date in rows:
        visit = unit.visit(ticket)
        step = visit.step
        latest = max(filter(None, (unit.centre.hours.closing(business_date), step.queued_at, step.held_since)))
        unit.act(visit, Act.EXPIRE, at=latest)
    return len(rows)


def _close_idle_counters(unit: Unit, day: date) -> None:
    """A counter closes at the first closing after it was opened: a power cut may have lasted longer than a night."""
    for counter in counters_now(unit.conn, unit.centre):
        if counter.opened_at is None or counter.ticket is not None:
            continue
        closing = unit.centre.hours.closing_after(counter.opened_at)
        if closing <= unit.centre.hours.closing(day):
            set_closed(unit, counter.number, at=closing)
