"""Appointments over the API, in the contract's words."""

from typing import Any

import pytest
from sqlalchemy import select

from commands.sessions import add_sessions
from store import tables
from tests.api.conftest import PUBLIC_URL
from tests.api.desk import Answer, Desk, problem
from tests.cast import SLOTS
from tests.queueing.test_sessions import a_session

NINE, TEN = "2026-11-23T09:00:00+07:00", "2026-11-23T10:00:00+07:00"


def free(desk: Desk, start: str = NINE, service: str = "BIRTH") -> int:
    """How many places of a time are left; a time without any is not listed."""
    slots = desk.get(f"/centres/C/slots?service={service}&from={start[:10]}&to={start[:10]}").json["slots"]
    assert all(slot["free"] > 0 for slot in slots)
    return sum(slot["free"] for slot in slots if slot["start"] == start)


def move(desk: Desk, made: dict[str, Any], start: str) -> Answer:
    return desk.ask("PATCH", f"/appointments/{made['token']}", {"start": start})


def press(desk: Desk, made: dict[str, Any], act: str, **options: Any) -> Answer:
    return desk.post(f"/appointments/{made['token']}/{act}", {}, **options)


def shown(desk: Desk, made: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = desk.get(f"/appointments/{made['token']}").json
    return answer


def test_a_time_is_booked_and_has_the_contracts_shape(desk: Desk) -> None:
    made = desk.book(name="Bounmy", phone="020 5555", email="b@example.com", language="lo")
    assert made == shown(desk, made)
    assert {made[name] for name in ("state", "start", "end")} == {"booked", NINE, "2026-11-23T09:30:00+07:00"}
    assert (made["centre"], made["services"], made["expires_at"]) == (desk.code, ["BIRTH"], None)
    assert made["url"] == f"{PUBLIC_URL}/a/{made['token']}"
    assert made["ics_url"] == f"{made['url']}.ics"
    assert set(made) == {
        *("reference", "token", "centre", "services", "state", "start", "end", "expires_at", "url", "ics_url")
    }


def test_times_are_listed_while_they_have_a_free_place(desk: Desk) -> None:
    assert free(desk) == SLOTS["BIRTH"]
    for left in range(SLOTS["BIRTH"] - 1, -1, -1):
        desk.book()
        assert free(desk) == left
    problem(desk.post("/centres/C/appointments", {"services": ["BIRTH"], "start": NINE}), 409, "slot-full")
    problem(desk.post("/centres/C/appointments", {"services": ["INFO"], "start": NINE}), 409, "slot-unavailable")
    assert desk.get("/centres/C/slots?service=INFO").json == {"slots": []}


def test_a_hold_is_confirmed_or_ends(desk: Desk) -> None:
    held, other = desk.book(hold=True), desk.book(hold=True)
    assert (held["state"], held["expires_at"]) == ("held", "2026-11-23T08:10:00+07:00")
    assert press(desk, held, "confirm").json == {**held, "state": "booked", "expires_at": None}
    desk.hall.later(10)
    assert shown(desk, other)["state"] == "cancelled"
    problem(press(desk, other, "confirm"), 409, "hold-expired")
    assert free(desk) == SLOTS["BIRTH"] - 1


def test_it_is_moved_in_one_step_and_cancelled(desk: Desk) -> None:
    made = desk.book(services=["RES"])
    for _ in range(SLOTS["RES"]):
        desk.book(TEN, services=["RES"])
    problem(move(desk, made, TEN), 409, "slot-full")
    problem(move(desk, made, "2026-11-23T09:10:00+07:00"), 409, "slot-unavailable")
    assert shown(desk, made) == made
    assert move(desk, made, "2026-11-23T04:00:00Z").json["start"] == "2026-11-23T11:00:00+07:00"
    assert press(desk, made, "cancel").json["state"] == press(desk, made, "cancel").json["state"] == "cancelled"
    problem(move(desk, made, TEN), 409, "appointment-cancelled")
    problem(press(desk, made, "check-in"), 409, "appointment-cancelled")


@pytest.mark.parametrize(("role", "channel"), [("none", "web"), ("kiosk", "kiosk"), ("staff", "staff")])
def test_checking_in_gives_one_ticket(desk: Desk, role: str, channel: str) -> None:
    made = desk.book(priority="ELDER")
    problem(press(desk, made, "check-in"), 409, "too-early")
    desk.hall.at("8:30")
    first, again = press(desk, made, "check-in", by=role), press(desk, made, "check-in")
    assert (first.status_code, again.status_code) == (201, 200)
    assert {**first.json, "position": None} == {**again.json, "position": None}
    assert (first.json["channel"], first.json["priority"], first.json["state"]) == (channel, "ELDER", "waiting")
    assert shown(desk, made)["state"] == "checked_in"
    assert desk.get(f"/tickets/{first.json['token']}").status_code == 200


def test_a_session_gives_the_times_and_ends_changes_by_oneself(desk: Desk) -> None:
    desk.hall.press(add_sessions, [a_session(services=("MARRY",), kept=50, cut_off=30)])
    services = desk.get("/centres/C/services").json["services"]
    assert [one["appointments"] for one in services if one["code"] == "MARRY"] == [True]
    assert (free(desk, NINE, "MARRY"), free(desk, "2026-11-23T11:00:00+07:00", "MARRY")) == (2, 0)
    made = desk.book(services=["MARRY"])
    desk.hall.at("8:30")
    for answer in (move(desk, made, TEN), press(desk, made, "cancel")):
        problem(answer, 409, "too-late-to-change")
        assert all(word in answer.json["detail"] for word in ("08:30", "23 ພະຈິກ 2026"))
    assert shown(desk, made) == made


def test_why_says_what_was_booked(desk: Desk) -> None:
    made = desk.book()
    desk.hall.at("8:50")
    press(desk, made, "check-in")
    desk.hall.at("9:05")
    (queued,) = desk.get("/centres/C/queue", by="staff", headers={"Accept-Language": "en"}).json["tickets"]
    assert queued["why"] == "Booked for 09:00, here since 08:50"


def test_a_key_books_once_and_no_token_is_kept(desk: Desk) -> None:
    asked = {"services": ["BIRTH"], "start": NINE, "phone": "020 5555"}
    answers = [desk.post("/centres/C/appointments", asked, headers={"Idempotency-Key": "one press"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert free(desk) == SLOTS["BIRTH"] - 1
    with desk.hall.reading() as conn:
        kept = conn.execute(select(tables.IdempotencyKey.answer)).scalars().all()
    assert not any(answers[0].json["token"] in str(answer) or "5555" in str(answer) for answer in kept)


@pytest.mark.parametrize("token", ["x", "A" * 32, "AAAAAAAAACoK1rGBomqVVAYGqtxTkprDkDs"])
def test_what_is_no_token_opens_nothing(desk: Desk, token: str) -> None:
    ticket = desk.issue()
    for secret in (token, ticket["token"]):
        problem(desk.get(f"/appointments/{secret}"), 404, "not-found")
    problem(desk.get(f"/tickets/{desk.book()['token']}"), 404, "not-found")
