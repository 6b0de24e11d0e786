"""What a log of real visits says about its people and its counters, in the columns of `import-history`.

Durations are seconds; instants are seconds since the epoch.
"""

import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from statistics import median

# No log says when a clerk was away: who let somebody wait for half a minute, or called nobody for half an hour, was.
UNANSWERED_SECONDS = 30.0
BREAK_SECONDS = 30 * 60
GONE_WAITING = frozenset({"left", "cancelled"})
OUTCOMES = frozenset({"finished", "no_show", "left", "expired", "cancelled", "transferred"})
CHANNELS = frozenset({"kiosk", "web", "staff", "import"})


class BrokenLog(Exception):
    """A line that makes no sense; the message names it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: one step of a visit."""

    ticket: str
    service: str
    issued: float
    called: float | None
    started: float | None
    finished: float
    counter: int | None
    outcome: str
    channel: str | None
    priority: str | None
    day: str

    @property
    def wait(self) -> float | None:
        """What the person waited, who came when called; None for all others."""
        return None if self.called is None or self.outcome == "no_show" else self.called - self.issued


@dataclass(frozen=True, slots=True)
class LoggedStep:
    """What a person does at one service: leaves when `patience` is over (None: never), comes when called or not.

    `serving` is how long they take; for who does not come, `walk` is how long the clerk waits for them.
    """

    service: str
    patience: float | None
    comes: bool
    walk: float
    serving: float


@dataclass(frozen=True, slots=True)
class LoggedVisit:
    """One person of the log."""

    ticket: str
    arrives: float
    priority: str | None
    channel: str | None
    steps: tuple[LoggedStep, ...]


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A time in which a counter works."""

    begins: float
    ends: float
    counter: int


def read_lines(file: Path, day: str | None = None) -> list[Line]:
    """The log's lines by arrival, of those who came on `day` (YYYY-MM-DD) when it is given. Raises BrokenLog."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        lines = [line for line in _lines(csv.DictReader(text)) if day in (None, line.day)]
    if not lines:
        raise BrokenLog(f"the log has no lines{f' of {day}' if day else ''}")
    return sorted(lines, key=lambda line: line.issued)


def _lines(rows: Iterable[Mapping[str, str]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=2):
        try:
            yield _line(row)
        except (KeyError, ValueError, TypeError) as error:
            raise BrokenLog(f"line {number}: {error!r}") from error


def _line(row: Mapping[str, str]) -> Line:
    if row["outcome"] not in OUTCOMES:
        raise ValueError(f"outcome {row['outcome']}")
    issued, channel = _instant(row["issued_at"]), row.get("channel")
    return Line(
        ticket=row["ticket"],
        service=row["service"],
        issued=issued.timestamp(),
        called=_seconds(row["called_at"]),
        started=_seconds(row["started_at"]),
        finished=_instant(row["finished_at"]).timestamp(),
        counter=int(row["counter"]) if row["counter"] else None,
        outcome=row["outcome"],
        channel=channel if channel in CHANNELS else None,
        priority=row.get("priority") or None,
        day=issued.date().isoformat(),
    )


def _seconds(text: str) -> float | None:
    return _instant(text).timestamp() if text else None


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"no offset from UTC: {text}")
    return instant


def typical_servings(lines: Iterable[Line]) -> dict[str, float]:
    """The median serving time of each service; under "" of all."""
    times = defaultdict(list)
    for line in lines:
        if line.started is not None:
            times[line.service].append(line.finished - line.started)
            times[""].append(line.finished - line.started)
    return {service: median(found) for service, found in times.items()}


def visits(lines: Iterable[Line]) -> list[LoggedVisit]:
    """The people by arrival; lines with one ticket and one day are one visit.

    Who left before being called and is called this time takes as long as the one before them in the log did at their
    service. A booked person comes as one without a booking; a transferred step ends as a finished one.
    """
    latest: dict[str, float] = typical_servings(lines := list(lines))
    steps: dict[tuple[str, str], list[LoggedStep]] = defaultdict(list)
    first: dict[tuple[str, str], Line] = {}
    for line in lines:
        if line.started is not None:
            latest[line.service] = line.finished - line.started
        visit = first.setdefault((line.ticket, line.day), line)
        mine = steps[visit.ticket, visit.day]
        if line.service not in {step.service for step in mine}:
            mine.append(_step(line, latest.get(line.service, latest.get("", 0))))
    return [
        LoggedVisit(line.ticket, line.issued, line.priority, line.channel, tuple(steps[key]))
        for key, line in first.items()
    ]


def _step(line: Line, serving: float) -> LoggedStep:
    came = line.outcome != "no_show"
    walk = 0.0
    if line.called is not None:
        until = line.started if line.started is not None else line.finished
        walk = max(until - line.called, 0)
    patience = line.finished - line.issued if line.outcome in GONE_WAITING else None
    return LoggedStep(line.service, patience, came, walk, serving)


def shifts(lines: Sequence[Line]) -> list[Shift]:
    """When the counters work, in order: from a counter's first call of a day to its last finish, without its absences.

    An idle clerk who is there calls whoever waits. So a clerk was away from when somebody began to wait, or from the
    last finish when nobody was called for half an hour, until the next call.
    """
    called = sorted((line for line in lines if line.called is not None), key=lambda line: line.called or 0)
    waiting = _times_of_waiting(lines)
    worked: dict[tuple[int, str], list[Shift]] = defaultdict(list)
    for line in called:
        if line.counter is None or line.called is None:
            continue
        mine = worked[line.counter, line.day]
        since = _away_since(mine[-1].ends, line.called, waiting) if mine else None
        if mine and since is None:
            mine[-1] = Shift(mine[-1].begins, max(mine[-1].ends, line.finished), line.counter)
        else:
            mine[-1:] = [Shift(last.begins, since or last.ends, last.counter) for last in mine[-1:]]
            mine.append(Shift(line.called, line.finished, line.counter))
    return sorted(shift for mine in worked.values() for shift in mine)


def _times_of_waiting(lines: Iterable[Line]) -> list[tuple[float, float]]:
    """The times, in order, in which somebody waited without a pause."""
    times: list[tuple[float, float]] = []
    for line in lines:
        until = line.called if line.called is not None else line.finished
        if times and line.issued <= times[-1][1]:
            times[-1] = (times[-1][0], max(times[-1][1], until))
        elif until > line.issued:
            times.append((line.issued, until))
    return times


def _away_since(idle_since: float, called: float, waiting: Sequence[tuple[float, float]]) -> float | None:
    """From when on an idle clerk was away before a call; None when they were there."""
    if called - idle_since > BREAK_SECONDS:
        return idle_since
    first = bisect_right(waiting, idle_since, key=lambda time: time[1])
    for begins, ends in waiting[first : bisect_right(waiting, called, key=lambda time: time[0])]:
        if min(ends, called) - max(begins, idle_since) >= UNANSWERED_SECONDS:
            return max(begins, idle_since)
    return None
