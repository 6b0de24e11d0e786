"""What the office says of personal data and of appointments, and pages whose people were erased."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from commands.appointments import book, check_in
from commands.calls import call_ticket, serve
from commands.day import end_past_days
from commands.erasure import erase_old
from commands.moves import hold, resume
from commands.tickets import TicketRequest
from queueing.appointments import Appointment
from store.ids import appointment_token, ticket_token
from tests.cast import MONDAY, RULES, Hall, clock
from tests.pages.reader import Reader

Readers = Callable[..., Reader]
WHO = {"name": "Bounmy", "phone": "020 5555 1234"}
GONE = MONDAY + timedelta(days=RULES["retention_days_personal"] + 1)


def booked(hall: Hall) -> Appointment:
    return hall.press(book, TicketRequest(("BIRTH",), "web", **WHO), clock("9:00"), email="b@example.com")


@pytest.mark.parametrize("lang", ["en", "lo"])
def test_the_office_says_how_long_data_is_kept_and_what_was_last_erased(reader: Readers, hall: Hall, lang: str) -> None:
    noy = reader("manager", lang=lang)
    address = f"/office/{hall.code}/backup"
    assert 'data-show="erased" data-value=""' in noy.get(address).text
    assert re.search(r"\b30\b", noy.text)
    booked(hall)
    hall.press(hold, hall.ticket("RES", **WHO).id, "Bounmy fetches his book")
    hall.at("8:00", GONE)
    erase_old(hall.store, hall.code)
    page = noy.get(address).text
    assert f'data-show="erased" data-value="{MONDAY}"' in page
    if lang == "en":
        assert "Of Mon 23 Nov: details of 1 visits and 1 appointments, 1 notes." in page
    assert "Bounmy" not in page
    assert 'data-what="data-erased"' not in noy.get(f"/office/{hall.code}/changes").text


def test_pages_go_on_when_their_people_are_erased(reader: Readers, hall: Hall) -> None:
    mine = booked(hall)
    came = hall.at("8:50").press(check_in, mine.id, "web")
    visit = hall.ticket("RES", **WHO)
    hall.press(hold, visit.id, "Bounmy fetches his book")
    hall.press(resume, visit.id)
    hall.opens(1, 2).press(call_ticket, visit.id, 1)
    hall.press(serve, visit.id)
    hall.press(call_ticket, came.id, 2)
    erase_old(hall.at("8:00", GONE).store, hall.code)
    key = hall.store.key
    keo = reader("staff")
    for address in (f"/t/{ticket_token(key, visit.id)}", f"/t/{ticket_token(key, came.id)}"):
        page = reader().get(address)
        assert page.status_code == 200, address
    for counter, who in ((1, visit), (2, came)):
        page = keo.get(f"/counter/{hall.code}/{counter}")
        assert page.status_code == 200
        assert who.number in page.text
        assert "Bounmy" not in page.text
    api = reader().get(f"/api/v1/appointments/{appointment_token(key, mine.id)}")
    assert (api.status_code, api.json and api.json["state"]) == (200, "checked_in")
    changes = reader("manager").get(f"/office/{hall.code}/changes")
    assert changes.status_code == 200


def rows(page: str) -> dict[str, list[str]]:
    """The table of appointments, by service, and all of them."""
    inside = page.partition('data-show="appointments"')[2].partition("<tbody>")[2].partition("</tfoot>")[0]
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", inside, re.S):
        name, *cells = (re.sub(r"<[^>]*>", "", cell).strip() for cell in re.split(r"</t[hd]>", row))
        found[name] = cells[:-1]
    return found


def test_the_office_counts_who_came_and_who_did_not(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    address = f"/office/{hall.code}/waits?from={MONDAY}&to={MONDAY}"
    assert 'data-show="appointments" data-value="0"' in noy.get(address).text
    assert "No appointments were made for these days." in noy.text
    came = booked(hall)
    for _ in range(2):
        booked(hall)
    hall.press(book, TicketRequest(("RES",), "web"), clock("9:30"))
    hall.at("9:16").press(check_in, came.id, "web")
    assert rows(noy.get(address).text) == {
        "Res": ["1", "0", "0", "0", "0", "1", "–"],
        "Birth": ["3", "1", "1", "0", "0", "2", "0 %"],
        "All": ["4", "1", "1", "0", "0", "3", "0 %"],
    }
    hall.at("8:00", MONDAY + timedelta(days=1)).press(end_past_days)
    assert rows(noy.get(address).text)["All"] == ["4", "1", "1", "3", "0", "0", "75 %"]
    assert "Share that did not come" in noy.get(f"/office/{hall.code}/definitions").text
