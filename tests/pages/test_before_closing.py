"""When what waits no longer fits before closing, kiosk and phone say so before a ticket is taken, and give it still."""

from collections.abc import Callable

import pytest

from commands.settings import add_holiday, close_early
from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall
from tests.pages.reader import Reader

Readers = Callable[..., Reader]
MANY, LATE = "Many people are waiting.", "There is not much time left today."
PERHAPS = "You may not be served before we close at {time}."
TOMORROW = "You can still take a ticket, or come tomorrow from 08:00."


@pytest.fixture
def office(hall: Hall) -> Hall:
    """Half past three, half an hour before closing; a service takes five minutes, and one counter serves RES."""
    return a_hall(hall.store, week=OFFICE_HOURS).at("15:30").opens(1)


def documents(reader: Readers, office: Hall, *services: str, lang: str = "en") -> str:
    asked = "&".join(f"services={service}" for service in services)
    return reader("kiosk", at=office).get(f"/kiosk/{office.code}/documents?{asked}&lang={lang}").text


def waiting(office: Hall, people: int) -> None:
    for _person in range(people):
        office.ticket("RES")


def test_the_kiosk_says_nothing_while_all_who_wait_are_served_before_closing(reader: Readers, office: Hall) -> None:
    waiting(office, 5)
    assert 'data-show="doubt"' not in documents(reader, office, "RES")


def test_the_kiosk_says_it_in_both_languages_and_still_gives_the_ticket(reader: Readers, office: Hall) -> None:
    waiting(office, 6)
    page = documents(reader, office, "RES")
    assert f"{MANY} {PERHAPS.format(time='16:00')} {TOMORROW}" in page
    assert "ມີຫຼາຍຄົນລໍຖ້າ" in page
    assert "ມີຫຼາຍຄົນລໍຖ້າ" in documents(reader, office, "RES", lang="lo")
    kiosk, address = reader("kiosk", at=office), f"/kiosk/{office.code}"
    assert kiosk.get(f"{address}?lang=en").text.count("perhaps not today") == 2, "what the same counter serves"
    kiosk.get(f"{address}/documents?services=RES&lang=en")
    kiosk.press(address, services="RES")
    assert kiosk.show("number") == "A007"


def test_more_open_counters_or_none_say_nothing(reader: Readers, office: Hall) -> None:
    waiting(office, 6)
    assert 'data-show="doubt"' not in documents(reader, office, "MARRY"), "no counter is open for it: nobody knows"
    office.opens(4)
    assert 'data-show="doubt"' not in documents(reader, office, "RES")


def test_few_who_wait_are_not_called_many(reader: Readers, office: Hall) -> None:
    office.at("15:40")
    waiting(office, 4)
    page = documents(reader, office, "RES")
    assert f"{LATE} {PERHAPS.format(time='16:00')}" in page
    assert MANY not in page


def test_a_visit_of_several_services_is_as_late_as_the_latest(reader: Readers, office: Hall) -> None:
    office.opens(2)
    waiting(office, 6)
    assert 'data-show="doubt"' not in documents(reader, office, "INFO")
    assert 'data-show="doubt"' in documents(reader, office, "INFO", "RES")


def test_it_is_counted_to_an_early_closing_and_the_next_open_day(reader: Readers, office: Hall) -> None:
    office.press(close_early, MONDAY, 15 * 60 + 50)
    office.press(add_holiday, MONDAY.replace(day=24), {"en": "A day of rest"})
    waiting(office, 6)
    page = documents(reader, office, "RES")
    assert PERHAPS.format(time="15:50") in page
    assert "or come on Wed 25 Nov from 08:00." in page


def test_a_phone_is_told_before_it_joins(reader: Readers, office: Hall) -> None:
    phone, address = reader(at=office), f"/book/{office.code}"
    visit = f"{address}/visit?services=RES"
    assert 'data-show="doubt"' not in phone.get(visit).text
    waiting(office, 6)
    assert f"{MANY} {PERHAPS.format(time='16:00')} {TOMORROW}" in phone.get(visit).text
    assert phone.get(address).text.count(">perhaps not today<") == 2
    services = phone.get(f"/api/v1/centres/{office.code}/services").json
    assert services
    fits = {service["code"]: service["fits_today"] for service in services["services"]}
    assert (fits["RES"], fits["INFO"]) == (False, None)
    phone.get(visit)
    assert phone.press(address, services="RES").status_code == 200
