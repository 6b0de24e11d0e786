"""The real log, imported once per test process and database. It may not be shipped: it is read from where it lies."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, select

from commands.history import ImportReport, import_history
from commands.seed import seed
from config.catalogue import load_catalogue
from store import tables
from store.centre import CentreInfo, read_centre
from store.unit import Store
from tests.cast import a_store
from tests.databases import PostgreSQL
from tests.processes import ROOT

REAL_LOG = ROOT / os.environ.get("REAL_LOG", "../shared/data/real_log.csv")
REAL_LOG_CENTRE = ROOT / os.environ.get("REAL_LOG_CENTRE", "../shared/data/real_log_centre.toml")


@dataclass(frozen=True)
class Bank:
    """A database that holds the log's centre, and what its import reported."""

    store: Store
    report: ImportReport
    progress: list[int]

    @property
    def info(self) -> CentreInfo:
        with self.store.reading() as conn:
            return the_bank(conn)


def the_bank(conn: Connection) -> CentreInfo:
    return read_centre(conn, conn.execute(select(tables.Centre.id).where(tables.Centre.code == "BANK")).scalar_one())


@pytest.fixture(scope="session")
def sqlite_bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bank]:
    yield from _imported(f"sqlite:///{tmp_path_factory.mktemp('bank')}/onedoor.db")


@pytest.fixture(scope="session")
def postgresql_bank(postgres: PostgreSQL) -> Iterator[Bank]:
    with postgres.database() as url:
        yield from _imported(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def bank(request: pytest.FixtureRequest) -> Bank:
    """The whole real month, in each database."""
    imported: Bank = request.getfixturevalue(f"{request.param}_bank")
    return imported


def _imported(url: str) -> Iterator[Bank]:
    skip_without_real_log()
    with a_store(url) as store:
        open_bank(store)
        progress: list[int] = []
        with REAL_LOG.open(newline="", encoding="utf-8") as lines:
            report = import_history(store, "BANK", lines, progress.append)
        yield Bank(store, report, progress)


def skip_without_real_log() -> None:
    for path in (REAL_LOG, REAL_LOG_CENTRE):
        if not path.exists():
            pytest.skip(f"the real log may not be shipped with the project and is not at {path}: set REAL_LOG")


def open_bank(store: Store) -> None:
    """The log's centre, from its catalogue."""
    seed(store, load_catalogue(REAL_LOG_CENTRE))
