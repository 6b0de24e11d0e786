"""Commands that are killed half way: an import goes on where it stopped, a backup is whole or not there."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from commands.history import import_history
from commands.verify import verify
from store.backup import backup, restore
from store.tables import TicketStep
from store.unit import Store
from tests.processes import ROOT, kill, spawn
from tests.scale.hall import CENTRE, SERVICE, ScaleHall

LINES = 4000
KILLS = 4
COLUMNS = "ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[ScaleHall]:
    hall = ScaleHall(database_url, tmp_path, counters=4)
    yield hall
    hall.close()


def past() -> Iterator[str]:
    """Twenty days of visits, one a minute, in the columns of import-history."""
    yield COLUMNS
    for number in range(LINES):
        day, place = divmod(number, 200)
        issued = datetime(2026, 1, 5, 8, tzinfo=ZoneInfo("Asia/Vientiane")) + timedelta(days=day, minutes=place)
        times = [issued, *(issued + timedelta(minutes=after) for after in (10, 11, 15))]
        called = ",".join(time.isoformat() for time in times)
        yield f"A{place + 1:03d},{SERVICE},{called},{number % 4 + 1},finished"


def steps(store: Store) -> int:
    with store.reading() as conn:
        return conn.execute(select(func.count()).select_from(TicketStep)).scalar_one()


def server_py(*arguments: str, url: str) -> list[str]:
    return [sys.executable, "server.py", *arguments, "--database", url]


def run(*arguments: str, url: str) -> str:
    done = subprocess.run(
        server_py(*arguments, url=url), cwd=ROOT, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def kill_when(command: list[str], is_time: Callable[[], bool]) -> bool:
    """Starts a command and kills it as soon as it is time; False when it ended before."""
    process = spawn(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            if is_time():
                return True
            time.sleep(0.001)
        return False
    finally:
        kill(process)


def test_import_that_was_killed_is_completed_by_importing_again(hall: ScaleHall, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_text("\n".join(past()) + "\n", encoding="utf-8")
    moments = random.Random(4)
    kept = 0
    for _ in range(KILLS):
        enough = kept + moments.randint(1, LINES // (2 * KILLS))
        command = server_py("import-history", CENTRE, str(file), url=hall.url)
        assert kill_when(command, partial(has_steps, hall.store, enough)), "it ended before it was killed"
        now = steps(hall.store)
        assert kept < now < LINES
        kept = now
    assert run("import-history", CENTRE, str(file), url=hall.url).startswith(f"{LINES - kept} imported, {kept} known")
    assert steps(hall.store) == LINES
    assert run("import-history", CENTRE, str(file), url=hall.url).startswith(f"0 imported, {LINES} known")
    assert steps(hall.store) == LINES
    assert verify(hall.store, all_days=True) == []


def has_steps(store: Store, enough: int) -> bool:
    return steps(store) >= enough


def test_backup_that_was_killed_is_whole_or_not_there(hall: ScaleHall, tmp_path: Path) -> None:
    import_history(hall.store, CENTRE, past())
    folder = tmp_path / "backups"
    folder.mkdir()
    moments = random.Random(5)
    for number in range(KILLS):
        file = folder / f"{number}.db"
        command = server_py("backup", str(file), url=hall.url)
        kill_when(command, partial(half_written, file, moments))
        if not file.exists():
            backup(hall.url, file)
        restore(file, f"sqlite:///{tmp_path}/restored-{number}.db")
        restored = Store(f"sqlite:///{tmp_path}/restored-{number}.db")
        assert steps(restored) == LINES
        assert verify(restored, all_days=True) == []
        restored.engine.dispose()
    assert verify(hall.store, all_days=True) == []


def half_written(file: Path, moments: random.Random) -> bool:
    """Whether a backup has begun to be written; then it goes on for some milliseconds."""
    if not any(file.parent.glob(f"{file.name}.*")):
        return False
    time.sleep(moments.uniform(0, 0.03))
    return True
