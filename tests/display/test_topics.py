"""Who may watch what, what is answered, and what a watcher then hears."""

import json
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from commands.moves import transfer
from commands.permissions import Role, permits
from display.feed import Feed
from display.topics import NEEDS
from queueing.events import Kind
from tests.api.conftest import on_one_database
from tests.api.desk import ROLES, Desk
from tests.display.screen import Screen

Connect = Callable[[], Screen]

TOPICS = {"board": "board:C", "ticket": "ticket:{}", "counter": "counter:C:4", "queue": "queue:C", "office": "office:C"}


def expected(kind: str, by: str) -> str | None:
    """Why a watch is refused, by the table of permissions; None when it is not."""
    name, _, elsewhere = by.partition(" ")
    role = None if name == "none" else Role(name)
    if permits(None, NEEDS[kind]):
        return None
    if role is None:
        return "unauthorized"
    return None if permits(role, NEEDS[kind]) and not elsewhere else "forbidden"


def test_every_topic_has_a_permission_and_is_tried_here() -> None:
    assert set(TOPICS) == set(NEEDS)


@on_one_database
def test_a_client_can_only_watch_and_unwatch_which_ask_the_table(feed: Feed) -> None:
    assert set(feed.socketio.server.handlers["/"]) - {"connect", "disconnect"} == {"watch", "unwatch"}
    assert set(feed.socketio.server.handlers) == {"/"}


@pytest.mark.parametrize("by", ROLES)
@pytest.mark.parametrize("kind", sorted(NEEDS))
@on_one_database
def test_a_topic_is_open_to_those_whom_the_table_of_permissions_names(
    desk: Desk, screen: Connect, kind: str, by: str
) -> None:
    ticket = desk.issue("BIRTH", name="Somchai", phone="020 5551234")
    answer = screen().watch(TOPICS[kind].format(ticket["token"]), by=by)
    refused = expected(kind, by)
    if refused:
        assert answer == {"ok": False, "error": refused}
    else:
        assert (answer["ok"], answer["seq"] >= 0, isinstance(answer["snapshot"], dict)) == (True, True, True)


def test_the_table_leaves_the_board_and_a_held_ticket_to_everybody_and_the_rest_to_clerks_and_managers() -> None:
    may = {kind: [by for by in ROLES if expected(kind, by) is None] for kind in NEEDS}
    assert may == {
        "board": list(ROLES),
        "ticket": list(ROLES),
        "counter": ["staff", "manager", "admin"],
        "queue": ["staff", "manager", "admin"],
        "office": ["manager", "admin"],
    }


@on_one_database
@pytest.mark.parametrize(
    "messages",
    [
        (),
        (None,),
        ("board:C",),
        (["board:C"],),
        (7,),
        ({},),
        ({"topic": None},),
        ({"topic": 7},),
        ({"topic": ["board:C"]},),
        ({"topic": ""},),
        ({"topic": "board"},),
        ({"topic": "board:"},),
        ({"topic": "board:NOWHERE"},),
        ({"topic": "board:ໄຊ"},),
        ({"topic": "board:C\x00"},),
        ({"topic": "board:" + "C" * 200},),
        ({"topic": "attic:C"},),
        ({"topic": "counter:C"},),
        ({"topic": "counter:C:"},),
        ({"topic": "counter:C:x"},),
        ({"topic": "counter:C:-1"},),
        ({"topic": "counter:C:01"},),
        ({"topic": "counter:C:99999"},),
        ({"topic": "counter:C:77", "token": "staff"},),
        ({"topic": "counter:C:99999999999999999999", "token": "staff"},),
        ({"topic": "ticket:"},),
        ({"topic": "ticket:123"},),
        ({"topic": "ticket:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},),
        ({"topic": "board:C", "token": "nobody's"},),
        ({"topic": "board:C", "token": 7},),
        ({"topic": "board:C", "token": ["x"]},),
        ({"topic": "board:C", "token": "\ud800"},),
        ({"topic": "board:C", "tokn": "x"},),
        ({"topic": "board:C"}, {"topic": "board:C"}),
        (b"board:C",),
    ],
    ids=repr,
)
def test_a_watch_that_makes_no_sense_is_answered_and_watches_nothing(
    desk: Desk, screen: Connect, messages: tuple[Any, ...]
) -> None:
    connected = screen()
    answer = connected.ask("watch", *(_at(desk, message) for message in messages))
    assert (answer["ok"], sorted(answer)) == (False, ["error", "ok"])
    assert re.fullmatch("[a-z-]+", answer["error"])
    desk.issue("BIRTH")
    assert connected.events() == []
    assert connected.watch("board:C")["ok"], "the connection has suffered"


def _at(desk: Desk, message: Any) -> Any:
    """C is the desk's own centre, `staff` a good token."""
    if not isinstance(message, dict):
        return message
    named = {k: v.replace(":C", f":{desk.code}") if isinstance(v, str) else v for k, v in message.items()}
    return {**named, "token": desk.token("staff")} if named.get("token") == "staff" else named


@on_one_database
@pytest.mark.parametrize("message", [(), (None,), ({},), ({"topic": 7},), ({"topic": "ticket:123"},), ("board",)])
def test_an_unwatch_that_makes_no_sense_is_answered(screen: Connect, message: tuple[Any, ...]) -> None:
    assert screen().ask("unwatch", *message)["ok"] is False


def test_a_snapshot_is_what_the_api_says(desk: Desk, screen: Connect) -> None:
    desk.open(4)
    ticket = desk.issue("BIRTH")
    desk.call(4)
    desk.issue("INFO")
    snapshots = {kind: screen().watch(TOPICS[kind].format(ticket["token"]), by="manager") for kind in NEEDS}
    board, queue = desk.board(), desk.get("/centres/C/queue", by="staff").json
    assert snapshots["board"]["snapshot"] == board | {"at": snapshots["board"]["snapshot"]["at"]}
    assert snapshots["board"]["seq"] == snapshots["queue"]["seq"] == snapshots["office"]["seq"] == board["seq"]
    assert snapshots["queue"]["snapshot"]["tickets"] == queue["tickets"]
    assert snapshots["office"]["snapshot"]["tickets"] == queue["tickets"]
    assert snapshots["office"]["snapshot"]["calls"] == board["calls"]
    assert snapshots["ticket"]["snapshot"] == desk.get(f"/tickets/{ticket['token']}").json
    assert snapshots["counter"]["snapshot"]["ticket"]["id"] == ticket["id"]
    assert (snapshots["ticket"]["seq"], snapshots["counter"]["seq"]) == (2, 2)


def test_each_topic_hears_what_is_its_own_by_its_own_numbers(desk: Desk, screen: Connect) -> None:
    ticket = desk.issue("BIRTH")
    watching = {kind: screen() for kind in NEEDS}
    began = {kind: on.watch(TOPICS[kind].format(ticket["token"]), by="manager")["seq"] for kind, on in watching.items()}
    desk.open(4)
    desk.open(2)
    desk.issue("INFO")
    desk.call(4)
    heard = {kind: on.events() for kind, on in watching.items()}
    centre = ["counter_opened", "counter_opened", "issued", "called"]
    kinds = {kind: [event["kind"] for event in events] for kind, events in heard.items()}
    assert kinds == {
        "board": centre,
        "queue": centre,
        "office": centre,
        "ticket": ["called"],
        "counter": ["counter_opened", "called"],
    }
    for kind, events in heard.items():
        assert [event["seq"] for event in events] == list(range(began[kind] + 1, began[kind] + 1 + len(events)))
        assert all(event["waiting"] >= 1 and event["at"] and event["topic"] for event in events)
    assert {event["topic"] for event in heard["ticket"]} == {f"ticket:{ticket['token']}"}


def test_a_call_says_enough_to_be_announced_without_asking(desk: Desk, screen: Connect) -> None:
    tv = screen()
    tv.watch("board:C")
    ticket = desk.issue("BIRTH")
    desk.open(4)
    desk.call(4)
    desk.act(ticket, "recall")
    called, recalled = tv.events()[-2:]
    (call,) = desk.board()["calls"]
    told = ("ticket", "number", "counter", "counter_label", "service", "recalls")
    assert [called[name] for name in told] == [call[name] for name in told[:-1]] + [0]
    assert [recalled[name] for name in told] == [call[name] for name in told[:-1]] + [1]


def test_nothing_private_is_on_a_public_topic(desk: Desk, screen: Connect) -> None:
    tv = screen()
    answer = tv.watch("board:C")
    ticket = desk.issue("BIRTH", name="Somchai Vong", phone="020 5551234")
    desk.open(4)
    desk.call(4)
    desk.act(ticket, "hold", reason="Somchai has forgotten his family book")
    desk.act(ticket, "services", add=["INFO"])
    desk.act(ticket, "resume")
    desk.hall.press(transfer, int(ticket["id"]), service="INFO", note="Somchai again")
    events = tv.events()
    assert [event["kind"] for event in events].count("other") == 1
    other = next(event for event in events if event["kind"] == "other")
    assert sorted(other) == ["at", "kind", "seq", "topic", "waiting", "waiting_by_service"]
    said = json.dumps([answer, events])
    assert [secret for secret in ("Somchai", "5551234", ticket["token"], "family book") if secret in said] == []


def test_what_no_screen_may_know_is_other(desk: Desk, screen: Connect) -> None:
    tv, office = screen(), screen()
    tv.watch("board:C")
    office.watch("office:C", by="manager")
    for kind in (Kind.DAY_ENDED, Kind.CENTRE_UPDATED, Kind.NOTICE):
        with desk.hall.store.unit(desk.code) as unit:
            unit.tell(kind)
    for on in (tv, office):
        assert [event["kind"] for event in on.events()] == ["other", "other", "notice"]


def test_after_unwatch_nothing_comes(desk: Desk, screen: Connect) -> None:
    ticket = desk.issue("BIRTH")
    connected = screen()
    for topic in ("board:C", f"ticket:{ticket['token']}", "counter:C:4", "queue:C"):
        assert connected.watch(topic, by="staff")["ok"]
        assert connected.unwatch(topic) == {"ok": True}
        assert connected.unwatch(topic) == {"ok": True}
    desk.open(4)
    desk.call(4)
    assert connected.events() == []


def test_another_centres_events_stay_there(desk: Desk, screen: Connect) -> None:
    connected = screen()
    connected.watch("board:C")
    assert desk.elsewhere is not None
    desk.elsewhere.ticket("BIRTH")
    assert connected.events() == []


def test_a_pulse_says_where_each_topic_stands(desk: Desk, screen: Connect, feed: Feed) -> None:
    ticket = desk.issue("BIRTH")
    connected = screen()
    topics = ["board:C", "queue:C", "office:C", "counter:C:4", f"ticket:{ticket['token']}"]
    for topic in topics:
        connected.watch(topic, by="manager")
    desk.open(4)
    desk.call(4)
    connected.events()
    feed.pulse()
    pulses = {pulse["topic"].partition(":")[0]: pulse["seq"] for name, pulse in connected.heard() if name == "pulse"}
    assert pulses == {"board": 3, "queue": 3, "office": 3, "counter": 2, "ticket": 2}


def test_a_pulse_comes_after_the_events_that_it_counts(desk: Desk, screen: Connect, feed: Feed) -> None:
    connected = screen()
    connected.watch("board:C")
    desk.issue("BIRTH")
    feed.pulse()
    assert [(name, said["seq"]) for name, said in connected.heard()] == [("event", 1), ("pulse", 1)]


def test_a_phone_learns_its_new_place_under_the_number_of_its_last_event(
    desk: Desk, screen: Connect, feed: Feed
) -> None:
    first, second = desk.issue("BIRTH"), desk.issue("BIRTH")
    desk.open(4)
    phone = screen()
    seen = phone.watch(f"ticket:{second['token']}")
    assert (seen["seq"], seen["snapshot"]["position"]) == (1, 2)
    feed.send_places(desk.code)
    phone.events()
    desk.call(4)
    feed.send_places(desk.code)
    (refreshed,) = phone.events()
    assert (refreshed["kind"], refreshed["seq"], refreshed["position"]) == ("refreshed", 1, 1)
    feed.send_places(desk.code)
    assert phone.events() == [], "nothing has changed"
    assert desk.show(first)["state"] == "called"


def test_a_place_does_not_overtake_the_event_before_it(desk: Desk, screen: Connect, feed: Feed) -> None:
    ticket = desk.issue("BIRTH")
    phone = screen()
    phone.watch(f"ticket:{ticket['token']}")
    desk.act(ticket, "hold")
    desk.act(ticket, "resume")
    feed.send_places(desk.code)  # before the two events were sent
    assert [(event["kind"], event["seq"]) for event in phone.events()] == [
        ("on_hold", 2),
        ("resumed", 3),
        ("refreshed", 3),
    ]


def test_who_comes_back_to_the_queue_is_told_the_place_anew(desk: Desk, screen: Connect, feed: Feed) -> None:
    ticket = desk.issue("BIRTH")
    phone = screen()
    phone.watch(f"ticket:{ticket['token']}")
    feed.send_places(desk.code)
    desk.act(ticket, "hold")
    desk.act(ticket, "resume")
    phone.events()
    feed.send_places(desk.code)
    assert [(event["kind"], event["position"]) for event in phone.events()] == [("refreshed", 1)]


@on_one_database
def test_the_line_is_sent_in_order_though_several_drain_it(
    desk: Desk, feed: Feed, screen: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen().watch("board:C")
    with desk.hall.store.unit(desk.code) as unit:
        for _ in range(10):
            unit.tell(Kind.NOTICE)
    sent: list[int] = []

    def slowly(_name: str, payload: dict[str, Any], to: str) -> None:
        time.sleep(0.02 if len(sent) % 2 else 0)
        sent.append(payload["seq"])

    monkeypatch.setattr(feed.socketio, "emit", slowly)
    with ThreadPoolExecutor(4) as pool:
        for drained in [pool.submit(feed.drain) for _ in range(4)]:
            drained.result()
    assert sent == list(range(1, 11))
