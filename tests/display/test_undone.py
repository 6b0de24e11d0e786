"""Presses that were taken back, and people who stood at the counter already, as screens hear of them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.desk import Desk
from tests.display.pictures import after, facts
from tests.display.screen import Screen

Connect = Callable[[], Screen]


def undo(desk: Desk, number: int = 4) -> None:
    answer = desk.post(f"/centres/C/counters/{number}/undo", by="staff")
    assert answer.status_code == 200, answer.text


@pytest.fixture
def called(desk: Desk) -> dict[str, Any]:
    """Somebody called to counter 4, and one who waits."""
    ticket = desk.issue("BIRTH")
    desk.issue("BIRTH")
    desk.open(4)
    desk.hall.later(1)
    desk.call(4)
    desk.hall.later(1)
    return ticket


def test_undone_call_says_who_where_and_what(desk: Desk, screen: Connect, called: dict[str, Any]) -> None:
    tv = screen()
    tv.watch("board:C")
    undo(desk)
    (undone,) = tv.events()
    said = {name: undone[name] for name in ("kind", "undoes", "ticket", "number", "counter", "waiting")}
    assert said == {
        "kind": "undone",
        "undoes": "called",
        "ticket": called["id"],
        "number": called["number"],
        "counter": 4,
        "waiting": 2,
    }
    assert desk.board()["calls"] == []


def test_what_no_screen_may_know_is_not_named_when_it_is_undone(
    desk: Desk, screen: Connect, called: dict[str, Any]
) -> None:
    tv = screen()
    tv.watch("board:C")
    desk.act(called, "services", add=["INFO"])
    undo(desk)
    assert [(event["kind"], event.get("undoes")) for event in tv.events()] == [("other", None), ("undone", "other")]


@pytest.mark.parametrize("press", ["next", "serve", "no-show", "hold", "transfer", "cancel", "services"])
def test_every_picture_after_an_undone_press_is_the_database_s(
    desk: Desk, screen: Connect, called: dict[str, Any], press: str
) -> None:
    asked: dict[str, dict[str, Any]] = {"transfer": {"service": "INFO"}, "services": {"add": ["INFO"]}}
    topics = ("board:C", "office:C", "queue:C", "counter:C:4", f"ticket:{called['token']}")
    watching = {topic: screen() for topic in topics}
    pictures = {topic: on.watch(topic, by="manager")["snapshot"] for topic, on in watching.items()}
    if press == "next":
        desk.call(4, finish=True)
    else:
        assert desk.act(called, press, **asked.get(press, {})).status_code == 200
    undo(desk)
    for topic, on in watching.items():
        for event in on.events():
            pictures[topic] = after(topic, pictures[topic], event)
        now = screen().watch(topic, by="manager")["snapshot"]
        assert facts(topic, pictures[topic]) == facts(topic, now), topic


def test_phone_of_an_undone_call_waits_again(desk: Desk, screen: Connect, called: dict[str, Any]) -> None:
    phone = screen()
    assert phone.watch(f"ticket:{called['token']}")["snapshot"]["state"] == "called"
    undo(desk)
    (undone,) = phone.events()
    assert (undone["state"], undone["counter"], undone["may_pass"]) == ("waiting", None, True)


def test_phone_is_told_until_when_a_missed_call_can_be_mended(
    desk: Desk, screen: Connect, called: dict[str, Any]
) -> None:
    phone = screen()
    phone.watch(f"ticket:{called['token']}")
    desk.act(called, "no-show")
    desk.post(f"/tickets/{called['token']}/here")
    missed, back = phone.events()
    assert (missed["may_come_back"], missed["come_back_until"]) == (True, "2026-11-23T08:12:00+07:00")
    assert (back["kind"], back["state"], back["may_come_back"]) == ("resumed", "waiting", False)


def test_who_is_served_at_once_is_called_quietly(desk: Desk, screen: Connect) -> None:
    desk.open(4)
    tv = screen()
    tv.watch("board:C")
    desk.post("/centres/C/counters/4/quick-serve", {"services": ["INFO"]}, by="staff")
    issued, called, serving = tv.events()
    assert [event["kind"] for event in (issued, called, serving)] == ["issued", "called", "serving"]
    assert called["quiet"] is True
    assert [call["quiet"] for call in desk.board()["calls"]] == [True]
    desk.act({"id": called["ticket"]}, "finish")
    desk.issue("INFO")
    desk.call(4)
    assert tv.events()[-1]["quiet"] is False
