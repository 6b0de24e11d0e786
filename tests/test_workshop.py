"""The tests' own tools: databases that are really there, and processes that are really gone."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis
from playwright.sync_api import Page
from sqlalchemy import create_engine, text

from tests.processes import ROOT, spawn, stop
from tests.servers import DidNotStart, RunningServer


def test_each_test_gets_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("create table only_here (number integer)"))  # fails where another test's is left
    engine.dispose()


def test_redis_is_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_browser_speaks_lao_time(page: Page) -> None:
    page.set_content("<p>ສະບາຍດີ</p>")
    assert page.inner_text("p") == "ສະບາຍດີ"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Vientiane"


def test_stopping_a_process_ends_its_children_too() -> None:
    parent = spawn(["sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    with parent.stdout as said:
        child = int(said.readline())
    assert stop(parent) == -signal.SIGTERM
    assert _is_gone(child)


def test_process_dies_with_the_test_run_that_started_it() -> None:
    starts_one = "from tests.processes import spawn; spawn(['sh', '-c', 'echo $$; exec sleep 60']); input()"
    run = spawn([sys.executable, "-c", starts_one], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert run.stdin is not None and run.stdout is not None  # noqa: PT018 - for the type checker
    with run.stdin, run.stdout as said:
        started = int(said.readline())
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert _is_gone(started)


class FolderServer(RunningServer):
    """Stands for the product: serves its log's folder, where `healthz` is a file."""

    def command(self) -> list[str]:
        folder = str(self.log.parent)
        return [sys.executable, "-m", "http.server", str(self.port), "--bind", "127.0.0.1", "--directory", folder]


def test_running_server_is_killed_and_comes_back_at_the_same_address(tmp_path: Path) -> None:
    (tmp_path / "healthz").touch()
    with FolderServer("sqlite://", tmp_path) as server:
        first = server.pid
        server.kill()
        assert _is_gone(first)
        assert server.start().pid != first
        assert server.session.get(f"{server.url}/healthz").ok
        assert server.stop() == -signal.SIGTERM
    assert "GET /healthz" in server.said()


def test_server_that_cannot_start_is_told_with_its_words(tmp_path: Path) -> None:
    class Broken(RunningServer):
        def command(self) -> list[str]:
            return [sys.executable, "-c", "raise SystemExit('no room at the inn')"]

    with pytest.raises(DidNotStart, match="no room at the inn"):
        Broken("sqlite://", tmp_path).start()


def _is_gone(pid: int, *, seconds: float = 5) -> bool:
    end = time.monotonic() + seconds
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
