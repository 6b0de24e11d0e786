"""The export of a centre's visits: a line per ended step, as import-history takes it."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from queueing.states import StepState
from reports.figures import ENDED_IN_PERIOD, of_ticket
from reports.visit_lines import COLUMNS, VisitLine
from store.centre import CentreInfo
from store.tables import Ticket, TicketStep

_AT_ONCE = 1000
_FIRST = TicketStep.position == 1
_ISSUED_AT = case((_FIRST, of_ticket(Ticket.issued_at)), else_=TicketStep.joined_at).label("issued_at")
_BOOKED_FOR = func.coalesce(TicketStep.not_before, case((_FIRST, of_ticket(Ticket.appointment_at))))
LINES = (
    select(
        of_ticket(Ticket.number).label("number"),
        TicketStep.service,
        _ISSUED_AT,
        TicketStep.first_called_at,
        TicketStep.started_at,
        TicketStep.finished_at,
        TicketStep.first_counter,
        TicketStep.state,
        of_ticket(Ticket.channel),
        of_ticket(Ticket.priority),
        _BOOKED_FOR,
        TicketStep.position,
    )
    .where(ENDED_IN_PERIOD)
    .order_by(_ISSUED_AT)
    .execution_options(yield_per=_AT_ONCE)
)


def visits_csv(conn: Connection, centre: CentreInfo, first: date, last: date) -> Iterator[str]:
    """The lines of visits.csv, header first, of the steps that joined from `first` to `last`, both included.

    They stand by issued_at, ticket and service, and are read as they are asked for: `conn` stays in use until the end.
    """
    yield _csv(COLUMNS)
    rows = conn.execute(LINES, {"centre": centre.id, "first": first, "last": last})
    for _, together in groupby(rows, key=lambda row: row.issued_at):
        # sorted here and not there: databases differ in how they order text
        for row in sorted(together, key=lambda row: (row.number, row.service, row.position)):
            yield _csv(_line(row).values(centre.zone))


def _line(row: Row[*tuple[Any, ...]]) -> VisitLine:
    *values, _position = row
    number, service, issued, called, started, finished, counter, state, *rest = values
    return VisitLine(number, service, issued, called, started, finished, counter, StepState(state), *rest)


def _csv(values: tuple[str, ...] | list[str]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(values)
    return line.getvalue()
