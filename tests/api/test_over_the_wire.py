"""The API in a process of its own: repeated at once and after a kill, every state over real HTTP, bodies in chunks."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from commands.access import create_token
from commands.permissions import Role
from commands.verify import verify
from store.unit import Store
from tests.api.test_states import ACTS, ALLOWED, FACTS, PATHS
from tests.processes import ROOT
from tests.servers import RunningServer


class QuickServer(RunningServer):
    """Makes its tokens and is verified in this process: a command of its own takes seconds to begin."""

    def token(self, role: str, centre: str | None = "SAY") -> str:
        if (role, centre) not in self._tokens:
            with closing_store(self.database) as store:
                self._tokens[role, centre] = create_token(store, Role(role), centre=centre)
        return self._tokens[role, centre]

    def is_verified(self) -> bool:
        with closing_store(self.database) as store:
            return not verify(store)


@contextmanager
def closing_store(url: str) -> Iterator[Store]:
    store = Store(url)
    yield store
    store.engine.dispose()


def at_once(work: Callable[[], Any], times: int) -> list[Any]:
    """The results of `work`, begun at one moment by so many threads."""
    gate = threading.Barrier(times)

    def run(_: int) -> Any:
        gate.wait()
        return work()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def issue(server: RunningServer, key: str | None = None, **asked: Any) -> requests.Response:
    return server.api("POST", "/centres/SAY/tickets", {"services": ["RES"], **asked}, role="kiosk", key=key)


@pytest.mark.slow
def test_request_sent_twice_at_once_is_done_once_also_after_a_kill(database_url: str, tmp_path: Path) -> None:
    with QuickServer(database_url, tmp_path, "--demo") as server:
        server.token("kiosk")
        answers = [answer for n in range(3) for answer in at_once(partial(issue, server, f"key {n}"), 6)]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.content for answer in answers}) == 3
        server.kill()
        server.start()
        assert issue(server, "key 0").content == answers[0].content
        assert issue(server, "key 0", name="Keo").status_code == 422
        assert server.api("GET", "/centres/SAY/board").json()["waiting"]["total"] == 3
        assert server.is_verified()
        assert "Traceback" not in server.said()


@pytest.fixture(scope="module")
def wire_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickServer]:
    folder = tmp_path_factory.mktemp("wire")
    with QuickServer(f"sqlite:///{folder}/onedoor.db", folder, "--demo") as server:
        yield server
        assert server.is_verified()
        assert "Traceback" not in server.said()


@pytest.mark.slow  # the same matrix runs without a network in test_states.py
def test_every_state_and_act_over_http(wire_server: QuickServer) -> None:
    wire = Wire(wire_server)
    wire.post("/centres/SAY/counters/1/open", {"services": ["RES"]})
    for state in (state for state in ALLOWED if state != "expired"):  # no request expires anybody
        for act in ACTS:
            ticket = wire.reach(state)
            before = wire.seen(ticket)
            answer = wire.do(ticket, act)
            if act in ALLOWED[state]:
                assert answer.status_code == 200, (state, act, answer.text)
                assert answer.json()["state"] == wire.seen(ticket)[0]["state"] == ALLOWED[state][act]
            else:
                assert (answer.status_code, answer.json()["type"][-11:]) == (409, "wrong-state"), (state, act)
                assert wire.seen(ticket) == before, (state, act)
            wire.clear(ticket)


class Wire:
    """Keo at counter 1, over HTTP."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server

    def post(self, path: str, body: Any = None) -> requests.Response:
        return self.server.api("POST", path, body or {}, role="staff")

    def do(self, ticket: dict[str, Any], act: str) -> requests.Response:
        if act == "leave":
            return self.server.api("POST", f"/tickets/{ticket['token']}/cancel", {})
        facts = {**FACTS, "call": {"counter": 1}, "transfer": {"counter": 2}, "services": {"add": ["BIRTH"]}}
        return self.post(f"/tickets/{ticket['id']}/{act}", facts.get(act))

    def reach(self, state: str) -> dict[str, Any]:
        ticket: dict[str, Any] = issue(self.server).json()
        planned = [step["code"] for step in ticket["services"][1:]]
        if planned:
            self.post(f"/tickets/{ticket['id']}/services", {"drop": planned})
        for act in PATHS[state]:
            assert self.do(ticket, act).status_code == 200, (state, act)
        return ticket

    def seen(self, ticket: dict[str, Any]) -> tuple[dict[str, Any], int]:
        shown = self.server.api("GET", f"/tickets/{ticket['token']}").json()
        seq: int = self.server.api("GET", "/centres/SAY/board").json()["seq"]
        return {key: value for key, value in shown.items() if key not in ("position", "estimate")}, seq

    def clear(self, ticket: dict[str, Any]) -> None:
        """Whoever is at the counter is served to the end."""
        state = self.seen(ticket)[0]["state"]
        for act in {"called": ("serve", "finish"), "serving": ("finish",)}.get(state, ()):
            self.do(ticket, act)


def test_body_in_chunks_is_read_and_limited(wire_server: QuickServer) -> None:
    def chunks(size: int) -> Iterator[bytes]:
        yield b'{"services": ["RES"], "name": "'
        yield from (b"a" * 1000 for _ in range(size))
        yield b'"}'

    def send(size: int) -> requests.Response:
        headers = {"Authorization": f"Bearer {wire_server.token('kiosk')}", "Content-Type": "application/json"}
        address = f"{wire_server.url}/api/v1/centres/SAY/tickets"
        return wire_server.session.post(address, data=chunks(size), headers=headers, timeout=10)

    assert send(0).status_code == 201
    assert send(1).status_code == 422  # a name of 1000 letters
    for size in (100, 2000):
        assert (send(size).status_code, send(size).json()["type"][-9:]) == (413, "too-large")


def test_broken_http_is_never_our_mistake(wire_server: QuickServer) -> None:
    base = f"{wire_server.url}/api/v1"
    for address in (
        f"{base}/centres/%ff%fe/board",
        f"{base}//centres",
        f"{base}/centres/SAY/board?%00=%ff",
        f"{base}/%",
    ):
        answer = wire_server.session.get(address, timeout=10)
        assert answer.status_code in (200, 404), address
    for header in (
        {"If-None-Match": "\xff"},
        {"Accept-Language": "\xff;q=x"},
        {"Cookie": "onedoor=\xff"},
        {"Range": "x"},
    ):
        said = {name: value.encode("latin1") for name, value in header.items()}
        assert wire_server.session.get(f"{base}/centres/SAY/board", headers=said, timeout=10).status_code == 200


def test_small_answers_come_at_once_on_a_connection_that_is_kept(wire_server: QuickServer) -> None:
    """Head and body in two segments would wait 40 ms for the client's delayed acknowledgement."""
    address = f"{wire_server.url}/api/v1/centres/SAY/board"
    with requests.Session() as session:
        session.trust_env = False
        took = []
        for _ in range(70):
            began = time.perf_counter()
            session.get(address, timeout=10)
            took.append(time.perf_counter() - began)
    assert min(took[40:]) < 0.030  # the first ones are acknowledged at once in any case


def test_two_hundred_requests_of_one_device_are_not_too_many(wire_server: QuickServer) -> None:
    statuses = [issue(wire_server).status_code for _ in range(210)]
    assert set(statuses) == {201}


def test_python_of_the_integrators_guide_hears_the_feed(
    wire_server: QuickServer, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = (ROOT / "docs" / "integrating.md").read_text()
    (example,) = re.findall(r"^```python\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    known: dict[str, Any] = {"URL": wire_server.url}
    exec(compile(example, "integrating.md", "exec"), known)  # noqa: S102 - our own words
    try:
        number = issue(wire_server).json()["number"]
        heard = ""
        for _ in range(100):
            heard += capsys.readouterr().out
            if number in heard:
                break
            time.sleep(0.1)
    finally:
        known["client"].disconnect()
    seq = known["answer"]["seq"]
    assert heard.splitlines()[0].startswith(f"{seq} {{'total':")
    assert f"{seq + 1} issued {number}" in heard.splitlines()
