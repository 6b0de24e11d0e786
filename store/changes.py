"""The changes of a centre's settings, from its log. Walks the partial index of such events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal, or_, select

from queueing.events import Kind
from store.tables import LogEvent

_MOST = 200
ERASED = "data-erased"  # what the server erased by itself: it stands with the backup, not among what people did
IS_CHANGE = or_(*(LogEvent.kind == literal(k.value, literal_execute=True) for k in (Kind.NOTICE, Kind.CENTRE_UPDATED)))
IS_ERASURE = func.coalesce(LogEvent.facts["what"].as_string(), "") == ERASED
_CHANGES = (
    select(LogEvent.recorded_at, LogEvent.actor, LogEvent.kind, LogEvent.facts)
    .where(LogEvent.centre_id == bindparam("centre"), IS_CHANGE, ~IS_ERASURE)
    .order_by(LogEvent.seq.desc())
    .limit(_MOST)
)


@dataclass(frozen=True, slots=True)
class Change:
    """Who changed what, and when it was recorded."""

    at: datetime
    actor: str | None
    what: str
    facts: Mapping[str, Any]


def read_changes(conn: Connection, centre: int) -> Sequence[Change]:
    """The latest changes, newest first."""
    rows = conn.execute(_CHANGES, {"centre": centre})
    return [Change(at, actor, facts.get("what", kind), facts) for at, actor, kind, facts in rows]
