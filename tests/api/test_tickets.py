"""Who may take a ticket, who is told its token, and what an id opens."""

import pytest
from flask import Flask

from commands.access import create_token
from commands.permissions import Role
from store.ids import ticket_token
from store.unit import Store
from tests.api.conftest import PUBLIC_URL, on_one_database
from tests.api.desk import Desk, problem
from tests.cast import a_hall

BIRTH = {"services": ["BIRTH"]}


@pytest.fixture
def closed_desk(app: Flask, store: Store) -> Desk:
    """A centre that gives no tickets to phones, as LPB is."""
    return Desk(app, a_hall(store, remote_tickets=False), a_hall(store))


@pytest.mark.parametrize("role", ["none", "display"])
def test_anyone_joins_by_web_where_the_centre_gives_tickets_to_phones(desk: Desk, role: str) -> None:
    answer = desk.post("/centres/C/tickets", BIRTH, by=role)
    assert answer.status_code == 201
    assert (answer.json["channel"], answer.json["url"]) == ("web", f"{PUBLIC_URL}/t/{answer.json['token']}")


@pytest.mark.parametrize(("role", "status"), [("none", 401), ("display", 403)])
def test_only_kiosk_and_above_give_tickets_where_the_centre_gives_none_to_phones(
    closed_desk: Desk, role: str, status: int
) -> None:
    problem(closed_desk.post("/centres/C/tickets", BIRTH, by=role), status, "")
    assert closed_desk.hall.visits() == {}
    assert closed_desk.post("/centres/C/tickets", BIRTH, by="kiosk").status_code == 201


@pytest.mark.parametrize("role", ["staff elsewhere", "manager elsewhere"])
def test_token_of_another_centre_is_refused_even_where_nobody_s_is_not(desk: Desk, role: str) -> None:
    problem(desk.post("/centres/C/tickets", BIRTH, by=role), 403, "forbidden")


@pytest.mark.parametrize(
    ("role", "channel"),
    [
        ("none", "web"),
        ("display", "web"),
        ("kiosk", "kiosk"),
        ("staff", "staff"),
        ("manager", "staff"),
        ("admin", "staff"),
    ],
)
def test_channel_is_that_of_the_device_unless_it_says_another(desk: Desk, role: str, channel: str) -> None:
    assert desk.issue(by=role)["channel"] == channel
    if role not in ("none", "display"):
        for said in ("kiosk", "web", "staff", "import"):
            assert desk.issue(by=role, channel=said)["channel"] == said


@on_one_database
@pytest.mark.parametrize("role", ["none", "display", "kiosk", "staff", "manager", "admin"])
def test_creator_and_holder_have_the_token_and_its_addresses(desk: Desk, role: str) -> None:
    made = desk.issue(by=role)
    held = desk.get(f"/tickets/{made['token']}", by=role).json
    for ticket in (made, held):
        assert ticket["url"] == f"{PUBLIC_URL}/t/{made['token']}"
        assert ticket["qr_svg_url"].startswith(PUBLIC_URL)
    left = desk.post(f"/tickets/{made['token']}/cancel").json
    assert (left["state"], left["token"]) == ("left", made["token"])


def test_staff_see_the_id_and_never_the_token(desk: Desk) -> None:
    ticket = desk.issue("RES")
    desk.open(4)
    seen = [
        desk.get(f"/tickets/{ticket['id']}", by="staff").json,
        *desk.get("/centres/C/queue", by="staff").json["tickets"],
        desk.call(4).json,
        *[desk.act(ticket, act).json for act in ("recall", "serve", "finish", "hold", "resume", "cancel")],
    ]
    for answer in seen:
        assert (answer["id"], answer["number"]) == (ticket["id"], ticket["number"])
        assert [answer[secret] for secret in ("token", "url", "qr_svg_url")] == [None] * 3


def test_id_opens_nothing_to_the_public(desk: Desk) -> None:
    ticket = desk.issue()
    before = desk.hall.snapshot()
    problem(desk.get(f"/tickets/{ticket['id']}"), 404, "not-found")
    for act in ("cancel", "pass", "here"):
        problem(desk.post(f"/tickets/{ticket['id']}/{act}"), 404, "not-found")
    acts = ("call", "recall", "serve", "finish", "no-show", "hold", "resume", "transfer", "services")
    for act in (*acts, "priority", "details"):
        problem(desk.post(f"/tickets/{ticket['id']}/{act}"), 401, "unauthorized")
    assert desk.browser().get(f"/t/{ticket['id']}").status_code == 404
    assert desk.hall.snapshot() == before


def test_token_of_another_key_or_a_changed_one_opens_nothing(desk: Desk) -> None:
    ticket = desk.issue()
    forged = ticket_token(b"another key", int(ticket["id"]))
    for token in (forged, ticket["token"][:-1], ticket["token"] + "A", ticket["token"].swapcase(), "A" * 35):
        problem(desk.get(f"/tickets/{token}"), 404, "not-found")
        problem(desk.post(f"/tickets/{token}/cancel"), 404, "not-found")
        problem(desk.post(f"/tickets/{token}/pass"), 404, "not-found")
        problem(desk.post(f"/tickets/{token}/here"), 404, "not-found")
    assert len(ticket["token"]) * 6 >= 128 + 63
    assert desk.show(ticket)["state"] == "waiting"


def test_public_answers_name_no_token(desk: Desk) -> None:
    ticket = desk.issue()
    desk.open(4)
    desk.call(4)
    for path in ("/centres", f"/centres/{desk.code}", "/centres/C/services", "/centres/C/board"):
        assert ticket["token"] not in desk.get(path).text
    assert desk.board()["calls"][0]["ticket"] == ticket["id"]


def test_ids_of_the_years_to_come_open_to_staff_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.tickets.new_id", lambda: 2**63 - 1 - desk.hall.centre % 1000)
    ticket = desk.issue()
    assert desk.get(f"/tickets/{ticket['id']}", by="staff").json["number"] == ticket["number"]
    assert desk.act(ticket, "hold").json["state"] == "on_hold"
    assert desk.show(ticket)["state"] == "on_hold"


@on_one_database
def test_token_that_was_revoked_or_is_a_link_is_nobody_s(desk: Desk, store: Store) -> None:
    link = create_token(store, Role.MANAGER, centre=desk.code, kind="link")
    answer = desk.get("/centres/C/queue", headers={"Authorization": f"Bearer {link}"})
    problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@on_one_database
@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_of_a_token_is_written_in_any_case(desk: Desk, scheme: str) -> None:
    said = {"Authorization": f"{scheme} {desk.token('staff')}"}
    assert desk.get("/centres/C/queue", headers=said).status_code == 200


def test_name_and_phone_are_kept_apart_and_shown_to_nobody(desk: Desk) -> None:
    person = {"name": "ທ້າວ ສົມສັກ", "phone": "+856 20 5551-2345", "language": "lo", "priority": "ELDER"}
    ticket = desk.issue(**person)
    desk.open(4)
    answers = [
        desk.get(f"/tickets/{ticket['id']}", by="staff").text,
        desk.get("/centres/C/queue", by="staff").text,
        desk.call(4).text,
        desk.get(f"/tickets/{ticket['token']}").text,
        desk.get("/centres/C/board").text,
    ]
    assert not any(secret in answer for answer in answers for secret in ("ສົມສັກ", "5551-2345"))
    assert not any("ສົມສັກ" in str(event.facts) for event in desk.hall.events())
    assert ticket["priority"] == "ELDER"


@on_one_database
def test_name_of_two_hundred_characters_is_short_enough(desk: Desk) -> None:
    assert desk.issue(name="ສ" * 200)["state"] == "waiting"
