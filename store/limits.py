"""What the limits of a day count. Walks the day's numbers and the people here, never history."""

from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select

from queueing.order import Joined
from store.centre import CentreInfo
from store.queue import IS_UNENDED
from store.tables import Ticket, TicketStep

# Looked up ticket by ticket: for a join or an `exists` PostgreSQL may read every step there is.
_STEPS_FOR = (
    select(func.count())
    .where(TicketStep.ticket_id == Ticket.id, TicketStep.service == bindparam("service"))
    .scalar_subquery()
)
_TICKETS_FOR = select(func.count()).where(
    Ticket.centre_id == bindparam("centre"), Ticket.business_date == bindparam("day"), _STEPS_FOR > 0
)
_BY_PHONE = select(func.count()).where(
    Ticket.centre_id == bindparam("centre"),
    Ticket.business_date == bindparam("day"),
    Ticket.channel == "web",
    Ticket.appointment_at.is_(None),
)
_ON_THE_WAY = (
    select(TicketStep.service, func.count().label("people"))
    .where(
        TicketStep.centre_id == bindparam("centre"),
        IS_UNENDED,
        TicketStep.joined_as == Joined.ON_WAY.value,
        TicketStep.held_since > bindparam("since"),
    )
    .group_by(TicketStep.service)
)


def tickets_by_phone(conn: Connection, centre: int, day: date) -> int:
    """The day's visits whose ticket was taken by phone, without an appointment, whatever became of them."""
    given: int = conn.execute(_BY_PHONE, {"centre": centre, "day": day}).scalar_one()
    return given


def on_the_way(conn: Connection, centre: int, since: datetime) -> dict[str, int]:
    """How many people joined by phone after `since` and have not said yet that they are here, by service."""
    rows = conn.execute(_ON_THE_WAY, {"centre": centre, "since": since}).all()
    return {row.service: row.people for row in rows}


def tickets_for(conn: Connection, centre: int, day: date, service: str) -> int:
    """The day's visits that have a step of a service, whatever became of them: asked for, planned or sent there."""
    given: int = conn.execute(_TICKETS_FOR, {"centre": centre, "day": day, "service": service}).scalar_one()
    return given


def tickets_left(conn: Connection, centre: CentreInfo, day: date) -> dict[str, int]:
    """How many tickets are left on a day, for each service with a daily limit; none below 0."""
    return {
        code: max(service.daily_limit - tickets_for(conn, centre.id, day, code), 0)
        for code, service in centre.services.items()
        if service.daily_limit is not None
    }
