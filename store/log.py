"""The event log, read: what happened to one ticket, and the latest at one counter."""

from typing import Any

from sqlalchemy import Connection, bindparam, select

from queueing.events import Event, Kind
from store.tables import LogEvent

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
