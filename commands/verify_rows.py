"""What `verify` compares: a ticket's rows as they are, and the visit that its events come to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from commands.verify_log import shown
from queueing.events import EVENT_OF, Event, Kind
from queueing.states import allowed
from queueing.visit import Fold, Step, Visit
from store.centre import CentreInfo
from store.log import event_of
from store.tables import LogEvent, Ticket, TicketStep
from store.visits import step_row

_ACT_OF = {kind: act for act, kind in EVENT_OF.items()}
# What is raised by an event that lacks a fact, has one of the wrong kind, or comes where it cannot have come.
UNREADABLE = (ArithmeticError, AttributeError, LookupError, StopIteration, TypeError, ValueError)

_TICKETS = select(Ticket.__table__).where(Ticket.id.in_(bindparam("tickets", expanding=True)))
_STEPS = select(TicketStep.__table__).where(TicketStep.ticket_id.in_(bindparam("tickets", expanding=True)))
_EVENTS = (
    select(LogEvent.__table__)
    .where(LogEvent.ticket_id.in_(bindparam("tickets", expanding=True)))
    .order_by(LogEvent.ticket_id, LogEvent.seq)
)


class Unfit(Exception):
    """A log that folds to no visit; the message says where."""


@dataclass(slots=True)
class Stored:
    """What the database has of one ticket."""

    ticket: Mapping[Any, Any] | None = None
    steps: dict[int, Mapping[Any, Any]] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)

    @property
    def home(self) -> int | None:
        """The centre whose ticket it is: by the log, if that knows it."""
        if self.events:
            return self.events[0].centre_id  # type: ignore[no-any-return]
        return self.ticket["centre_id"] if self.ticket else None


def read(conn: Connection, ids: Iterable[int]) -> dict[int, Stored]:
    """Rows and events of some tickets, by id."""
    stored = {ticket: Stored() for ticket in ids}
    values = {"tickets": list(stored)}
    if not stored:
        return stored
    for row in conn.execute(_TICKETS, values).mappings():
        stored[row["id"]].ticket = row
    for row in conn.execute(_STEPS, values).mappings():
        stored[row["ticket_id"]].steps[row["position"]] = row
    for event in conn.execute(_EVENTS, values):
        stored[event.ticket_id].events.append(event)
    return stored


def name_of(ticket: int, stored: Stored) -> str:
    """A ticket in a sentence: its number and day, or its id when it has no row."""
    row = stored.ticket
    return f"{row['number']} of {row['business_date']}" if row else f"ticket {ticket}"


def compare(what: str, row: Mapping[Any, Any], told: Mapping[str, Any]) -> Iterator[str]:
    """Each column that is not what the log tells."""
    for name, value in told.items():
        if row[name] != value:
            yield f"{what}: {name} is {shown(row[name])} in the row, {shown(value)} in the log"


def fold(events: Iterable[Any], visit: Visit | None = None) -> Visit:
    """The visit that events come to. Raises Unfit at the first that cannot have happened as the log tells it."""
    folded = Fold(visit)
    for number, row in enumerate(events, 1):
        said = f"event {row.seq} ({row.kind})"
        if row.ticket_seq != number:
            raise Unfit(f"{said} is the ticket's number {row.ticket_seq} in the log, {number} by its place")
        try:
            event = event_of(row)
            _check(said, folded, event)
            folded.add(event)
        except UNREADABLE as error:
            raise Unfit(f"{said} cannot be applied ({type(error).__name__}: {error})") from error
    if folded.visit is None:
        raise Unfit("it has no events")
    return folded.visit


def _check(said: str, folded: Fold, event: Event) -> None:
    """Raises Unfit for an event that cannot have happened to the visit."""
    visit = folded.visit
    if visit is None:
        return
    if event.kind is Kind.UNDONE:
        if folded.last is None or event.facts["seq"] != folded.last.seq:
            raise Unfit(f"{said} undoes event {event.facts['seq']}, which was not the ticket's last")
        return
    act = _ACT_OF.get(event.kind)
    if act is None or not allowed(visit.state, act):
        raise Unfit(f"{said} happened to a ticket that was {visit.state}")
    if event.kind is Kind.CALLED and event.facts["service"] != visit.step.service:
        raise Unfit(f"{said} is for {shown(event.facts['service'])}, the visit was at {visit.step.service}")


def compare_steps(centre: CentreInfo, label: str, stored: Stored, steps: Sequence[Step]) -> Iterator[str]:
    """Differences between all steps of a visit and their rows."""
    for step in steps:
        yield from compare_step(centre, label, stored, step)
    for position in sorted(stored.steps.keys() - {step.position for step in steps}):
        yield f"{label}, step {position} ({stored.steps[position]['service']}) has a row, the log does not have it"


def compare_step(centre: CentreInfo, label: str, stored: Stored, step: Step) -> Iterator[str]:
    """Differences between one step and its row."""
    what = f"{label}, step {step.position} ({step.service})"
    row = stored.steps.get(step.position)
    if row is None:
        yield f"{what} has no row, the log has it"
        return
    yield from compare(what, row, step_row(centre.id, centre.zone, row["ticket_id"], step))
