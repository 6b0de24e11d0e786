"""Reception: a ticket for who can't use a screen, and one printed again."""

from collections.abc import Callable

import pytest

from commands.appointments import book
from commands.calls import call_next, no_show
from commands.tickets import TicketRequest
from queueing.appointments import AppointmentState
from queueing.order import Joined
from queueing.states import Act, StepState
from store.appointments import read_appointment
from store.ids import appointment_token
from tests.cast import OFFICE_HOURS, Hall, a_hall, clock
from tests.pages.reader import PUBLIC_URL, Reader

Readers = Callable[..., Reader]


@pytest.fixture
def clerk(reader: Readers, hall: Hall) -> Reader:
    browser = reader("staff", lang="en")
    browser.get(f"/counter/{hall.code}/reception")
    return browser


def test_a_ticket_is_given_with_a_priority_that_staff_have_seen(clerk: Reader, hall: Hall) -> None:
    clerk.press(
        f"/counter/{hall.code}/reception", services="RES", priority="ELDER", name="Bounmy", phone="020 5555 1234"
    )
    assert clerk.show("number") == "A001"
    (visit,) = hall.visits().values()
    assert (visit.channel, visit.priority, visit.priority_confirmed) == ("staff", "ELDER", True)
    assert clerk.token_of(visit) in clerk.text, "its own QR code is on the paper"


def test_a_double_press_gives_one_ticket(clerk: Reader, hall: Hall) -> None:
    fields = {**clerk.form("/reception"), "services": "RES"}
    first, second = (clerk.post(f"/counter/{hall.code}/reception", fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(hall.visits()) == 1


def test_a_mistake_is_said_and_gives_nothing(clerk: Reader, hall: Hall) -> None:
    assert clerk.press(f"/counter/{hall.code}/reception").status_code == 422
    assert "Choose at least one." in clerk.text
    clerk.press(f"/counter/{hall.code}/reception", services="RES", phone="call me")
    assert "A phone number has digits" in clerk.text
    assert hall.visits() == {}


def test_a_closed_centre_gives_no_ticket(reader: Readers, hall: Hall) -> None:
    closed = a_hall(hall.store, week=OFFICE_HOURS).at("7:00")
    browser = reader("staff", at=closed)
    browser.get(f"/counter/{closed.code}/reception")
    assert browser.press(f"/counter/{closed.code}/reception", services="RES").status_code == 409
    assert closed.visits() == {}


def test_who_booked_is_checked_in_by_the_reference_once(clerk: Reader, hall: Hall) -> None:
    made = hall.press(book, TicketRequest(("BIRTH",), "web"), clock("9:00"))
    address = f"/counter/{hall.code}/reception/check-in"
    assert clerk.press(address, reference=made.reference).status_code == 409
    assert "You can check in from 08:30 on." in clerk.text
    hall.at("8:40")
    clerk.press(address, reference=f" {made.reference.lower()} ")
    (visit,) = hall.visits().values()
    assert clerk.show("number") == visit.number == "B001"
    assert visit.step.joined_as is Joined.APPOINTMENT
    assert visit.channel == "staff"
    clerk.get(f"/counter/{hall.code}/reception")
    clerk.press(address, reference=made.reference)
    assert clerk.show("number") == "B001"
    assert len(hall.visits()) == 1


def test_a_code_that_is_read_is_the_reference(clerk: Reader, hall: Hall) -> None:
    made = hall.press(book, TicketRequest(("BIRTH",), "web"), clock("9:00"))
    other = a_hall(hall.store)
    elsewhere = other.press(book, TicketRequest(("BIRTH",), "web"), clock("9:00"))
    hall.at("8:40")
    address = f"/counter/{hall.code}/reception/check-in"
    code = f"{PUBLIC_URL}/a/" + "{}"
    clerk.press(address, reference=code.format(appointment_token(hall.store.key, elsewhere.id)))
    assert "This appointment is at another centre." in clerk.text
    clerk.press(address, reference=code.format("nonsense"))
    assert "This code is no appointment of ours." in clerk.text
    assert hall.visits() == {}
    clerk.press(address, reference=code.format(appointment_token(hall.store.key, made.id)))
    assert clerk.show("number") == "B001"


def test_who_can_not_come_is_cancelled_by_the_reference_after_a_question(clerk: Reader, hall: Hall) -> None:
    made = hall.press(book, TicketRequest(("BIRTH",), "web"), clock("9:00"))
    address = f"/counter/{hall.code}/reception"
    form = {**clerk.form("/check-in"), "reference": made.reference}
    page = clerk.get(clerk.post(f"{address}/cancel-appointment", form).headers["Location"])
    assert "The appointment is cancelled, and its time is free." in page.text
    with hall.reading() as conn:
        found = read_appointment(conn, made.id, hall.centre)
    assert found is not None
    assert (found.state, found.place) == (AppointmentState.CANCELLED, None)
    form = {**clerk.form("/check-in"), "reference": "NOBODY"}
    assert clerk.post(f"{address}/cancel-appointment", form).status_code == 422


def test_a_reference_of_nobody_is_said(clerk: Reader, hall: Hall) -> None:
    elsewhere = a_hall(hall.store).press(book, TicketRequest(("BIRTH",), "web"), clock("9:00"))
    hall.at("8:40")
    for typed in ("", "NOBODY", elsewhere.reference):
        assert clerk.press(f"/counter/{hall.code}/reception/check-in", reference=typed).status_code == 422
        assert "Please check its six signs." in clerk.text
    assert hall.visits() == {}


def test_a_lost_ticket_is_printed_again_in_two_presses(clerk: Reader, hall: Hall) -> None:
    visit = hall.ticket("RES")
    clerk.get(f"/counter/{hall.code}/reception")
    assert clerk.has("ticket:A001")
    clerk.get(f"/counter/{hall.code}/reception/{visit.id}")
    assert clerk.has("print")
    assert clerk.token_of(visit) in clerk.text


def test_a_claim_is_withdrawn_at_reception(clerk: Reader, hall: Hall) -> None:
    visit = hall.ticket("RES", priority="ELDER")
    clerk.get(f"/counter/{hall.code}/reception/{visit.id}")
    clerk.press(f"/counter/{hall.code}/reception/{visit.id}/priority", priority="")
    assert hall.visit(visit).priority is None


def test_nothing_is_changed_for_a_visit_that_is_over(clerk: Reader, hall: Hall) -> None:
    visit = hall.ticket("RES", priority="ELDER")
    clerk.get(f"/counter/{hall.code}/reception/{visit.id}")
    fields = {**clerk.form("/priority"), "priority": ""}
    hall.press(lambda unit: unit.act(unit.visit(visit.id), Act.CANCEL))
    answer = clerk.post(f"/counter/{hall.code}/reception/{visit.id}/priority", fields)
    assert answer.status_code == 409
    assert (hall.visit(visit).state, hall.visit(visit).priority) == (StepState.CANCELLED, "ELDER")


def test_a_ticket_of_another_centre_is_not_found(clerk: Reader, hall: Hall) -> None:
    elsewhere = a_hall(hall.store).ticket("RES")
    assert clerk.get(f"/counter/{hall.code}/reception/{elsewhere.id}").status_code == 404


def test_who_missed_the_call_is_put_back_at_reception(clerk: Reader, hall: Hall) -> None:
    visit = hall.opens(1).ticket("RES")
    hall.press(call_next, 1)
    hall.press(no_show, visit.id)
    address = f"/counter/{hall.code}/reception/{visit.id}"
    clerk.get(address)
    clerk.press(f"{address}/here")
    assert hall.visit(visit).state is StepState.WAITING
    assert not clerk.has("here")
