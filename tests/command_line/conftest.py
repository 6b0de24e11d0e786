"""Commands run as an operator runs them, in this process or in one of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from commands.seed import seed
from config.catalogue import load_catalogue
from server import cli
from store import tables
from store.migrate import upgrade
from store.unit import Store
from tests.processes import ROOT
from tests.servers import SETTINGS

CATALOGUE = ROOT / "config" / "centres" / "odsc.toml"
PASSWORD = "sticky rice and fish"
COLUMNS = "ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome"
Command = Callable[..., "Said"]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the catalogue's centres, to be copied."""
    path = tmp_path_factory.mktemp("seeded") / "onedoor.db"
    with a_store(path) as store:
        upgrade(store.engine)
        seed(store, load_catalogue(CATALOGUE))
    return path


@contextmanager
def a_store(path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{path}")
    yield store
    store.engine.dispose()


@pytest.fixture
def database(seeded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(seeded, tmp_path / "onedoor.db"))


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)} | more


@dataclass
class Said:
    """What a command said and how it ended."""

    status: int
    stdout: str
    stderr: str


def at_database(arguments: Sequence[str], at: Path | None) -> list[str]:
    return [*arguments, *([] if at is None else ["--database", f"sqlite:///{at}"])]


@pytest.fixture
def process(database: Path) -> Command:
    """Runs a command as a process of its own."""

    def run(*arguments: str, at: Path | None = database, **options: Any) -> Said:
        command = [sys.executable, str(ROOT / "server.py"), *at_database(arguments, at)]
        options = {"env": environment(), "input": "", **options}
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=110, **options)
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def onedoor(database: Path) -> Command:
    """Runs a command in this process; a mistake of ours fails the test."""

    def run(*arguments: str, at: Path | None = database, env: dict[str, str] | None = None, typed: str = "") -> Said:
        mine = {name: None for name in os.environ if name.startswith(SETTINGS)}
        done = CliRunner().invoke(cli, at_database(arguments, at), input=typed, env={**mine, **(env or {})})
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(done.exit_code, done.stdout, done.stderr)

    return run


def rows(path: Path) -> dict[str, list[str]]:
    with a_store(path) as store, store.reading() as conn:
        everything = tables.Base.metadata.sorted_tables
        return {table.name: sorted(map(repr, conn.execute(select(table)))) for table in everything}
