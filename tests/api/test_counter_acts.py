"""What clerks do besides the round of call, serve and finish: breaks, chosen persons, papers, priorities, undo."""

import pytest

from commands.undo import UNDO_WITHIN
from store.notes import Given, read_person
from tests.api.desk import Desk, problem


@pytest.fixture
def called(desk: Desk) -> dict:
    """Somebody at counter 4, who needs documents and pays afterwards."""
    ticket = desk.issue("RES")
    desk.open(4)
    desk.hall.later(1)
    desk.call(4)
    return desk.show(ticket)


def test_break_has_a_reason_of_the_list_or_none(desk: Desk) -> None:
    desk.open(4)
    path = "/centres/C/counters/4/pause"
    problem(desk.post(path, {"reason": "lunch"}, by="staff"), 422, "invalid")
    assert desk.post(path, {"reason": "meal"}, by="staff").json["state"] == "paused"
    assert desk.hall.events()[-1].facts["reason"] == "meal"
    desk.open(4)
    assert desk.post(path, by="staff").status_code == 200


def test_chosen_person_is_called_with_the_reason_kept(desk: Desk) -> None:
    desk.issue()
    chosen = desk.issue()
    desk.open(4)
    assert desk.act(chosen, "call", counter=4, reason="with a small child").json["state"] == "called"
    assert desk.hall.events()[-1].facts["chosen"] is True
    assert [row[-2] for row in desk.hall.snapshot()["notes"]] == ["with a small child"]


def test_held_person_s_ticket_names_what_is_missing_in_its_language(desk: Desk) -> None:
    ticket = desk.issue("RES", language="en")
    assert desk.show(ticket)["services"][0]["missing"] == []
    held = desk.act(ticket, "hold", reason="no copy", missing=["id_card"]).json
    (paper,) = held["services"][0]["missing"]
    assert (paper["code"], paper["name"] in paper["names"].values()) == ("id_card", True)
    assert desk.show(ticket)["services"] == held["services"]
    assert "no copy" not in str(desk.show(ticket))


def test_finished_step_says_from_when_its_result_can_be_collected(desk: Desk, called: dict) -> None:
    desk.act(called, "serve")
    before = desk.hall.snapshot()
    for day in ("2026-11-22", "2028-01-01"):
        said = problem(desk.act(called, "finish", ready_on=day), 422, "invalid")
        assert [error["field"] for error in said["errors"]] == ["ready_on"]
    assert desk.hall.snapshot() == before
    assert desk.act(called, "finish", ready_on="2026-12-03").status_code == 200
    assert [step["ready_on"] for step in desk.show(called)["services"]] == ["2026-12-03", None]


def test_priority_is_confirmed_changed_and_withdrawn(desk: Desk) -> None:
    ticket = desk.issue(priority="ELDER")
    assert (ticket["priority"], ticket["priority_confirmed"]) == ("ELDER", False)
    for group, seen in (("ELDER", True), ("MONK", True), (None, False)):
        after = desk.act(ticket, "priority", priority=group).json
        assert (after["priority"], after["priority_confirmed"]) == (group, seen)
    desk.act(ticket, "cancel")
    problem(desk.act(ticket, "priority", priority="MONK"), 409, "wrong-state")


def test_details_are_kept_and_no_answer_shows_them(desk: Desk) -> None:
    ticket = desk.issue("RES")
    given = {"name": "Somchai Vong", "phone": "020 5551234", "reference": "SX-77", "documents": ["form"]}
    answer = desk.act(ticket, "details", **given)
    assert (answer.status_code, answer.json["id"]) == (200, ticket["id"])
    desk.act(ticket, "details", reference="", documents=None)
    with desk.hall.reading() as conn:
        assert read_person(conn, int(ticket["id"])) == Given("Somchai Vong", "020 5551234", None, ["form"])
    for text in (answer.text, desk.get("/centres/C/queue", by="staff").text, str(desk.show(ticket))):
        assert not [secret for secret in ("Somchai", "5551234", "SX-77") if secret in text]


def test_last_press_is_undone_once_and_by_whoever_pressed(desk: Desk, called: dict) -> None:
    path = "/centres/C/counters/4/undo"
    problem(desk.post(path, by="manager"), 409, "nothing-to-undo")
    answer = desk.post(path, by="staff", key="undo it")
    assert [(t["id"], t["state"], t["position"]) for t in answer.json["tickets"]] == [(called["id"], "waiting", 1)]
    assert desk.post(path, by="staff", key="undo it").json == answer.json
    problem(desk.post(path, by="staff"), 409, "nothing-to-undo")
    assert desk.board()["calls"] == []


def test_next_with_finish_is_one_press_with_two_tickets(desk: Desk, called: dict) -> None:
    desk.act(called, "services", drop=["PAY"])
    second = desk.issue()
    desk.call(4, finish=True)  # served and finished at once, then the next one
    undone = desk.post("/centres/C/counters/4/undo", by="staff").json["tickets"]
    assert [(t["id"], t["state"]) for t in undone] == [(second["id"], "waiting"), (called["id"], "called")]


def test_nothing_is_undone_when_it_is_too_long_ago(desk: Desk, called: dict) -> None:
    desk.hall.later(seconds=UNDO_WITHIN.total_seconds() + 1)
    problem(desk.post("/centres/C/counters/4/undo", by="staff"), 409, "nothing-to-undo")


def test_who_stands_at_the_counter_is_served_at_once(desk: Desk) -> None:
    path, asked = "/centres/C/counters/4/quick-serve", {"services": ["INFO"], "priority": "MONK", "language": "en"}
    problem(desk.post(path, asked, by="staff"), 409, "counter-closed")
    desk.open(4)
    answer = desk.post(path, asked, by="staff", key="at once")
    ticket = answer.json
    assert (answer.status_code, ticket["state"], ticket["counter"], ticket["channel"]) == (201, "serving", 4, "staff")
    assert desk.show(ticket)["number"] == ticket["number"]
    assert desk.post(path, asked, by="staff", key="at once").json == ticket
    problem(desk.post(path, asked, by="staff"), 409, "counter-busy")
    problem(desk.post(path, {"services": ["OLD"]}, by="staff"), 409, "counter-busy")
    desk.act(ticket, "finish")
    problem(desk.post(path, {"services": ["OLD"]}, by="staff"), 409, "service-closed")
