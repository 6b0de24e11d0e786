"""What happened: the kinds of event in a centre's log, and the event itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from queueing.states import Act


class Kind(StrEnum):
    """An act, in the past. Those not in PUBLIC are shown to the public as `other`."""

    ISSUED = "issued"
    CALLED = "called"
    RECALLED = "recalled"
    SERVING = "serving"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    LEFT = "left"
    ON_HOLD = "on_hold"
    RESUMED = "resumed"
    TRANSFERRED = "transferred"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    PASSED = "passed"
    STEPS_CHANGED = "steps_changed"
    PRIORITY_CHANGED = "priority_changed"
    DETAILS_CHANGED = "details_changed"
    REDIRECTED = "redirected"
    UNDONE = "undone"
    COUNTER_OPENED = "counter_opened"
    COUNTER_CLOSED = "counter_closed"
    COUNTER_PAUSED = "counter_paused"
    NOTICE = "notice"
    DAY_ENDED = "day_ended"
    HISTORY_IMPORTED = "history_imported"
    CENTRE_UPDATED = "centre_updated"
    BOOKED = "booked"
    BOOKING_MOVED = "booking_moved"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_MISSED = "booking_missed"


PUBLIC = frozenset(Kind) - {
    Kind.PASSED,
    Kind.STEPS_CHANGED,
    Kind.PRIORITY_CHANGED,
    Kind.DETAILS_CHANGED,
    Kind.REDIRECTED,
    Kind.DAY_ENDED,
    Kind.HISTORY_IMPORTED,
    Kind.CENTRE_UPDATED,
    Kind.BOOKED,
    Kind.BOOKING_MOVED,
    Kind.BOOKING_CANCELLED,
    Kind.BOOKING_MISSED,
}


# What an act is called once it has happened.
EVENT_OF = {
    Act.CALL: Kind.CALLED,
    Act.RECALL: Kind.RECALLED,
    Act.SERVE: Kind.SERVING,
    Act.FINISH: Kind.FINISHED,
    Act.NO_SHOW: Kind.NO_SHOW,
    Act.HOLD: Kind.ON_HOLD,
    Act.RESUME: Kind.RESUMED,
    Act.TRANSFER: Kind.TRANSFERRED,
    Act.CANCEL: Kind.CANCELLED,
    Act.LEAVE: Kind.LEFT,
    Act.PASS: Kind.PASSED,
    Act.EXPIRE: Kind.EXPIRED,
    Act.CHANGE_STEPS: Kind.STEPS_CHANGED,
    Act.CHANGE_PRIORITY: Kind.PRIORITY_CHANGED,
    Act.CHANGE_DETAILS: Kind.DETAILS_CHANGED,
    Act.REDIRECT: Kind.REDIRECTED,
}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a centre's log. `seq` has no gap; `facts` are plain JSON values without personal data.

    `at` is when it happened, `recorded_at` when it was written. `ticket_seq` and `counter_seq` number the events of
    the one ticket and of the one counter that it names.
    """

    seq: int
    kind: Kind
    at: datetime
    recorded_at: datetime
    ticket: int | None = None
    ticket_seq: int | None = None
    counter: int | None = None
    counter_seq: int | None = None
    actor: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
