"""What must never be is refused by the database itself, whatever the code believes."""

from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update
from sqlalchemy.exc import IntegrityError

from store import tables
from store.ids import new_id
from tests.cast import MONDAY, Hall

TICKETS, STEPS, EVENTS = (tables.Base.metadata.tables[name] for name in ("tickets", "steps", "events"))


def a_row(hall: Hall, table: Table) -> dict[str, Any]:
    """A row that the product wrote, to be written again with a difference."""
    with hall.reading() as conn:
        return dict(conn.execute(select(table).where(table.c.centre_id == hall.centre)).mappings().first() or {})


def write(hall: Hall, table: Table, row: dict[str, Any]) -> None:
    with hall.store.writing() as conn:
        conn.execute(insert(table), row)


def another_ticket(hall: Hall, **difference: Any) -> dict[str, Any]:
    return {**a_row(hall, TICKETS), "id": new_id(), **difference}


def test_a_number_is_given_once_a_day(hall: Hall) -> None:
    hall.ticket()
    with pytest.raises(IntegrityError, match="number"):
        write(hall, TICKETS, another_ticket(hall))
    write(hall, TICKETS, another_ticket(hall, number="B002"))
    write(hall, TICKETS, another_ticket(hall, business_date=MONDAY.replace(day=24)))


@pytest.mark.parametrize("state", ["waiting", "called", "serving", "on_hold"])
@pytest.mark.parametrize("other", ["waiting", "called", "serving", "on_hold"])
def test_a_person_has_one_place(hall: Hall, state: str, other: str) -> None:
    hall.ticket()
    with hall.store.writing() as conn:
        conn.execute(update(STEPS).where(STEPS.c.centre_id == hall.centre).values(state=state))
    second = {**a_row(hall, STEPS), "position": 2, "counter": 7}
    with pytest.raises(IntegrityError, match=r"uq_steps_active|steps\.ticket_id"):
        write(hall, STEPS, {**second, "state": other})
    for state_that_holds_no_place in ("planned", "finished", "no_show", "transferred", "dropped"):
        write(hall, STEPS, {**second, "state": state_that_holds_no_place, "position": new_id()})


@pytest.mark.parametrize("state", ["called", "serving"])
@pytest.mark.parametrize("other", ["called", "serving"])
def test_a_counter_has_one_person(hall: Hall, state: str, other: str) -> None:
    hall.ticket()
    write(hall, TICKETS, second := another_ticket(hall, number="B002"))
    with hall.store.writing() as conn:
        conn.execute(update(STEPS).where(STEPS.c.centre_id == hall.centre).values(state=state, counter=3))
    step = {**a_row(hall, STEPS), "ticket_id": second["id"], "state": other}
    with pytest.raises(IntegrityError, match=r"uq_steps_at_counter|steps\.counter"):
        write(hall, STEPS, step)
    write(hall, STEPS, {**step, "counter": 4})


def test_past_visits_may_overlap_at_a_counter_as_they_did(hall: Hall) -> None:
    hall.ticket()
    with hall.store.writing() as conn:
        conn.execute(update(STEPS).where(STEPS.c.centre_id == hall.centre).values(state="finished", counter=3))
    write(hall, TICKETS, second := another_ticket(hall, number="B002"))
    write(hall, STEPS, {**a_row(hall, STEPS), "ticket_id": second["id"]})


def test_an_event_has_its_own_number_in_the_log(hall: Hall) -> None:
    hall.ticket()
    event = a_row(hall, EVENTS)
    with pytest.raises(IntegrityError):
        write(hall, EVENTS, {**event, "ticket_seq": 2})
    with pytest.raises(IntegrityError, match="ticket"):
        write(hall, EVENTS, {**event, "seq": 2})
    write(hall, EVENTS, {**event, "seq": 2, "ticket_seq": 2})


def test_an_event_has_its_own_number_at_its_counter(hall: Hall) -> None:
    hall.opens(1)
    event = a_row(hall, EVENTS)
    with pytest.raises(IntegrityError, match="counter"):
        write(hall, EVENTS, {**event, "seq": 2})
    write(hall, EVENTS, {**event, "seq": 2, "counter": 2})


def test_a_step_is_for_a_service_of_its_centre(hall: Hall) -> None:
    hall.ticket()
    step = {**a_row(hall, STEPS), "position": 2, "state": "planned"}
    with pytest.raises(IntegrityError):
        write(hall, STEPS, {**step, "service": "NONE"})
    with pytest.raises(IntegrityError):
        write(hall, STEPS, {**step, "ticket_id": new_id()})
