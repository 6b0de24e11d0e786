"""How much may be asked: the public per address, a device far above what it can do, and what is said beyond it."""

import pytest
from limits import RateLimitItem, RateLimitItemPerMinute

from answers import guards
from commands.access import create_token
from commands.permissions import Role
from store.unit import Store
from tests.api.conftest import on_one_database
from tests.api.desk import Desk, problem

pytestmark = on_one_database
BIRTH = {"services": ["BIRTH"]}


@pytest.fixture
def five_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BY_ADDRESS_WRITE", RateLimitItemPerMinute(5))
    monkeypatch.setattr(guards, "BY_ADDRESS_READ", RateLimitItemPerMinute(5))


@pytest.mark.usefixtures("five_a_minute")
def test_public_writes_are_limited_per_address(desk: Desk) -> None:
    for _ in range(5):
        assert desk.post("/centres/C/tickets", BIRTH).status_code == 201
    before = desk.hall.snapshot()
    refused = desk.post("/centres/C/tickets", BIRTH)
    problem(refused, 429, "too-many")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert desk.hall.snapshot() == before
    elsewhere = Desk(desk.app, desk.hall)  # another address
    assert elsewhere.post("/centres/C/tickets", BIRTH).status_code == 201


@pytest.mark.usefixtures("five_a_minute")
def test_requests_that_are_refused_count_too(desk: Desk) -> None:
    for _ in range(5):
        problem(desk.post("/tickets/nothing/cancel"), 404, "not-found")
    problem(desk.post("/tickets/nothing/cancel"), 429, "too-many")


@pytest.mark.usefixtures("five_a_minute")
def test_reading_does_not_use_up_writing(desk: Desk) -> None:
    for _ in range(5):
        assert desk.get("/centres/C/board").status_code == 200
    problem(desk.get("/centres/C/board"), 429, "too-many")
    assert desk.post("/centres/C/tickets", BIRTH).status_code == 201


@pytest.mark.usefixtures("five_a_minute")
def test_device_s_token_is_not_limited_with_its_address(desk: Desk) -> None:
    for _ in range(20):
        assert desk.post("/centres/C/tickets", BIRTH, by="kiosk").status_code == 201
        assert desk.get("/centres/C/board", by="display").status_code == 200


@pytest.mark.usefixtures("five_a_minute")
def test_guessing_tokens_is_limited_as_the_public_is(desk: Desk) -> None:
    said = {"Authorization": "Bearer guess"}
    statuses = [desk.get("/centres/C/queue", headers=said).status_code for _ in range(8)]
    assert statuses == [401] * 5 + [429] * 3


@pytest.mark.usefixtures("five_a_minute")
def test_pages_are_limited_with_a_page(desk: Desk) -> None:
    browser = desk.browser()
    answers = [browser.get("/sign-in") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].mimetype == "text/html"
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_limits_leave_room_for_a_whole_hall_behind_one_address(store: Store) -> None:
    def per_second(limit: RateLimitItem) -> float:
        return limit.amount / limit.get_expiry()

    assert per_second(guards.BY_TOKEN) >= 200
    assert per_second(guards.BY_ADDRESS_WRITE) >= 5
    assert per_second(guards.BY_ADDRESS_READ) >= 50


def test_two_devices_are_counted_apart(desk: Desk, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BY_TOKEN", RateLimitItemPerMinute(3))
    devices = [create_token(store, Role.KIOSK, centre=desk.code) for _ in range(2)]
    for token in devices:
        said = {"Authorization": f"Bearer {token}"}
        statuses = [desk.get("/centres/C/board", headers=said).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
