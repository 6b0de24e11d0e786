"""Every event and topic of the feed × every role: who may watch what, and a sentence for all else."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from answers.guards import COOKIE
from commands.access import create_token
from commands.permissions import Role
from display.feed import Feed
from display.topics import NEEDS
from store.unit import Store
from tests.api.conftest import on_one_database
from tests.api.desk import ROLES, Desk

ANYONE = {"none", "display", "kiosk", "staff elsewhere", "staff", "manager elsewhere", "manager", "admin"}
STAFF = {"staff", "manager", "admin"}
# By hand from the contract; C is the centre, K a ticket's token.
TOPICS = {
    "board:C": ANYONE,
    "ticket:K": ANYONE,
    "counter:C:4": STAFF,
    "queue:C": STAFF,
    "office:C": {"manager", "admin"},
}
Watch = Callable[..., dict[str, Any]]


@pytest.fixture
def watch(shape: tuple[Flask, Feed]) -> Watch:
    """Says one thing to the feed, as a client that has just connected, and gives the acknowledgement."""

    def say(*said: Any, event: str = "watch", cookie: str | None = None) -> Any:
        app, feed = shape
        browser = app.test_client()
        if cookie:
            browser.set_cookie(COOKIE, cookie)
        client = feed.socketio.test_client(app, flask_test_client=browser)
        try:
            return client.emit(event, *said, callback=True)
        finally:
            client.disconnect()

    return say


def named(desk: Desk, topic: str) -> str:
    kind, *rest = topic.split(":")
    places = {"C": desk.code, "K": desk.issue()["token"]}
    return ":".join([kind, *(places.get(part, part) for part in rest)])


@on_one_database
def test_every_topic_and_event_of_the_feed_has_a_row(shape: tuple[Flask, Feed]) -> None:
    assert {topic.partition(":")[0] for topic in TOPICS} == set(NEEDS)
    assert set(shape[1].socketio.server.handlers["/"]) == {"watch", "unwatch"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("topic", TOPICS)
def test_topic_opens_to_those_whom_the_contract_names(desk: Desk, watch: Watch, topic: str, role: str) -> None:
    asked = {"topic": named(desk, topic)}
    if role != "none":
        asked["token"] = desk.token(role)
    answer = watch(asked)
    if role in TOPICS[topic]:
        assert answer["ok"] is True
        assert {"seq", "id"} & set(answer["snapshot"])
        assert isinstance(answer["seq"], int)
    else:
        assert answer == {"ok": False, "error": "unauthorized" if role == "none" else "forbidden"}


@on_one_database
@pytest.mark.parametrize("role", ["staff", "manager", "admin", "kiosk"])
def test_screen_watches_with_its_cookie(desk: Desk, watch: Watch, role: str) -> None:
    """A page on the same origin has no token in its hands."""
    for topic, allowed in TOPICS.items():
        answer = watch({"topic": named(desk, topic)}, cookie=desk.token(role))
        assert answer["ok"] is (role in allowed)


def test_snapshots_are_what_the_api_answers(desk: Desk, watch: Watch) -> None:
    ticket = desk.issue()
    board = watch({"topic": f"board:{desk.code}"})
    assert board["snapshot"] == desk.board()
    assert board["seq"] == board["snapshot"]["seq"]
    assert watch({"topic": f"ticket:{ticket['token']}"})["snapshot"] == desk.show(ticket)
    queue = watch({"topic": f"queue:{desk.code}", "token": desk.token("staff")})["snapshot"]
    assert [entry["id"] for entry in queue["tickets"]] == [ticket["id"]]
    assert queue["tickets"][0]["token"] is None


MALFORMED = [
    [],
    [None],
    ["board:C"],
    [1],
    [["board:C"]],
    [{}],
    [{"topic": None}],
    [{"topic": 1}],
    [{"topic": ["board:C"]}],
    [{"topic": ""}],
    [{"topic": "board"}],
    [{"topic": "board:"}],
    [{"topic": ":C"}],
    [{"topic": "nothing:C"}],
    [{"topic": "board:ໄຊ"}],
    [{"topic": "board:\0"}],
    [{"topic": "board:C", "tokn": "x"}],
    [{"topic": "board:C" + "x" * 200}],
    [{"topic": "counter:C"}],
    [{"topic": "counter:C:x"}],
    [{"topic": "counter:C:-1"}],
    [{"topic": "counter:C:" + "9" * 30}],
    [{"topic": "ticket:"}],
    [{"topic": "ticket:1"}],
    [{"topic": "board:C", "token": 1}],
    [{"topic": "board:C", "token": {"a": 1}}],
    [{"topic": "board:C", "token": "bad\0token"}],
    [{"topic": "board:C", "token": "\ud800"}],
    [{"topic": "board:C"}, {"topic": "board:C"}],
]


@pytest.mark.parametrize("event", ["watch", "unwatch"])
@pytest.mark.parametrize("said", [pytest.param(said, id=f"{n} {ascii(said)[:40]}") for n, said in enumerate(MALFORMED)])
def test_malformed_watch_is_acknowledged_with_its_error(desk: Desk, watch: Watch, said: list[Any], event: str) -> None:
    said = [
        {**part, "topic": part["topic"].replace(":C", f":{desk.code}")} if _has_topic(part) else part for part in said
    ]
    answer = watch(*said, event=event)
    if event == "watch" or not _has_topic(said[0] if said else None):
        assert answer["ok"] is False
        assert answer["error"]
    else:
        assert isinstance(answer["ok"], bool)


def _has_topic(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("topic"), str)


@pytest.mark.parametrize(
    ("topic", "role", "error"),
    [
        ("board:NONE", "none", "not-found"),
        ("queue:NONE", "admin", "not-found"),
        ("counter:C:77", "staff", "not-found"),
        ("counter:C:9", "staff", "not-found"),
        ("office:NONE", "manager", "forbidden"),
    ],
)
def test_topic_of_what_is_not_there_is_not_found(desk: Desk, watch: Watch, topic: str, role: str, error: str) -> None:
    token = {} if role == "none" else {"token": desk.token(role)}
    assert watch({"topic": named(desk, topic), **token}) == {"ok": False, "error": error}


@on_one_database
def test_bad_token_is_nobody_s_even_on_a_public_topic(desk: Desk, store: Store, watch: Watch) -> None:
    link = create_token(store, Role.STAFF, centre=desk.code, kind="link")
    for token in ("expired", "", link):
        answer = watch({"topic": f"board:{desk.code}", "token": token})
        assert answer == {"ok": False, "error": "unauthorized"}
