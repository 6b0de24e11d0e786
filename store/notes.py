"""What clerks wrote about a visit, for the clerk who sees the person next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, select

from store.tables import LogEvent, Note

LATEST_NOTES = 3

_NOTES = (
    select(Note.text, LogEvent.counter, LogEvent.at)
    .join(LogEvent, and_(LogEvent.centre_id == bindparam("centre"), LogEvent.seq == Note.event_seq))
    .where(Note.ticket_id == bindparam("ticket"))
    .order_by(Note.event_seq.desc())
    .limit(LATEST_NOTES)
)


@dataclass(frozen=True, slots=True)
class Written:
    """A note, and the counter at which it was written, if at one."""

    text: str
    counter: int | None
    at: datetime


def read_notes(conn: Connection, centre: int, ticket: int) -> list[Written]:
    """The latest notes about a visit, newest first."""
    return [Written(*row) for row in conn.execute(_NOTES, {"centre": centre, "ticket": ticket})]
