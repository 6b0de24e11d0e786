"""Coming back at the kiosk: who is offered it, one press and its confirmation, and kind words where it can't be."""

import re
from collections.abc import Callable

import pytest

from commands.calls import call_next, no_show
from commands.moves import hold, resume
from commands.settings import stop_ticketing
from queueing.events import Kind
from queueing.states import StepState
from queueing.visit import Visit
from tests.cast import OFFICE_HOURS, Hall, a_hall
from tests.pages.reader import Reader, path

Readers = Callable[..., Reader]


def missed(hall: Hall, service: str = "RES") -> Visit:
    """Somebody who was called and did not come."""
    ticket = hall.opens(4).ticket(service)
    hall.press(call_next, 4, finish=True)
    return hall.press(no_show, ticket.id)


def at(reader: Readers, hall: Hall, number: str) -> tuple[Reader, str]:
    """A kiosk at the confirmation of a number, and where its form is sent."""
    kiosk, address = reader("kiosk", at=hall), f"/kiosk/{hall.code}/back"
    kiosk.get(f"{address}?number={number}&lang=en")
    return kiosk, address


def offered(kiosk: Reader) -> list[str]:
    return re.findall(r'data-act="back:(\w+)"', kiosk.text)


def test_the_first_page_offers_it_only_while_somebody_may_come_back(reader: Readers, hall: Hall) -> None:
    kiosk, first = reader("kiosk"), f"/kiosk/{hall.code}"
    kiosk.get(first)
    assert not kiosk.has("back")
    missed(hall)
    kiosk.get(first)
    assert kiosk.has("back")
    for asked in ("services=BIRTH", "q=birth"):  # in the midst of something else
        assert "kiosk__return" not in kiosk.get(f"{first}?{asked}").text
    hall.later(11)
    kiosk.get(first)
    assert not kiosk.has("back")


def test_an_untouched_first_page_is_another_one_when_somebody_may_come_back(reader: Readers, hall: Hall) -> None:
    def state() -> str:
        found = re.search(r'data-state="([^"]*)"', reader("kiosk").get(f"/kiosk/{hall.code}").text)
        assert found
        return found[1]

    ticket = hall.ticket("BIRTH")
    hall.ticket("BIRTH")
    waiting = state()
    hall.press(hold, ticket.id)
    hall.ticket("BIRTH")  # as many wait as before
    assert state() != waiting


def test_those_who_may_come_back_are_shown_by_number(reader: Readers, hall: Hall) -> None:
    for service in ("INFO", "RES"):
        missed(hall, service)
    held, back = hall.ticket("BIRTH"), hall.ticket("BIRTH")
    for ticket in (held, back):
        hall.press(hold, ticket.id)
    hall.press(resume, back.id)
    hall.press(hold, back.id)
    missed(a_hall(hall.store), "MARRY")
    kiosk = reader("kiosk")
    kiosk.get(f"/kiosk/{hall.code}/back")
    assert offered(kiosk) == ["A001", "B001", "W001"]


def test_one_press_and_a_confirmation_lead_back_into_the_queue(reader: Readers, hall: Hall) -> None:
    ticket = missed(hall)
    hall.ticket("RES", priority="ELDER")
    kiosk, address = at(reader, hall, "A001")
    assert (kiosk.show("number"), kiosk.has("here"), kiosk.has("other")) == ("A001", True, True)
    assert hall.visit(ticket).state is StepState.NO_SHOW
    page = kiosk.press(address)
    assert page.status_code == 200
    assert "Your place: 2" in page.text
    assert (kiosk.show("number"), kiosk.has("done")) == ("A001", True)
    assert hall.visit(ticket).state is StepState.WAITING


def test_what_was_done_is_not_shown_for_ever(reader: Readers, hall: Hall) -> None:
    missed(hall)
    kiosk, address = at(reader, hall, "A001")
    kiosk.press(address)
    hall.later(6)
    assert path(kiosk.get(f"{address}?number=A001").headers["Location"]) == address
    kiosk.get(address)
    assert "No number can come back just now" in reader("kiosk").get(f"{address}?lang=en").text


def test_a_double_press_is_done_once(reader: Readers, hall: Hall) -> None:
    missed(hall)
    kiosk, address = at(reader, hall, "A001")
    form = kiosk.form("/back")
    assert [kiosk.post(address, form).status_code for _press in range(2)] == [303, 303]
    assert [event.kind for event in hall.events()].count(Kind.RESUMED) == 1


@pytest.mark.parametrize(
    ("meanwhile", "slug", "said"),
    [
        (lambda hall, _ticket: hall.later(11), "grace-over", "The time to come back is over"),
        (lambda hall, ticket: hall.press(resume, ticket.id), "wrong-state", "This number has moved on meanwhile"),
        (
            lambda hall, ticket: (hall.press(resume, ticket.id), hall.press(hold, ticket.id)),
            "came-back-already",
            "You have come back once already",
        ),
    ],
)
def test_what_cannot_be_is_said_kindly(
    reader: Readers, hall: Hall, meanwhile: Callable[[Hall, Visit], object], slug: str, said: str
) -> None:
    ticket = missed(hall)
    kiosk, address = at(reader, hall, "A001")
    form = kiosk.form("/back")
    meanwhile(hall, ticket)
    before = hall.snapshot()
    page = kiosk.post(address, form)
    assert page.status_code == 409
    assert f'data-value="{slug}"' in page.text
    assert said in page.text
    assert kiosk.has("again")
    assert hall.snapshot() == before


@pytest.mark.parametrize("number", ["B999", "", "x" * 99, "A001 "])
def test_a_number_that_nobody_has_leads_to_the_numbers(reader: Readers, hall: Hall, number: str) -> None:
    missed(hall)
    kiosk, address = at(reader, hall, "A001")
    answer = kiosk.post(address, {**kiosk.form("/back"), "number": number})
    assert (answer.status_code, path(answer.headers["Location"])) == (303, address)
    if number:
        assert path(kiosk.get(address, query_string={"number": number}).headers["Location"]) == address


@pytest.mark.parametrize("why", ["stopped", "lunch"])
def test_who_has_a_ticket_may_come_back_also_while_none_are_given(reader: Readers, hall: Hall, why: str) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS).at("11:55")
    ticket = missed(office)
    if why == "stopped":
        office.press(stop_ticketing)
    else:
        office.at("12:01")
    kiosk = reader("kiosk", at=office)
    page = kiosk.get(f"/kiosk/{office.code}?lang=en")
    assert 'data-show="closed"' in page.text
    assert kiosk.has("back")
    kiosk, address = at(reader, office, "A001")
    kiosk.press(address)
    assert office.visit(ticket).state is StepState.WAITING


def test_a_refusal_outside_the_hours_is_not_the_first_page(reader: Readers, hall: Hall) -> None:
    """Else it would stay there for the next person."""
    office = a_hall(hall.store, week=OFFICE_HOURS).at("11:55")
    missed(office)
    kiosk, address = at(reader, office, "A001")
    form = kiosk.form("/back")
    office.at("12:10")
    page = kiosk.post(address, form)
    assert 'data-value="grace-over"' in page.text
    assert 'data-kind="step"' in page.text
    assert "data-untouched" not in page.text


def test_language_and_looks_go_along(reader: Readers, hall: Hall) -> None:
    missed(hall)
    kiosk = reader("kiosk")
    page = kiosk.get(f"/kiosk/{hall.code}/back?number=A001&lang=en&look=large")
    (other,) = re.findall(r'href="([^"]*)" lang="lo"', page.text)
    assert {"number=A001", "lang=lo", "look=large"} <= set(other.partition("?")[2].split("&amp;"))
    page = kiosk.press(f"/kiosk/{hall.code}/back")
    assert "kiosk--large" in page.text
    assert '<html lang="en">' in page.text
