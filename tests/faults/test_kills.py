"""`kill -9` at random moments: what was acknowledged is there, what is asked again is done once, nothing else happened.

A kill does not show what a power cut does to the disk; that `synchronous=FULL` is set is asserted with the engine.
"""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.counters import open_counter
from commands.permissions import Role
from tests.scale.crowd import Crowd, clerk, kiosk
from tests.scale.hall import CENTRE, ScaleHall
from tests.servers import RunningServer

KIOSKS = CLERKS = 8
KILLS = 10
REPEATED = 40

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[ScaleHall]:
    hall = ScaleHall(database_url, tmp_path, counters=CLERKS)
    for number in range(1, CLERKS + 1):
        with hall.store.unit(CENTRE, "keo") as unit:
            open_counter(unit, number)
    yield hall
    hall.close()


def test_ten_kills_in_the_middle_of_the_rush_lose_and_double_nothing(
    hall: ScaleHall, run_server: Callable[..., RunningServer], tmp_path: Path
) -> None:
    server = run_server(hall.url)
    evening = tmp_path / "evening"
    devices = _devices(hall, server.port, evening)
    with Crowd(devices) as crowd:
        crowd.go()
        kill_at_random_moments(server, random.Random(20261123))
        evening.touch()
        said = crowd.said()
    assert sum(device["repeats"] for device in said) > KILLS, "no press was hit by a kill"
    issued = [answer for device in said[:KIOSKS] for answer in device["answers"]]
    called = [answer for device in said[KIOSKS:] for answer in device["answers"] if answer["status"] != 204]
    assert {answer["status"] for answer in issued} == {201}
    assert {answer["status"] for answer in called} == {200}
    assert_all_is_there_once(hall, issued, called)
    repeat_some(server, devices, said)
    assert server.cli("verify").returncode == 0


def _devices(hall: ScaleHall, port: int, evening: Path) -> list[dict[str, Any]]:
    how = {"until": str(evening), "patient": True, "patience": 400}
    kiosks = [kiosk(port, token, f"kiosk{n}", **how) for n, token in enumerate(hall.tokens(Role.KIOSK, KIOSKS))]
    clerks = [clerk(port, token, f"clerk{n}", n, **how) for n, token in enumerate(hall.tokens(Role.STAFF, CLERKS), 1)]
    return kiosks + clerks


def kill_at_random_moments(server: RunningServer, moments: random.Random) -> None:
    for _ in range(KILLS):
        time.sleep(moments.uniform(0.3, 1.5))
        server.kill()
        server.start()


def assert_all_is_there_once(hall: ScaleHall, issued: list[dict[str, Any]], called: list[dict[str, Any]]) -> None:
    """The devices asked again until they were answered: the rows must be what they were told, no more and no less."""
    tickets = [answer["id"] for answer in issued]
    assert len(set(tickets)) == len(tickets)
    assert hall.tickets() == set(tickets)
    numbers = hall.numbers()
    assert sorted(answer["number"] for answer in issued) == numbers
    assert len(set(numbers)) == len(numbers)
    in_log = hall.calls_in_log()
    assert sorted(answer["id"] for answer in called) == sorted(in_log) == sorted(tickets)
    length, last, held = hall.log()
    assert length == last == held


def repeat_some(server: RunningServer, devices: list[dict[str, Any]], said: Any) -> None:
    """The same key again: the same answer, and nothing is done."""
    presses = [(work, answer) for work, device in zip(devices, said, strict=True) for answer in device["answers"]]
    kept = [(work, answer) for work, answer in presses if answer["status"] != 204]
    seq = _seq(server)
    for work, first in random.Random(1).sample(kept, REPEATED):
        again = server.session.post(
            f"{server.url}{work['path']}",
            json=work["body"],
            headers={"Authorization": f"Bearer {work['token']}", "Idempotency-Key": first["key"]},
            timeout=30,
        )
        assert again.status_code == first["status"]
        assert {name: again.json()[name] for name in ("id", "number", "called_at", "state")} == {
            name: first[name] for name in ("id", "number", "called_at", "state")
        }
    assert _seq(server) == seq


def _seq(server: RunningServer) -> int:
    return int(server.api("GET", f"/centres/{CENTRE}/board").json()["seq"])
