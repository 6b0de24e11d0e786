import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import update

from commands.settings import stop_ticketing
from store import tables
from tests.cast import OFFICE_HOURS, Hall, a_hall
from tests.pages.reader import Reader, path

Readers = Callable[..., Reader]
NOTHING = "Nothing found. Please try another word, or ask the staff."


def at_documents(reader: Readers, hall: Hall, *services: str, **asked: str) -> tuple[Reader, str]:
    """A kiosk at the last step before the ticket, and where its form is sent."""
    kiosk = reader("kiosk", at=hall)
    kiosk.get(f"/kiosk/{hall.code}/documents?{urlencode({'services': services, **asked}, doseq=True)}")
    return kiosk, f"/kiosk/{hall.code}"


def test_a_ticket_is_taken_with_its_number_its_place_and_its_code(reader: Readers, hall: Hall) -> None:
    hall.opens(1, 2)
    hall.ticket("BIRTH")
    kiosk, address = at_documents(reader, hall, "BIRTH", lang="en")
    page = kiosk.press(address, services="BIRTH")
    assert page.status_code == 200
    assert kiosk.show("number") == "B002"
    assert "One person is waiting before you" in page.text
    (ticket,) = [visit for visit in hall.visits().values() if visit.number == "B002"]
    assert f'src="/t/{kiosk.token_of(ticket)}/qr.svg"' in page.text
    assert (ticket.channel, ticket.language, ticket.priority) == ("kiosk", "en", None)


def test_services_lead_to_their_documents_and_only_there_is_one_take(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    page = kiosk.get(f"/kiosk/{hall.code}?lang=en")
    assert not kiosk.has("take")
    (link,) = re.findall(r'href="([^"]*)" data-act="service:RES"', page.text)
    page = kiosk.get(unescape(link))
    assert page.text.count('data-act="take"') == 1
    assert "Do you have these documents with you?" in page.text


def test_a_service_that_is_not_offered_any_more_is_not_on_the_screen(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    kiosk.get(f"/kiosk/{hall.code}")
    assert not kiosk.has("service:OLD")


def test_a_double_press_gives_one_ticket(reader: Readers, hall: Hall) -> None:
    kiosk, address = at_documents(reader, hall, "RES")
    form = {**kiosk.form(address), "services": "RES"}
    first = kiosk.post(address, form)
    second = kiosk.post(address, form)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert len(hall.visits()) == 1


def test_the_next_person_has_another_form_and_another_ticket(reader: Readers, hall: Hall) -> None:
    for _person in range(2):
        kiosk, address = at_documents(reader, hall, "RES")
        kiosk.press(address, services="RES")
    assert [visit.number for visit in hall.visits().values()] == ["A001", "A002"]


def test_a_used_form_with_other_services_starts_again_and_gives_nothing(reader: Readers, hall: Hall) -> None:
    kiosk, address = at_documents(reader, hall, "RES")
    form = kiosk.form(address)
    kiosk.post(address, {**form, "services": "RES"})
    again = kiosk.post(address, {**form, "services": "BIRTH"})
    assert path(again.headers["Location"]) == address
    assert len(hall.visits()) == 1


def test_several_services_are_one_visit(reader: Readers, hall: Hall) -> None:
    kiosk, address = at_documents(reader, hall, "BIRTH")
    assert kiosk.has("more")
    page = kiosk.get(f"{address}?services=BIRTH&lang=en")
    assert "What else do you come for?" in page.text
    (link,) = re.findall(r'href="([^"]*)" data-act="service:INFO"', page.text)
    assert parse_qs(urlsplit(unescape(link)).query)["services"] == ["BIRTH", "INFO"]
    kiosk.get(unescape(link))
    kiosk.press(address, services=["BIRTH", "INFO"])
    (visit,) = hall.visits().values()
    assert [step.service for step in visit.steps] == ["BIRTH", "INFO"]


def test_a_priority_group_is_asked_for_kindly_and_kept(reader: Readers, hall: Hall) -> None:
    kiosk, address = at_documents(reader, hall, "BIRTH", lang="en")
    assert kiosk.has("priority:ELDER")
    assert not kiosk.has("priority:BRIDE"), "it is not given any more"
    page = kiosk.press(address, services="BIRTH", priority="ELDER")
    assert "We will call you earlier." in page.text
    (visit,) = hall.visits().values()
    assert visit.priority == "ELDER"


def test_a_priority_group_that_is_not_given_starts_again_and_gives_nothing(reader: Readers, hall: Hall) -> None:
    kiosk, address = at_documents(reader, hall, "BIRTH")
    again = kiosk.post(address, {**kiosk.form(address), "services": "BIRTH", "priority": "BRIDE"})
    assert path(again.headers["Location"]) == address
    assert hall.visits() == {}


def test_choosing_nothing_leads_back_to_the_services(reader: Readers, hall: Hall) -> None:
    kiosk, address = at_documents(reader, hall, "RES")
    form = {name: value for name, value in kiosk.form(address).items() if name != "services"}
    assert path(kiosk.post(address, form).headers["Location"]) == address
    assert path(kiosk.get(f"{address}/documents?services=NOSUCH").headers["Location"]) == address
    assert hall.visits() == {}


@pytest.mark.parametrize(
    ("words", "services"),
    [
        ("birth", ["BIRTH"]),
        ("BIR th", ["BIRTH"]),
        ("\u0e8a\u0ecd\u0eb2", ["PAY"]),  # the vowel am in two, as some keyboards type it
        ("ຊຳ", ["PAY"]),
        ("ຂໍມູນ", ["INFO"]),  # without its tone mark
        ("zzz", []),
    ],
)
def test_a_search_finds_services_without_a_script(reader: Readers, hall: Hall, words: str, services: list[str]) -> None:
    names = {"PAY": {"lo": "ຊຳລະ", "en": "Payment"}, "INFO": {"lo": "ຂໍ້ມູນ", "en": "Information"}}
    with hall.store.writing() as conn:
        for code, called in names.items():
            here = (tables.Service.centre_id == hall.centre) & (tables.Service.code == code)
            conn.execute(update(tables.Service).where(here).values(names=called))
        conn.execute(update(tables.Centre).where(tables.Centre.id == hall.centre).values(version=99))
    kiosk = reader("kiosk")
    page = kiosk.get(f"/kiosk/{hall.code}?{urlencode({'q': words, 'lang': 'en'})}")
    assert re.findall(r'data-act="service:(\w+)"', page.text) == services
    assert kiosk.show("found") == (f"Found: {len(services)}" if services else NOTHING)


def test_how_the_screen_looks_goes_along_until_the_ticket_is_done(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    page = kiosk.get(f"/kiosk/{hall.code}?look=large&look=nonsense")
    assert "kiosk--large" in page.text
    assert "nonsense" not in page.text
    (link,) = re.findall(r'href="([^"]*)" data-act="service:RES"', page.text)
    kiosk.get(unescape(link))
    page = kiosk.press(f"/kiosk/{hall.code}", services="RES")
    assert "kiosk--large" in page.text
    (done,) = re.findall(r'href="([^"]*)" data-act="done"', page.text)
    assert done == f"/kiosk/{hall.code}"


def test_a_kiosk_speaks_the_centres_first_language_whatever_its_browser_prefers(reader: Readers, hall: Hall) -> None:
    assert '<html lang="lo">' in reader("kiosk", lang="en").get(f"/kiosk/{hall.code}").text


@pytest.mark.parametrize(
    ("time", "why", "again"),
    [("7:00", "hours", "08:00"), ("12:10", "lunch", "12:45"), ("15:50", "last_ticket", "08:00")],
)
def test_each_reason_for_being_closed_has_its_own_screen(
    reader: Readers, hall: Hall, time: str, why: str, again: str
) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS).at("9:00")
    kiosk, address = at_documents(reader, office, "RES")
    form = {**kiosk.form(address), "services": "RES"}
    office.at(time)
    said = kiosk.post(address, form)
    assert said.status_code == 409
    for page in (said, kiosk.get(address), kiosk.get(f"{address}/documents?services=RES")):
        assert f'data-show="closed" data-value="{why}"' in page.text
        assert kiosk.show("again") == again
        assert "08:00–12:00, 13:00–16:00" in page.text
        assert 'data-act="service:' not in page.text
    assert office.visits() == {}


def test_while_tickets_are_stopped_the_screen_says_whom_to_ask(reader: Readers, hall: Hall) -> None:
    hall.press(stop_ticketing)
    page = reader("kiosk").get(f"/kiosk/{hall.code}?lang=en")
    assert 'data-show="closed" data-value="paused"' in page.text
    assert "Please ask the staff." in page.text
    assert "None" not in page.text


def test_a_service_that_went_off_meanwhile_is_said_by_name(reader: Readers, hall: Hall) -> None:
    kiosk, address = at_documents(reader, hall, "RES")
    said = kiosk.post(address, {**kiosk.form(address), "services": "OLD"})
    assert said.status_code == 409
    assert 'data-value="service-closed"' in said.text
    assert kiosk.has("again")
    assert hall.visits() == {}
    assert 'data-value="service-closed"' in kiosk.get(f"{address}/documents?services=OLD").text


def test_the_last_persons_ticket_is_not_found_by_going_back_later(reader: Readers, hall: Hall) -> None:
    kiosk, address = at_documents(reader, hall, "RES")
    given = kiosk.post(address, {**kiosk.form(address), "services": "RES"}).headers["Location"]
    page = kiosk.get(given)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    hall.later(6)
    assert path(kiosk.get(given).headers["Location"]) == address


def test_an_unpaired_browser_is_told_how_to_pair(reader: Readers, hall: Hall) -> None:
    page = reader().get(f"/kiosk/{hall.code}")
    assert page.status_code == 403
    assert f"sign-in-link --role kiosk --centre {hall.code}" in page.text


def test_a_kiosk_of_no_centre_is_told_so(reader: Readers) -> None:
    page = reader().get("/kiosk/NOWHERE")
    assert page.status_code == 404
    assert "There is no such centre." in page.text


@pytest.mark.usefixtures("demonstration")
def test_a_kiosk_of_no_centre_is_told_so_in_a_demonstration_too(reader: Readers) -> None:
    assert reader().get("/kiosk/NOWHERE").status_code == 404


@pytest.mark.parametrize("machine", ["127.0.0.1", "::1"])
def test_a_demonstration_pairs_a_browser_on_its_own_machine(
    demonstration: Flask, reader: Readers, hall: Hall, machine: str
) -> None:
    browser = reader()
    page = browser.get(f"/kiosk/{hall.code}", environ_base={"REMOTE_ADDR": machine}, follow_redirects=True)
    assert page.status_code == 200
    browser.get(f"/kiosk/{hall.code}/documents?services=RES", environ_base={"REMOTE_ADDR": machine})
    browser.press(f"/kiosk/{hall.code}", services="RES")
    assert browser.show("number") == "A001"


def test_a_demonstration_pairs_nobody_elsewhere(demonstration: Flask, reader: Readers, hall: Hall) -> None:
    page = reader().get(f"/kiosk/{hall.code}", environ_base={"REMOTE_ADDR": "192.168.1.20"})
    assert page.status_code == 403


def test_a_ticket_of_another_centre_is_not_shown(reader: Readers, hall: Hall) -> None:
    kiosk = reader("kiosk")
    elsewhere = a_hall(hall.store).ticket("RES")
    assert kiosk.get(f"/kiosk/{hall.code}/{kiosk.token_of(elsewhere)}").status_code == 404
