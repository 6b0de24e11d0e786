"""The real log replayed through a running server: nobody is lost, though the server dies in the middle.

A whole day at 60 times the speed takes 18 minutes and is not part of the tests; by hand:

    python server.py seed ../shared/data/real_log_centre.toml
    python server.py run --clock 1999-02-01T06:50+07:00@60 &
    python server.py replay BANK ../shared/data/real_log.csv --speed 60 --day 1999-02-01
"""

import csv
import re
import sys
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from commands.access import create_token
from commands.permissions import Role
from commands.seed import seed
from commands.verify import verify
from config.catalogue import load_catalogue
from replay.log import read_lines
from replay.run import replay
from store.migrate import upgrade
from store.tables import TicketStep
from store.unit import Store
from tests.processes import ROOT, kill, spawn
from tests.reports.bank import REAL_LOG, REAL_LOG_CENTRE
from tests.servers import RunningServer

CENTRE = "BANK"
HEADER = "ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome,channel,priority"

needs_real_log = pytest.mark.skipif(
    not REAL_LOG.exists(), reason=f"the real log is not here: REAL_LOG={REAL_LOG} (it may not be shipped)"
)


def cut(begins: str, ends: str, into: Path) -> Path:
    """The log's people who came in a time of 1 February 1999."""
    with REAL_LOG.open(newline="") as log, into.open("w", newline="") as part:
        rows = csv.DictReader(log)
        writer = csv.DictWriter(part, rows.fieldnames or ())
        writer.writeheader()
        writer.writerows(row for row in rows if f"1999-02-01T{begins}" <= row["issued_at"] < f"1999-02-01T{ends}")
    return into


def clock(begins: str, speed: int, lead_seconds: float) -> tuple[str, str]:
    """The server's arguments for a clock that shows `begins` after so many real seconds."""
    start = datetime.fromisoformat(f"1999-02-01T{begins}+07:00") - timedelta(seconds=lead_seconds * speed)
    return "--clock", f"{start.isoformat()}@{speed}"


class Bank:
    """The log's centre in a database of its own, with a kiosk and a clerk."""

    def __init__(self, url: str, run_server: Callable[..., RunningServer]) -> None:
        self.url, self._run_server = url, run_server
        self.store = Store(url)
        upgrade(self.store.engine)
        seed(self.store, load_catalogue(REAL_LOG_CENTRE))
        self.kiosk, self.staff = (create_token(self.store, role, centre=CENTRE) for role in (Role.KIOSK, Role.STAFF))

    def opens(self, begins: str, speed: int) -> RunningServer:
        """Its server; the clock shows `begins` a while later, when the replay can be there."""
        return self._run_server(self.url, *clock(begins, speed, lead_seconds=12))

    def states(self) -> Tally[str]:
        """In which state every visit is."""
        with self.store.reading() as conn:
            return Tally(conn.execute(select(TicketStep.state)).scalars())

    def accounts_for(self, log: Path, said: str) -> None:
        """Everybody of the log came, every visit has ended, and the tables are what the event log says."""
        assert "nobody is missing" in said
        states = self.states()
        assert sum(states.values()) == len(read_lines(log))
        assert set(states) <= {"finished", "left", "expired"}
        assert verify(self.store, all_days=True) == []


@pytest.fixture
def bank(sqlite_url: str, run_server: Callable[..., RunningServer]) -> Iterator[Bank]:
    bank = Bank(sqlite_url, run_server)
    yield bank
    bank.store.engine.dispose()


@pytest.mark.slow
@needs_real_log
@pytest.mark.timeout(180)
def test_twenty_minutes_at_600_times_the_speed_lose_nobody(
    bank: Bank, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = cut("08:40", "09:00", tmp_path / "log.csv")
    server = bank.opens("08:40", 600)
    asked = {"kiosk": bank.kiosk, "staff": bank.staff, "day": "1999-02-01"}
    assert replay(CENTRE, log, speed=600, url=server.url, **asked) == 0
    bank.accounts_for(log, capsys.readouterr().out)


@needs_real_log
@pytest.mark.slow
@pytest.mark.timeout(500)
def test_two_busy_hours_at_60_times_the_speed_lose_nobody_though_the_server_is_killed(
    bank: Bank, tmp_path: Path
) -> None:
    log = cut("10:00", "12:00", tmp_path / "log.csv")
    server = bank.opens("10:00", 60)
    command = [sys.executable, "server.py", "replay", CENTRE, str(log), "--speed", "60", "--url", server.url]
    said = tmp_path / "said"
    with said.open("w") as output:
        replaying = spawn([*command, "--database", bank.url], cwd=ROOT, stdout=output, stderr=output)
    try:
        for _ in range(2):
            time.sleep(45)
            kill_and_start(server, 60)
        status = replaying.wait()
    finally:
        kill(replaying)
    printed = said.read_text()
    assert status == 0, printed
    bank.accounts_for(log, printed)


def kill_and_start(server: RunningServer, speed: int) -> None:
    """The server dies; the clock goes on where it would be when it is up again."""
    stood, began = server.api("GET", f"/centres/{CENTRE}/board").json()["at"], time.monotonic()
    server.kill()
    time.sleep(1)
    now = datetime.fromisoformat(stood) + timedelta(seconds=(time.monotonic() - began + 1) * speed)
    server.arguments = ("--clock", f"{now.isoformat()}@{speed}")
    server.start()


@pytest.fixture
def invented(tmp_path: Path) -> Callable[..., Path]:
    """A log of one person at nine."""

    def write(service: str = "INFO", counter: int = 1, day: str = "1999-02-01", priority: str = "") -> Path:
        file, nine = tmp_path / "log.csv", f"{day}T09:00:00+07:00"
        file.write_text(
            f"{HEADER}\na,{service},{nine},{nine},{nine},{day}T09:05:00+07:00,{counter},finished,,{priority}\n"
        )
        return file

    return write


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The demonstration centre on a clock of its own, for replays that cannot be."""
    directory = tmp_path_factory.mktemp("house")
    with RunningServer(f"sqlite:///{directory}/o.db", directory, "--demo", "--clock", "1999-02-01T08:00+07:00@1") as it:
        yield it


def refused(house: RunningServer, log: Path, capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    """What is said when a replay cannot be."""
    asked = {"centre": "SAY", "speed": 1.0, "url": house.url, **options}
    assert replay(asked.pop("centre"), log, kiosk="k", staff="s", **asked) == 1
    return capsys.readouterr().err


def test_a_server_that_runs_at_another_speed_is_said_to(
    house: RunningServer, invented: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(house, invented(), capsys, speed=60)
    assert re.search(r"runs at about \d, not at 60:", said), said
    assert "--clock 1999-02-01T08:00+07:00@60" in said


def test_a_log_whose_day_is_over_is_said_to_be(
    house: RunningServer, invented: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "1999-01-31, is over" in refused(house, invented(day="1999-01-31"), capsys)


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ({"service": "SURGERY"}, "services of the log: SURGERY"),
        ({"counter": 37}, "counters of the log: 37"),
        ({"priority": "PRIOR"}, "priority groups of the log: PRIOR"),
    ],
)
def test_a_log_of_another_centre_is_said_to_be(
    house: RunningServer,
    invented: Callable[..., Path],
    capsys: pytest.CaptureFixture[str],
    log: dict[str, Any],
    said: str,
) -> None:
    assert said in refused(house, invented(**log), capsys)


def test_a_server_or_centre_that_is_not_there_is_said_to_be(
    house: RunningServer, invented: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no OneDoor answers" in refused(house, invented(), capsys, url="http://127.0.0.1:1")
    assert "no OneDoor answers" in refused(house, invented(), capsys, centre="NOWHERE")


def test_a_bad_token_is_said_to_be(
    house: RunningServer, invented: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "unauthorized" in refused(house, invented(), capsys)


def test_a_day_that_is_not_in_the_log_is_said_to_be(
    house: RunningServer, invented: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no lines of 1999-03-01" in refused(house, invented(), capsys, day="1999-03-01")
