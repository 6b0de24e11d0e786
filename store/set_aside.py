"""Who was set aside at a centre: people on hold, and those who missed their call and may still come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, func, literal, or_, select

from queueing.order import Joined
from queueing.states import StepState
from store.tables import Ticket, TicketStep
from store.types import Instant

_IS = {state: TicketStep.state == literal(state.value, literal_execute=True) for state in StepState}
_SET_ASIDE = (
    select(
        TicketStep.ticket_id,
        Ticket.number,
        TicketStep.service,
        TicketStep.state,
        TicketStep.counter,
        func.coalesce(TicketStep.held_since, TicketStep.finished_at, type_=Instant()),
        TicketStep.joined_as == Joined.ON_WAY.value,
    )
    .join(Ticket, Ticket.id == TicketStep.ticket_id)
    .where(
        TicketStep.centre_id == bindparam("centre"),
        TicketStep.joined_on == bindparam("day"),  # by the index of the day, never through history
        or_(
            _IS[StepState.ON_HOLD],
            and_(_IS[StepState.NO_SHOW], TicketStep.finished_at >= bindparam("since")),
        ),
    )
    .order_by(TicketStep.joined_seq)
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A visit that waits in no queue and may be brought back; `counter` is where it was called last."""

    ticket: int
    number: str
    service: str
    state: str
    counter: int | None
    since: datetime
    on_way: bool


def read_set_aside(conn: Connection, centre: int, day: date, since: datetime) -> list[SetAside]:
    """The people of `day` who are on hold, or missed their call at `since` or later, in the order of their joining."""
    rows: Sequence[Row[*tuple[Any, ...]]] = conn.execute(
        _SET_ASIDE, {"centre": centre, "day": day, "since": since}
    ).all()
    return [SetAside(*row) for row in rows]
