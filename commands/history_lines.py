"""Reading visits.csv: every line becomes a visit's step, or is refused with a reason."""

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from commands.tickets import CHANNELS
from queueing.states import ENDED, StepState
from reports.visit_lines import COLUMNS, REQUIRED, VisitLine, rearmed
from store.centre import CentreInfo

IMPORTED = "import"
_MAX_TICKET = 64
_MAX_COUNTER_DIGITS = 9
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class LineRefused(Exception):
    """A line that makes no sense; the message is the reason."""


def split_line(line: str) -> list[str]:
    """The values of one line, none for a blank one. A value holds no line break, so a stray quote spoils one line only.

    Raises LineRefused.
    """
    try:
        rows = list(csv.reader([line], strict=True))
    except csv.Error as error:
        raise LineRefused(f"not CSV: {error}") from error
    return [value.strip() for value in rows[0]] if rows else []


def read_header(line: str) -> list[str]:
    """The columns in the file's order. Raises LineRefused when one is missing, unknown or named twice."""
    names = split_line(line.removeprefix("\ufeff"))
    if missing := [name for name in REQUIRED if name not in names]:
        raise LineRefused(f"missing columns: {', '.join(missing)}")
    if unknown := [name for name in names if name not in COLUMNS]:
        raise LineRefused(f"unknown columns: {', '.join(map(_shown, unknown))}")
    if len(set(names)) != len(names):
        raise LineRefused("a column is named twice")
    return names


def read_line(columns: Sequence[str], values: Sequence[str], centre: CentreInfo) -> VisitLine:
    """The step that a line tells of, as this centre can have had it. Raises LineRefused."""
    if len(values) != len(columns):
        raise LineRefused(f"{len(values)} values instead of {len(columns)}")
    text = dict(zip(columns, values, strict=True))
    line = VisitLine(
        ticket=_ticket(text["ticket"]),
        service=_known("service", text["service"], centre.services),
        issued_at=_instant("issued_at", text["issued_at"], centre),
        called_at=_optional_instant("called_at", text, centre),
        started_at=_optional_instant("started_at", text, centre),
        finished_at=_instant("finished_at", text["finished_at"], centre),
        counter=_counter(text["counter"], centre),
        outcome=_outcome(text["outcome"]),
        channel=_known("channel", text.get("channel") or IMPORTED, CHANNELS),
        priority=_known("priority", text["priority"], centre.groups) if text.get("priority") else None,
        appointment_at=_optional_instant("appointment_at", text, centre),
    )
    _check_sense(line)
    return line


def _shown(value: str) -> str:
    return repr(value if len(value) <= 40 else value[:40] + "…")


def _ticket(value: str) -> str:
    ticket = rearmed(value)
    if not ticket:
        raise LineRefused("ticket is empty")
    if len(ticket) > _MAX_TICKET:
        raise LineRefused(f"ticket is longer than {_MAX_TICKET} characters")
    if not ticket.isprintable():
        raise LineRefused(f"ticket has characters that cannot be printed: {_shown(ticket)}")
    return ticket


def _known(column: str, value: str, known: Mapping[str, object] | Sequence[str]) -> str:
    if value not in known:
        raise LineRefused(f"unknown {column} {_shown(value)}" if value else f"{column} is empty")
    return value


def _outcome(value: str) -> StepState:
    return StepState(_known("outcome", value, sorted(ENDED)))


def _counter(value: str, centre: CentreInfo) -> int | None:
    if not value:
        return None
    number = int(value) if value.isascii() and value.isdecimal() and len(value) <= _MAX_COUNTER_DIGITS else None
    if number is None or number not in centre.counters:
        raise LineRefused(f"unknown counter {_shown(value)}")
    return number


def _optional_instant(column: str, text: Mapping[str, str], centre: CentreInfo) -> datetime | None:
    value = text.get(column)
    return _instant(column, value, centre) if value else None


def _instant(column: str, value: str, centre: CentreInfo) -> datetime:
    """Fractions finer than a microsecond are cut off."""
    if not value:
        raise LineRefused(f"{column} is empty")
    if not _RFC_3339.fullmatch(value):
        raise LineRefused(f"{column} is not an RFC 3339 time with its offset: {_shown(value)}")
    try:
        at = datetime.fromisoformat(value.upper()).astimezone(UTC)
        at.astimezone(centre.zone)  # the first and last days of the calendar do not exist everywhere
    except (ValueError, OverflowError) as error:
        raise LineRefused(f"{column} is no time: {_shown(value)}") from error
    return at


def _check_sense(line: VisitLine) -> None:
    """Raises LineRefused when what happened contradicts itself."""
    if line.outcome in {StepState.FINISHED, StepState.NO_SHOW} and line.called_at is None:
        raise LineRefused(f"{line.outcome} without called_at")
    if line.outcome is StepState.FINISHED and line.started_at is None:
        raise LineRefused("finished without started_at")
    if line.started_at is not None and line.called_at is None:
        raise LineRefused("started_at without called_at")
    if line.counter is not None and line.called_at is None:
        raise LineRefused("counter without called_at")
    moments = [
        (name, at) for name in ("issued_at", "called_at", "started_at", "finished_at") if (at := getattr(line, name))
    ]
    for (earlier, at), (later, then) in pairwise(moments):
        if then < at:
            raise LineRefused(f"{later} is before {earlier}")
