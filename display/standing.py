"""What the waiting room is told when nobody is called: that nobody was yet, a pause, or when the centre opens next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from queueing.hours import Hours
from queueing.states import CounterState, StepState

_DAYS_AHEAD = 60  # a centre that does not open within two months does not say when


class Show(StrEnum):
    """What the large part of the screen shows."""

    CALLS = "calls"
    EMPTY = "empty"
    PAUSED = "paused"
    UNSTAFFED = "unstaffed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the centre is open, when it opens next, and when this changes, on the centre's wall."""

    open: bool
    opens_at: datetime | None
    changes_at: datetime | None
    opens_today: bool


def standing(hours: Hours, now: datetime) -> Standing:
    """Where a centre stands in its hours."""
    today = hours.business_date(now)
    coming = (
        (start, end)
        for day in range(_DAYS_AHEAD)
        for start, end in hours.sessions(today + timedelta(days=day))
        if now < end
    )
    start, end = next(coming, (None, None))
    is_open = start is not None and start <= now
    opens, changes = (None, end) if is_open else (start, start)
    here = [at.astimezone(hours.zone) if at else None for at in (opens, changes)]
    return Standing(is_open, here[0], here[1], opens is not None and hours.business_date(opens) == today)


def who_comes(board: Mapping[str, Any]) -> set[tuple[str, int]]:
    """Number and counter of those who were called and are not served yet. tv.js marks them the same way."""
    return {
        (counter["number"], counter["counter"])
        for counter in board["counters"]
        if counter["ticket_state"] == StepState.CALLED
    }


def longest_first(waiting: Mapping[str, int], services: Iterable[str]) -> list[str]:
    """The services by how many wait for each, then in the catalogue's order; waits.js keeps them so."""
    return sorted(services, key=lambda service: -waiting.get(service, 0))


def what_to_show(board: Mapping[str, Any], *, is_open: bool) -> Show:
    """tv.js decides the same when an event comes. Whoever is at a counter is shown, at any hour."""
    counters: Sequence[Mapping[str, Any]] = board["counters"]
    states = {counter["state"] for counter in counters}
    if board["calls"] and any(counter["number"] for counter in counters):
        return Show.CALLS
    if not is_open:
        return Show.CLOSED
    if CounterState.OPEN not in states:
        return Show.PAUSED if CounterState.PAUSED in states else Show.UNSTAFFED
    return Show.CALLS if board["calls"] else Show.EMPTY
