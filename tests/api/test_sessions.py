"""Signing in and out: by name and password, by a link that works once, and never by another site's form."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from answers.guards import COOKIE
from commands.access import create_token, create_user
from commands.permissions import Role
from store.tables import AccessToken
from store.unit import Store
from tests.api.conftest import on_one_database
from tests.api.desk import Answer, Desk

PASSWORD = "ເຂົ້າໜຽວ sticky rice"
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@pytest.fixture
def clerk(desk: Desk) -> str:
    """The name of a clerk of the hall, who has a password."""
    name = f"keo-{desk.code}"
    create_user(desk.hall.store, name, PASSWORD, Role.STAFF, desk.code)
    return name


def fill_in(browser: FlaskClient, address: str, **fields: str) -> Answer:
    """Opens a form, fills it in and sends it."""
    page = browser.get(address)
    found = _CSRF.search(page.text)
    assert found, page.text
    return browser.post(address, data={"csrf_token": found[1], **fields})


def test_form_has_the_contract_s_handles(desk: Desk) -> None:
    page = desk.browser().get("/sign-in").text
    assert all(f'name="{name}"' in page for name in ("username", "password"))
    assert 'data-act="sign-in"' in page


def test_clerk_signs_in_with_name_and_password(desk: Desk, clerk: str) -> None:
    browser = desk.browser()
    answer = fill_in(browser, "/sign-in", username=clerk, password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/counter/")
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{COOKIE}=")]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=Lax", "Secure"))
    assert browser.get("/counter/").status_code == 200


def test_manager_who_signs_in_begins_in_the_office(desk: Desk) -> None:
    create_user(desk.hall.store, f"noy-{desk.code}", PASSWORD, Role.MANAGER, desk.code)
    answer = fill_in(desk.browser(), "/sign-in", username=f"noy-{desk.code}", password=PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/office/")


@pytest.mark.parametrize("wrong", ["password", "username", "case", "nul", "long", "empty"])
def test_wrong_name_or_password_is_told_without_saying_which(desk: Desk, clerk: str, wrong: str) -> None:
    said = {
        "password": (clerk, "another one altogether"),
        "username": ("nobody", PASSWORD),
        "case": (clerk, PASSWORD.upper()),
        "nul": (f"{clerk}\0", f"{PASSWORD}\0"),
        "long": ("k" * 50_000, "p" * 50_000),
        "empty": ("", ""),
    }[wrong]
    browser = desk.browser()
    answer = fill_in(browser, "/sign-in", username=said[0], password=said[1])
    assert answer.status_code == 401
    assert COOKIE not in str(answer.headers.getlist("Set-Cookie"))
    assert browser.get("/counter/").status_code in (302, 401)


@on_one_database
def test_page_that_needs_a_person_leads_to_the_door_and_back(desk: Desk, clerk: str) -> None:
    browser = desk.browser()
    page = f"/counter/{desk.code}/1"
    sent = browser.get(page)
    assert (sent.status_code, sent.location) == (302, f"/sign-in?next={page}")
    found = _CSRF.search(browser.get(sent.location).text)
    assert found
    fields = {"username": clerk, "password": PASSWORD, "next": page, "csrf_token": found[1]}
    assert browser.post("/sign-in", data=fields).location == page


@on_one_database
@pytest.mark.parametrize(
    "away", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)", ""]
)
def test_door_leads_to_no_other_site(desk: Desk, clerk: str, away: str) -> None:
    browser = desk.browser()
    found = _CSRF.search(browser.get("/sign-in").text)
    assert found
    fields = {"username": clerk, "password": PASSWORD, "next": away, "csrf_token": found[1]}
    assert browser.post("/sign-in", data=fields).location == "/counter/"


@pytest.mark.parametrize(("role", "address"), [("staff", "/counter/"), ("manager", "/office/"), ("admin", "/office/")])
def test_link_signs_in_once_and_ends_where_the_role_works(desk: Desk, store: Store, role: str, address: str) -> None:
    link = create_token(store, Role(role), centre=None if role == "admin" else desk.code, kind="link")
    browser = desk.browser()
    answer = browser.get(f"/sign-in/{link}")
    assert (answer.status_code, answer.location) == (302, address)
    assert browser.get(address).status_code == 200
    again = desk.browser()
    assert again.get(f"/sign-in/{link}").status_code == 404
    assert again.get(address).status_code in (302, 401)
    assert browser.get(address).status_code == 200


def test_who_only_looks_at_a_link_does_not_use_it_up(desk: Desk, store: Store) -> None:
    link = create_token(store, Role.STAFF, centre=desk.code, kind="link")
    assert desk.browser().head(f"/sign-in/{link}").status_code == 200
    assert desk.browser().get(f"/sign-in/{link}").status_code == 302


@pytest.mark.parametrize(("role", "address"), [("kiosk", "/kiosk/C"), ("display", "/display/C")])
def test_link_pairs_a_screen(desk: Desk, store: Store, role: str, address: str) -> None:
    link = create_token(store, Role(role), centre=desk.code, kind="link")
    browser = desk.browser()
    answer = browser.get(f"/sign-in/{link}", follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, address.replace("C", desk.code))


def age(store: Store, **values: datetime) -> None:
    with store.writing() as conn:
        conn.execute(update(AccessToken).where(AccessToken.expires_at.is_not(None)).values(**values))


@pytest.mark.parametrize("kind", ["link", "session"])
def test_link_and_session_end_by_themselves(desk: Desk, store: Store, kind: str) -> None:
    link = create_token(store, Role.STAFF, centre=desk.code, kind="link")
    browser = desk.browser()
    if kind == "session":
        browser.get(f"/sign-in/{link}")
    age(store, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    if kind == "link":
        assert browser.get(f"/sign-in/{link}").status_code == 404
    assert browser.get("/counter/").status_code in (302, 401)


@on_one_database
def test_link_of_another_kind_of_token_is_none(desk: Desk) -> None:
    assert desk.browser().get(f"/sign-in/{desk.token('admin')}").status_code == 404


def test_signing_out_ends_the_session_everywhere(desk: Desk, clerk: str) -> None:
    browser = desk.browser()
    fill_in(browser, "/sign-in", username=clerk, password=PASSWORD)
    cookie = browser.get_cookie(COOKIE)
    assert cookie is not None
    assert browser.get("/sign-out").status_code == 200
    assert browser.get("/counter/").status_code == 200  # asked, not done yet
    assert fill_in(browser, "/sign-out").status_code in (302, 303)
    assert browser.get("/counter/").status_code in (302, 401)
    thief = desk.browser()
    thief.set_cookie(COOKIE, cookie.value)
    assert thief.get("/counter/").status_code in (302, 401)


@on_one_database
@pytest.mark.parametrize("address", ["/sign-in", "/sign-out", "/language"])
def test_form_of_another_site_is_refused(desk: Desk, clerk: str, address: str) -> None:
    browser = desk.browser()
    fill_in(browser, "/sign-in", username=clerk, password=PASSWORD)
    for token in ({}, {"csrf_token": ""}, {"csrf_token": "forged"}):
        assert browser.post(address, data={"username": clerk, "password": PASSWORD, **token}).status_code == 400
    assert browser.get("/counter/").status_code == 200


@on_one_database
@pytest.mark.parametrize("said", ["x", "\xff", "a" * 5000, "ໄຊ", '"'])
def test_cookie_that_is_none_of_ours_is_nobody_s(desk: Desk, said: str) -> None:
    header = {"Cookie": f"{COOKIE}={said}".encode().decode("latin1")}
    assert desk.browser().get("/counter/", headers=header).status_code in (302, 401)
    assert desk.browser().get("/", headers={"Cookie": f"{COOKIE}=\xff\xfe"}).status_code < 500


@on_one_database
def test_answers_protect_the_browser_that_shows_them(desk: Desk) -> None:
    for address in ("/", "/sign-in", f"/display/{desk.code}", "/nothing", f"/t/{desk.issue()['token']}"):
        headers = desk.browser().get(address).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
