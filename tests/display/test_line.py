"""The feed over a network, by its Python client: order, gaps, cuts, a server that dies."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from replay.feed_client import FeedClient, WatchRefused
from tests.display.receivers import Receiver, Receivers, eventually, secrets_said, wrong_numbers
from tests.display.relay import Relay
from tests.display.storm import CENTRE, CLOCK, COUNTERS, NAME, PHONE, Cutter, Storm, clock, not_there, receivers
from tests.servers import RunningServer

BOARD = f"board:{CENTRE}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    directory = tmp_path_factory.mktemp("line")
    with RunningServer(f"sqlite:///{directory}/onedoor.db", directory, *clock(CLOCK)) as running:
        yield running


@pytest.fixture
def relay(server: RunningServer) -> Iterator[Relay]:
    with Relay(server.port) as line:
        yield line


def issue(server: RunningServer, **asked: Any) -> dict[str, Any]:
    answer = server.api("POST", f"/centres/{CENTRE}/tickets", {"services": ["INFO"], **asked}, role="kiosk")
    assert answer.status_code == 201, answer.text
    return answer.json()


def board(server: RunningServer) -> dict[str, Any]:
    return server.api("GET", f"/centres/{CENTRE}/board").json()


def call(server: RunningServer, counter: int) -> int:
    path = f"/centres/{CENTRE}/counters/{counter}/next"
    return server.api("POST", path, {"finish": True}, role="staff").status_code


def test_a_burst_of_16_calls_is_heard_in_order_by_all(server: RunningServer, relay: Relay) -> None:
    for number in range(1, COUNTERS + 1):
        opened = server.api("POST", f"/centres/{CENTRE}/counters/{number}/open", {"services": ["INFO"]}, role="staff")
        assert opened.status_code == 200
    for _ in range(2 * COUNTERS):
        issue(server)
    with Receivers(Receiver(relay.url, BOARD) for _ in range(8)) as watching:
        with ThreadPoolExecutor(16) as pool:
            statuses = list(pool.map(lambda n: call(server, n), [*range(1, COUNTERS + 1)] * 2))
        assert statuses == [200] * 2 * COUNTERS
        assert not_there(server, watching.all) == []
        expected = [call["number"] for call in board(server)["calls"][: 2 * COUNTERS]][::-1]
        for receiver in watching.all:
            assert [event["number"] for event in receiver.events if event["kind"] == "called"] == expected
            assert (receiver.wrong, receiver.snapshots) == ([], 1)
    assert wrong_numbers(relay.connections) == []


def test_a_withheld_event_is_seen_as_a_gap_and_made_good_by_a_snapshot(server: RunningServer, relay: Relay) -> None:
    with Receivers([Receiver(relay.url, BOARD)]) as watching:
        (tv,) = watching.all
        issue(server)
        assert eventually(lambda: len(tv.events) == 1)
        relay.withhold = lambda _event: not relay.withheld
        issue(server)
        issue(server)
        assert eventually(lambda: tv.snapshots == 2)
        assert not_there(server, watching.all) == []
        assert (len(relay.withheld), tv.wrong) == (1, [])


@pytest.mark.slow
def test_a_withheld_event_after_which_nothing_comes_is_told_by_the_pulse(server: RunningServer, relay: Relay) -> None:
    with Receivers([Receiver(relay.url, BOARD)]) as watching:
        relay.withhold = lambda _event: True
        issue(server)
        assert eventually(lambda: watching.all[0].snapshots == 2, seconds=15)
        assert not_there(server, watching.all) == []


def test_a_phone_hears_its_new_place_without_an_event(server: RunningServer, relay: Relay) -> None:
    first, second = issue(server), issue(server)
    with Receivers([Receiver(relay.url, f"ticket:{second['token']}")]) as watching:
        (phone,) = watching.all
        place = phone.picture["position"]
        server.api("POST", f"/tickets/{first['token']}/cancel", {})
        assert eventually(lambda: any(event["position"] == place - 1 for event in phone.refreshed))
        assert phone.events == []


def test_a_cut_line_is_stale_until_it_is_made_again_and_misses_nothing(server: RunningServer, relay: Relay) -> None:
    with Receivers([Receiver(relay.url, BOARD), Receiver(relay.url, f"queue:{CENTRE}", server.token("staff"))]) as both:
        relay.cut(1, random.Random(1))
        assert eventually(lambda: all(receiver.snapshots == 2 for receiver in both.all))
        issue(server)
        assert not_there(server, both.all) == []


def test_what_was_watched_is_no_more_after_unwatch(server: RunningServer) -> None:
    said: list[Any] = []
    client = FeedClient(server.url, said.append)
    try:
        assert client.watch(BOARD)["centre"] == CENTRE
        client.unwatch(BOARD)
        assert eventually(lambda: not client.is_live(BOARD))
        told = len(said)
        issue(server)
        assert not eventually(lambda: len(said) > told, seconds=0.5)
        assert client.watch(BOARD)["centre"] == CENTRE
    finally:
        client.close()


@pytest.mark.parametrize(
    ("topic", "token", "error"),
    [
        (f"queue:{CENTRE}", None, "unauthorized"),
        (f"queue:{CENTRE}", "nobody's", "unauthorized"),
        ("board:NOWHERE", None, "not-found"),
        ("attic:SAY", None, "unknown-topic"),
    ],
)
def test_a_refused_watch_says_why(server: RunningServer, topic: str, token: str | None, error: str) -> None:
    client = FeedClient(server.url, lambda _said: None, token)
    try:
        with pytest.raises(WatchRefused) as refused:
            client.watch(topic)
        assert refused.value.error == error
    finally:
        client.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_receivers_end_in_the_databases_state_though_lines_are_cut_and_the_server_is_killed(
    server: RunningServer, relay: Relay
) -> None:
    storm = Storm(server, seed=20261123)
    tickets = storm.issue(4)
    each = {"board": 3, "ticket": 3, "counter": 4, "queue": 2, "office": 2}
    with Receivers(receivers(relay.url, server, tickets, each)) as watching:
        with Cutter(relay, 0.1, random.Random(7)):
            storm.blow(acts=40, clients=4)
            storm.kill_and_start()
            storm.blow(acts=80, clients=4)
        assert not_there(server, watching.all) == []
        assert [wrong for receiver in watching.all for wrong in receiver.wrong] == []
    assert storm.failed == []
    assert wrong_numbers(relay.connections) == []
    assert secrets_said(relay.connections, [NAME, PHONE, *storm.tokens.values()]) == []
