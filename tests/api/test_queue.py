"""The queue over the API: the order in which people are called, the why of each place, the sense of each position."""

import re
from typing import Any

import pytest

from answers.words import languages
from tests.api.conftest import on_one_database
from tests.api.desk import Desk

LAO = re.compile(r"[\u0e80-\u0eff]")


def queue(desk: Desk, **options: Any) -> list[dict[str, Any]]:
    answer = desk.get("/centres/C/queue", by="staff", **options)
    assert answer.status_code == 200
    return answer.json["tickets"]


def numbers(desk: Desk) -> list[str]:
    return [ticket["number"] for ticket in queue(desk)]


def test_people_are_called_in_the_order_of_the_queue(desk: Desk) -> None:
    for minutes, service, priority in (
        (0, "BIRTH", None),
        (5, "BIRTH", "ELDER"),
        (5, "INFO", None),
        (5, "BIRTH", "MONK"),
        (20, "INFO", "MONK"),
    ):
        desk.hall.later(minutes)
        desk.issue(service, priority=priority)
    expected = numbers(desk)
    # Joined less credit: B002 8:05-30, B003 8:15-20, B001 8:00, W001 8:10, W002 8:35-20
    assert expected == ["B002", "B003", "B001", "W001", "W002"]
    desk.open(4)
    assert [desk.call(4, finish=True).json["number"] for _ in expected] == expected


def test_position_is_one_for_who_is_next_at_the_counters_that_serve_both(desk: Desk) -> None:
    def positions() -> dict[str, int]:
        return {ticket["number"]: ticket["position"] for ticket in queue(desk)}

    for service in ("RES", "INFO", "BIRTH", "MARRY"):
        desk.issue(service)
        desk.hall.later(1)
    assert positions() == {"A001": 1, "W001": 1, "B001": 1, "C001": 1}  # nobody serves: each service on its own
    desk.open(1)  # RES, BIRTH
    assert positions() == {"A001": 1, "W001": 1, "B001": 2, "C001": 1}
    desk.open(2)  # BIRTH, INFO
    assert positions() == {"A001": 1, "W001": 1, "B001": 3, "C001": 1}
    desk.open(4)  # all
    assert positions() == {"A001": 1, "W001": 2, "B001": 3, "C001": 4}
    assert desk.call(2).json["number"] == "W001"
    assert positions() == {"A001": 1, "B001": 2, "C001": 3}
    desk.post("/centres/C/counters/4/pause", by="staff")  # a paused counter calls nobody
    assert positions() == {"A001": 1, "B001": 2, "C001": 1}


def test_holder_sees_the_position_of_the_queue_and_none_when_called(desk: Desk) -> None:
    desk.open(4)
    tickets = [desk.issue() for _ in range(3)]
    assert [ticket["position"] for ticket in tickets] == [1, 2, 3]
    desk.call(4)
    assert [desk.show(ticket)["position"] for ticket in tickets] == [None, 1, 2]
    desk.post(f"/tickets/{tickets[1]['token']}/cancel")
    assert [desk.show(ticket)["position"] for ticket in tickets] == [None, None, 1]


def joined_by_hold(desk: Desk) -> dict[str, Any]:
    ticket = desk.issue()
    desk.hall.later(7)
    desk.act(ticket, "hold")
    desk.hall.later(30)
    desk.act(ticket, "resume")
    return ticket


def joined_by_return(desk: Desk) -> dict[str, Any]:
    ticket = desk.issue()
    desk.hall.later(9)
    for act, facts in (("call", {"counter": 4}), ("no-show", {}), ("resume", {})):
        desk.act(ticket, act, **facts)
    return ticket


def joined_by_transfer(desk: Desk) -> dict[str, Any]:
    ticket = desk.issue()
    desk.hall.later(8)
    desk.act(ticket, "transfer", service="INFO", counter=2)
    return ticket


def joined_as_later_step(desk: Desk) -> dict[str, Any]:
    ticket = desk.issue("RES")
    desk.hall.later(6)
    for act, facts in (("call", {"counter": 4}), ("serve", {}), ("finish", {})):
        desk.act(ticket, act, **facts)
    return ticket


WAYS = {
    "arrival": (lambda desk: desk.issue(), "Here since 08:00", ["08:00"]),
    "priority": (lambda desk: desk.issue(priority="ELDER"), "Here since 08:00. Elder: 30 min credit", ["08:00", "30"]),
    "hold": (joined_by_hold, "Back from hold; waited 7 min before", ["7"]),
    "return": (joined_by_return, "Came back after a missed call; waited 9 min before", ["9"]),
    "transfer": (joined_by_transfer, "Transferred; waited 8 min before. For counter 2 only", ["8", "2"]),
    "later step": (joined_as_later_step, "Next step of the visit; waited 6 min before", ["6"]),
}


@on_one_database
@pytest.mark.parametrize("way", WAYS)
def test_why_says_how_somebody_came_to_their_place_in_the_reader_s_language(desk: Desk, way: str) -> None:
    desk.open(4)
    come, english, figures = WAYS[way]
    ticket = come(desk)
    (said,) = queue(desk, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert (said["id"], said["why"]) == (ticket["id"], english)
    assert "lo" in languages()
    (lao,) = queue(desk, headers={"Accept-Language": "lo"})
    assert LAO.search(lao["why"]), lao["why"]
    assert re.findall(r"\d+:\d+|\d+", lao["why"]) == figures


@on_one_database
@pytest.mark.parametrize(
    ("accepted", "lao"),
    [
        ("lo", True),
        ("lo-LA", True),
        ("en", False),
        ("en-US,lo;q=0.5", False),
        ("th,lo;q=0.8,en;q=0.1", True),
        ("", True),
    ],
)
def test_language_is_what_the_reader_prefers_and_lao_otherwise(
    desk: Desk,
    accepted: str,
    lao: bool,  # noqa: FBT001 - a case
) -> None:
    desk.issue()
    headers = {"Accept-Language": accepted} if accepted else {}
    assert bool(LAO.search(queue(desk, headers=headers)[0]["why"])) is lao


def test_queue_follows_joined_less_credit_to_the_second(desk: Desk) -> None:
    desk.issue("BIRTH")
    desk.hall.later(30, seconds=1)
    desk.issue("BIRTH", priority="ELDER")
    assert numbers(desk) == ["B001", "B002"]
    desk.hall.later(-1 / 60, seconds=0)
    desk.issue("BIRTH", priority="ELDER")
    assert [ticket["due_at"][11:19] for ticket in queue(desk)] == ["08:00:00", "08:00:01", "08:00:01"]


def test_credit_is_capped(desk: Desk) -> None:
    desk.open(4)
    waited = desk.issue("BIRTH", priority="ELDER")
    desk.hall.later(50)
    desk.act(waited, "transfer", service="INFO")  # waited 50 + 30 of the group: more than the cap of 60
    (queued,) = queue(desk)
    assert queued["due_at"][11:19] == "07:50:00"


def test_time_on_hold_earns_no_credit(desk: Desk) -> None:
    held = desk.issue()
    desk.hall.later(2)
    patient = desk.issue()
    desk.act(held, "hold")
    desk.hall.later(20)
    desk.act(held, "resume")
    assert [ticket["id"] for ticket in queue(desk)] == [patient["id"], held["id"]]
