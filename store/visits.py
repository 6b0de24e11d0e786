"""Visits in their rows: read whole, written by the difference that an event made."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Update, and_, bindparam, delete, func, insert, select, update

from queueing.order import Joined
from queueing.states import ACTIVE, StepState
from queueing.visit import Step, Visit
from store.tables import Centre, LogEvent, Ticket, TicketStep

_STEP = tuple(field.name for field in fields(Step))
_STEP_COLUMNS = tuple(TicketStep.__table__.c[name] for name in _STEP)
_TICKET_SEQ = (
    select(func.max(LogEvent.ticket_seq)).where(LogEvent.ticket_id == Ticket.id).scalar_subquery().label("ticket_seq")
)
_TICKET_COLUMNS = (
    Ticket.id,
    Ticket.number,
    Ticket.business_date,
    Ticket.channel,
    Ticket.priority,
    Ticket.priority_confirmed,
    Ticket.language,
    Ticket.issued_at,
)
_VISITS = (
    select(*_TICKET_COLUMNS, _TICKET_SEQ, *_STEP_COLUMNS)
    .join(TicketStep, TicketStep.ticket_id == Ticket.id)
    .order_by(Ticket.id, TicketStep.position)
)
_ONE = _VISITS.where(Ticket.id == bindparam("ticket"))
_ONE_HERE = _ONE.where(Ticket.centre_id == bindparam("centre"))
_MANY = _VISITS.where(Ticket.id.in_(bindparam("tickets", expanding=True)))
_CENTRE_OF = select(Centre.code).join(Ticket, Ticket.centre_id == Centre.id).where(Ticket.id == bindparam("ticket"))
_NUMBERED = select(Ticket.id).where(
    Ticket.centre_id == bindparam("centre"),
    Ticket.business_date == bindparam("day"),
    Ticket.number == bindparam("numbered"),
)
_HEAD = len(_TICKET_COLUMNS) + 1
_INSERT_TICKET = insert(Ticket)
_INSERT_STEP = insert(TicketStep)
_UPDATE_PRIORITY = (
    update(Ticket)
    .where(Ticket.id == bindparam("at_ticket"))
    .values(priority=bindparam("group"), priority_confirmed=bindparam("seen"))
)
_DELETE_STEP = delete(TicketStep).where(
    TicketStep.ticket_id == bindparam("at_ticket"), TicketStep.position == bindparam("at_position")
)


def read_visit(conn: Connection, ticket: int, centre: int | None = None) -> Visit | None:
    """The visit of a ticket, or None; with `centre`, only of a ticket that was taken there."""
    statement, values = (_ONE, {}) if centre is None else (_ONE_HERE, {"centre": centre})
    rows = conn.execute(statement, {"ticket": ticket, **values}).all()
    return _visit(rows) if rows else None


def find_number(conn: Connection, centre: int, day: date, number: str) -> int | None:
    """The ticket that has a number on a business date, or None."""
    return conn.execute(_NUMBERED, {"centre": centre, "day": day, "numbered": number}).scalar()


def read_visits(conn: Connection, tickets: Iterable[int]) -> dict[int, Visit]:
    """The visits of several tickets by id, in one statement."""
    rows_of: dict[int, list[Sequence[Any]]] = {}
    for row in conn.execute(_MANY, {"tickets": list(tickets)}):
        rows_of.setdefault(row[0], []).append(row)
    return {ticket: _visit(rows) for ticket, rows in rows_of.items()}


def centre_of(conn: Connection, ticket: int) -> str | None:
    """The code of the centre where a ticket was taken, or None."""
    return conn.execute(_CENTRE_OF, {"ticket": ticket}).scalar()


def _visit(rows: Sequence[Sequence[Any]]) -> Visit:
    ticket = rows[0]
    return Visit(
        id=ticket[0],
        number=ticket[1],
        business_date=ticket[2],
        channel=ticket[3],
        priority=ticket[4],
        priority_confirmed=ticket[5],
        language=ticket[6],
        issued_at=ticket[7],
        seq=ticket[8] or 0,
        steps=tuple(_step(row[_HEAD:]) for row in rows),
    )


def _step(values: Sequence[Any]) -> Step:
    kw = dict(zip(_STEP, values, strict=True))
    kw["state"] = StepState(kw["state"])
    kw["joined_as"] = Joined(kw["joined_as"]) if kw["joined_as"] else None
    return Step(**kw)


def insert_visit(conn: Connection, centre_id: int, zone: ZoneInfo, visit: Visit) -> None:
    """Writes a new ticket and its steps."""
    ticket = {column.key: getattr(visit, column.key) for column in _TICKET_COLUMNS}
    conn.execute(_INSERT_TICKET, {**ticket, "centre_id": centre_id, "appointment_at": visit.step.not_before})
    conn.execute(_INSERT_STEP, [step_row(centre_id, zone, visit.id, step) for step in visit.steps])


def update_visit(conn: Connection, centre_id: int, zone: ZoneInfo, before: Visit, after: Visit) -> None:
    """Writes what changed between two states of a visit, each step guarded by the state that was read.

    Raises RuntimeError when a row was not in that state: the centre's lock was not held.
    """
    if after.priority != before.priority or after.priority_confirmed != before.priority_confirmed:
        claim = {"at_ticket": after.id, "group": after.priority, "seen": after.priority_confirmed}
        conn.execute(_UPDATE_PRIORITY, claim)
    for step in before.steps[len(after.steps) :]:  # what added it was undone
        conn.execute(_DELETE_STEP, {"at_ticket": after.id, "at_position": step.position})
    known = {step.position: step for step in before.steps}
    for step in sorted(after.steps, key=lambda step: step.state in ACTIVE):  # a step ends before the next begins
        old = known.get(step.position)
        if old is None:
            conn.execute(_INSERT_STEP, [step_row(centre_id, zone, after.id, step)])
        elif old != step:
            _update_step(conn, zone, after.id, old, step)


def _update_step(conn: Connection, zone: ZoneInfo, ticket: int, old: Step, new: Step) -> None:
    changed = {name: value for name in _STEP if (value := getattr(new, name)) != getattr(old, name)}
    if "joined_at" in changed:
        changed.update(_local(new, zone))
    guard = {"at_ticket": ticket, "at_position": old.position, "was": old.state.value}
    if conn.execute(_guarded_update(tuple(changed)), {**changed, **guard}).rowcount != 1:
        raise RuntimeError(f"step {old.position} of ticket {ticket} was not {old.state} any more")


@cache
def _guarded_update(columns: tuple[str, ...]) -> Update:
    guard = and_(
        TicketStep.ticket_id == bindparam("at_ticket"),
        TicketStep.position == bindparam("at_position"),
        TicketStep.state == bindparam("was"),
    )
    return update(TicketStep).where(guard).values({name: bindparam(name) for name in columns})


def step_row(centre_id: int, zone: ZoneInfo, ticket: int, step: Step) -> dict[str, Any]:
    """All columns of a step's row, with the centre-local date and hour at which the statistics count it."""
    row = {name: getattr(step, name) for name in _STEP}
    return {**row, **_local(step, zone), "ticket_id": ticket, "centre_id": centre_id}


def _local(step: Step, zone: ZoneInfo) -> dict[str, Any]:
    """The centre-local date and hour in which a step joined: where the statistics count it."""
    if step.joined_at is None:
        return {"joined_on": None, "joined_hour": None}
    local = step.joined_at.astimezone(zone)
    return {"joined_on": local.date(), "joined_hour": local.hour}
