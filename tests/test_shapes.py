"""Each shape that the product is run in starts, works, feeds a screen by websocket, and ends without a fuss."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import socketio

from commands.counters import open_counter
from commands.permissions import Role
from tests.databases import PostgreSQL, Redis
from tests.scale.hall import CENTRE, SERVICE, ScaleHall
from tests.servers import RunningServer
from tests.shapes import GunicornServer

JUNK = re.compile(r"Traceback|Invalid HTTP|\\x8|ERROR|CRITICAL|Exception")
Start = Callable[[RunningServer], RunningServer]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as running:
        yield running.enter_context


def works(server: RunningServer, hall: ScaleHall) -> None:
    """Somebody takes a ticket, a clerk calls, and the screen shows it at once."""
    (kiosk,), (clerk,) = hall.tokens(Role.KIOSK, 1), hall.tokens(Role.STAFF, 1)
    with hall.store.unit(CENTRE, "keo") as unit:
        open_counter(unit, 1)
    assert server.session.get(f"{server.url}/readyz", timeout=10).status_code == 200
    with socketio.SimpleClient() as screen:
        screen.connect(server.url, transports=["websocket"], wait_timeout=10)
        assert screen.transport == "websocket"
        watched = screen.call("watch", {"topic": f"board:{CENTRE}"}, timeout=10)
        assert watched["ok"]
        ticket = server.api("POST", f"/centres/{CENTRE}/tickets", {"services": [SERVICE]}, headers=bearer(kiosk))
        assert ticket.status_code == 201
        called = server.api("POST", f"/centres/{CENTRE}/counters/1/next", {}, headers=bearer(clerk))
        assert called.status_code == 200
        seen = [screen.receive(timeout=10)[1] for _ in range(2)]
    assert [(event["kind"], event["number"]) for event in seen] == [("issued", "A001"), ("called", "A001")]
    assert [event["seq"] for event in seen] == [watched["seq"] + 1, watched["seq"] + 2]
    ends_quietly(server)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def ends_quietly(server: RunningServer) -> None:
    """A screen that has left is no reason to complain, and the server ends when it is asked to."""
    time.sleep(0.5)
    assert server.session.get(f"{server.url}/healthz", timeout=10).ok
    server.stop()
    assert not JUNK.search(server.said()), server.said()


@pytest.fixture
def hall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ScaleHall]:
    """On SQLite, or on what the test is parametrized with."""
    url = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    hall = ScaleHall(url, tmp_path, counters=2)
    yield hall
    hall.close()


on_both = pytest.mark.parametrize("hall", ["sqlite", "postgresql"], indirect=True)


@on_both
def test_server_py_serves_by_gevent(hall: ScaleHall, start: Start, tmp_path: Path) -> None:
    works(start(RunningServer(hall.url, tmp_path)), hall)


@pytest.mark.slow
def test_server_py_serves_by_eventlet_when_told_to(hall: ScaleHall, start: Start, tmp_path: Path) -> None:
    works(start(RunningServer(hall.url, tmp_path, environment={"ONEDOOR_ASYNC": "eventlet"})), hall)


@on_both
def test_gunicorn_serves(hall: ScaleHall, start: Start, tmp_path: Path) -> None:
    works(start(GunicornServer(hall.url, tmp_path)), hall)


def test_gunicorn_without_a_public_url_says_where_it_listens(hall: ScaleHall, start: Start, tmp_path: Path) -> None:
    server = start(GunicornServer(hall.url, tmp_path, environment={"PUBLIC_URL": ""}))
    (said,) = server.api("GET", "/openapi.json").json()["servers"]
    assert said["url"] == f"http://localhost:{server.port}"


def test_gunicorn_says_that_there_is_no_backup(hall: ScaleHall, start: Start, tmp_path: Path) -> None:
    missing = tmp_path / "stick" / "onedoor"
    server = start(GunicornServer(hall.url, tmp_path, environment={"BACKUP_DIR": str(missing)}))
    end = time.monotonic() + 30
    while f"there is no backup in {missing}" not in server.said():
        assert time.monotonic() < end, server.said()
        time.sleep(0.1)
    assert "Traceback" not in server.said()


@pytest.mark.slow
@pytest.mark.parametrize("hall", ["postgresql"], indirect=True)
def test_gunicorn_serves_beside_redis(hall: ScaleHall, start: Start, tmp_path: Path, redis_url: str) -> None:
    works(start(GunicornServer(hall.url, tmp_path, redis=redis_url)), hall)


@pytest.mark.slow
@pytest.mark.parametrize("hall", ["postgresql"], indirect=True)
def test_tickets_are_taken_while_redis_is_away_and_readyz_says_so(
    hall: ScaleHall, start: Start, tmp_path: Path
) -> None:
    (kiosk,) = hall.tokens(Role.KIOSK, 1)
    queue = Redis()

    def answers(path: str) -> int:
        return server.session.get(f"{server.url}{path}", timeout=10).status_code

    def takes_a_ticket() -> int:
        asked = {"services": [SERVICE]}
        return server.api("POST", f"/centres/{CENTRE}/tickets", asked, headers=bearer(kiosk)).status_code

    with queue:
        server = start(GunicornServer(hall.url, tmp_path, redis=queue.url))
        assert (answers("/readyz"), takes_a_ticket()) == (200, 201)
    assert (answers("/healthz"), answers("/readyz"), takes_a_ticket(), answers("/")) == (200, 503, 201, 200)
    with queue:
        assert (answers("/readyz"), takes_a_ticket()) == (200, 201)


@pytest.mark.slow
def test_a_database_that_goes_away_is_told_and_not_taken_for_a_mistake(
    postgres: PostgreSQL, start: Start, tmp_path: Path
) -> None:
    with postgres.database() as url:
        hall = ScaleHall(url, tmp_path, counters=1)
        (kiosk,) = hall.tokens(Role.KIOSK, 1)
        server = start(RunningServer(url, tmp_path))
        assert server.session.get(f"{server.url}/readyz", timeout=10).status_code == 200
        hall.close()
    assert server.session.get(f"{server.url}/readyz", timeout=10).status_code == 503
    refused = server.api("POST", f"/centres/{CENTRE}/tickets", {"services": [SERVICE]}, headers=bearer(kiosk))
    assert (refused.status_code, refused.json()["type"]) == (503, "/api/docs#busy")


def test_eventlet_with_postgresql_is_refused_in_a_sentence(postgresql_url: str, tmp_path: Path) -> None:
    server = RunningServer(postgresql_url, tmp_path, environment={"ONEDOOR_ASYNC": "eventlet"})
    refused = subprocess.run(
        server.command(),
        cwd=Path(__file__).parents[1],
        env=server.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode != 0
    assert "ONEDOOR_ASYNC=eventlet works with SQLite only" in refused.stderr
    assert "Traceback" not in refused.stderr
