"""What makes no sense is refused with a problem that says so, and nothing is changed."""

from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answers import bodies
from store.unit import Store
from tests.api import bad_inputs
from tests.api.bad_inputs import POSTS, Bad
from tests.api.conftest import on_one_database
from tests.api.desk import API, Answer, Desk, a_problem, everything, problem
from tests.cast import a_hall, a_store
from tests.databases import PostgreSQL

_tickets: WeakKeyDictionary[Desk, dict[str, Any]] = WeakKeyDictionary()
_desks: dict[int, tuple[Desk, dict[str, Any]]] = {}


@pytest.fixture(scope="module")
def lone_sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database of this file's own: all rows of all tables are compared, and other tests leave many."""
    with a_store(f"sqlite:///{tmp_path_factory.mktemp('lone')}/onedoor.db") as store:
        yield store


@pytest.fixture(scope="module")
def lone_postgresql_store(postgres: PostgreSQL) -> Iterator[Store]:
    with postgres.database() as url, a_store(url) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    lone: Store = request.getfixturevalue(f"lone_{request.param}_store")
    return lone


@pytest.fixture
def busy_desk(app: Flask, store: Store) -> Desk:
    """A desk whose hall has one waiting ticket and an open counter; made once per database: nothing changes it."""
    if id(store) not in _desks:
        desk = Desk(app, a_hall(store), a_hall(store))
        desk.open(4)
        _desks[id(store)] = desk, desk.issue("RES")
        for role in ("admin", "staff", "display"):
            desk.token(role)
    return _desks[id(store)][0]


def the_ticket(desk: Desk) -> dict[str, Any]:
    return _desks[id(desk.hall.store)][1]


def address(desk: Desk, path: str) -> str:
    ticket = the_ticket(desk)
    return path.replace("/tickets/T", f"/tickets/{ticket['id']}").replace("/tickets/K", f"/tickets/{ticket['token']}")


def send(desk: Desk, bad: Bad) -> Answer:
    said: dict[str, Any] = {"by": bad.by, "headers": bad.headers}
    if bad.raw is not None:
        said |= {"data": bad.raw, "content_type": bad.mimetype}
    return desk.ask(bad.method, address(desk, bad.path), bad.body, **said)


def cases(found: list[Bad]) -> list[Any]:
    return [pytest.param(bad, id=f"{n} {bad}") for n, bad in enumerate(found)]


def refused(desk: Desk, bad: Bad) -> None:
    before = everything(desk.hall.store)
    said = problem(send(desk, bad), bad.status, bad.slug)
    assert everything(desk.hall.store) == before
    if bad.status == 422:
        assert all(error["field"] is not None and error["message"] for error in said["errors"])
    if bad.field is not None:
        assert bad.field in {error["field"] for error in said["errors"]}


def test_there_are_over_a_hundred_bad_requests_to_every_address_that_changes_anything() -> None:
    found = bad_inputs.BEFORE + bad_inputs.AFTER
    assert len(found) > 100
    assert {bad.path for bad in found} >= set(POSTS)


@on_one_database
@pytest.mark.parametrize("bad", cases(bad_inputs.BEFORE))
def test_request_that_cannot_be_read_is_a_problem_and_changes_nothing(busy_desk: Desk, bad: Bad) -> None:
    refused(busy_desk, bad)


@pytest.mark.parametrize("bad", cases(bad_inputs.AFTER))
def test_request_that_makes_no_sense_is_a_problem_and_changes_nothing(busy_desk: Desk, bad: Bad) -> None:
    refused(busy_desk, bad)


@on_one_database
@pytest.mark.parametrize("bad", cases(bad_inputs.WRONG_METHOD))
def test_wrong_method_is_told_which_are_right(busy_desk: Desk, bad: Bad) -> None:
    allowed = send(busy_desk, bad).headers["Allow"].split(", ")
    assert bad.method not in allowed
    assert {"GET", "POST"} & set(allowed)


@on_one_database
@pytest.mark.parametrize("path", [*POSTS, "/centres", "/centres/C/board", "/centres/C/queue", "/nothing"])
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "BREW"])
def test_other_methods_are_answered_without_a_body_of_ours_or_refused(busy_desk: Desk, path: str, method: str) -> None:
    before = everything(busy_desk.hall.store)
    answer = busy_desk.ask(method, address(busy_desk, path), by="admin")
    assert answer.status_code < 500
    assert everything(busy_desk.hall.store) == before
    if method == "HEAD":
        assert answer.data == b""
    if method == "OPTIONS" and path != "/nothing":
        assert (answer.status_code, bool(answer.headers["Allow"])) == (200, True)


@on_one_database
def test_empty_body_is_an_empty_object(busy_desk: Desk) -> None:
    path = f"{API}/tickets/{the_ticket(busy_desk)['id']}/hold"
    said = {"Authorization": f"Bearer {busy_desk.token('staff')}"}
    held = busy_desk.client.post(path, headers=said)
    assert (held.status_code, held.text.count('"on_hold"')) == (200, 2)
    resumed = busy_desk.client.post(path.replace("/hold", "/resume"), headers=said, content_type="application/json")
    assert resumed.status_code == 200


@on_one_database
@pytest.mark.parametrize("address", ["/api/v1", "/api/v1/nothing", "/api/v1/centres/SAY/x/y", "/api/v2/centres"])
def test_unknown_address_of_the_api_is_a_problem_too(busy_desk: Desk, address: str) -> None:
    answer = busy_desk.client.get(address)
    assert answer.status_code == 404
    if address.startswith("/api/v1"):
        a_problem(answer, "not-found")


@on_one_database
def test_a_list_that_is_too_long_is_told_in_things_and_a_text_in_characters(busy_desk: Desk) -> None:
    english = {"Accept-Language": "en"}
    path = "/centres/C/tickets"
    many = busy_desk.post(path, {"services": ["INFO"] * 101}, by="kiosk", headers=english)
    assert many.json["errors"] == [{"field": "services", "message": "At most 100 of them."}]
    long = busy_desk.post(path, {"services": ["INFO"], "name": "K" * 201}, by="kiosk", headers=english)
    assert long.json["errors"] == [{"field": "name", "message": "At most 200 characters."}]


@on_one_database
def test_problem_speaks_the_reader_s_language(busy_desk: Desk) -> None:
    said = [
        busy_desk.get("/centres/NONE/board", headers={"Accept-Language": language}) for language in ("en", "lo", "xx")
    ]
    assert [answer.status_code for answer in said] == [404] * 3
    assert said[0].headers["Content-Language"] == "en"


SOMETHING = ["BIRTH", "INFO", "RES", "PAY", "OLD", "ELDER", "lo", "kiosk", "020 5551", 1, 4, 9, True]
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=()), max_size=20)  # halves of surrogate pairs too
    | st.sampled_from(SOMETHING),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MODELS: list[type[bodies.Asked]] = [*bodies.Asked.__subclasses__(), bodies.AskTicket, bodies.AskHold]
FIELDS = sorted({name for model in MODELS for name in model.model_fields})


@pytest.mark.parametrize("path", POSTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wrong=st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), ANYTHING, max_size=2), other=ANYTHING)
def test_whatever_is_sent_the_mistake_is_never_ours(desk: Desk, path: str, wrong: dict[str, Any], other: Any) -> None:
    if desk not in _tickets:
        desk.open(4)
        _tickets[desk] = desk.issue("RES")
    ticket = _tickets[desk]
    there = path.replace("/T/", f"/{ticket['id']}/").replace("/K/", f"/{ticket['token']}/")
    for body in (POSTS[path] | wrong, wrong, other):
        answer = desk.post(there, body, by="admin")
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            a_problem(answer)
