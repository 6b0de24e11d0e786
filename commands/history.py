"""Importing real past visits with their own times, in small batches: a running server writes between them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, exists, insert, select

from commands.history_lines import LineRefused, read_header, read_line, split_line
from queueing.events import Kind
from queueing.numbering import paper_series, parse_number
from queueing.refusals import NotFound
from queueing.states import StepState
from queueing.visit import Step, micros
from reports.visit_lines import COLUMNS, VisitLine
from store.centre import CentreInfo, read_centre
from store.counts import raise_counts
from store.ids import new_id
from store.tables import Centre, LogEvent, Ticket, TicketStep
from store.unit import Store, Unit
from store.visits import step_row

BATCH = 200
_ACTOR = "import-history"
_FOLLOWED = frozenset({StepState.FINISHED, StepState.TRANSFERRED})


class Problem(NamedTuple):
    """A line of the file that was refused; the first line of a file is 1."""

    line: int
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What became of the lines: imported now, known before, refused."""

    imported: int = 0
    known: int = 0
    problems: list[Problem] = field(default_factory=list)


class _Read(NamedTuple):
    number: int
    line: VisitLine


def import_history(
    store: Store, centre_code: str, lines: Iterable[str], progress: Callable[[int], None] | None = None
) -> ImportReport:
    """Imports the good lines of a visits.csv and reports the others; what is known already is not imported again.

    `progress` is told how many lines were read, header included. A header that makes no sense refuses the whole file
    as line 1. Raises NotFound for an unknown centre and Busy; what was imported until then stays.
    """
    centre = _find_centre(store, centre_code)
    report = ImportReport()
    numbered = enumerate(lines, 1)
    try:
        columns = read_header(next(numbered, (1, ""))[1])
    except LineRefused as refusal:
        report.problems.append(Problem(1, str(refusal)))
        return report
    while chunk := list(islice(numbered, BATCH)):
        _import_batch(store, centre_code, list(_read(chunk, columns, centre, report)), report)
        if progress:
            progress(chunk[-1][0])
    report.problems.sort()
    return report


def _find_centre(store: Store, code: str) -> CentreInfo:
    with store.reading() as conn:
        centre = conn.execute(select(Centre.id).where(Centre.code == code)).scalar()
        if centre is None:
            raise NotFound("centre")
        return read_centre(conn, centre)


def _read(
    chunk: Iterable[tuple[int, str]], columns: Sequence[str], centre: CentreInfo, report: ImportReport
) -> Iterator[_Read]:
    for number, text in chunk:
        try:
            if values := split_line(text):
                yield _Read(number, read_line(columns, values, centre))
        except LineRefused as refusal:
            report.problems.append(Problem(number, str(refusal)))


def _import_batch(store: Store, centre_code: str, batch: Sequence[_Read], report: ImportReport) -> None:
    """One unit. It is reported once it is committed."""
    if not batch:
        return
    with store.unit(centre_code, _ACTOR) as unit:
        added = _Addition(unit, batch)
        added.write()
    report.imported += len(added.steps)
    report.known += added.known
    report.problems += added.problems


def add_past_visits(unit: Unit, lines: Sequence[VisitLine]) -> None:
    """Adds visits to the unit's centre's history, as the import does; the caller knows that none is there yet."""
    _Addition(unit, [_Read(number, line) for number, line in enumerate(lines, 1)]).write()


@dataclass(slots=True)
class _PastVisit:
    """A visit that lines of the file belong to, as far as it is written or about to be."""

    id: int
    channel: str
    priority: str | None
    lived_here: bool = False  # it has events of its own, and they say all that happened to it
    steps: int = 0
    known: set[tuple[str, datetime]] = field(default_factory=set)  # service and issued_at of its lines
    ends: set[datetime] = field(default_factory=set)  # when steps ended that another may follow

    def add(self, service: str, state: str, issued_at: datetime | None, finished_at: datetime | None) -> None:
        """Counts one more step; one that has not joined has no line."""
        self.steps += 1
        if issued_at is not None:
            self.known.add((service, issued_at))
        if finished_at is not None and state in _FOLLOWED:
            self.ends.add(finished_at)


_Key = tuple[date, str]


class _Addition:
    """What one batch adds to a centre's history."""

    def __init__(self, unit: Unit, batch: Sequence[_Read]) -> None:
        self.unit = unit
        self.known = 0
        self.problems: list[Problem] = []
        self.tickets: list[dict[str, Any]] = []
        self.steps: list[dict[str, Any]] = []
        self.facts: list[list[Any]] = []
        self._ids: set[int] = set()
        self._day = unit.centre.hours.business_date
        self._visits = _past_visits(unit.conn, unit.centre.id, {key for read in batch for key in self._keys(read.line)})
        for read in sorted(batch, key=lambda read: read.line.issued_at):
            self._take(read)

    def _keys(self, line: VisitLine) -> tuple[_Key, _Key]:
        """The visit of the line's own date, and that of the day before, which may have outlived midnight."""
        day = self._day(line.issued_at)
        return (day, line.ticket), (day - timedelta(days=1), line.ticket)

    def _take(self, read: _Read) -> None:
        line = read.line
        own, before = self._keys(line)
        visit = self._visits.get(before)
        if visit is None or line.issued_at not in visit.ends:  # a later step joins when the one before it ends
            visit = self._visits.get(own)
        if visit is None:
            visit = self._visits[own] = self._new_visit(own, line)
        if (line.service, line.issued_at) in visit.known:
            self.known += 1
        elif visit.lived_here:
            self.problems.append(Problem(read.number, f"another visit has the number {line.ticket} on that date here"))
        elif (visit.channel, visit.priority) != (line.channel, line.priority):
            self.problems.append(Problem(read.number, f"another channel or priority than the visit of {line.ticket}"))
        else:
            self._add_step(visit, line)

    def _new_visit(self, key: _Key, line: VisitLine) -> _PastVisit:
        ticket = new_id()
        while ticket in self._ids:  # many in one millisecond
            ticket = new_id()
        self._ids.add(ticket)
        row = {
            "id": ticket,
            "centre_id": self.unit.centre.id,
            "business_date": key[0],
            "number": line.ticket,
            "channel": line.channel,
            "priority": line.priority,
            "issued_at": line.issued_at,
            "appointment_at": line.appointment_at,
        }
        self.tickets.append(row)
        return _PastVisit(ticket, line.channel, line.priority)

    def _add_step(self, visit: _PastVisit, line: VisitLine) -> None:
        visit.add(line.service, line.outcome, line.issued_at, line.finished_at)
        step = past_step(line, visit.steps)
        self.steps.append(step_row(self.unit.centre.id, self.unit.centre.zone, visit.id, step))
        self.facts.append([visit.id, step.position, *_facts(line)])

    def write(self) -> None:
        """Writes the rows and the one event that holds the lines."""
        if not self.steps:
            return
        if self.tickets:
            self.unit.conn.execute(insert(Ticket), self.tickets)
            self._raise_counts()
        self.unit.conn.execute(insert(TicketStep), self.steps)
        columns = ["ticket_id", "position", *COLUMNS]
        self.unit.tell(Kind.HISTORY_IMPORTED, live=False, columns=columns, lines=self.facts)

    def _raise_counts(self) -> None:
        """No number given from now on repeats an imported one of the same date."""
        series = {service.series for service in self.unit.centre.services.values()}
        series |= {letters for one in series if (letters := paper_series(one))}
        last: dict[tuple[date, str], int] = {}
        for row in self.tickets:
            parsed = parse_number(row["number"])
            if parsed and parsed[0] in series:
                key = row["business_date"], parsed[0]
                last[key] = max(last.get(key, 0), parsed[1])
        raise_counts(self.unit.conn, self.unit.centre.id, last)


def past_step(line: VisitLine, position: int) -> Step:
    """The step that an imported line tells of. It has no place in a queue's order or among the board's calls.

    The wait of a visit's first step counts from its appointment, when that is later than its arrival.
    """
    booked = line.appointment_at if position == 1 else None
    return Step(
        position=position,
        service=line.service,
        state=line.outcome,
        joined_at=max(line.issued_at, booked or line.issued_at),
        not_before=line.appointment_at,
        counter=line.counter,
        first_counter=line.counter,
        first_called_at=line.called_at,
        called_at=line.called_at,
        last_called_at=line.called_at,
        started_at=line.started_at,
        walk=line.started_at - line.called_at if line.started_at and line.called_at else None,
        served=line.finished_at - line.started_at if line.started_at else timedelta(),
        finished_at=line.finished_at,
    )


def _facts(line: VisitLine) -> list[Any]:
    """The line as its event tells it: instants in microseconds since the epoch."""
    values = [getattr(line, column) for column in COLUMNS]
    return [micros(value) if isinstance(value, datetime) else value for value in values]


_PAST = (
    select(
        Ticket.number,
        Ticket.id,
        Ticket.channel,
        Ticket.priority,
        TicketStep.service,
        case((TicketStep.position == 1, Ticket.issued_at), else_=TicketStep.joined_at).label("issued_at"),
        TicketStep.state,
        TicketStep.finished_at,
        exists().where(LogEvent.ticket_id == Ticket.id).label("lived_here"),
    )
    .join(TicketStep, TicketStep.ticket_id == Ticket.id)
    .where(
        Ticket.centre_id == bindparam("centre"),
        # one date at a time: asked for pairs, or for two lists, a planner may walk the centre's whole history
        Ticket.business_date == bindparam("day"),
        Ticket.number.in_(bindparam("numbers", expanding=True)),
    )
)


def _past_visits(conn: Connection, centre: int, keys: Iterable[_Key]) -> dict[_Key, _PastVisit]:
    """The visits that are written under these dates and numbers."""
    visits: dict[_Key, _PastVisit] = {}
    for day, together in groupby(sorted(keys), key=itemgetter(0)):
        values = {"centre": centre, "day": day, "numbers": [number for _, number in together]}
        for row in conn.execute(_PAST, values):
            past = _PastVisit(row.id, row.channel, row.priority, bool(row.lived_here))
            visit = visits.setdefault((day, row.number), past)
            visit.add(row.service, row.state, row.issued_at, row.finished_at)
    return visits
