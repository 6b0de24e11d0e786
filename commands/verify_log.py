"""What `verify` looks at in the log itself: nothing missing, everything numbered, and the counters that it folds to."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, RowMapping, bindparam, func, select

from queueing.events import Kind
from queueing.states import CounterState
from store.tables import Counter, LogEvent, Ticket

CentreRow = Row[*tuple[Any, ...]]
IN_CENTRE = LogEvent.centre_id == bindparam("centre")
IS_LIVE = LogEvent.kind.not_in([Kind.HISTORY_IMPORTED.value, Kind.CENTRE_UPDATED.value])  # what moves the centre's time
_SINCE = LogEvent.seq > bindparam("since")

_LOG = select(func.count(), func.min(LogEvent.seq), func.max(LogEvent.seq)).where(IN_CENTRE)
_BEFORE = func.lag(LogEvent.seq, 1, 0).over(order_by=LogEvent.seq).label("before")
_NUMBERED = select(LogEvent.seq, _BEFORE).where(IN_CENTRE).subquery()
_GAPS = select(_NUMBERED).where(_NUMBERED.c.seq != _NUMBERED.c.before + 1).order_by(_NUMBERED.c.seq)


def gaps(conn: Connection, centre: CentreRow) -> Iterator[str]:
    """Where the log is not 1, 2, 3 and on, up to the centre's `seq`."""
    count, first, last = conn.execute(_LOG, {"centre": centre.id}).one()
    if (last or 0) != centre.seq:
        yield f"seq is {centre.seq} in the row, the last event of the log has {last or 0}"
    if count and (first, last) != (1, count):
        for seq, before in conn.execute(_GAPS, {"centre": centre.id}):
            yield f"the log has no event between {before} and {seq}"


_LATEST = select(func.max(LogEvent.at)).where(IN_CENTRE, _SINCE, IS_LIVE)


def lost_time(conn: Connection, centre: CentreRow, since: int) -> Iterator[str]:
    """A centre's time that is behind its log, so that its next act would come before what has happened."""
    latest = conn.execute(_LATEST, {"centre": centre.id, "since": since}).scalar()
    if latest is not None and (centre.last_at is None or centre.last_at < latest):
        yield f"last_at is {centre.last_at} in the row, the log has an event at {latest}"


def _uneven(named: Any, numbered: Any) -> Any:
    counted = func.count().label("events"), func.min(numbered).label("first"), func.max(numbered).label("last")
    query = select(named, *counted).where(IN_CENTRE, named.is_not(None)).group_by(named)
    return query.having((func.count() != func.max(numbered)) | (func.min(numbered) != 1)).order_by(named)


_TICKETS = _uneven(LogEvent.ticket_id, LogEvent.ticket_seq).subquery()
_UNEVEN_TICKETS = (
    select(_TICKETS, Ticket.number.label("name"))
    .outerjoin(Ticket, Ticket.id == _TICKETS.c.ticket_id)
    .order_by(_TICKETS.c.ticket_id)
)
_UNEVEN_COUNTERS = _uneven(LogEvent.counter.label("name"), LogEvent.counter_seq)


def uneven_numbering(conn: Connection, centre: CentreRow) -> Iterator[str]:
    """Tickets and counters whose own events, by which a feed knows a gap, are not numbered 1, 2, 3 and on."""
    for what, query in (("ticket", _UNEVEN_TICKETS), ("counter", _UNEVEN_COUNTERS)):
        for row in conn.execute(query, {"centre": centre.id}):
            yield f"{what} {row.name} has {row.events} events in the log, numbered {row.first} to {row.last}"


_STATE_AFTER = {
    Kind.COUNTER_OPENED.value: CounterState.OPEN,
    Kind.COUNTER_PAUSED.value: CounterState.PAUSED,
    Kind.COUNTER_CLOSED.value: CounterState.CLOSED,
}
_ROWS = select(Counter.number, Counter.state, Counter.open_services, Counter.opened_at).where(
    Counter.centre_id == bindparam("centre")
)
_NAMED = select(LogEvent.counter).where(IN_CENTRE, _SINCE, LogEvent.counter.is_not(None)).distinct()
_CHANGES = (
    select(LogEvent.kind, LogEvent.at, LogEvent.facts)
    .where(IN_CENTRE, LogEvent.counter == bindparam("counter"), LogEvent.kind.in_(_STATE_AFTER))
    .order_by(LogEvent.counter_seq.desc())
    .execution_options(yield_per=50)
)


class _Standing(NamedTuple):
    """A counter's live columns."""

    state: str
    open_services: list[str] | None
    opened_at: datetime | None


def counters(conn: Connection, centre: CentreRow, since: int) -> Iterator[str]:
    """Counters whose rows are not what their last opening, pauses and closing come to."""
    rows = {row.number: _Standing(*row[1:]) for row in conn.execute(_ROWS, {"centre": centre.id})}
    named = {number for (number,) in conn.execute(_NAMED, {"centre": centre.id, "since": since}) if number is not None}
    for number in sorted(named | rows.keys()):
        row, told = rows.get(number), _told(conn, centre.id, number)
        if row is None:
            yield f"counter {number} has no row, the log names it"
            continue
        for field in _Standing._fields:
            here, there = getattr(row, field), getattr(told, field)
            if here != there:
                yield f"counter {number}: {field} is {shown(here)} in the row, {shown(there)} in the log"


def _told(conn: Connection, centre: int, counter: int) -> _Standing:
    """Read from its end: only what came after the counter was last closed matters."""
    latest: RowMapping | None = None
    opened_at = None
    with conn.execute(_CHANGES, {"centre": centre, "counter": counter}) as changes:
        for change in changes.mappings():
            latest = latest or change
            if change["kind"] == Kind.COUNTER_CLOSED:
                break
            opened_at = change["at"]
    if latest is None:
        return _Standing(CounterState.CLOSED, None, None)
    return _Standing(_STATE_AFTER[latest["kind"]], latest["facts"].get("services"), opened_at)


def shown(value: object) -> str:
    """A value in a sentence."""
    if value is None:
        return "empty"
    return value.isoformat() if isinstance(value, datetime) else f"'{value}'"
