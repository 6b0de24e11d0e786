"""The outbox: messages as rows, claimed by one worker at a time. No name, address or text of anybody is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from queueing.messages import MessageKind, MessageState
from store.ids import new_id
from store.queue import IS_WAITING
from store.tables import Appointment, Booker, Centre, Message, Person, Ticket, TicketStep

_LATEST = 100
_FEWEST_DIGITS = 7
# The literal lets both planners prove that the partial index holds all rows asked for.
_TO_SEND = Message.state == literal(MessageState.WAITING.value, literal_execute=True)
_DUE = and_(_TO_SEND, Message.due_at <= bindparam("now"))
_ANY_DUE = select(Message.id).where(_DUE).limit(1)
# Looked up row by row: for a join a database may read all that there ever was.
_CENTRE = select(Centre.code).where(Centre.id == Message.centre_id).scalar_subquery()
_NEXT_DUE = (
    select(
        Message.id, Message.kind, Message.appointment_id, Message.sequence, Message.ticket_id, Message.tries, _CENTRE
    )
    .where(_DUE)
    .order_by(Message.due_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_BOOKER = select(Booker.phone, Booker.email).where(Booker.appointment_id == bindparam("appointment"))
_PHONE = select(Person.phone).where(Person.ticket_id == bindparam("ticket"))
_GAVE_PHONE = select(Person.phone).where(Person.ticket_id == TicketStep.ticket_id).scalar_subquery().is_not(None)
_UNTOLD = (
    select(Message.id)
    .where(Message.ticket_id == TicketStep.ticket_id, Message.kind == MessageKind.NEAR_TURN.value)
    .scalar_subquery()
    .is_(None)
)
_CODE = select(Centre.code).where(Centre.id == TicketStep.centre_id).scalar_subquery()
_WAIT_UNTOLD = select(_CODE, TicketStep.ticket_id).where(IS_WAITING, _GAVE_PHONE, _UNTOLD)
_REFERENCE = select(Appointment.reference).where(Appointment.id == Message.appointment_id).scalar_subquery()
_NUMBER = select(Ticket.number).where(Ticket.id == Message.ticket_id).scalar_subquery()
_OF_CENTRE = (
    select(Message.id, Message.kind, Message.state, Message.tried_at, Message.due_at, Message.tries, Message.why)
    .add_columns(_REFERENCE, _NUMBER)
    .where(Message.centre_id == bindparam("centre"), Message.tried_at.is_not(None))
    .order_by(Message.tried_at.desc(), Message.id.desc())
    .limit(_LATEST)
)
# The sum keeps both planners from the index of all that a centre ever sent.
_COUNT_TO_SEND = select(func.count()).select_from(Message).where(_TO_SEND, Message.centre_id + 0 == bindparam("centre"))
_PUT: dict[str, Any] = {
    "sqlite": sqlite.insert(Message).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(Message).on_conflict_do_nothing(),
}


class Addresses(NamedTuple):
    """By what somebody can be told."""

    phone: str | None = None
    email: str | None = None

    @property
    def given(self) -> frozenset[str]:
        """The names of those that were given. A number as short as the police's is nobody's own."""
        phone = sum(letter.isdigit() for letter in self.phone or "") >= _FEWEST_DIGITS
        return frozenset(name for name, there in (("phone", phone), ("email", bool(self.email))) if there)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that one worker sends now; it is the `tries`-th try."""

    id: int
    kind: MessageKind
    appointment: int | None
    sequence: int | None
    ticket: int | None
    tries: int
    centre: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message as the office sees it: what it was about, and how far it is."""

    id: int
    kind: str
    state: str
    tried_at: datetime
    due_at: datetime
    tries: int
    why: str | None
    reference: str | None
    number: str | None


def read_booker(conn: Connection, appointment: int) -> Addresses:
    """By what the booker of an appointment can be told."""
    row = conn.execute(_BOOKER, {"appointment": appointment}).first()
    return Addresses(*row) if row else Addresses()


def read_holder(conn: Connection, ticket: int) -> Addresses:
    """By what the holder of a ticket can be told."""
    return Addresses(conn.execute(_PHONE, {"ticket": ticket}).scalar())


def put_message(
    conn: Connection,
    centre: int,
    kind: MessageKind,
    *,
    now: datetime,
    due: datetime,
    appointment: int | None = None,
    sequence: int | None = None,
    ticket: int | None = None,
) -> None:
    """Writes a message to be sent at `due`; one that is there already stays as it is."""
    row = {
        "id": new_id(),
        "centre_id": centre,
        "kind": kind.value,
        "appointment_id": appointment,
        "sequence": sequence,
        "ticket_id": ticket,
        "state": MessageState.WAITING.value,
        "made_at": now,
        "due_at": due,
        "tries": 0,
    }
    conn.execute(_PUT[conn.dialect.name], row)


def any_due(conn: Connection, now: datetime) -> bool:
    """Whether a message is to be sent now."""
    return conn.execute(_ANY_DUE, {"now": now}).first() is not None


def claim_message(conn: Connection, now: datetime, until: datetime) -> Claimed | None:
    """The message that is due first and that nobody else sends; nobody takes it again before `until`."""
    row = conn.execute(_NEXT_DUE, {"now": now}).first()
    if row is None:
        return None
    message, kind, appointment, sequence, ticket, tries, centre = row
    claimed = Claimed(message, MessageKind(kind), appointment, sequence, ticket, tries + 1, centre)
    taken = {"tries": claimed.tries, "tried_at": now, "due_at": until}
    conn.execute(update(Message).where(Message.id == claimed.id).values(taken))
    return claimed


def end_message(conn: Connection, claimed: Claimed, state: MessageState, now: datetime, why: str | None = None) -> None:
    """Records how a message ended. Whoever was so slow that another has claimed it since changes nothing."""
    _record(conn, claimed, {"state": state.value, "tried_at": now, "why": why})


def postpone_message(conn: Connection, claimed: Claimed, due: datetime, why: str) -> None:
    """Records why a message was not sent, and when it is tried again."""
    _record(conn, claimed, {"due_at": due, "why": why})


def _record(conn: Connection, claimed: Claimed, values: dict[str, Any]) -> None:
    mine = Message.id == claimed.id, Message.tries == claimed.tries, _TO_SEND
    conn.execute(update(Message).where(*mine).values(values))


def renew_message(conn: Connection, centre: int, message: int, now: datetime) -> None:
    """A message of the centre that failed is to be sent again, as at first."""
    failed = Message.state == MessageState.FAILED.value
    again = {"state": MessageState.WAITING.value, "due_at": now, "tries": 0, "why": None}
    conn.execute(update(Message).where(Message.id == message, Message.centre_id == centre, failed).values(again))


def untold_by_centre(conn: Connection) -> dict[str, list[int]]:
    """The tickets of those who wait now, gave a phone and were not told that their turn is near; by centre's code."""
    found: dict[str, list[int]] = {}
    for code, ticket in conn.execute(_WAIT_UNTOLD):
        found.setdefault(code, []).append(ticket)
    return found


def latest_messages(conn: Connection, centre: int) -> Sequence[MessageLine]:
    """The messages of a centre that were tried last, the newest first."""
    return [MessageLine(*row) for row in conn.execute(_OF_CENTRE, {"centre": centre})]


def count_to_send(conn: Connection, centre: int) -> int:
    """How many messages of a centre wait, most of them reminders of days to come."""
    return conn.execute(_COUNT_TO_SEND, {"centre": centre}).scalar_one()
