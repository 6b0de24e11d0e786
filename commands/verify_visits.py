"""What `verify` looks at in visits: each is folded from its events again and compared with its rows, field by field."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select, union

from commands.verify_imports import ImportCheck
from commands.verify_log import IN_CENTRE
from commands.verify_rows import Stored, Unfit, compare, compare_steps, fold, name_of, read
from queueing.events import Kind
from queueing.numbering import parse_number
from queueing.visit import Visit, apply
from store.centre import CentreInfo
from store.log import event_of
from store.tables import AT_COUNTER, UNENDED, LogEvent, Ticket, TicketStep

_CHUNK = 500
Key = tuple[date, str]

# Tickets of open days, tickets that somebody is still in, and tickets that the log names since.
_SCOPE: Any = union(
    select(Ticket.id).where(Ticket.centre_id == bindparam("centre"), Ticket.business_date > bindparam("after")),
    select(TicketStep.ticket_id).where(TicketStep.centre_id == bindparam("centre"), UNENDED),
    select(TicketStep.ticket_id).where(TicketStep.centre_id == bindparam("centre"), AT_COUNTER),
    select(LogEvent.ticket_id).where(IN_CENTRE, LogEvent.seq > bindparam("since"), LogEvent.ticket_id.is_not(None)),
).order_by("id")


@dataclass(slots=True)
class VisitCheck:
    """Compares a centre's visits of days after `after`, and all that events after `since` name (0: all).

    Afterwards `highest` has the highest number of each day and series, `counted` those that were given here.
    """

    conn: Connection
    centre: CentreInfo
    after: date
    since: int
    highest: dict[Key, int] = field(default_factory=dict)
    counted: set[Key] = field(default_factory=set)

    def differences(self) -> Iterator[str]:
        """Every difference, ticket by ticket: of those issued here, then of those that were imported."""
        imports = ImportCheck(self.conn, self.centre, everything=self.after == date.min)
        values = {"centre": self.centre.id, "since": self.since, "after": self.after}
        found = self.conn.execute(_SCOPE, values, execution_options={"yield_per": _CHUNK})
        for ids in found.scalars().partitions():
            for ticket, stored in read(self.conn, ids).items():
                if stored.home != self.centre.id:
                    continue
                if stored.events and stored.events[0].kind == Kind.ISSUED:
                    yield from self._issued(ticket, stored)
                elif stored.ticket is not None:
                    imports.add(ticket, stored)
                    self._count(stored.ticket["business_date"], stored.ticket["number"])
                else:
                    yield f"ticket {ticket} has no row, event {stored.events[0].seq} of the log names it"
        yield from imports.differences()

    def _issued(self, ticket: int, stored: Stored) -> Iterator[str]:
        try:
            visit = fold(stored.events)
        except Unfit as error:
            yield f"{name_of(ticket, stored)}: {error}"
            return
        if key := self._count(visit.business_date, visit.number):
            self.counted.add(key)
        label = f"{visit.number} of {visit.business_date}"
        if stored.ticket is None:
            yield f"{label} has no row, the log has issued it"
            return
        yield from compare(label, stored.ticket, self._ticket_row(visit, stored.events[0]))
        yield from compare_steps(self.centre, label, stored, visit.steps)

    def _count(self, day: date, number: str) -> Key | None:
        """Remembers a number; its day and series, when its day is looked at and it is a number of ours."""
        parsed = parse_number(number)
        if parsed is None or day <= self.after:
            return None
        key = day, parsed[0]
        self.highest[key] = max(self.highest.get(key, 0), parsed[1])
        return key

    def _ticket_row(self, visit: Visit, issued: Any) -> dict[str, Any]:
        return {
            "centre_id": self.centre.id,
            "number": visit.number,
            "business_date": visit.business_date,
            "channel": visit.channel,
            "priority": visit.priority,
            "priority_confirmed": visit.priority_confirmed,
            "language": visit.language,
            "issued_at": visit.issued_at,
            "appointment_at": apply(None, event_of(issued)).step.not_before,
        }
