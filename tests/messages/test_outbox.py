"""What is written into the outbox: by the press that it tells of, with it or not at all, and nothing of anybody."""

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from commands.appointments import book, cancel, confirm, move
from commands.tickets import TicketRequest
from queueing.refusals import SlotFull
from store.ids import new_id
from store.tables import Message
from tests.cast import KEO, SLOTS, Hall
from tests.messages.outbox import EMAIL, NINE, PHONE, booked, outbox, states

DAY = timedelta(days=1)


def kinds(hall: Hall) -> list[str]:
    return [kind for kind, _state, _why in states(hall)]


def test_who_books_is_told_at_once_and_reminded_the_day_before(hall: Hall) -> None:
    made = booked(hall)
    told, reminder = outbox(hall)
    assert (told.kind, told.due_at, told.appointment_id, told.sequence) == ("booked", hall.clock.now(), made.id, 0)
    assert (reminder.kind, reminder.due_at, reminder.sequence) == ("reminder", NINE - DAY, 0)
    assert {row.state for row in (told, reminder)} == {"waiting"}


def test_what_is_tomorrow_needs_no_reminder(hall: Hall) -> None:
    booked(hall, hall.clock.now() + DAY)
    assert kinds(hall) == ["booked"]


@pytest.mark.parametrize("phone", [None, "191", "+856 20"])
def test_who_gave_no_address_is_told_nothing(hall: Hall, phone: str | None) -> None:
    made = booked(hall, phone=phone, name="Bounmy")
    hall.press(move, made.id, NINE + DAY)
    hall.press(cancel, made.id)
    assert outbox(hall) == []


@pytest.mark.parametrize("reach", ["", "email"])
def test_what_no_carrier_reaches_is_not_written(hall: Hall, reach: str) -> None:
    hall.store.reach = frozenset(reach.split())
    booked(hall)
    assert outbox(hall) == []


def test_an_email_address_is_enough(hall: Hall) -> None:
    hall.store.reach = frozenset({"email"})
    booked(hall, phone=None, email=EMAIL)
    assert kinds(hall) == ["booked", "reminder"]


def test_a_refused_booking_leaves_no_message(hall: Hall) -> None:
    for _ in range(SLOTS["BIRTH"]):
        booked(hall, phone=None)
    with pytest.raises(SlotFull):
        booked(hall)
    assert outbox(hall) == []


def test_a_press_that_is_rolled_back_leaves_no_message(hall: Hall) -> None:
    with suppress(ZeroDivisionError), hall.store.unit(hall.code, KEO) as unit:
        book(unit, TicketRequest(("BIRTH",), "web", phone=PHONE), NINE)
        raise ZeroDivisionError  # the power
    assert outbox(hall) == []


def test_a_hold_is_told_when_it_is_confirmed_and_once(hall: Hall) -> None:
    held = booked(hall, hold=True)
    hall.press(move, held.id, NINE + DAY)
    assert outbox(hall) == []
    for _ in range(2):
        hall.press(confirm, held.id)
    assert [(row.kind, row.sequence) for row in outbox(hall)] == [("booked", 1), ("reminder", 1)]


def test_a_hold_that_is_given_up_is_told_nobody(hall: Hall) -> None:
    hall.press(cancel, booked(hall, hold=True).id)
    assert outbox(hall) == []


def test_a_move_and_a_cancellation_are_told(hall: Hall) -> None:
    made = booked(hall)
    hall.later(1).press(move, made.id, NINE + DAY)
    hall.later(1).press(cancel, made.id)
    hall.press(cancel, made.id)
    later = [(row.kind, row.sequence) for row in outbox(hall)[2:]]
    assert later == [("moved", 1), ("reminder", 1), ("cancelled", 2)]


def test_nothing_of_anybody_is_in_the_outbox(hall: Hall) -> None:
    made = booked(hall, email=EMAIL, name="Bounmy")
    rows = str(outbox(hall)).lower()
    assert rows.count("reminder") == 1
    for personal in (PHONE, "2345", EMAIL, "bounmy", made.reference.lower(), "http"):
        assert personal not in rows


@pytest.mark.parametrize("about", ["appointment_id", "ticket_id"])
def test_the_database_refuses_to_say_the_same_twice(hall: Hall, about: str) -> None:
    visit = hall.ticket(phone=PHONE)
    booked(hall)
    row = {**outbox(hall)[0]._mapping, "id": new_id()}
    if about == "ticket_id":
        row |= {"appointment_id": None, "sequence": None, "ticket_id": visit.id, "kind": "near_turn"}
        with hall.store.writing() as conn:
            conn.execute(insert(Message), {**row, "id": new_id()})
    with pytest.raises(IntegrityError, match=about), hall.store.writing() as conn:
        conn.execute(insert(Message), row)
