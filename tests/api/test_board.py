"""The board: newest call first, this business day's alone, and told whether anything but the clock has moved."""

import pytest

from commands.day import end_past_days
from tests.api.conftest import on_one_database
from tests.api.desk import Desk
from tests.cast import MONDAY


def test_newest_call_is_first_and_the_last_twenty_are_there(desk: Desk) -> None:
    desk.open(4)
    called = []
    for _ in range(23):
        desk.issue()
        called.append(desk.hall.later(1) and desk.call(4, finish=True).json["number"])
    board = desk.board()
    assert [call["number"] for call in board["calls"]][:20] == called[:-21:-1]
    at = [call["called_at"] for call in board["calls"]]
    assert at == sorted(at, reverse=True)


def test_calls_of_another_business_day_are_not_there(desk: Desk) -> None:
    desk.hall.at("23:58")
    desk.open(4)
    desk.issue()
    late = desk.call(4).json
    assert [call["number"] for call in desk.board()["calls"]] == [late["number"]]
    desk.hall.at("0:01", MONDAY.replace(day=24)).press(end_past_days)
    assert desk.board()["calls"] == []
    assert desk.board()["counters"][3]["number"] == late["number"]  # still being served
    fresh = desk.issue()
    assert fresh["number"] == late["number"] == "B001"  # numbers begin again
    desk.open(1)
    desk.call(1)
    assert [call["ticket"] for call in desk.board()["calls"]] == [fresh["id"]]


def test_recall_is_counted_and_keeps_its_place(desk: Desk) -> None:
    desk.open(1, ["BIRTH"])
    desk.open(2, ["INFO"])
    first = desk.issue("BIRTH")
    desk.issue("INFO")
    desk.call(1)
    desk.hall.later(1)
    desk.call(2)
    desk.act(first, "recall")
    calls = desk.board()["calls"]
    assert [(call["number"], call["counter"], call["recalls"]) for call in calls] == [("W001", 2, 0), ("B001", 1, 1)]


def test_somebody_called_twice_is_two_calls_each_with_its_own_recalls(desk: Desk) -> None:
    desk.open(1, ["BIRTH"])
    desk.open(2, ["BIRTH"])
    ticket = desk.issue("BIRTH")
    desk.call(1)
    desk.act(ticket, "recall")
    desk.hall.later(1)
    desk.act(ticket, "hold")
    desk.act(ticket, "resume")
    desk.call(2)
    calls = desk.board()["calls"]
    assert [(call["ticket"], call["counter"], call["recalls"]) for call in calls] == [
        (ticket["id"], 2, 0),
        (ticket["id"], 1, 1),
    ]
    assert calls[0]["called_at"] > calls[1]["called_at"]


def test_board_is_asked_again_with_its_tag(desk: Desk) -> None:
    desk.open(4)
    first = desk.get("/centres/C/board")
    tag = first.headers["ETag"]
    desk.hall.later(30)
    for said in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        same = desk.get("/centres/C/board", headers={"If-None-Match": said})
        assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    desk.issue()
    moved = desk.get("/centres/C/board", headers={"If-None-Match": tag})
    assert moved.status_code == 200
    assert moved.headers["ETag"] != tag
    assert moved.json["seq"] == first.json["seq"] + 1


def test_tag_changes_with_the_business_day(desk: Desk) -> None:
    desk.open(4)
    desk.issue()
    desk.call(4)
    tag = desk.get("/centres/C/board").headers["ETag"]
    desk.hall.at("8:00", MONDAY.replace(day=24))
    assert desk.get("/centres/C/board", headers={"If-None-Match": tag}).json["calls"] == []


def test_tags_of_two_centres_differ(desk: Desk) -> None:
    assert desk.elsewhere is not None
    tags = [desk.get(f"/centres/{hall.code}/board").headers["ETag"] for hall in (desk.hall, desk.elsewhere)]
    desk.issue()
    other = desk.get(f"/centres/{desk.elsewhere.code}/board", headers={"If-None-Match": tags[1]})
    assert other.status_code == 304


@pytest.mark.parametrize("at", ["8:00", "23:59"])
def test_at_is_the_server_s_clock(desk: Desk, at: str) -> None:
    desk.hall.at(at)
    assert desk.board()["at"] == f"2026-11-23T{at.zfill(5)}:00+07:00"


@on_one_database
def test_head_of_the_board_has_its_tag_and_no_body(desk: Desk) -> None:
    head = desk.ask("HEAD", "/centres/C/board")
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == desk.get("/centres/C/board").headers["ETag"]


def test_seq_rises_by_one_with_each_act_and_not_with_a_refused_one(desk: Desk) -> None:
    seqs = [desk.board()["seq"]]
    desk.open(4)
    seqs.append(desk.board()["seq"])
    ticket = desk.issue()
    seqs.append(desk.board()["seq"])
    assert desk.act(ticket, "finish").status_code == 409
    desk.open(4)  # open already
    seqs.append(desk.board()["seq"])
    assert seqs == [0, 1, 2, 2]
