"""What holds for every page: two languages, who may open it, kind refusals, and the headers."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from limits import RateLimitItemPerMinute

from answers.guards import needs
from commands.appointments import book
from commands.calls import call_next
from commands.moves import hold
from commands.permissions import Permission
from commands.tickets import TicketRequest
from store.busy import Busy
from store.ids import appointment_token
from tests.cast import MONDAY, Hall, a_hall, clock
from tests.pages.reader import Reader

Readers = Callable[..., Reader]

ROLES = [None, "display", "kiosk", "staff", "manager", "admin"]
OFFICE = (
    *("waits", "definitions", "notice", "services", "counters", "hours", "people", "devices", "messages", "backup"),
    *("changes", "appointments", "sessions/new"),
)
# address: the least role, and what somebody without any is answered
PAGES = {
    "/": (None, 200),
    "/sign-in": (None, 200),
    "/sign-out": (None, 200),
    "/display/{code}": (None, 200),
    "/display/sizes.css": (None, 200),
    "/book/{code}": (None, 200),
    "/book/{code}/visit?services=RES": (None, 200),
    "/book/{code}/find": (None, 200),
    "/book/{code}/poster": (None, 200),
    "/book/{code}/qr.svg": (None, 200),
    "/a/{held}": (None, 200),
    "/a/{booked}": (None, 200),
    "/a/{booked}/move": (None, 200),
    "/a/{booked}/qr.svg": (None, 200),
    "/a/{booked}.ics": (None, 200),
    "/t/{token}": (None, 200),
    "/t/{token}/qr.svg": (None, 200),
    "/kiosk/{code}": ("kiosk", 403),
    "/kiosk/{code}/documents?services=RES": ("kiosk", 403),
    "/kiosk/{code}/back": ("kiosk", 403),
    "/kiosk/{code}/back?number={aside}": ("kiosk", 403),
    "/kiosk/{code}/appointment?typed=AB": ("kiosk", 403),
    "/kiosk/{code}/{token}": ("kiosk", 403),
    "/counter/?centre={code}": ("staff", 302),
    "/counter/{code}/1": ("staff", 302),
    "/counter/{code}/reception": ("staff", 302),
    "/counter/{code}/reception/{ticket}": ("staff", 302),
    "/counter/{code}/paper": ("staff", 302),
    "/office/?centre={code}": ("manager", 302),
    **{f"/office/{{code}}/{section}": ("manager", 302) for section in OFFICE},
    "/office/{code}/visits.csv": ("manager", 302),
    "/pairing": (None, 200),
}
WITHOUT_WORDS = (".svg", ".ics", ".csv", "/pairing", ".css")


def _address(pattern: str, reader: Reader, hall: Hall) -> str:
    if pattern.startswith("/a/"):
        asked, start = TicketRequest(("BIRTH",), "web"), clock("10:00", MONDAY + timedelta(days=1))
        made = {
            name: hall.press(book, asked, start, hold=name == "held").id
            for name in ("held", "booked")
            if name in pattern
        }
        return pattern.format(**{name: appointment_token(hall.store.key, number) for name, number in made.items()})
    visit = hall.ticket("RES")
    if "{aside}" not in pattern:
        return pattern.format(code=hall.code, ticket=visit.id, token=reader.token_of(visit))
    held = hall.press(hold, hall.ticket("BIRTH").id)
    return pattern.format(code=hall.code, aside=held.number)


@pytest.mark.parametrize("lang", ["lo", "en"])
@pytest.mark.parametrize("pattern", [page for page in PAGES if not page.endswith(WITHOUT_WORDS)])
def test_every_page_speaks_both_languages(reader: Readers, hall: Hall, pattern: str, lang: str) -> None:
    browser = reader("admin")
    address = _address(pattern, browser, hall)
    page = browser.get(f"{address}{'&' if '?' in address else '?'}lang={lang}")
    assert page.status_code == 200
    assert f'<html lang="{lang}">' in page.text
    assert "{" not in re.sub(r'"[^"]*"', "", page.text), "a place that was not filled"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("pattern", PAGES)
def test_who_may_not_open_a_page_is_refused(reader: Readers, hall: Hall, pattern: str, role: str | None) -> None:
    least, otherwise = PAGES[pattern]
    browser = reader(role)
    status = browser.get(_address(pattern, browser, hall)).status_code
    allowed = ROLES.index(role) >= ROLES.index(least)
    assert status == (200 if allowed else otherwise if role is None else 403)


@pytest.mark.parametrize(
    "pattern",
    [
        *("/kiosk/{code}", "/counter/?centre={code}", "/counter/{code}/1", "/counter/{code}/paper"),
        "/office/?centre={code}",
        *(f"/office/{{code}}/{section}" for section in (*OFFICE, "visits.csv")),
    ],
)
def test_who_works_at_another_centre_is_refused(reader: Readers, hall: Hall, pattern: str) -> None:
    somchai = reader("manager", at=a_hall(hall.store))
    page = somchai.get(pattern.format(code=hall.code))
    if "?" in pattern:  # a manager's own centre is shown, whichever is asked for
        assert page.status_code == 200
        assert f"/{hall.code}/" not in page.text
        assert f":{hall.code}" not in page.text
    else:
        assert page.status_code == 403


def test_who_is_not_signed_in_is_sent_to_sign_in_and_comes_back(reader: Readers, hall: Hall) -> None:
    answer = reader().get(f"/counter/{hall.code}/1")
    assert answer.headers["Location"] == f"/sign-in?next=/counter/{hall.code}/1"


@pytest.mark.parametrize(
    "address",
    [
        "/language",
        "/sign-in",
        "/sign-out",
        "/kiosk/{code}",
        "/kiosk/{code}/back",
        "/book/{code}",
        "/book/{code}/hold",
        "/book/{code}/find",
        "/kiosk/{code}/appointment",
        "/a/{booked}/confirm",
        "/a/{booked}/move",
        "/a/{booked}/cancel",
        "/a/{booked}/here",
        "/t/{token}/leave",
        "/t/{token}/pass",
        "/t/{token}/here",
        "/demonstration",
        "/counter/{code}/1/open",
        "/counter/{code}/1/next",
        "/counter/{code}/1/serve",
        "/counter/{code}/paper",
        "/office/{code}/notice",
        "/office/{code}/ticketing/stop",
        "/office/{code}/early/add",
        "/office/{code}/appointments/settle",
        "/office/{code}/sessions/new",
        "/office/{code}/sessions/1/remove",
        "/office/{code}/services/limit",
        "/office/{code}/people/add",
        "/office/{code}/devices/pair",
        "/office/{code}/messages/again",
    ],
)
def test_a_form_from_elsewhere_changes_nothing(reader: Readers, hall: Hall, address: str) -> None:
    browser = reader("admin")
    address = _address(address, browser, hall)
    before = hall.snapshot()
    page = browser.post(address, {"services": "RES", "key": "k" * 20})
    assert page.status_code == 400
    assert "This page was open too long" in page.text
    assert hall.snapshot() == before


def test_forms_work_behind_tls(reader: Readers, hall: Hall) -> None:
    phone = reader()
    address = f"https://onedoor.test/book/{hall.code}"
    phone.get(f"{address}/visit?services=RES")
    form = {**phone.form(f"/book/{hall.code}"), "services": "RES"}
    answer = phone.browser.post(address, data=form, headers={"Referer": address})
    assert answer.status_code == 303
    assert phone.page
    assert phone.page.headers["Referrer-Policy"] == "same-origin", "browsers send no referrer otherwise"


@pytest.mark.parametrize("code", ["NOWHERE", "%00", "a" * 40, "../etc"])
@pytest.mark.parametrize(
    "page", ["/display/{code}", "/book/{code}", "/office/?centre={code}", "/counter/?centre={code}"]
)
def test_an_unknown_centre_is_kindly_not_found(reader: Readers, page: str, code: str) -> None:
    answer = reader("admin").get(page.format(code=code))
    assert answer.status_code == 404
    assert 'data-show="problem"' in answer.text


@pytest.mark.parametrize(
    "asked", ["from=x", "from=2026-11-30&to=2026-11-01", "to=2026-02-30", "to=20261124", "from=0001-01-01"]
)
def test_an_impossible_period_is_kindly_refused(reader: Readers, hall: Hall, asked: str) -> None:
    for page in ("waits", "visits.csv"):
        assert reader("manager").get(f"/office/{hall.code}/{page}?{asked}").status_code == 422


def test_pages_allow_nothing_from_elsewhere_and_no_inline_script(reader: Readers, hall: Hall) -> None:
    browser = reader("admin")
    for pattern in PAGES:
        page = browser.get(_address(pattern, browser, hall))
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=|javascript:", page.text)
        assert not re.search(r'(?:src|href|action)="https?:', page.text), "an address on another origin"


def test_the_language_chosen_is_remembered_and_the_page_comes_back(reader: Readers, hall: Hall) -> None:
    browser = reader("admin", lang="en")
    browser.get(f"/office/{hall.code}/waits?from=2026-11-01&lang=en")
    page = browser.press("/language", language="lo")
    assert '<html lang="lo">' in page.text
    assert 'value="2026-11-01"' in page.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example"]
)
def test_signing_in_leads_to_no_other_site(reader: Readers, elsewhere: str) -> None:
    browser = reader()
    browser.get("/")
    form = {**browser.form("/language"), "language": "lo", "next": elsewhere}
    assert browser.post("/language", form).headers["Location"] == "/"


def test_passwords_cannot_be_tried_without_end(reader: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("door.pages._TRIES", RateLimitItemPerMinute(2))
    browser = reader()
    browser.get("/sign-in")
    form = {**browser.form("/sign-in"), "username": "keo", "password": "wrong"}
    answers = [browser.post("/sign-in", form) for _try in range(3)]
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_mistake_of_ours_is_logged_and_said_kindly(
    app: Flask, reader: Readers, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> ResponseReturnValue:
        raise RuntimeError("what only we should read")

    monkeypatch.setitem(app.view_functions, "door.home", needs(Permission.PUBLIC)(broken))
    page = reader().get("/")
    assert page.status_code == 500
    assert "The mistake is ours." in page.text
    assert "only we" not in page.text
    assert "only we" in caplog.text


def test_what_may_pass_can_be_tried_again_and_nothing_is_sent_twice(
    app: Flask, reader: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> ResponseReturnValue:
        raise Busy

    monkeypatch.setitem(app.view_functions, "door.home", needs(Permission.PUBLIC)(busy))
    monkeypatch.setitem(app.view_functions, "door.choose_language", needs(Permission.PUBLIC)(busy))
    browser = reader()
    browser.get("/sign-in")
    form = browser.form("/language")
    page = browser.get("/?centre=A")
    assert page.status_code == 503
    assert "One moment, please" in page.text
    assert '<a class="button button--quiet" href="/?centre=A">Try again</a>' in page.text
    assert "Try again" not in browser.post("/language", form).text
    assert "Try again" not in browser.get("/nowhere").text


def test_a_tv_with_a_wrong_address_says_that_it_tries_again(reader: Readers) -> None:
    page = reader("display").get("/display/NOWHERE")
    assert page.status_code == 404
    assert "There is no such centre." in page.text
    assert "This screen tries again by itself." in page.text


def test_the_tv_shows_calls_newest_first_and_nobodys_name(reader: Readers, hall: Hall) -> None:
    hall.opens(1, 2)
    hall.ticket("RES", name="Somsack", phone="020 5555 1234")
    hall.ticket("INFO")
    hall.press(call_next, 1)
    hall.later(1)
    hall.press(call_next, 2)
    page = reader("display").get(f"/display/{hall.code}")
    shown = page.text.partition('data-show="calls"')[2].partition("</ol>")[0]
    assert re.findall(r'data-number="(\w+)" data-counter="(\d)"', shown) == [("W001", "2"), ("A001", "1")]
    assert "Somsack" not in page.text
