"""Somebody in the lists, looked at more closely: why they stand there, what they claim, and what can be done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from answers.tickets import service_name, why
from counter.names import group_name
from queueing.states import ACTIVE, AT_COUNTER, StepState
from store.centre import CentreInfo
from store.notes import Given, Written, read_notes, read_person
from store.visits import read_visit


@dataclass(frozen=True, slots=True)
class About:
    """A person who waits or is set aside. `group` is the code of the priority that they claim."""

    id: int
    number: str
    state: str
    service: str
    why: str
    group: str | None
    priority: str | None
    confirmed: bool
    given: Given
    notes: list[Written]


def read_about(conn: Connection, centre: CentreInfo, ticket: int, now: datetime, lang: str) -> About | None:
    """The person of a ticket of this centre; None when they wait no longer."""
    visit = read_visit(conn, ticket, centre.id)
    if visit is None or visit.state not in ACTIVE - AT_COUNTER:
        return None
    return About(
        id=visit.id,
        number=visit.number,
        state=visit.state.value,
        service=service_name(centre, visit.step.service, lang),
        why=why(centre, visit, lang, now) if visit.state is StepState.WAITING else "",
        group=visit.priority,
        priority=group_name(centre, visit.priority, lang),
        confirmed=visit.priority_confirmed,
        given=read_person(conn, visit.id),
        notes=read_notes(conn, centre.id, visit.id),
    )
