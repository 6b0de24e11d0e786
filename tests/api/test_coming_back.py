"""Citizens come back by themselves: after a missed call within the grace period, or from hold, once in each queue."""

from typing import Any

import pytest

from queueing.events import Kind
from tests.api.desk import Desk, problem

GRACE = 10


def missed(desk: Desk) -> dict[str, Any]:
    """Somebody who was called and did not come."""
    ticket = desk.issue("RES")
    desk.hall.later(5)
    desk.open(4)
    desk.call(4)
    assert desk.act(ticket, "no-show").status_code == 200
    return ticket


def here(desk: Desk, ticket: dict[str, Any]) -> Any:
    return desk.post(f"/tickets/{ticket['token']}/here")


def test_missed_call_is_mended_by_the_person_within_the_grace_period(desk: Desk) -> None:
    ticket = missed(desk)
    before = desk.show(ticket)
    assert (before["may_come_back"], before["come_back_until"]) == (True, "2026-11-23T08:15:00+07:00")
    later = desk.issue()
    answer = here(desk, ticket)
    assert (answer.json["state"], answer.json["position"], answer.json["token"]) == ("waiting", 1, ticket["token"])
    assert (answer.json["may_come_back"], desk.show(later)["position"]) == (False, 2)


def test_after_the_grace_period_it_is_too_late(desk: Desk) -> None:
    ticket = missed(desk)
    desk.hall.later(GRACE)
    assert desk.show(ticket)["may_come_back"]
    desk.hall.later(seconds=1)
    assert (desk.show(ticket)["may_come_back"], desk.show(ticket)["come_back_until"]) == (False, None)
    problem(here(desk, ticket), 409, "grace-over")
    assert desk.show(ticket)["state"] == "no_show"


def test_from_hold_one_comes_back_at_any_time_of_the_day(desk: Desk) -> None:
    ticket = desk.issue("RES")
    desk.act(ticket, "hold", missing=["form"])
    desk.hall.later(3 * 60)
    assert (desk.show(ticket)["may_come_back"], desk.show(ticket)["come_back_until"]) == (True, None)
    assert here(desk, ticket).json["state"] == "waiting"


def test_it_is_once_in_each_queue_and_staff_may_help_then(desk: Desk) -> None:
    ticket = missed(desk)
    here(desk, ticket)
    desk.call(4)
    desk.act(ticket, "no-show")
    assert desk.show(ticket)["may_come_back"] is False
    problem(here(desk, ticket), 409, "came-back-already")
    problem(desk.act(ticket, "here"), 409, "came-back-already")
    assert desk.act(ticket, "resume").json["state"] == "waiting"
    desk.act(ticket, "transfer", service="INFO")
    desk.act(ticket, "hold")
    assert desk.show(ticket)["may_come_back"] is True  # another queue
    assert desk.act(ticket, "here").json["token"] is None


@pytest.mark.parametrize("acts", [[], ["call"], ["call", "serve"], ["cancel"]])
def test_who_was_not_set_aside_cannot_come_back(desk: Desk, acts: list[str]) -> None:
    ticket = desk.issue()
    desk.open(4)
    for act in acts:
        desk.act(ticket, act, **({"counter": 4} if act == "call" else {}))
    assert desk.show(ticket)["may_come_back"] is False
    problem(here(desk, ticket), 409, "wrong-state")


def test_pressed_twice_it_is_done_once(desk: Desk) -> None:
    ticket = missed(desk)
    path = f"/tickets/{ticket['token']}/here"
    first, second = (desk.post(path, key="I am here") for _ in range(2))
    assert first.json == second.json
    assert [event.kind for event in desk.hall.events()].count(Kind.RESUMED) == 1
