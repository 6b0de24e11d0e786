"""The server's own backups: one a day, the newest kept, and known when the last was made."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import store.backup
from store.backup import backup_daily, last_backup, restore
from store.engine import open_engine
from store.migrate import upgrade
from tests.cast import MONDAY

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def url(sqlite_url: str) -> str:
    """A database as it is after the first start."""
    engine = open_engine(sqlite_url)
    upgrade(engine)
    engine.dispose()
    return sqlite_url


def test_one_backup_a_day_is_made_and_the_newest_fourteen_are_kept(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "daily"
    made = [backup_daily(url, folder, MONDAY + timedelta(days=day), keep=3) for day in range(5)]
    assert made == [folder / f"onedoor-2026-11-{day}.db" for day in range(23, 28)]
    assert backup_daily(url, folder, MONDAY + timedelta(days=4), keep=3) is None
    assert sorted(folder.iterdir()) == made[2:]
    restore(folder / "onedoor-2026-11-27.db", f"sqlite:///{tmp_path}/there.db")


def test_a_daily_backup_has_the_machines_date(url: str, tmp_path: Path) -> None:
    made = backup_daily(url, tmp_path / "daily")
    days = {datetime.now().astimezone().date() - timedelta(days=ago) for ago in (0, 1)}  # over midnight too
    assert made in {tmp_path / "daily" / f"onedoor-{day}.db" for day in days}


def test_a_daily_backup_that_another_process_makes_meanwhile_is_enough(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "daily" / f"onedoor-{MONDAY}.db"
    written_meanwhile = SimpleNamespace(sleep=lambda _seconds: file.write_text("theirs"))
    monkeypatch.setattr(store.backup, "time", written_meanwhile)
    assert backup_daily(url, tmp_path / "daily", MONDAY) is None
    assert [file.name for file in file.parent.iterdir()] == [file.name]


def test_pruning_touches_neither_other_files_nor_the_one_just_made(url: str, tmp_path: Path) -> None:
    kept = ["onedoor-2099-01-01.db", "onedoor-2099-01-02.db", "onedoor-before-the-move.db", "notes.txt"]
    for name in ["onedoor-2026-11-22.db", *kept]:
        (tmp_path / name).write_text("")
    made = backup_daily(url, tmp_path, MONDAY, keep=2)
    assert made is not None
    assert made.exists()
    assert [name for name in kept if not (tmp_path / name).exists()] == []
    assert not (tmp_path / "onedoor-2026-11-22.db").exists()


def test_what_a_power_cut_left_is_cleared_away_after_a_day(url: str, tmp_path: Path) -> None:
    (old := tmp_path / "onedoor-2026-11-20.db.x1.part").write_text("")
    (new := tmp_path / "onedoor-2026-11-23.db.x2.part").write_text("")
    long_ago = datetime.now(UTC).timestamp() - 90_000
    os.utime(old, (long_ago, long_ago))
    backup_daily(url, tmp_path, MONDAY)
    assert (old.exists(), new.exists()) == (False, True)


def test_the_latest_daily_backup_is_known_by_when_it_was_written(tmp_path: Path) -> None:
    assert last_backup(tmp_path / "not there") is None
    assert last_backup(tmp_path) is None
    for number, name in enumerate(["onedoor-2026-11-23.db", "onedoor-2026-11-22.db", "onedoor-other.db"]):
        (tmp_path / name).write_text("")
        at = (NOW + timedelta(hours=number)).timestamp()
        os.utime(tmp_path / name, (at, at))
    assert last_backup(tmp_path) == NOW + timedelta(hours=1)
