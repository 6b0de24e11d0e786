"""Who booked comes to the kiosk: the reference typed, or the code read, and a kind way on for whatever forbids it."""

from collections.abc import Callable

import pytest

from commands.appointments import cancel
from queueing.appointments import Appointment
from queueing.order import Joined
from store.ids import appointment_token
from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall, clock
from tests.commands.test_appointments import booked
from tests.pages.reader import PUBLIC_URL, Reader

Readers = Callable[..., Reader]


@pytest.fixture
def office(hall: Hall) -> Hall:
    """Open from eight to four on weekdays; it is Monday, ten to nine."""
    return a_hall(hall.store, week=OFFICE_HOURS).at("8:50")


@pytest.fixture
def kiosk(reader: Readers, office: Hall) -> Reader:
    return reader("kiosk", at=office)


def types(kiosk: Reader, text: str) -> int:
    """Types it and presses; where that leads, as a status."""
    address = f"/kiosk/{kiosk.hall.code}/appointment"
    kiosk.get(f"{address}?lang=en")
    return kiosk.press(address, typed=text).status_code


def scanned(hall: Hall, made: Appointment) -> str:
    """What a reader types of the code on the phone."""
    return f"{PUBLIC_URL}/a/{appointment_token(hall.store.key, made.id)}"


@pytest.mark.parametrize("how", ["typed", "in small letters", "scanned"])
def test_who_booked_is_given_a_ticket_as_of_the_booked_time(kiosk: Reader, office: Hall, how: str) -> None:
    made = booked(office)
    text = {
        "typed": made.reference,
        "in small letters": f" {made.reference.lower()} ",
        "scanned": scanned(office, made),
    }
    assert types(kiosk, text[how]) == 200
    assert kiosk.show("number") == "B001"
    (visit,) = office.visits().values()
    assert (visit.channel, visit.step.joined_as) == ("kiosk", Joined.APPOINTMENT)


def test_the_keys_type_without_a_script(kiosk: Reader, office: Hall) -> None:
    address = f"/kiosk/{office.code}/appointment"
    page = kiosk.get(f"{address}?lang=en&typed=AB").text
    assert f"{address}?lang=en&amp;typed=ABC" in page.replace("&amp;look=", "")
    assert f'{address}?lang=en&amp;typed=A"' in page, "the last one is taken away"
    assert 'name="typed" value="AB"' in page
    assert kiosk.get(f"/kiosk/{office.code}?lang=en").text.count('data-act="appointment"') == 1


def test_a_double_press_gives_one_ticket_and_a_later_one_the_number_again(kiosk: Reader, office: Hall) -> None:
    made = booked(office)
    address = f"/kiosk/{office.code}/appointment"
    kiosk.get(f"{address}?lang=en")
    form = {**kiosk.form(address), "typed": made.reference}
    assert len({kiosk.post(address, form).headers["Location"] for _press in range(2)}) == 1
    assert types(kiosk, made.reference) == 409
    assert kiosk.show("number") == "B001"
    assert "You are checked in already" in kiosk.text
    assert len(office.visits()) == 1


def test_before_opening_who_has_an_early_time_checks_in(kiosk: Reader, office: Hall) -> None:
    made = booked(office.at("7:40"), clock("8:00"))
    kiosk.get(f"/kiosk/{office.code}?lang=en")
    assert 'data-show="closed"' in kiosk.text
    assert kiosk.has("appointment")
    assert types(kiosk, made.reference) == 200


def test_what_forbids_it_is_said_kindly_and_changes_nothing(kiosk: Reader, office: Hall) -> None:
    early, other, gone = (
        booked(office, clock("11:00")),
        booked(office, clock("9:00", MONDAY.replace(day=24))),
        booked(office),
    )
    held = booked(office, clock("9:30"), hold=True)
    office.press(cancel, gone.id)
    said = {
        early: ("You are early", "You can check in from 10:30 on."),
        other: ("This appointment is not for today", "24 November 2026 at 09:00"),
        gone: ("This appointment is cancelled", "take a ticket for today"),
        held: ("This time is not booked yet", "Confirm it first"),
    }
    for made, (head, way) in said.items():
        assert types(kiosk, made.reference) == 409
        assert f">{head}<" in kiosk.text
        assert way in kiosk.text
        assert kiosk.has("again")
    assert office.visits() == {}


def test_a_time_that_was_kept_and_never_booked_is_said_to_be_over(kiosk: Reader, office: Hall) -> None:
    held = booked(office, clock("9:00"), hold=True)
    office.later(10)
    assert types(kiosk, held.reference) == 409
    assert "The ten minutes are over" in kiosk.text


@pytest.mark.parametrize("text", ["XXXXXX", "", "A" * 300, f"{PUBLIC_URL}/a/nonsense", "/a/"])
def test_what_nobody_booked_is_asked_for_again(kiosk: Reader, office: Hall, text: str) -> None:
    assert types(kiosk, text) == 422
    assert ("This code is no appointment" if "/a/n" in text else "No appointment here has the reference") in kiosk.text
    assert kiosk.has("check-in")


def test_the_code_of_another_centre_says_which_one(kiosk: Reader, office: Hall) -> None:
    other = a_hall(office.store)
    assert types(kiosk, scanned(other, booked(other))) == 409
    assert "This appointment is at another centre" in kiosk.text
    assert "Saysettha" in kiosk.text
    assert office.visits() == {}
