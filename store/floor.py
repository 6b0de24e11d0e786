"""The people on a centre's floor at this moment. Walks the partial index of waiting steps, never history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from store.queue import IS_WAITING
from store.tables import Ticket, TicketStep

_WAITING = (
    select(Ticket.number, TicketStep.service, TicketStep.joined_at, TicketStep.held)
    .join(Ticket, Ticket.id == TicketStep.ticket_id)
    .where(TicketStep.centre_id == bindparam("centre"), IS_WAITING)
    .order_by(TicketStep.due_at, TicketStep.joined_seq)
)


_COUNTS = (
    select(TicketStep.service, TicketStep.direct_to, func.count())
    .where(TicketStep.centre_id == bindparam("centre"), IS_WAITING)
    .group_by(TicketStep.service, TicketStep.direct_to)
)


def count_waiting(conn: Connection, centre: int) -> dict[tuple[str, int | None], int]:
    """How many wait, by service and by the only counter that may call them."""
    return {(service, direct_to): people for service, direct_to, people in conn.execute(_COUNTS, {"centre": centre})}


@dataclass(frozen=True, slots=True)
class WaitingNow:
    """Somebody who waits, and how long in this queue, without time on hold."""

    number: str
    service: str
    waited: timedelta


def read_waiting(conn: Connection, centre: int, now: datetime) -> Sequence[WaitingNow]:
    """All who wait, by due time."""
    rows = conn.execute(_WAITING, {"centre": centre})
    return [WaitingNow(n, s, max(now - joined - held, timedelta())) for n, s, joined, held in rows if joined]
