"""The waiting-room TV as the server draws it, before any script: calls, what is said when there are none, sizes."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from answers.guards import House
from commands.calls import call_next, finish, quick_serve, recall, serve
from commands.counters import pause_counter, set_closed
from commands.tickets import TicketRequest
from display.sizes import BODY, FLOOR, LAO_LETTER, LAYOUTS, MM_PER_INCH, SHORTER_SIDE, WORDS, Sizes, asked_sizes, sizes
from store import tables
from tests.cast import OFFICE_HOURS, Hall, a_hall
from tests.pages.reader import Reader

Readers = Callable[..., Reader]


def tv(reader: Reader, asked: str = "") -> str:
    answer = reader.get(f"/display/{reader.hall.code}{asked}")
    assert answer.status_code == 200
    return answer.text


def state(page: str) -> str:
    found = re.search(r'class="tv__calls" data-state="(\w+)"', page)
    assert found
    return found[1]


def calls(page: str) -> list[tuple[str, str, bool]]:
    """Number, counter and whether it is the large one, as they stand in the list."""
    listed = page.partition('data-show="calls"')[2].partition("</ol>")[0]
    rows = re.findall(r'<li class="([^"]*)" data-number="(\w+)" data-counter="(\d+)"', listed)
    return [(number, counter, "call--now" in looks) for looks, number, counter in rows]


def test_the_newest_call_is_first_and_large(reader: Readers, hall: Hall) -> None:
    for counter in (1, 2):
        hall.ticket("BIRTH")
        hall.opens(counter).press(call_next, counter)
    assert calls(tv(reader())) == [("B002", "2", True), ("B001", "1", False)]


def test_who_stood_at_the_counter_already_is_listed_and_not_large(reader: Readers, hall: Hall) -> None:
    hall.ticket("BIRTH")
    hall.opens(1, 2).press(call_next, 1)
    hall.press(quick_serve, 2, TicketRequest(("INFO",), "staff"))
    assert calls(tv(reader())) == [("W001", "2", False), ("B001", "1", True)]


def to_come(page: str) -> list[str]:
    return re.findall(r'class="call[^"]*call--comes[^"]*" data-number="(\w+)"', page)


def test_who_was_called_is_marked_until_served(reader: Readers, hall: Hall) -> None:
    hall.ticket("BIRTH")
    visit = hall.opens(1).press(call_next, 1)
    assert visit
    assert to_come(tv(reader())) == ["B001"]
    hall.press(serve, visit.id)
    assert to_come(tv(reader())) == []
    assert "data-served" in tv(reader())
    hall.press(finish, visit.id)
    assert to_come(tv(reader())) == []


def queues(page: str) -> list[str]:
    return re.findall(r'data-service="(\w+)" data-place="\d+">', page)


def test_the_longest_queue_is_first_and_equals_stand_as_in_the_catalogue(reader: Readers, hall: Hall) -> None:
    for service in ("RES", "BIRTH", "INFO", "INFO"):
        hall.ticket(service)
    order = [service for service in hall.info.services if service in ("RES", "BIRTH")]
    assert queues(tv(reader())) == ["INFO", *order]


@pytest.mark.parametrize("lang", ["en", "lo"])
def test_the_date_is_said_as_people_here_say_it(reader: Readers, lang: str) -> None:
    said = {"en": "Monday, 23 November 2026", "lo": "ວັນຈັນ, 23 ພະຈິກ 2026"}
    assert said[lang] in tv(reader(), f"?lang={lang}")


@pytest.mark.parametrize("lang", ["en", "lo"])
def test_an_empty_room_is_told_to_wait_in_both_languages(reader: Readers, hall: Hall, lang: str) -> None:
    hall.opens(1)
    page = tv(reader(), f"?lang={lang}")
    assert state(page) == "empty"
    assert "Nobody has been called yet" in page
    assert "ຍັງບໍ່ທັນເອີ້ນໃຜ" in page


def test_what_is_said_follows_from_the_counters(reader: Readers, hall: Hall) -> None:
    assert state(tv(reader())) == "unstaffed"
    hall.ticket("BIRTH")
    hall.opens(1).press(pause_counter, 1)
    assert state(tv(reader())) == "paused"
    hall.opens(1)
    visit = hall.press(call_next, 1)
    assert visit
    assert state(tv(reader())) == "calls"
    hall.opens(2).press(set_closed, 2)
    assert state(tv(reader())) == "calls"
    hall.press(serve, visit.id)
    hall.press(finish, visit.id)
    assert state(tv(reader())) == "calls"  # an open counter may call the next any moment
    hall.press(set_closed, 1)
    assert state(tv(reader())) == "unstaffed"


@pytest.fixture
def office(app: Flask) -> Hall:
    """A centre with opening hours, 08:00-12:00 and 13:00-16:00 on weekdays."""
    house: House = app.extensions["onedoor"]
    return a_hall(house.store, week=OFFICE_HOURS)


@pytest.mark.parametrize(
    ("at", "said", "in_lao"),
    [
        ("7:30", "Open again today at 08:00", "ເປີດອີກໃນມື້ນີ້ ເວລາ 08:00"),
        ("12:10", "Open again today at 13:00", "ເປີດອີກໃນມື້ນີ້ ເວລາ 13:00"),
        ("16:00", "Open again on Tuesday 24 November at 08:00", "ເປີດອີກໃນວັນອັງຄານ 24 ພະຈິກ"),
    ],
)
def test_a_closed_centre_says_when_it_opens_next(
    reader: Readers, office: Hall, at: str, said: str, in_lao: str
) -> None:
    office.at(at)
    page = tv(reader(at=office), "?lang=en")
    assert state(page) == "closed"
    assert said in page
    assert in_lao in page


def test_an_open_centre_says_to_the_script_when_it_closes(reader: Readers, office: Hall) -> None:
    office.at("9:00").opens(1)
    page = tv(reader(at=office))
    assert 'data-open data-changes="2026-11-23T12:00:00+07:00"' in page
    assert state(page) == "empty"


def test_whoever_is_at_a_counter_is_shown_after_hours_too(reader: Readers, office: Hall) -> None:
    office.at("15:40").ticket("BIRTH")
    office.opens(1).press(call_next, 1)
    office.at("16:05")
    assert state(tv(reader(at=office))) == "calls"


def test_a_notice_is_a_line_in_each_of_its_languages(reader: Readers, hall: Hall) -> None:
    with hall.store.writing() as conn:
        notice = {"lo": "ພັກທ່ຽງ", "en": "Lunch <12:00>"}
        conn.execute(
            update(tables.CentreProfile).where(tables.CentreProfile.centre_id == hall.centre), {"notice": notice}
        )
        conn.execute(update(tables.Centre).where(tables.Centre.id == hall.centre), {"version": 2})
    page = tv(reader())
    lines = ['<span lang="lo">ພັກທ່ຽງ</span>', '<span lang="en">Lunch &lt;12:00&gt;</span>']
    assert " ".join(lines) in page
    assert " ".join(reversed(lines)) in tv(reader(), "?lang=en")


def test_a_recall_is_known_to_the_script_before_it_asks(reader: Readers, hall: Hall) -> None:
    hall.ticket("BIRTH")
    visit = hall.opens(1).press(call_next, 1)
    assert visit
    hall.later(1).press(recall, visit.id)
    assert 'data-recalls="1"' in tv(reader())


def test_a_page_without_its_script_loads_itself_again(reader: Readers, hall: Hall) -> None:
    browser = reader()
    assert browser.get(f"/display/{hall.code}").headers["Refresh"] == "60"
    lost = browser.get("/display/NOWHERE")
    assert lost.status_code == 404
    assert lost.headers["Refresh"] == "10"
    assert "Refresh" not in browser.get("/").headers


def test_a_page_says_which_version_drew_it(reader: Readers) -> None:
    browser = reader()
    version = re.findall(r'data-version="(\w{16})" data-settings="1"', tv(browser))
    assert version
    assert re.findall(r'data-version="(\w{16})"', tv(browser)) == version


# Sizes


def height_in_mm(chosen: Sizes, diagonal: float) -> float:
    """How high a Lao letter of the words is on the panel."""
    return WORDS * chosen.scale * LAO_LETTER * diagonal * MM_PER_INCH * SHORTER_SIDE / 100


@pytest.mark.parametrize(("distance", "diagonal"), [(2, 55), (3, 55), (4, 55), (5, 75), (8, 85), (5, 43)])
def test_words_are_as_high_as_the_distance_asks_for(distance: float, diagonal: float) -> None:
    chosen = sizes(distance, diagonal)
    most = dict(LAYOUTS)[chosen.layout]
    least = 1000 * distance / (FLOOR if chosen.scale == most else BODY)
    assert height_in_mm(chosen, diagonal) >= least * 0.99


def test_the_farther_the_less_stands_on_the_screen() -> None:
    assert [sizes(distance, 55).layout for distance in (1, 2, 3, 4, 5, 8)] == [
        "full",
        "full",
        "lean",
        "lean",
        "far",
        "far",
    ]
    assert sizes(3, 98).layout == "full"


def test_nothing_grows_so_large_that_it_does_not_fit() -> None:
    assert sizes(30, 15) == Sizes("far", 4.0)
    assert sizes(1, 120) == Sizes("full", 1.0)


@pytest.mark.parametrize(
    "asked", [{}, {"distance": "8"}, {"distance": "nan", "diagonal": "55"}, {"distance": "8", "diagonal": "1e9"}]
)
def test_an_address_that_asks_for_nonsense_gets_the_design(asked: dict[str, str]) -> None:
    assert asked_sizes(asked) == Sizes()


def test_the_page_is_right_before_any_script(reader: Readers) -> None:
    browser = reader()
    page = tv(browser, "?distance=3&diagonal=55&lang=en")
    assert "tv__room--lean" in page
    found = re.search(r'href="(/display/sizes\.css\?[^"]*)"', page)
    assert found
    style = browser.get(found[1].replace("&amp;", "&"))
    assert style.mimetype == "text/css"
    assert style.text == f":root {{ --tv-scale: {sizes(3, 55).scale:g}; }}\n"


def test_a_style_is_no_place_for_what_somebody_wrote_into_an_address(reader: Readers) -> None:
    style = reader().get("/display/sizes.css?distance=3;}*{display:none&diagonal=55")
    assert style.text == ":root { --tv-scale: 1; }\n"
