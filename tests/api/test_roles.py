"""Every route × every role. What the contract says of the API stands here by hand; a new route without a row fails."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from answers.guards import COOKIE, permission_of
from commands.permissions import Permission, Role, permits
from store.unit import Store
from tests.api.conftest import on_one_database
from tests.api.desk import API, ROLES, Answer, Desk, a_problem, problem
from tests.cast import a_hall

pytestmark = on_one_database

ANYONE, KIOSK, STAFF, MANAGER = "none", "kiosk", "staff", "manager"
# The least role of the contract; `kiosk` is for centres that give no tickets to phones.
CONTRACT = {
    "GET /centres": ANYONE,
    "GET /centres/C": ANYONE,
    "GET /centres/C/services": ANYONE,
    "GET /centres/C/board": ANYONE,
    "GET /openapi.json": ANYONE,
    "GET /centres/C/slots": ANYONE,
    "POST /centres/C/appointments": ANYONE,
    "GET /appointments/A": ANYONE,
    "PATCH /appointments/A": ANYONE,
    "POST /appointments/A/confirm": ANYONE,
    "POST /appointments/A/cancel": ANYONE,
    "POST /appointments/A/check-in": ANYONE,
    "POST /centres/C/tickets": KIOSK,
    "GET /tickets/T": ANYONE,
    "POST /tickets/T/cancel": ANYONE,
    "POST /tickets/T/pass": ANYONE,
    "POST /tickets/T/here": ANYONE,
    "GET /centres/C/queue": STAFF,
    "POST /centres/C/counters/N/open": STAFF,
    "POST /centres/C/counters/N/close": STAFF,
    "POST /centres/C/counters/N/pause": STAFF,
    "POST /centres/C/counters/N/next": STAFF,
    "POST /centres/C/counters/N/undo": STAFF,
    "POST /centres/C/counters/N/quick-serve": STAFF,
    **{
        f"POST /tickets/T/{act}": STAFF
        for act in ("call", "recall", "serve", "finish", "no-show", "hold", "resume", "transfer", "services")
    },
    "POST /tickets/T/priority": STAFF,
    "POST /tickets/T/details": STAFF,
    "GET /centres/C/statistics": MANAGER,
    "GET /centres/C/visits.csv": MANAGER,
}
PAGES = {
    "/": ANYONE,
    "/kiosk/C": KIOSK,
    "/display/C": ANYONE,
    "/book/C": ANYONE,
    "/t/K": ANYONE,
    "/counter/": STAFF,
    "/counter/C/4": STAFF,
    "/counter/C/paper": STAFF,
    "/office/": MANAGER,
    "/sign-in": ANYONE,
    "/sign-out": ANYONE,
    "/healthz": ANYONE,
    "/readyz": ANYONE,
    "/metrics": ANYONE,
    "/api/docs": ANYONE,
}
DAY = "?from=2026-11-23&to=2026-11-23"
BOOKED = {"services": ["BIRTH"], "start": "2026-11-23T09:00:00+07:00"}
QUERIES = {"GET /centres/C/slots": "?service=BIRTH", "GET /centres/C/statistics": DAY, "GET /centres/C/visits.csv": DAY}
BODIES: dict[str, dict[str, Any]] = {
    "POST /centres/C/appointments": BOOKED,
    "PATCH /appointments/A": {"start": "2026-11-23T10:00:00+07:00"},
    "POST /centres/C/tickets": {"services": ["BIRTH"]},
    "POST /centres/C/counters/N/quick-serve": {"services": ["BIRTH"]},
    "POST /tickets/T/call": {"counter": 4},
    "POST /tickets/T/priority": {"priority": "ELDER"},
}
RANK = ("none", "display", "kiosk", "staff", "manager", "admin")
_PART = re.compile(r"<[^<>]*:(\w+)>")
_NAMES = {"code": "C", "number": "N", "ticket": "T", "token": "A"}


def expected(least: str, role: str) -> int:
    """200 for allowed, whatever else is then wrong with the request; else 401 or 403."""
    if least == ANYONE:
        return 200
    if role == "none":
        return 401
    enough = RANK.index(role.removesuffix(" elsewhere")) >= RANK.index(least)
    return 200 if enough and "elsewhere" not in role else 403


def as_written(rule: Rule) -> str:
    return _PART.sub(lambda part: _NAMES[part[1]], rule.rule.removeprefix(API))


def test_every_route_of_the_api_has_a_row_and_every_row_a_route(app: Flask) -> None:
    routes = {
        f"{method} {as_written(rule)}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(API)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(CONTRACT)


@pytest.fixture
def closed_desk(app: Flask, store: Store) -> Desk:
    """A centre that gives no tickets to phones."""
    return Desk(app, a_hall(store, remote_tickets=False), a_hall(store))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("route", CONTRACT)
def test_route_of_the_api_answers_each_role_as_the_contract_says(closed_desk: Desk, route: str, role: str) -> None:
    desk = closed_desk
    method, path = route.split()
    ticket = desk.issue()
    named = {"C": desk.code, "N": "4", "T": ticket["id"], "A": desk.book()["token"]}
    address = "/".join(named.get(part, part) for part in path.split("/"))
    answer = desk.ask(method, address + QUERIES.get(route, ""), BODIES.get(route), by=role)
    wanted = expected(_by_id(route) or CONTRACT[route], role)
    if wanted == 200:
        assert answer.status_code not in (401, 403), answer.text
    elif role == "none" and _by_id(route):
        problem(answer, 404, "not-found")  # an id opens nothing to the public
    else:
        problem(answer, wanted, {401: "unauthorized", 403: "forbidden"}[wanted])


def _by_id(route: str) -> str | None:
    """What a ticket's holder may do with its token, staff alone may do with its id."""
    held = ("GET /tickets/T", "POST /tickets/T/cancel", "POST /tickets/T/pass", "POST /tickets/T/here")
    return STAFF if route in held else None


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", PAGES)
def test_page_opens_to_those_whom_the_contract_names(closed_desk: Desk, address: str, role: str) -> None:
    desk = closed_desk
    named = {"C": desk.code, "K": desk.issue()["token"]}
    there = "/".join(named.get(part, part) for part in address.split("/"))
    wanted = expected(PAGES[address], role if "/C" in address else role.removesuffix(" elsewhere"))
    check_page(open_page(desk, "GET", there, role), wanted)


def open_page(desk: Desk, method: str, address: str, role: str, **options: Any) -> Answer:
    browser = desk.browser()
    if role != "none":
        browser.set_cookie(COOKIE, desk.token(role))
    return browser.open(address, method=method, **options)


def check_page(answer: Answer, wanted: int) -> None:
    """Who may not is told so, or is led to the door."""
    led_away = answer.status_code in (302, 303) and answer.location.startswith("/sign-in")
    if wanted == 200:
        assert answer.status_code not in (401, 403) and not led_away, (answer.status_code, answer.location)  # noqa: PT018
    else:
        assert answer.status_code in (401, 403) or led_away, answer.status_code


@pytest.fixture
def addresses(app: Flask) -> Iterator[Any]:
    with app.test_request_context() as pushed:
        yield pushed


def test_every_route_names_what_it_needs(app: Flask, addresses: Any) -> None:
    unguarded = {rule.rule for rule in app.url_map.iter_rules() if permission_of(rule.endpoint) is None}
    assert unguarded == {"/static/<path:filename>"}


def test_route_that_names_nothing_is_refused_to_everybody(app: Flask, desk: Desk) -> None:
    view_functions = app.view_functions
    original = view_functions["door.home"]
    view_functions["door.home"] = lambda: "never seen"
    try:
        for role in ROLES:
            assert open_page(desk, "GET", "/", role).status_code == 403
    finally:
        view_functions["door.home"] = original


def test_every_page_answers_each_role_as_the_table_of_permissions_says(
    app: Flask, closed_desk: Desk, addresses: Any
) -> None:
    """Generated from the map: a new page needs no new row, and cannot be left out."""
    desk, ticket = closed_desk, closed_desk.issue()
    facts = {"code": desk.code, "number": 4, "token": ticket["token"], "ticket": ticket["token"]}
    facts["ticket_id"] = ticket["id"]
    seen = 0
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(API) or rule.endpoint == "static":
            continue
        acts = re.findall(r"'([a-z-]+)'", rule.rule)[:1]
        address = url_for(rule.endpoint, **{name: facts.get(name, *acts) for name in rule.arguments})
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            for role in ROLES:
                wanted = table_says(permission_of(rule.endpoint), role, at_centre="code" in rule.arguments)
                check_page(open_page(desk, method, address, role), wanted)
                seen += 1
    assert seen > 100


def table_says(permission: Permission | None, role: str, *, at_centre: bool) -> int:
    assert permission is not None
    named = None if role == "none" else Role(role.removesuffix(" elsewhere"))
    if not permits(named, permission):
        return 403
    restricted = not permits(None, permission)
    return 403 if restricted and at_centre and role.endswith("elsewhere") else 200


def test_form_without_its_token_changes_nothing(app: Flask, desk: Desk, addresses: Any) -> None:
    """Every form of every page, pressed from another site with the cookie of whoever may."""
    ticket = desk.issue()
    desk.open(4)
    facts = {"code": desk.code, "number": 4, "token": ticket["token"], "ticket_id": ticket["id"]}
    before = desk.hall.snapshot()
    forms = [
        rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set()) and not rule.rule.startswith(API)
    ]
    for rule in forms:
        acts = re.findall(r"'([a-z-]+)'", rule.rule)[:1]
        address = url_for(rule.endpoint, **{name: facts.get(name, *acts) for name in rule.arguments})
        sent = {"key": "k" * 22, "services": "BIRTH", "ticket": ticket["id"], "service": "INFO"}
        answer = open_page(desk, "POST", address, "admin", data=sent)
        assert answer.status_code == 400, rule
    assert len(forms) >= 3
    assert desk.hall.snapshot() == before


@pytest.mark.parametrize("role", ["kiosk", "staff", "manager", "admin"])
def test_cookie_never_works_on_the_api(desk: Desk, role: str) -> None:
    ticket = desk.issue()
    for method, path in (
        ("GET", "/centres/C/queue"),
        ("POST", f"/tickets/{ticket['id']}/hold"),
        ("POST", "/centres/C/counters/4/open"),
        ("GET", "/centres/C/statistics?from=2026-11-23&to=2026-11-23"),
    ):
        answer = open_page(desk, method, desk.path(path), role)
        assert answer.status_code == 401, (method, path)
        a_problem(answer, "unauthorized")
    assert desk.show(ticket)["state"] == "waiting"
