"""What clerks wrote about a visit and what the person has given, for the clerk who sees the person next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, select

from store.tables import LogEvent, Note, Person

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


@dataclass(frozen=True, slots=True)
class Given:
    """What a person has given once: personal data, the case's reference, and the documents that staff have seen."""

    name: str | None = None
    phone: str | None = None
    reference: str | None = None
    documents: list[str] | None = None


_PERSON = select(Person.name, Person.phone, Person.reference, Person.documents).where(
    Person.ticket_id == bindparam("ticket")
)


def read_person(conn: Connection, ticket: int) -> Given:
    """What the person of a visit has given so far."""
    row = conn.execute(_PERSON, {"ticket": ticket}).one_or_none()
    return Given(*row) if row else Given()
