"""The first page: what each screen is for, and, beside a demonstration, one press to sign in."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from answers.guards import COOKIE, House, is_beside_us
from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall
from tests.pages.reader import Reader

Readers = Callable[..., Reader]
SUNDAY = MONDAY + timedelta(days=6)


def test_the_first_page_leads_to_every_screen(reader: Readers, hall: Hall) -> None:
    page = reader().get("/").text
    for address in (f"/kiosk/{hall.code}", f"/display/{hall.code}", f"/book/{hall.code}", "/counter/", "/office/"):
        assert f'href="{address}"' in page
    assert 'data-act="demonstrate:' not in page


def test_the_first_page_says_when_a_centre_is_open_today(app: Flask, reader: Readers) -> None:
    house: House = app.extensions["onedoor"]
    office = a_hall(house.store, week=OFFICE_HOURS)
    office.at("9:00")
    assert "Today 08:00–12:00, 13:00–16:00" in reader(at=office).get("/").text
    office.at("9:00", SUNDAY)
    assert "Closed all day" in reader(at=office).get("/").text


def test_staff_find_the_way_in_at_the_top_and_the_way_out(reader: Readers) -> None:
    assert '<a class="languages__choice frame__who" href="/sign-in">' in reader().get("/").text
    assert '<a class="languages__choice frame__who" href="/sign-out">' in reader("staff").get("/").text


def test_many_centres_are_lines_that_open(app: Flask, reader: Readers, hall: Hall) -> None:
    house: House = app.extensions["onedoor"]
    codes = [hall.code, *(a_hall(house.store).code for _centre in range(3))]
    page = reader().get("/").text
    assert page.count("<details") >= len(codes)
    assert all(f'href="/book/{code}"' in page for code in codes)


@pytest.mark.usefixtures("demonstration")
def test_a_demonstration_says_at_the_sign_in_where_one_press_is_enough(reader: Readers) -> None:
    assert "one press on the first page" in reader().get("/sign-in").text
    elsewhere = reader().get("/sign-in", environ_base={"REMOTE_ADDR": "192.168.1.20"}).text
    assert "one press on the first page" not in elsewhere
    assert "one-time link" in elsewhere


@pytest.mark.parametrize(("role", "back"), [("staff", "/counter/"), ("manager", "/office/"), ("kiosk", "/")])
def test_who_does_not_sign_out_goes_back_to_their_own_page(reader: Readers, role: str, back: str) -> None:
    page = reader(role).get("/sign-out").text
    assert re.search(rf'href="{back}" data-act="stay"', page)


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize(("role", "leads_to"), [("staff", "/counter/"), ("manager", "/office/"), ("admin", "/office/")])
@pytest.mark.parametrize("lang", ["en", "lo"])
def test_beside_a_demonstration_one_press_signs_in(reader: Readers, role: str, leads_to: str, lang: str) -> None:
    visitor = reader(lang=lang)
    visitor.get("/")
    assert visitor.has(f"demonstrate:{role}")
    page = visitor.press("/demonstration", role=role)
    assert page.request.path == leads_to
    assert page.status_code == 200
    assert visitor.browser.get_cookie(COOKIE) is not None


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize("role", ["", "kiosk", "owner"])
def test_one_press_gives_no_other_role(reader: Readers, role: str) -> None:
    visitor = reader()
    visitor.get("/")
    assert visitor.press("/demonstration", role=role).status_code == 404
    assert visitor.browser.get_cookie(COOKIE) is None


def test_where_there_is_no_demonstration_nobody_is_signed_in_by_a_press(reader: Readers) -> None:
    visitor = reader()
    visitor.get("/")
    form = {**visitor.form("/language"), "role": "admin"}
    assert visitor.post("/demonstration", form).status_code == 404
    assert visitor.browser.get_cookie(COOKIE) is None


@pytest.mark.usefixtures("demonstration")
@pytest.mark.parametrize(
    "asked",
    [
        {"environ_base": {"REMOTE_ADDR": "192.168.1.20"}},
        {"base_url": "http://evil.example"},
        {"base_url": "http://192.168.1.5:8000"},
    ],
    ids=["another machine", "a name that leads here", "the LAN's address"],
)
def test_from_elsewhere_the_demonstration_signs_nobody_in(reader: Readers, asked: dict[str, Any]) -> None:
    visitor = reader()
    page = visitor.get("/", **asked)
    assert not visitor.has("demonstrate:admin")
    token = re.search(r'name="csrf_token" value="([^"]*)"', page.text)
    assert token
    sent = {"csrf_token": token[1], "role": "admin"}
    assert visitor.browser.post("/demonstration", data=sent, **asked).status_code == 404


@pytest.mark.parametrize(
    ("remote", "host", "beside"),
    [
        ("127.0.0.1", "localhost:8000", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("::1", "[::1]:8000", True),
        ("127.0.0.1", "evil.example", False),
        ("10.0.0.5", "localhost", False),
        ("not an address", "localhost", False),
    ],
)
def test_beside_us_is_this_machine_under_its_own_name(app: Flask, remote: str, host: str, *, beside: bool) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": remote}, headers={"Host": host}):
        assert is_beside_us() is beside
