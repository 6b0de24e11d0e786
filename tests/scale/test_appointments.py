"""Appointments on real servers, however many book, move and cancel at the same moment and whatever is killed."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select

from commands.permissions import Role
from commands.verify import verify
from store.tables import Appointment
from tests.scale.hall import CENTRE, SERVICE, ScaleHall
from tests.scale.test_races import DawdlingServer
from tests.servers import RunningServer

PLACES, TAKEN, CROWD = 8, 3, 64
BOOK = f"/api/v1/centres/{CENTRE}/appointments"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
# SQLite is one process's; PostgreSQL may be two's.
SHAPES = pytest.mark.parametrize(("kind", "processes"), [("sqlite", 1), ("postgresql", 2)])


class Said(NamedTuple):
    """What a phone was answered; status 0 is a server that is gone."""

    status: int
    body: dict[str, Any]


class Phone:
    """One connection to one of the servers; with a token it may ask as often as a device does."""

    def __init__(self, server: RunningServer, token: str | None = None) -> None:
        self._known = {"Authorization": f"Bearer {token}"} if token else {}
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> Said:
        headers = {"Content-Type": "application/json", **self._known, **({"Idempotency-Key": key} if key else {})}
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = self._connection.getresponse()
            return Said(response.status, json.loads(response.read() or b"{}"))
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return Said(0, {})

    def book(self, start: str, **asked: Any) -> Said:
        return self.ask("POST", BOOK, {"services": [SERVICE], "start": start, **asked})

    def move(self, token: str, start: str, *, key: str | None = None) -> Said:
        return self.ask("PATCH", f"/api/v1/appointments/{token}", {"start": start}, key=key)

    def cancel(self, token: str) -> Said:
        return self.ask("POST", f"/api/v1/appointments/{token}/cancel", {})

    def show(self, token: str) -> dict[str, Any]:
        return self.ask("GET", f"/api/v1/appointments/{token}").body

    def slots(self) -> dict[str, int]:
        """The times that are free, and how many places each has left."""
        asked = self.ask("GET", f"/api/v1/centres/{CENTRE}/slots?service={SERVICE}")
        return {slot["start"]: slot["free"] for slot in asked.body["slots"]}


Work = Callable[[Phone], Any]


def at_once(servers: Sequence[RunningServer], works: Sequence[Work]) -> list[Any]:
    """What each work came to; all begin at one moment, each on a connection of its own, in turn to each server."""
    gate = threading.Barrier(len(works))

    def run(numbered: tuple[int, Work]) -> Any:
        phone = Phone(servers[numbered[0] % len(servers)])
        gate.wait()
        return numbered[1](phone)

    with ThreadPoolExecutor(len(works)) as crowd:
        return list(crowd.map(run, enumerate(works)))


def places(hall: ScaleHall) -> dict[Any, list[int]]:
    """The places that are taken, by start."""
    asked = select(Appointment.start, Appointment.place).where(Appointment.place.is_not(None))
    found: dict[Any, list[int]] = {}
    with hall.store.reading() as conn:
        for start, place in conn.execute(asked.order_by(Appointment.start, Appointment.place)):
            found.setdefault(start, []).append(place or 0)
    return found


def far_slots(phone: Phone, count: int) -> list[str]:
    """Times that are hours away, so that none begins meanwhile."""
    return list(phone.slots())[20 : 20 + count]


@pytest.fixture
def hall(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[ScaleHall]:
    hall = ScaleHall(request.getfixturevalue(f"{kind}_url"), tmp_path, counters=1, places=PLACES)
    yield hall
    hall.close()


@pytest.fixture
def servers(hall: ScaleHall, processes: int, run_server: Callable[..., RunningServer]) -> list[RunningServer]:
    return [run_server(hall.url) for _ in range(processes)]


@SHAPES
def test_of_64_who_want_the_last_5_places_5_have_one(hall: ScaleHall, servers: list[RunningServer]) -> None:
    first = Phone(servers[0])
    (start,) = far_slots(first, 1)
    for _ in range(TAKEN):
        assert first.book(start).status == 201
    said = at_once(servers, [lambda phone: phone.book(start)] * CROWD)
    assert Counter(one.status for one in said) == {201: PLACES - TAKEN, 409: CROWD - (PLACES - TAKEN)}
    assert {one.body["type"].rpartition("#")[2] for one in said if one.status == 409} == {"slot-full"}
    assert list(places(hall).values()) == [list(range(1, PLACES + 1))]
    assert all(start not in Phone(server).slots() for server in servers)
    assert verify(hall.store) == []


@SHAPES
def test_without_the_lock_the_race_is_seen_and_no_place_is_given_twice(
    hall: ScaleHall, processes: int, tmp_path: Path
) -> None:
    with ExitStack() as running:
        servers = [running.enter_context(DawdlingServer(hall.url, tmp_path, "out")) for _ in range(processes)]
        (start,) = far_slots(Phone(servers[0]), 1)
        said = at_once(servers, [lambda phone: phone.book(start)] * CROWD)
    statuses = Counter(one.status for one in said)
    assert statuses.keys() - {201, 409}, "nobody was in anybody's way"
    (taken,) = places(hall).values()
    assert taken == sorted(set(taken))
    assert len(taken) == statuses[201] <= PLACES


@SHAPES
def test_200_random_presses_at_once_never_pass_the_capacity_and_lose_no_place(
    hall: ScaleHall, servers: list[RunningServer]
) -> None:
    chance, phone = random.Random(6), Phone(servers[0])
    starts = far_slots(phone, 6)
    made = [phone.book(start).body["token"] for start in starts for _ in range(PLACES - 3)]

    def press() -> Work:
        token, start = chance.choice(made), chance.choice(starts)
        moves: Work = lambda phone: ("move", token, phone.move(token, start))  # noqa: E731
        cancels: Work = lambda phone: ("cancel", token, phone.cancel(token))  # noqa: E731
        books: Work = lambda phone: ("book", None, phone.book(start))  # noqa: E731
        return chance.choices((moves, cancels, books), (3, 1, 3))[0]

    said = at_once(servers, [press() for _ in range(200)])
    assert {one.status for _, _, one in said} <= {200, 201, 409}
    assert all(taken == sorted(set(taken)) and taken[-1] <= PLACES for taken in places(hall).values())
    cancelled = {token for act, token, one in said if act == "cancel" and one.status == 200}
    booked = sum(one.status == 201 for _, _, one in said)
    kept = sum(map(len, places(hall).values()))
    assert kept == len(made) + booked - len(cancelled), "each has exactly one place"
    free = phone.slots()
    assert kept + sum(free.get(start, 0) for start in starts) == PLACES * len(starts)
    assert verify(hall.store) == []


@SHAPES
def test_kills_while_people_move_leave_each_with_exactly_one_place(
    hall: ScaleHall, servers: list[RunningServer], kind: str
) -> None:
    server, chance = servers[0], random.Random(20261123)
    starts = far_slots(Phone(server), 4)
    tokens = [Phone(server).book(chance.choice(starts)).body["token"] for _ in range(6)]
    evening, (kiosk,) = threading.Event(), hall.tokens(Role.KIOSK, 1)

    def goes_to_and_fro(token: str, seed: int) -> Work:
        mind = random.Random(seed)

        def work(phone: Phone) -> tuple[int, str]:
            stands, asked_again, number = phone.show(token)["start"], 0, 0
            while not evening.is_set():
                wanted, number = mind.choice(starts), number + 1
                while (said := phone.move(token, wanted, key=f"{seed}-{number}")).status not in (200, 409):
                    asked_again += 1
                    time.sleep(0.05)
                stands = said.body["start"] if said.status == 200 else stands
            return asked_again, stands

        return work

    with ThreadPoolExecutor(len(tokens)) as crowd:
        moving = [crowd.submit(goes_to_and_fro(token, seed), Phone(server, kiosk)) for seed, token in enumerate(tokens)]
        for _ in range(6):  # in this thread: what a thread has started ends with it
            time.sleep(chance.uniform(0.3, 1.0))
            server.kill()
            server.start()
        evening.set()
        said = [one.result() for one in moving]
    assert sum(again for again, _ in said), "no press was hit by a kill"
    phone = Phone(server, kiosk)
    assert [phone.show(token)["start"] for token in tokens] == [stands for _, stands in said]
    assert sum(map(len, places(hall).values())) == len(tokens)
    assert verify(hall.store) == []


@SHAPES
def test_holds_end_by_time_alone_and_their_places_are_given_again(
    hall: ScaleHall, processes: int, run_server: Callable[..., RunningServer]
) -> None:
    clock = ["--clock", "2030-01-07T08:00+07:00@120"]  # ten minutes are five seconds
    phones = [Phone(run_server(hall.url, *clock)) for _ in range(processes)]
    (start,) = far_slots(phones[0], 1)
    held = [phones[0].book(start, hold=True) for _ in range(PLACES)]
    assert {one.status for one in held} == {201}
    assert phones[-1].book(start).status == 409
    until = time.monotonic() + 60
    while phones[-1].show(held[-1].body["token"])["state"] == "held":
        assert time.monotonic() < until
        time.sleep(0.2)
    assert {phones[-1].show(one.body["token"])["state"] for one in held} == {"cancelled"}
    assert phones[-1].slots()[start] == PLACES
    assert {phones[-1].book(start).status for _ in range(PLACES)} == {201}
    assert phones[0].book(start).status == 409
    assert verify(hall.store) == []
