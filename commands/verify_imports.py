"""What `verify` looks at in imported history: every line that the log has taken over is still in the rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from commands.history import past_step
from commands.verify_log import IN_CENTRE, shown
from commands.verify_rows import UNREADABLE, Stored, Unfit, compare, compare_step, compare_steps, fold, name_of, read
from queueing.events import Kind
from queueing.states import StepState
from queueing.visit import Step, Visit, instant
from reports.visit_lines import COLUMNS, VisitLine
from store.centre import CentreInfo
from store.tables import LogEvent

_INSTANTS = ("issued_at", "called_at", "started_at", "finished_at", "appointment_at")
_IMPORTS = (
    select(LogEvent.seq, LogEvent.facts)
    .where(IN_CENTRE, LogEvent.kind == Kind.HISTORY_IMPORTED.value)
    .order_by(LogEvent.seq)
    .execution_options(yield_per=1)
)


class _Line(NamedTuple):
    """A step that was imported, and its line."""

    ticket: int
    step: Step
    line: VisitLine


@dataclass(slots=True)
class ImportCheck:
    """Compares imported visits: those that are added, or with `everything` all that the centre's log has."""

    conn: Connection
    centre: CentreInfo
    everything: bool
    _left: dict[int, int] = field(default_factory=dict)  # by ticket, the rows of steps that no line was found for yet
    _resumed: dict[int, list[Step]] = field(default_factory=dict)  # those with events of their own: they came back

    def add(self, ticket: int, stored: Stored) -> None:
        """A ticket that was not issued here, so that an import must tell of it."""
        self._left[ticket] = max(len(stored.steps), 1)
        if stored.events:
            self._resumed[ticket] = []

    def differences(self) -> Iterator[str]:
        """Every difference, import by import, and what no import tells of."""
        if not self._left and not self.everything:
            return
        for event in self.conn.execute(_IMPORTS, {"centre": self.centre.id}):
            try:
                lines = [_imported_step(values) for values in event.facts["lines"]]
            except UNREADABLE as error:
                yield f"event {event.seq} ({Kind.HISTORY_IMPORTED}) cannot be read ({type(error).__name__}: {error})"
                continue
            wanted = [line for line in lines if self.everything or line.ticket in self._left]
            stored = read(self.conn, {line.ticket for line in wanted})
            for line in wanted:
                yield from self._line(line, stored[line.ticket])
        yield from self._came_back()
        yield from self._unknown()

    def _line(self, imported: _Line, stored: Stored) -> Iterator[str]:
        ticket, step, line = imported
        label = f"{line.ticket}, imported as issued at {shown(line.issued_at)}"
        if stored.ticket is None:
            yield f"{label}, has no row"
            return
        self._left[ticket] = self._left.get(ticket, 0) - 1
        told: dict[str, Any] = {"centre_id": self.centre.id, "number": line.ticket, "language": None}
        told |= {"channel": line.channel}
        if ticket not in self._resumed:  # who came back may have another priority since
            told["priority"] = line.priority
        if step.position == 1:
            day = self.centre.hours.business_date(line.issued_at)
            told |= {"business_date": day, "issued_at": line.issued_at, "appointment_at": line.appointment_at}
        yield from compare(label, stored.ticket, told)
        if ticket in self._resumed:
            self._resumed[ticket].append(step)
        else:
            yield from compare_step(self.centre, label, stored, step)

    def _came_back(self) -> Iterator[str]:
        """Imported visits with a history of their own here: people who missed their call and were resumed."""
        for ticket, stored in read(self.conn, self._resumed).items():
            row, steps = stored.ticket or {}, self._resumed[ticket]
            label = name_of(ticket, stored)
            try:
                visit = fold(stored.events, _visit_of(ticket, row, steps) if steps else None)
            except Unfit as error:
                yield f"{label}: {error}"
            else:
                yield from compare_steps(self.centre, label, stored, visit.steps)

    def _unknown(self) -> Iterator[str]:
        odd = [ticket for ticket, left in self._left.items() if left > 0 and ticket not in self._resumed]
        for ticket, stored in read(self.conn, odd).items():
            yield f"{name_of(ticket, stored)} has rows that the log does not have"


def _imported_step(values: Sequence[Any]) -> _Line:
    """A line as its event tells it (commands.history), instants in microseconds."""
    ticket, position, *facts = values
    told = dict(zip(COLUMNS, facts, strict=True))
    told |= {name: instant(told[name]) for name in _INSTANTS if told[name] is not None}
    line = VisitLine(**{**told, "outcome": StepState(told["outcome"])})
    return _Line(ticket, past_step(line, position), line)


def _visit_of(ticket: int, row: Mapping[Any, Any], steps: Sequence[Step]) -> Visit:
    """An imported visit as it was before it came back."""
    return Visit(
        id=ticket,
        number=row["number"],
        business_date=row["business_date"],
        channel=row["channel"],
        priority=row["priority"],
        priority_confirmed=row["priority_confirmed"],
        language=row["language"],
        issued_at=row["issued_at"],
        seq=0,
        steps=tuple(sorted(steps, key=attrgetter("position"))),
    )
