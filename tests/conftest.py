"""What every test may ask for: databases, a running server, a browser. Nothing is skipped for want of a package."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.databases import PackageMissing, PostgreSQL, Redis
from tests.servers import RunningServer

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """One cluster per test process (xdist worker); tests take a database of it."""
    with PostgreSQL() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    with Redis() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """An empty Redis."""
    redis_server.clear()
    return redis_server.url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file, not yet there."""
    return f"sqlite:///{tmp_path}/onedoor.db"


@pytest.fixture
def postgresql_url(postgres: PostgreSQL) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, empty database; the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def run_server(tmp_path: Path) -> Iterator[Callable[..., RunningServer]]:
    """Starts servers, `run_server(database_url, "--demo")`; all are gone when the test ends."""
    with ExitStack() as running:

        def run(database: str, *arguments: str, **options: Any) -> RunningServer:
            return running.enter_context(RunningServer(database, tmp_path, *arguments, **options))

        yield run


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, or the one that CHROMIUM names."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        raise PackageMissing("Chromium")
    return {**browser_type_launch_args, "executable_path": program, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A phone or screen in Vientiane."""
    return {**browser_context_args, "locale": "lo-LA", "timezone_id": "Asia/Vientiane"}
