"""A total outage: pads of numbered paper tickets printed before it, and their tickets entered after it, once.

A pad's numbers have a letter more than the series (`AP001`), so that a ticket of paper and one of the machine never
share a number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, select

from commands.history import add_past_visits
from queueing.events import Kind
from queueing.journey import plan_steps
from queueing.numbering import paper_series, parse_number, ticket_number
from queueing.order import Joined, place
from queueing.refusals import Invalid, Mistakes
from queueing.states import StepState
from queueing.visit import place_facts
from reports.visit_lines import VisitLine
from store.counts import last_count, raise_counts
from store.ids import new_id
from store.tables import Ticket
from store.unit import Unit

MOST_PAPERS = 1000
OLDEST_DAYS = 7
CHANNEL = "staff"
# What can have become of a ticket of paper.
OUTCOMES = (StepState.WAITING, StepState.FINISHED, StepState.NO_SHOW, StepState.LEFT, StepState.EXPIRED)
# Numbers are counted by date. A pad's go on from pad to pad, whenever it is used: they are counted on a date before
# all others, at which neither a ticket is given nor `verify` looks.
_PADS = date.min


def print_pad(unit: Unit, series: str, count: int) -> list[str]:
    """The next numbers for a pad of a series: no two pads of a centre have one in common.

    Raises Invalid.
    """
    used = {service.series for service in unit.centre.services.values()}
    if series not in used:
        raise Invalid("series", "no-such-series", value=series, known=", ".join(sorted(used)))
    letters = paper_series(series)
    if letters is None or letters in used:
        raise Invalid("series", "no-paper-series", value=series)
    if not 1 <= count <= MOST_PAPERS:
        raise Invalid("count", "not-so-many", most=MOST_PAPERS)
    last = last_count(unit.conn, unit.centre.id, _PADS, letters)
    raise_counts(unit.conn, unit.centre.id, {(_PADS, letters): last + count})
    digits = unit.centre.rules.ticket_digits
    numbers = [ticket_number(letters, last + n, digits=digits) for n in range(1, count + 1)]
    unit.tell(Kind.CENTRE_UPDATED, live=False, what="pad-printed", first=numbers[0], last=numbers[-1])
    return numbers


@dataclass(frozen=True, slots=True)
class Paper:
    """A ticket of paper as a clerk reads it; `line` is where it stands in the list. Instants are aware.

    `ended` is when the person left the counter or the centre. Who still waits has neither that nor a call.
    """

    line: int
    number: str
    service: str
    taken: datetime
    outcome: StepState
    called: datetime | None = None
    ended: datetime | None = None
    counter: int | None = None


def enter_papers(unit: Unit, day: date, papers: Sequence[Paper]) -> None:
    """Enters a day's paper tickets: who still waits joins the queue as of the time on the paper, others are history.

    All are entered or none. Raises Mistakes, ClockBehind.
    """
    unit.refuse_lost_clock()
    if not papers:
        raise Mistakes([Invalid("1-number", "required")])
    papers = [_completed(unit, day, paper) for paper in papers]
    if found := [*_day_mistakes(unit, day), *_number_mistakes(unit, day, papers), *_time_mistakes(unit, day, papers)]:
        raise Mistakes(found)
    add_past_visits(unit, [_line(paper) for paper in papers if paper.outcome is not StepState.WAITING])
    waiting = [paper for paper in papers if paper.outcome is StepState.WAITING]
    for paper in sorted(waiting, key=lambda paper: (paper.taken, paper.line)):
        _queue(unit, day, paper)
    counts: dict[tuple[date, str], int] = {}
    for letters, count in filter(None, (parse_number(paper.number) for paper in papers)):
        # Of pads that were printed after the backup from which this database comes, nothing else is known.
        for on in (day, _PADS):
            counts[on, letters] = max(counts.get((on, letters), 0), count)
    raise_counts(unit.conn, unit.centre.id, counts)


def _completed(unit: Unit, day: date, paper: Paper) -> Paper:
    """The paper with its number as it is printed, and the end that nobody has to write."""
    parsed = parse_number("".join(paper.number.upper().split()))
    number = ticket_number(*parsed, digits=unit.centre.rules.ticket_digits) if parsed else paper.number
    ended = paper.ended
    if paper.outcome is StepState.NO_SHOW:
        ended = ended or paper.called
    if paper.outcome is StepState.EXPIRED:
        ended = max(unit.centre.hours.closing(day), paper.taken)
    return replace(paper, number=number, ended=ended)


def _day_mistakes(unit: Unit, day: date) -> Iterator[Invalid]:
    if day > unit.today:
        yield Invalid("day", "still-to-come")
    elif day < unit.today - timedelta(days=OLDEST_DAYS):
        yield Invalid("day", "too-long-ago", most=OLDEST_DAYS)


_ENTERED = select(Ticket.number).where(
    Ticket.centre_id == bindparam("centre"),
    Ticket.business_date == bindparam("day"),
    Ticket.number.in_(bindparam("numbers", expanding=True)),
)


def _number_mistakes(unit: Unit, day: date, papers: Sequence[Paper]) -> Iterator[Invalid]:
    """The database would refuse a number twice on a day; here it is named."""
    centre = unit.centre
    series = {service.series for service in centre.services.values()}
    on_paper = {letters for one in series if (letters := paper_series(one)) and letters not in series}
    values = {"centre": centre.id, "day": day, "numbers": [paper.number for paper in papers]}
    entered, listed = set(unit.conn.execute(_ENTERED, values).scalars()), set()
    for paper in papers:
        parsed, where = parse_number(paper.number), f"{paper.line}-number"
        if parsed is None or parsed[0] not in on_paper:
            like = ticket_number(min(on_paper, default="AP"), 1, digits=centre.rules.ticket_digits)
            yield Invalid(where, "not-a-paper-number", value=paper.number, like=like)
        elif paper.number in entered:
            yield Invalid(where, "entered-before", value=paper.number)
        elif paper.number in listed:
            yield Invalid(where, "listed-twice", value=paper.number)
        listed.add(paper.number)
        if paper.service not in centre.services:
            yield Invalid(f"{paper.line}-service", "required")
        if paper.counter is not None and paper.counter not in centre.counters:
            yield Invalid(f"{paper.line}-counter", "unknown", value=paper.counter)


def _time_mistakes(unit: Unit, day: date, papers: Sequence[Paper]) -> Iterator[Invalid]:
    for paper in papers:
        yield from _outcome_mistakes(unit, day, paper)
        earlier = paper.taken
        for name in ("taken", "called", "ended"):
            at = getattr(paper, name)
            if at is None:
                continue
            if at > unit.now and (paper.outcome is not StepState.EXPIRED or name != "ended"):
                yield Invalid(f"{paper.line}-{name}", "still-to-come")
            elif at < earlier:
                yield Invalid(f"{paper.line}-{name}", "times-backwards")
            earlier = max(earlier, at)


# What was not, for who was never called; when they expired is known.
_NOT_CALLED = {StepState.WAITING: ("called", "ended", "counter"), StepState.EXPIRED: ("called", "counter")}
# Which times an outcome needs; a missed call ends with itself where nothing else is written.
_NEEDS = {
    StepState.FINISHED: ("called", "ended"),
    StepState.NO_SHOW: ("called",),
    StepState.LEFT: ("ended",),
}


def _outcome_mistakes(unit: Unit, day: date, paper: Paper) -> Iterator[Invalid]:
    over = day <= max(unit.centre.hours.last_ended(unit.now), unit.ended_on or date.min)
    if over == (paper.outcome is StepState.WAITING) and paper.outcome in _NOT_CALLED:
        yield Invalid(f"{paper.line}-outcome", "day-is-over" if over else "day-goes-on")
    for name in _NOT_CALLED.get(paper.outcome, ()):
        if getattr(paper, name) is not None:
            yield Invalid(f"{paper.line}-{name}", "was-not-called")
    for name in _NEEDS.get(paper.outcome, ()):
        if getattr(paper, name) is None:
            yield Invalid(f"{paper.line}-{name}", "required")
    if paper.counter is not None and paper.called is None and paper.outcome not in _NOT_CALLED:
        yield Invalid(f"{paper.line}-called", "required")


def _line(paper: Paper) -> VisitLine:
    """Paper does not say when serving began after the call: it is taken as the call."""
    return VisitLine(
        ticket=paper.number,
        service=paper.service,
        issued_at=paper.taken,
        called_at=paper.called,
        started_at=paper.called if paper.outcome is StepState.FINISHED else None,
        finished_at=paper.ended or paper.taken,
        counter=paper.counter,
        outcome=paper.outcome,
        channel=CHANNEL,
        priority=None,
        appointment_at=None,
    )


def _queue(unit: Unit, day: date, paper: Paper) -> None:
    """The event happened when the paper was given and is recorded now; what is past does not move the centre's time."""
    first = place(Joined.ARRIVAL, paper.taken, cap=unit.centre.rules.max_credit)
    unit.issue(
        new_id(),
        at=paper.taken,
        number=paper.number,
        business_date=day.isoformat(),
        channel=CHANNEL,
        priority=None,
        language=None,
        services=plan_steps([paper.service], unit.centre.then),
        place=place_facts(1, first),
    )
