"""The feed when much goes wrong at once: 100 receivers, 16 clients, cut lines, and a server that dies in the middle."""

import random
import time
from collections.abc import Callable

import pytest

from tests.display.receivers import Receivers, secrets_said, wrong_numbers
from tests.display.relay import Relay
from tests.display.storm import CLOCK, NAME, PHONE, Cutter, Storm, clock, not_there, receivers
from tests.servers import RunningServer

RECEIVERS = {"board": 40, "ticket": 20, "counter": 16, "queue": 12, "office": 12}
ACTS, CLIENTS = 200, 16

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def snapshots(watching: Receivers) -> int:
    return sum(receiver.snapshots for receiver in watching.all)


def wait_for_cuts(watching: Receivers) -> None:
    """Cutting goes on until a receiver has begun anew for another reason than the kill."""
    for _ in range(150):
        if snapshots(watching) > 2 * len(watching.all):
            return
        time.sleep(0.2)


def test_100_receivers_end_in_the_databases_state_after_200_acts_of_16_clients(
    database_url: str, run_server: Callable[..., RunningServer]
) -> None:
    server = run_server(database_url, *clock(CLOCK))
    storm = Storm(server, seed=20261124)
    tickets = storm.issue(10)
    with Relay(server.port) as relay:
        watching = Receivers(receivers(relay.url, server, tickets, RECEIVERS))
        with watching:
            with Cutter(relay, 0.05, random.Random(5)) as cutter:
                storm.blow(ACTS // 2, CLIENTS)
                storm.kill_and_start()
                storm.blow(ACTS + len(tickets), CLIENTS)
                wait_for_cuts(watching)
            assert cutter.cuts > 0
            assert not_there(server, watching.all) == []
            assert [wrong for receiver in watching.all for wrong in receiver.wrong] == []
            assert snapshots(watching) > 2 * len(watching.all)
    assert len(watching.all) == 100
    assert storm.failed == []
    assert wrong_numbers(relay.connections) == []
    assert secrets_said(relay.connections, [NAME, PHONE, *storm.tokens.values()]) == []
    assert server.cli("verify").returncode == 0
