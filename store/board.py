"""What the waiting room may know: the latest calls, who waits, the counters. Read on one snapshot with its `seq`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, literal, or_, select

from queueing.events import Kind
from queueing.refusals import NotFound
from store.centre import CentreCache, CentreInfo
from store.queue import CounterNow, counters_now
from store.tables import Centre, LogEvent, Ticket

LATEST_CALLS = 20
_SOME_UNDONE = 10  # so many of the latest may have been undone

_HEAD = select(Centre.id, Centre.version, Centre.seq, Centre.last_at, Centre.waiting, Centre.ended_on).where(
    Centre.code == bindparam("code")
)
# Literals let both planners prove that the partial index of calls holds all rows asked for.
_IS_CALL = LogEvent.kind == literal(Kind.CALLED.value, literal_execute=True)
_IS_RECALL = LogEvent.kind == literal(Kind.RECALLED.value, literal_execute=True)
_IS_UNDONE = LogEvent.kind == literal(Kind.UNDONE.value, literal_execute=True)
_HERE = LogEvent.centre_id == bindparam("centre")
_LATEST = (
    select(LogEvent.seq)
    .where(_HERE, _IS_CALL)
    .order_by(LogEvent.seq.desc())
    .limit(LATEST_CALLS + _SOME_UNDONE)
    .subquery()
)
# Looked up call by call: for a join PostgreSQL may read every ticket there is.
_NUMBER = select(Ticket.number).where(Ticket.id == LogEvent.ticket_id).scalar_subquery().label("number")
_FIRST = select(func.min(_LATEST.c.seq)).scalar_subquery()
_CALLS = (
    select(LogEvent.seq, LogEvent.kind, LogEvent.at, LogEvent.ticket_id, _NUMBER, LogEvent.counter, LogEvent.facts)
    .where(
        _HERE, or_(_IS_CALL, _IS_RECALL, _IS_UNDONE), LogEvent.seq >= select(func.min(_LATEST.c.seq)).scalar_subquery()
    )
    .order_by(LogEvent.seq)
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
    """One call, as announced; a `quiet` one is not: the person stood at the counter already."""

    ticket: int
    number: str
    counter: int
    service: str
    called_at: datetime
    recalls: int = 0
    quiet: bool = False


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
    rows = conn.execute(_CALLS, {"centre": head.info.id})
    calls = _fold(row for row in rows if head.info.hours.business_date(row.at) == today)
    return Board(head, calls, counters_now(conn, head.info))


def _fold(events: Iterable[Row[*tuple[Any, ...]]]) -> list[Call]:
    """Calls, newest first, from the log's order: somebody called twice is two calls, and what was undone is none."""
    calls: dict[int, Call] = {}  # by the seq of their events
    latest: dict[int, int] = {}  # by ticket: which of the calls its recalls belong to
    for event in events:
        if event.kind == Kind.CALLED:
            latest[event.ticket_id] = event.seq
            facts = event.facts
            calls[event.seq] = Call(
                *(event.ticket_id, event.number, event.counter, facts["service"], event.at),
                quiet=facts.get("quiet", False),
            )
        elif event.kind == Kind.UNDONE:
            calls.pop(event.facts["seq"], None)
        elif latest.get(event.ticket_id) in calls:
            called = calls[latest[event.ticket_id]]
            calls[latest[event.ticket_id]] = replace(called, recalls=called.recalls + 1)
    return [*calls.values()][::-1]
