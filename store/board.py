"""What the waiting room may know: the latest calls, who waits, the counters. Read on one snapshot with its `seq`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from queueing.refusals import NotFound
from store.centre import CentreCache, CentreInfo
from store.queue import CounterNow, counters_now
from store.tables import Centre, Ticket, TicketStep

LATEST_CALLS = 20

_HEAD = select(Centre.id, Centre.version, Centre.seq, Centre.last_at, Centre.waiting, Centre.ended_on).where(
    Centre.code == bindparam("code")
)
_CALLS = (
    select(
        TicketStep.ticket_id,
        Ticket.number,
        TicketStep.counter,
        TicketStep.service,
        TicketStep.called_at,
        TicketStep.recalls,
        TicketStep.call_seq,
    )
    .join(Ticket, Ticket.id == TicketStep.ticket_id)
    .where(TicketStep.centre_id == bindparam("centre"), TicketStep.call_seq.is_not(None))
    .order_by(TicketStep.call_seq.desc())
    .limit(LATEST_CALLS)
)


@dataclass(frozen=True, slots=True)
class CentreHead:
    """A centre's live row with its settings: cheap to read, enough to know whether anything changed."""

    info: CentreInfo
    seq: int
    last_at: datetime | None
    waiting: dict[str, int]


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as announced."""

    ticket: int
    number: str
    counter: int
    service: str
    called_at: datetime
    recalls: int
    call_seq: int


@dataclass(frozen=True, slots=True)
class Board:
    """The waiting room's picture at `head.seq`."""

    head: CentreHead
    calls: list[Call]
    counters: list[CounterNow]


def read_head(conn: Connection, cache: CentreCache, code: str) -> CentreHead:
    """A centre's row and settings. Raises NotFound."""
    row = conn.execute(_HEAD, {"code": code}).one_or_none()
    if row is None:
        raise NotFound("centre")
    return CentreHead(cache.get(conn, row.id, row.version), row.seq, row.last_at, row.waiting)


def read_board(conn: Connection, head: CentreHead, now: datetime) -> Board:
    """The latest calls of this business day (none of another), newest first, and the counters."""
    today = head.info.hours.business_date(now)
    calls = [_call(row) for row in conn.execute(_CALLS, {"centre": head.info.id})]
    calls = [call for call in calls if head.info.hours.business_date(call.called_at) == today]
    return Board(head, calls, counters_now(conn, head.info))


def _call(row: Row[*tuple[Any, ...]]) -> Call:
    return Call(*row)
