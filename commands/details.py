"""What a person gives once and every later counter sees: name, phone, the case's reference, the documents seen.

Personal data stands in a table of its own; the log says that it changed, never what it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update

from commands.tickets import check_person
from queueing.refusals import Invalid
from queueing.states import Act
from queueing.visit import Visit
from store.notes import read_person
from store.tables import Person
from store.unit import Unit

LONGEST_REFERENCE = 40


@dataclass(frozen=True, slots=True)
class Details:
    """What is set; None leaves a field as it is, an empty text or list takes it away."""

    name: str | None = None
    phone: str | None = None
    reference: str | None = None
    documents: Sequence[str] | None = None


def change_details(unit: Unit, ticket: int, details: Details) -> Visit:
    """Keeps what a person has given; what is so already changes nothing. Raises NotFound, WrongState, Invalid."""
    visit = unit.visit(ticket)
    unit.check(visit, Act.CHANGE_DETAILS)
    check_person(details.name or None, details.phone or None)
    if details.reference is not None and len(details.reference) > LONGEST_REFERENCE:
        raise Invalid("reference", "too-long", most=LONGEST_REFERENCE)
    _check_documents(unit, visit, details.documents or ())
    known = read_person(unit.conn, ticket)
    asked = {name: getattr(details, name) for name in ("name", "phone", "reference", "documents")}
    new = {name: value or None for name, value in asked.items() if value is not None}
    if all(value == getattr(known, name) for name, value in new.items()):
        return visit
    _write(unit, ticket, new)
    return unit.act(visit, Act.CHANGE_DETAILS)


def _check_documents(unit: Unit, visit: Visit, documents: Sequence[str]) -> None:
    known = {d["code"] for step in visit.steps for d in unit.centre.services[step.service].documents}
    for code in documents:
        if code not in known:
            raise Invalid("documents", "unknown", value=code)


def _write(unit: Unit, ticket: int, new: dict[str, Any]) -> None:
    if unit.conn.execute(update(Person).where(Person.ticket_id == ticket).values(new)).rowcount == 0:
        unit.conn.execute(insert(Person), {"ticket_id": ticket, "recorded_at": unit.now, **new})
