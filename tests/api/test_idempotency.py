"""A key makes a request safe to repeat: the first answer comes again, what it did is done once."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from commands.housekeeping import forget_old_answers
from store.idempotency import KEPT
from store.tables import IdempotencyKey
from store.unit import Store
from tests.api.conftest import on_one_database
from tests.api.desk import API, Answer, Desk, everything, problem

BIRTH = {"services": ["BIRTH"]}
TICKETS = "/centres/C/tickets"


def kept(store: Store) -> list[Any]:
    with store.reading() as conn:
        return list(conn.execute(select(IdempotencyKey.__table__)))


def said(answer: Answer) -> Any:
    return answer.status_code, answer.data, answer.mimetype


@pytest.mark.parametrize("by", ["none", "kiosk", "staff"])
def test_same_key_and_body_give_the_first_answer_again(desk: Desk, by: str) -> None:
    first = desk.post(TICKETS, BIRTH, by=by, key="once")
    desk.hall.later(30)
    desk.issue()
    before = desk.hall.snapshot(), kept_of(desk)
    again = desk.post(TICKETS, BIRTH, by=by, key="once")
    assert said(again) == said(first)
    assert (again.status_code, again.json["token"]) == (201, first.json["token"])
    assert (desk.hall.snapshot(), kept_of(desk)) == before


@pytest.mark.parametrize("written", ["once", '"once"', " once ", ' "once"'])
def test_key_is_the_same_bare_and_quoted(desk: Desk, written: str) -> None:
    first = desk.post(TICKETS, BIRTH, by="kiosk", key="once")
    assert said(desk.post(TICKETS, BIRTH, by="kiosk", key=written)) == said(first)
    assert len(desk.hall.visits()) == 1


@on_one_database
@pytest.mark.parametrize(
    "body",
    [
        b'{"services":["BIRTH"],"name":"Keo"}',
        b'{ "services" : [ "BIRTH" ],\n  "name" : "Keo" }\n',
        b'{"name": "Keo", "services": ["BIRTH"]}',
        b'{"name": "\\u004beo", "services": ["BIRTH"]}',
    ],
)
def test_body_is_the_same_however_it_is_spaced_ordered_or_escaped(desk: Desk, body: bytes) -> None:
    first = desk.post(TICKETS, {"services": ["BIRTH"], "name": "Keo"}, by="kiosk", key="once")
    headers = {"Authorization": f"Bearer {desk.token('kiosk')}", "Idempotency-Key": "once"}
    again = desk.client.post(desk.path(TICKETS), data=body, headers=headers, content_type="application/json")
    assert said(again) == said(first)


@pytest.mark.parametrize(
    "other",
    [
        {"services": ["INFO"]},
        {"services": ["BIRTH"], "name": "Keo"},
        {"services": ["BIRTH", "INFO"]},
        {"services": "BIRTH"},
        {"services": ["BIRTH"], "typo": True},
    ],
)
def test_same_key_with_another_body_is_refused(desk: Desk, other: dict[str, Any]) -> None:
    first = desk.post(TICKETS, BIRTH, by="kiosk", key="once")
    before = desk.hall.snapshot(), kept_of(desk)
    problem(desk.post(TICKETS, other, by="kiosk", key="once"), 422, "idempotency-key-reused")
    assert (desk.hall.snapshot(), kept_of(desk)) == before
    assert said(desk.post(TICKETS, BIRTH, by="kiosk", key="once")) == said(first)


def test_keys_of_two_callers_never_meet(desk: Desk) -> None:
    callers = ["none", "kiosk", "kiosk#2", "staff", "manager", "admin"]
    answers = [desk.post(TICKETS, BIRTH, by=by, key="1") for by in callers]
    neighbour = Desk(desk.app, desk.hall).post(TICKETS, BIRTH, key="1")  # another address
    assert len({answer.json["token"] for answer in [*answers, neighbour]}) == len(callers) + 1


def test_key_belongs_to_its_path(desk: Desk) -> None:
    assert desk.elsewhere is not None
    first = desk.post(TICKETS, BIRTH, by="admin", key="1")
    second = desk.post(f"/centres/{desk.elsewhere.code}/tickets", BIRTH, by="admin", key="1")
    assert first.json["id"] != second.json["id"]
    for act in ("hold", "resume", "cancel"):
        assert desk.post(f"/tickets/{first.json['id']}/{act}", {}, by="staff", key="1").status_code == 200


def test_act_repeated_with_its_key_is_done_once(desk: Desk) -> None:
    desk.open(4)
    tickets = [desk.issue() for _ in range(2)]
    next_ = "/centres/C/counters/4/next"
    first = desk.post(next_, {"finish": True}, by="staff", key="press")
    assert first.json["id"] == tickets[0]["id"]
    seq = desk.board()["seq"]
    assert said(desk.post(next_, {"finish": True}, by="staff", key="press")) == said(first)
    assert desk.board()["seq"] == seq
    second = desk.post(next_, {"finish": True}, by="staff", key="another")
    assert second.json["id"] == tickets[1]["id"]


def test_refused_act_is_not_kept_and_may_be_done_later_with_the_same_key(desk: Desk) -> None:
    ticket = desk.issue()
    path = f"/tickets/{ticket['id']}/call"
    problem(desk.post(path, {"counter": 4}, by="staff", key="call"), 409, "counter-closed")
    assert kept_of(desk) == []
    desk.open(4)
    assert desk.post(path, {"counter": 4}, by="staff", key="call").json["state"] == "called"
    desk.act(ticket, "serve")
    assert desk.post(path, {"counter": 4}, by="staff", key="call").json["state"] == "called"  # as it was answered


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (TICKETS, {"services": ["NONE"]}, 422),
        (TICKETS, {"services": ["OLD"]}, 409),
        ("/centres/C/counters/1/next", {}, 409),
        ("/centres/C/counters/77/next", {}, 404),
    ],
)
def test_mistakes_are_not_kept(desk: Desk, path: str, body: dict[str, Any], status: int) -> None:
    assert desk.post(path, body, by="staff", key="mistake").status_code == status
    assert kept_of(desk) == []


def kept_of(desk: Desk) -> list[Any]:
    """What is kept since the test began: another test's is older."""
    return [row for row in kept(desk.hall.store) if row.created_at >= desk.began]


def test_nobody_to_call_is_not_kept(desk: Desk) -> None:
    desk.open(4)
    path = "/centres/C/counters/4/next"
    assert desk.post(path, {}, by="staff", key="press").status_code == 204
    assert kept_of(desk) == []
    ticket = desk.issue()
    assert desk.post(path, {}, by="staff", key="press").json["id"] == ticket["id"]


def test_nobody_left_to_call_is_kept_when_somebody_was_finished(desk: Desk) -> None:
    desk.open(4)
    desk.issue()
    desk.call(4)
    path = "/centres/C/counters/4/next"
    assert desk.post(path, {"finish": True}, by="staff", key="press").status_code == 204
    later = desk.issue()
    assert desk.post(path, {"finish": True}, by="staff", key="press").status_code == 204  # the same press, once more
    assert desk.show(later)["state"] == "waiting"


def test_opening_what_is_open_keeps_nothing(desk: Desk) -> None:
    for _ in range(2):
        assert desk.post("/centres/C/counters/4/open", {}, by="staff", key="open").status_code == 200
    assert len(kept_of(desk)) == 1
    desk.post("/centres/C/counters/4/open", {}, by="staff", key="again")
    assert len(kept_of(desk)) == 1


def test_answer_is_forgotten_after_forty_eight_hours(desk: Desk, store: Store) -> None:
    first = desk.post(TICKETS, BIRTH, by="kiosk", key="once").json
    just_within = datetime.now(UTC) - KEPT + timedelta(minutes=1)
    set_age(store, just_within)
    forget_old_answers(store)
    assert desk.post(TICKETS, BIRTH, by="kiosk", key="once").json["id"] == first["id"]
    set_age(store, datetime.now(UTC) - KEPT)
    assert forget_old_answers(store) >= 1
    assert desk.post(TICKETS, BIRTH, by="kiosk", key="once").json["id"] != first["id"]


def set_age(store: Store, created_at: datetime) -> None:
    with store.writing() as conn:
        conn.execute(update(IdempotencyKey).values(created_at=created_at))


@on_one_database
def test_nothing_secret_is_kept(desk: Desk) -> None:
    ticket = desk.post(TICKETS, {**BIRTH, "name": "Somchai", "phone": "020 5551"}, by="kiosk", key="secret key").json
    desk.post(f"/tickets/{ticket['token']}/cancel", {}, key="leaving")
    rows = everything(desk.hall.store)
    secrets = [ticket["token"], desk.token("kiosk"), "secret key", "leaving"]
    assert not [table for table, found in rows.items() for row in found for secret in secrets if secret in row]
    assert not [row for row in rows["idempotency_keys"] if "Somchai" in row or "020 5551" in row]


@on_one_database
def test_no_kept_answer_holds_what_somebody_gave(desk: Desk) -> None:
    who = {"name": "Somchai", "phone": "020 5551"}
    booked = {**BIRTH, **who, "email": "som@example.com", "start": "2026-11-23T09:00:00+07:00"}
    assert desk.post("/centres/C/appointments", booked, key="books").status_code == 201
    act = f"/tickets/{desk.issue(**who)['id']}"
    assert desk.post(f"{act}/details", {**who, "reference": "SOM-12"}, by="staff", key="details").status_code == 200
    assert desk.post(f"{act}/hold", {"reason": "Somchai is away"}, by="staff", key="hold").status_code == 200
    kept = everything(desk.hall.store)["idempotency_keys"]
    assert len(kept) >= 3
    given = "Somchai", "020 5551", "som@example.com", "SOM-12", "away"
    assert not [row for row in kept if any(words in row for words in given)]


@on_one_database
def test_key_is_up_to_255_characters(desk: Desk) -> None:
    for key in ("k", "k" * 255, f'"{"k" * 255}"', "00000000-0000-4000-8000-000000000000", "a b/c?d#e"):
        assert desk.post(TICKETS, BIRTH, by="kiosk", key=key).status_code == 201
    assert len(desk.hall.visits()) == 4


@on_one_database
def test_request_without_a_key_is_done_each_time(desk: Desk) -> None:
    assert desk.issue()["id"] != desk.issue()["id"]
    assert kept_of(desk) == []


@on_one_database
def test_kept_answer_is_given_to_the_holder_in_the_house_s_words(desk: Desk) -> None:
    """What is kept is the answer without its secrets; they are derived again, and the whole is the same."""
    path = f"{API}/centres/{desk.code}/tickets"
    headers = {"Idempotency-Key": "once"}
    first, again = (desk.client.post(path, json=BIRTH, headers=headers) for _ in range(2))
    ticket = json.loads(first.data)
    assert json.loads(again.data) == ticket
    assert ticket["url"].endswith(f"/t/{ticket['token']}")
