"""How many tickets of a day are for a service: what a daily limit counts. Walks the day's numbers, never history."""

from datetime import date

from sqlalchemy import Connection, bindparam, func, select

from store.centre import CentreInfo
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
