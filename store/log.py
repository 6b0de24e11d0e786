"""The event log, read: what happened to one ticket, the latest at one counter, and who was called out of turn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, literal, or_, select

from queueing.events import Event, Kind
from store.tables import LogEvent, Note, Ticket

# A press is three events at most: the person's serving, its end, and the next call.
_LONGEST_PRESS = 4
_EVENTS = select(LogEvent.__table__)
_OF_TICKET = _EVENTS.where(LogEvent.ticket_id == bindparam("ticket")).order_by(LogEvent.ticket_seq)
_AT_COUNTER = (
    _EVENTS.where(LogEvent.centre_id == bindparam("centre"), LogEvent.counter == bindparam("counter"))
    .order_by(LogEvent.counter_seq.desc())
    .limit(_LONGEST_PRESS)
)


def event_of(row: Any) -> Event:
    """A row of the log as an event. Raises ValueError for an unknown kind."""
    return Event(
        seq=row.seq,
        kind=Kind(row.kind),
        at=row.at,
        recorded_at=row.recorded_at,
        ticket=row.ticket_id,
        ticket_seq=row.ticket_seq,
        counter=row.counter,
        counter_seq=row.counter_seq,
        actor=row.actor,
        facts=row.facts,
    )


def ticket_events(conn: Connection, ticket: int) -> list[Event]:
    """All that happened to a ticket, in order."""
    return [event_of(row) for row in conn.execute(_OF_TICKET, {"ticket": ticket})]


def last_press(conn: Connection, centre: int, counter: int) -> list[Event]:
    """The events of the last press at a counter, newest first: one after the other in the log, at one instant."""
    events = [event_of(row) for row in conn.execute(_AT_COUNTER, {"centre": centre, "counter": counter})]
    return [
        event
        for back, event in enumerate(events)
        if (event.seq + back, event.recorded_at, event.actor) == (events[0].seq, events[0].recorded_at, events[0].actor)
    ]


_CALLED = (
    select(LogEvent.seq, LogEvent.kind, LogEvent.at, LogEvent.actor, LogEvent.counter, LogEvent.facts)
    .add_columns(Ticket.number, Note.text)
    .join(Ticket, Ticket.id == LogEvent.ticket_id)
    .outerjoin(Note, and_(Note.ticket_id == LogEvent.ticket_id, Note.event_seq == LogEvent.seq))
    .where(
        LogEvent.centre_id == bindparam("centre"),
        or_(
            LogEvent.kind == literal(Kind.CALLED.value, literal_execute=True),
            LogEvent.kind == literal(Kind.UNDONE.value, literal_execute=True),
        ),
        LogEvent.at >= bindparam("since"),
    )
    .order_by(LogEvent.seq.desc())
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Somebody who was called before those who were next, by whom, and the reason that was given."""

    at: datetime
    actor: str | None
    counter: int
    number: str
    reason: str | None


def read_chosen(conn: Connection, centre: int, since: datetime) -> list[Chosen]:
    """Who was called out of turn from an instant on, the latest first; what was undone is no call."""
    rows = conn.execute(_CALLED, {"centre": centre, "since": since}).all()
    undone = {row.facts["seq"] for row in rows if row.kind == Kind.UNDONE}
    chosen = [row for row in rows if row.facts.get("chosen") and row.seq not in undone]
    return [Chosen(row.at, row.actor, row.counter, row.number, row.text) for row in chosen]


_LAST_PAUSE = (
    select(LogEvent.facts)
    .where(
        LogEvent.centre_id == bindparam("centre"),
        LogEvent.counter == bindparam("counter"),
        LogEvent.kind == Kind.COUNTER_PAUSED.value,
    )
    .order_by(LogEvent.counter_seq.desc())
    .limit(1)
)


def break_reason(conn: Connection, centre: int, counter: int) -> str | None:
    """The reason of a counter's last break, if one was given."""
    facts = conn.execute(_LAST_PAUSE, {"centre": centre, "counter": counter}).scalar()
    return facts.get("reason") if facts else None
