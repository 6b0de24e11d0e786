from collections.abc import Callable

import pytest
from flask import Flask

from tests.cast import OFFICE_HOURS, Hall, a_hall
from tests.pages.reader import Reader, path

Readers = Callable[..., Reader]


def test_a_ticket_is_taken_with_its_number_its_place_and_its_code(reader: Readers, hall: Hall) -> None:
    hall.opens(1, 2)
    hall.ticket("BIRTH")
    kiosk = reader("kiosk")
    kiosk.get(f"/kiosk/{hall.code}?lang=en")
    assert kiosk.has("service:BIRTH")
    page = kiosk.press(f"/kiosk/{hall.code}", services="BIRTH")
    assert page.status_code == 200
    assert kiosk.show("number") == "B002"
    assert "One person is waiting before you" in page.text
    (ticket,) = [visit for visit in hall.visits().values() if visit.number == "B002"]
    assert f'src="/t/{kiosk.token_of(ticket)}/qr.svg"' in page.text
    assert (ticket.channel, ticket.language) == ("kiosk", "en")


def test_a_double_press_gives_one_ticket(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    kiosk.get(f"/kiosk/{hall.code}")
    form = {**kiosk.form(f"/kiosk/{hall.code}"), "services": "RES"}
    first = kiosk.post(f"/kiosk/{hall.code}", form)
    second = kiosk.post(f"/kiosk/{hall.code}", form)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(hall.visits()) == 1


def test_the_next_person_has_another_form_and_another_ticket(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    for _person in range(2):
        kiosk.get(f"/kiosk/{hall.code}")
        kiosk.press(f"/kiosk/{hall.code}", services="RES")
    assert [visit.number for visit in hall.visits().values()] == ["A001", "A002"]


def test_a_used_form_with_other_services_starts_again_and_gives_nothing(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    kiosk.get(f"/kiosk/{hall.code}")
    form = kiosk.form(f"/kiosk/{hall.code}")
    kiosk.post(f"/kiosk/{hall.code}", {**form, "services": "RES"})
    again = kiosk.post(f"/kiosk/{hall.code}", {**form, "services": "BIRTH"})
    assert path(again.headers["Location"]) == f"/kiosk/{hall.code}"
    assert len(hall.visits()) == 1


def test_several_services_are_one_visit(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    kiosk.get(f"/kiosk/{hall.code}")
    kiosk.press(f"/kiosk/{hall.code}", services=["BIRTH", "INFO"])
    (visit,) = hall.visits().values()
    assert [step.service for step in visit.steps] == ["BIRTH", "INFO"]


def test_choosing_nothing_asks_to_choose(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    kiosk.get(f"/kiosk/{hall.code}?lang=en")
    said = kiosk.press(f"/kiosk/{hall.code}")
    assert said.status_code == 422
    assert "Please choose at least one service." in said.text
    assert hall.visits() == {}


def test_a_kiosk_speaks_the_centres_first_language_whatever_its_browser_prefers(reader: Readers, hall: Hall) -> None:
    assert '<html lang="lo">' in reader("kiosk", lang="en").get(f"/kiosk/{hall.code}").text


def test_a_closed_centre_gives_no_ticket_and_says_so(reader: Readers, hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS).at("17:00")
    kiosk = reader("kiosk", at=office)
    page = kiosk.get(f"/kiosk/{office.code}?lang=en")
    assert 'data-show="closed"' in page.text
    said = kiosk.press(f"/kiosk/{office.code}", services="RES")
    assert said.status_code == 409
    assert "No tickets are given now" in said.text
    assert office.visits() == {}


def test_an_unpaired_browser_is_told_how_to_pair(reader: Readers, hall: Hall) -> None:
    page = reader().get(f"/kiosk/{hall.code}")
    assert page.status_code == 403
    assert f"sign-in-link --role kiosk --centre {hall.code}" in page.text


@pytest.mark.parametrize("machine", ["127.0.0.1", "::1"])
def test_a_demonstration_pairs_a_browser_on_its_own_machine(
    demonstration: Flask, reader: Readers, hall: Hall, machine: str
) -> None:
    browser = reader()
    page = browser.get(f"/kiosk/{hall.code}", environ_base={"REMOTE_ADDR": machine}, follow_redirects=True)
    assert page.status_code == 200
    browser.press(f"/kiosk/{hall.code}", services="RES")
    assert browser.show("number") == "A001"


def test_a_demonstration_pairs_nobody_elsewhere(demonstration: Flask, reader: Readers, hall: Hall) -> None:
    page = reader().get(f"/kiosk/{hall.code}", environ_base={"REMOTE_ADDR": "192.168.1.20"})
    assert page.status_code == 403


def test_a_ticket_of_another_centre_is_not_shown(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    elsewhere = a_hall(hall.store).ticket("RES")
    assert kiosk.get(f"/kiosk/{hall.code}/{kiosk.token_of(elsewhere)}").status_code == 404
