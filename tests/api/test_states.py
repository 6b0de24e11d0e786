"""Every state × every act over the API: what the contract's table allows happens, all else changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from commands.day import end_past_days
from tests.api.desk import Desk, problem
from tests.cast import MONDAY

# Written by hand from the contract, so that the code's own table is checked: state, act, the ticket's state after it.
ALLOWED = {
    "waiting": {
        "call": "called",
        "hold": "on_hold",
        "transfer": "waiting",
        "cancel": "cancelled",
        "leave": "left",
        "pass": "waiting",
        "services": "waiting",
    },
    "called": {
        "recall": "called",
        "serve": "serving",
        "no-show": "no_show",
        "hold": "on_hold",
        "transfer": "waiting",
        "cancel": "cancelled",
        "leave": "left",
        "services": "called",
    },
    "serving": {"finish": "finished", "hold": "on_hold", "transfer": "waiting", "services": "serving"},
    "on_hold": {"resume": "waiting", "cancel": "cancelled", "leave": "left", "services": "on_hold"},
    "no_show": {"resume": "waiting"},
    "finished": {},
    "left": {},
    "cancelled": {},
    "expired": {},
}
ACTS = ["call", "recall", "serve", "finish", "no-show", "hold", "resume", "transfer", "cancel", "leave"]
ACTS += ["pass", "services"]
FACTS: dict[str, dict[str, Any]] = {
    "call": {"counter": 4},
    "transfer": {"service": "INFO"},
    "services": {"add": ["INFO"]},
}
PATHS = {
    "waiting": [],
    "called": ["call"],
    "serving": ["call", "serve"],
    "on_hold": ["hold"],
    "no_show": ["call", "no-show"],
    "finished": ["call", "serve", "finish"],
    "left": ["leave"],
    "cancelled": ["cancel"],
    "expired": ["expire"],
}


def do(desk: Desk, ticket: dict[str, Any], act: str) -> Any:
    """An act by whoever does it: the citizen leaves and lets others pass, the night expires, Keo does all else."""
    if act == "leave":
        return desk.post(f"/tickets/{ticket['token']}/cancel")
    if act == "pass":
        return desk.post(f"/tickets/{ticket['token']}/pass")
    if act == "expire":
        desk.hall.later(24 * 60).press(end_past_days)
        desk.open(4)
        return desk.get(f"/tickets/{ticket['token']}")
    return desk.act(ticket, act, **FACTS.get(act, {}))


@pytest.fixture
def reach(desk: Desk) -> Callable[[str], dict[str, Any]]:
    """A ticket in a state, with counter 4 open."""

    def ticket_in(state: str) -> dict[str, Any]:
        desk.open(4)
        ticket = desk.issue()
        for act in PATHS[state]:
            assert do(desk, ticket, act).status_code == 200
        reached = desk.show(ticket)
        assert reached["state"] == state
        return reached

    return ticket_in


def seen(desk: Desk, ticket: dict[str, Any]) -> Any:
    """What anybody could see changing: the ticket, the board, and every row behind them."""
    board = {key: value for key, value in desk.board().items() if key != "at"}
    return desk.show(ticket), board, desk.hall.snapshot()


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", ALLOWED)
def test_what_the_table_allows_happens_and_nothing_else_changes_anything(
    desk: Desk, reach: Callable[[str], dict[str, Any]], state: str, act: str
) -> None:
    ticket = reach(state)
    before = seen(desk, ticket)
    answer = do(desk, ticket, act)
    if act in ALLOWED[state]:
        assert answer.status_code == 200, answer.text
        assert answer.json["state"] == ALLOWED[state][act] == desk.show(ticket)["state"]
        assert desk.board()["seq"] > before[1]["seq"]
    else:
        assert ticket["number"] in problem(answer, 409, "wrong-state")["detail"]
        assert seen(desk, ticket) == before


@pytest.mark.parametrize(("recalls", "status"), [(1, 200), (2, 200), (3, 409)])
def test_recalls_are_used_up_after_those_that_the_centre_allows(desk: Desk, recalls: int, status: int) -> None:
    desk.open(4)
    ticket = desk.issue()
    desk.act(ticket, "call", counter=4)
    for _ in range(recalls - 1):
        assert desk.act(ticket, "recall").status_code == 200
        desk.hall.later(seconds=30)
    before = seen(desk, ticket)
    answer = desk.act(ticket, "recall")
    assert answer.status_code == status
    if status == 409:
        problem(answer, 409, "recalls-used-up")
        assert seen(desk, ticket) == before


def test_cool_down_never_refuses_the_first_recall_and_says_so_of_the_second(desk: Desk) -> None:
    desk.open(4)
    ticket = desk.issue()
    desk.act(ticket, "call", counter=4)
    assert desk.act(ticket, "recall").status_code == 200
    problem(desk.act(ticket, "recall"), 409, "recall-too-soon")


def test_no_show_comes_back_until_the_grace_period_is_over(desk: Desk) -> None:
    desk.open(4)
    in_time, late = desk.issue(), desk.issue()
    for ticket in (in_time, late):
        desk.act(ticket, "call", counter=4)
        desk.act(ticket, "no-show")
    desk.hall.later(10)
    assert desk.act(in_time, "resume").json["state"] == "waiting"
    desk.hall.later(seconds=1)
    before = seen(desk, late)
    problem(desk.act(late, "resume"), 409, "grace-over")
    assert seen(desk, late) == before


def test_others_pass_once_and_a_second_time_changes_nothing(desk: Desk) -> None:
    desk.open(4)
    first, second = desk.issue(), desk.issue()
    assert desk.show(first)["may_pass"] is True
    answer = desk.post(f"/tickets/{first['token']}/pass")
    assert (answer.json["state"], answer.json["position"], answer.json["may_pass"]) == ("waiting", 2, False)
    assert answer.json["token"] == first["token"]
    assert desk.show(second)["position"] == 1
    before = seen(desk, first)
    assert first["number"] in problem(desk.post(f"/tickets/{first['token']}/pass"), 409, "passed-already")["detail"]
    assert seen(desk, first) == before


def test_passing_pressed_twice_with_one_key_is_one_passing(desk: Desk) -> None:
    ticket = desk.issue()
    answers = [desk.post(f"/tickets/{ticket['token']}/pass", key="let-them-go") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json


def test_staff_see_why_somebody_who_let_others_pass_stands_there(desk: Desk) -> None:
    ticket = desk.issue()
    desk.hall.at("9:12")
    assert desk.act(ticket, "pass").json["may_pass"] is False
    (queued,) = desk.get("/centres/C/queue", by="staff", headers={"Accept-Language": "en"}).json["tickets"]
    assert queued["why"].endswith("Let others go first at 09:12")


def test_closed_or_paused_counter_calls_nobody(desk: Desk) -> None:
    ticket = desk.issue()
    before = seen(desk, ticket)
    problem(desk.call(1), 409, "counter-closed")
    problem(desk.act(ticket, "call", counter=1), 409, "counter-closed")
    problem(desk.post("/centres/C/counters/1/pause", by="staff"), 409, "counter-closed")
    assert seen(desk, ticket) == before
    desk.open(1)
    assert desk.post("/centres/C/counters/1/pause", by="staff").json["state"] == "paused"
    problem(desk.call(1), 409, "counter-closed")
    problem(desk.act(ticket, "call", counter=1), 409, "counter-closed")
    assert desk.show(ticket)["state"] == "waiting"


@pytest.mark.parametrize("served", [False, True])
def test_counter_with_somebody_there_is_busy(desk: Desk, served: bool) -> None:  # noqa: FBT001 - a case
    desk.open(1)
    there, waiting = desk.issue(), desk.issue()
    assert desk.call(1).json["id"] == there["id"]
    if served:
        desk.act(there, "serve")
    before = seen(desk, there)
    assert there["number"] in problem(desk.call(1), 409, "counter-busy")["detail"]
    problem(desk.act(waiting, "call", counter=1), 409, "counter-busy")
    problem(desk.post("/centres/C/counters/1/close", by="staff"), 409, "counter-busy")
    assert seen(desk, there) == before


@pytest.mark.parametrize("served", [False, True])
def test_next_with_finish_ends_whoever_is_there_and_calls_the_next(desk: Desk, served: bool) -> None:  # noqa: FBT001
    desk.open(1)
    there, waiting = desk.issue(), desk.issue()
    desk.call(1)
    if served:
        desk.act(there, "serve")
    called = desk.call(1, finish=True)
    assert (called.status_code, called.json["id"]) == (200, waiting["id"])
    assert desk.show(there)["state"] == "finished"
    assert desk.call(1, finish=True).status_code == 204
    assert desk.show(waiting)["state"] == "finished"
    assert desk.board()["counters"][0]["number"] is None


def test_next_calls_nobody_where_nobody_waits_for_the_counter(desk: Desk) -> None:
    desk.open(3)
    desk.issue("BIRTH")
    answer = desk.call(3)
    assert (answer.status_code, answer.data) == (204, b"")
    assert desk.call(3, finish=True).status_code == 204


def test_finish_with_a_planned_step_sends_the_person_on(desk: Desk) -> None:
    desk.open(4)
    ticket = desk.issue("RES")
    for act in ("call", "serve"):
        do(desk, ticket, act)
    after = desk.act(ticket, "finish").json
    assert (after["state"], after["service"]) == ("waiting", "PAY")
    assert [(step["code"], step["state"]) for step in after["services"]] == [("RES", "finished"), ("PAY", "waiting")]


def test_ticket_of_yesterday_expires_with_yesterday_s_closing_time(desk: Desk) -> None:
    ticket = desk.issue()
    desk.hall.at("9:00", MONDAY.replace(day=24)).press(end_past_days)
    assert desk.show(ticket)["state"] == "expired"
    problem(desk.post(f"/tickets/{ticket['token']}/cancel"), 409, "wrong-state")
