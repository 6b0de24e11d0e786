"""A backup file alone brings a centre back on another machine, whichever database it was or will be."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, inspect, null, select

import store.backup
from commands.appointments import book
from commands.moves import hold
from commands.paper import print_pad
from commands.sessions import add_sessions
from commands.settings import close_early
from commands.tickets import TicketRequest
from store import migrate, tables
from store.backup import BackupRefused, backup, restore
from store.idempotency import KeyedRequest, keep_answer
from store.ids import ticket_token
from store.migrate import upgrade
from store.unit import Store
from tests.cast import NOY, Hall, HandClock, a_hall, clock
from tests.databases import PostgreSQL
from tests.queueing.test_sessions import a_session

KINDS = ["sqlite", "postgresql"]
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def a_database(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """`a_database("postgresql")`: the URL of a new one, as many as a test needs."""
    with ExitStack() as stack:

        def make(kind: str) -> str:
            if kind == "sqlite":
                return f"sqlite:///{tmp_path}/{len(list(tmp_path.iterdir()))}.db"
            postgres: PostgreSQL = request.getfixturevalue("postgres")
            return stack.enter_context(postgres.database())

        yield make


@pytest.fixture
def open_store() -> Iterator[Callable[[str], Store]]:
    with ExitStack() as stack:

        def open_one(url: str) -> Store:
            opened = Store(url, HandClock(clock("8:00")))
            upgrade(opened.engine)
            stack.callback(opened.engine.dispose)
            return opened

        yield open_one


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, a_database: Callable[[str], str]) -> str:
    """A database of each kind."""
    return a_database(request.param)


@pytest.fixture
def hall(url: str, open_store: Callable[[str], Store]) -> Hall:
    """A centre with at least a row in every table."""
    return _a_busy_hall(open_store(url))


def _a_busy_hall(store: Store) -> Hall:
    hall = a_hall(store, holidays=[date(2026, 12, 2)], code="SAY")
    ticket = hall.ticket("RES", priority="MONK", name="ສົມໄຊ", phone="020 5551 2345")
    hall.opens(1, services=["BIRTH"])
    hall.press(close_early, date(2026, 12, 1), 14 * 60)
    hall.press(print_pad, "A", 3)
    hall.press(hold, ticket.id, "ໄປເຮັດສຳເນົາ")
    store.reach = frozenset({"phone"})
    hall.press(book, TicketRequest(("BIRTH",), "web", phone="020 5555"), clock("9:00"))
    hall.press(add_sessions, [a_session(day=None)])
    with store.writing() as conn:
        keep_answer(conn, KeyedRequest.of("kiosk", "POST", "/api", "key", b"{}"), 201, {"number": ticket.number})
        user = {"id": 7, "name": NOY, "password_hash": "argon2", "role": "manager", "centre_id": hall.centre}
        conn.execute(insert(tables.User), {**user, "created_at": NOW})
        token = {"id": 8, "hash": "f" * 64, "kind": "session", "role": "manager", "user_id": 7}
        conn.execute(insert(tables.AccessToken), {**token, "created_at": NOW})
        pairing = {"id": 9, "hash": "e" * 64, "centre_id": hall.centre, "code": "042042", "created_at": NOW}
        conn.execute(insert(tables.Pairing), {**pairing, "expires_at": NOW})
    return hall


def _all_rows(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    rows = {}
    for table in tables.Base.metadata.sorted_tables:
        rows[table.name] = [tuple(row) for row in conn.execute(select(table).order_by(*table.primary_key))]
    return rows


def _rows_of(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.reading() as conn:
        return _all_rows(conn)


def _interrupted_by(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> list[int]:
    """What others do whenever a backup or restore lets them; the list has an entry for each time."""
    times: list[int] = []

    def sleep(_seconds: float) -> None:
        times.append(len(times))
        act()

    monkeypatch.setattr(store.backup, "time", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(store.backup, "_PAGES", 16)
    monkeypatch.setattr(store.backup, "_ROWS", 5)
    return times


def test_a_store_on_an_empty_database_signs_with_the_backups_key_once_it_is_restored(
    hall: Hall, a_database: Callable[[str], str], open_store: Callable[[str], Store], tmp_path: Path
) -> None:
    backup(hall.store.url, tmp_path / "away.backup")
    running = open_store(a_database("sqlite"))
    assert running.key != hall.store.key
    restore(tmp_path / "away.backup", running.url)
    assert running.key == hall.store.key


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_every_row_and_every_printed_token_comes_back_on_another_machine(
    source: str,
    target: str,
    tmp_path: Path,
    a_database: Callable[[str], str],
    open_store: Callable[[str], Store],
) -> None:
    hall = _a_busy_hall(open_store(here := a_database(source)))
    rows = _rows_of(hall.store)
    assert [name for name, found in rows.items() if not found] == [], "a table without rows shows nothing"
    backup(here, tmp_path / "file.backup")
    restore(tmp_path / "file.backup", there := a_database(target))
    restored = open_store(there)
    assert _rows_of(restored) == rows
    with restored.reading() as conn:
        empty = conn.execute(select(func.count()).where(tables.CentreProfile.lunch.is_(null())))
        assert empty.scalar() == 1, "what is empty stays empty"
    (visit,) = hall.visits().values()
    assert ticket_token(restored.key, visit.id) == ticket_token(hall.store.key, visit.id)
    again = Hall(restored, "SAY", hall.centre).ticket("RES")
    assert again.number == "A002"


def test_backup_is_one_moment_while_others_write_between_its_steps(
    hall: Hall, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_store: Callable[[str], Store]
) -> None:
    for _ in range(40):
        hall.ticket("RES")
    before = _rows_of(hall.store)
    times = _interrupted_by(monkeypatch, lambda: hall.ticket("RES"))
    backup(url, tmp_path / "file.backup")
    monkeypatch.undo()
    assert len(times) > 3
    assert hall.events()[-1].seq == len(before["events"]) + len(times), "everybody else could write"
    restore(tmp_path / "file.backup", there := f"sqlite:///{tmp_path}/there.db")
    assert _rows_of(open_store(there)) == before


def test_backup_has_its_name_only_when_it_is_whole(
    hall: Hall, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    _interrupted_by(monkeypatch, lambda: seen.append((tmp_path / "new" / "file.backup").exists()))
    (tmp_path / "new").mkdir()
    backup(url, tmp_path / "new" / "file.backup")
    assert set(seen) == {False}
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["file.backup"]


def test_backup_can_be_read_by_its_owner_alone(hall: Hall, url: str, tmp_path: Path) -> None:
    backup(url, tmp_path / "file.backup")
    assert (tmp_path / "file.backup").stat().st_mode & 0o777 == 0o600


def test_backup_overwrites_nothing(hall: Hall, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "new" / "file.backup"
    file.parent.mkdir()
    file.write_text("older")
    with pytest.raises(BackupRefused, match="already there"):
        backup(url, file)
    file.unlink()
    _interrupted_by(monkeypatch, lambda: file.write_text("meanwhile"))
    with pytest.raises(BackupRefused, match="already there"):
        backup(url, file)
    assert file.read_text() == "meanwhile"
    assert [file.name for file in file.parent.iterdir()] == ["file.backup"]


def test_backup_that_fails_leaves_no_file(
    hall: Hall, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk() -> None:
        raise OSError("No space left on device")

    _interrupted_by(monkeypatch, fill_the_disk)
    (tmp_path / "new").mkdir()
    with pytest.raises(BackupRefused, match="No space left"):
        backup(url, tmp_path / "new" / "file.backup")
    assert list((tmp_path / "new").iterdir()) == []


def test_backup_goes_where_there_are_no_links(
    hall: Hall, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_a_memory_stick(*_: Any) -> None:
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(os, "link", on_a_memory_stick)
    backup(url, tmp_path / "file.backup")
    restore(tmp_path / "file.backup", f"sqlite:///{tmp_path}/there.db")


def test_there_is_nothing_to_back_up_before_the_first_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match=r"no database|no tables"):
        backup(url, tmp_path / "file.backup")
    with closing(sqlite3.connect(tmp_path / "empty.db")) as conn:
        conn.execute("create table something_else (id)")
    with pytest.raises(BackupRefused, match="no tables"):
        backup(f"sqlite:///{tmp_path}/empty.db", tmp_path / "file.backup")
    assert not (tmp_path / "file.backup").exists()


def test_a_database_with_a_centre_is_not_restored_over(
    hall: Hall, url: str, tmp_path: Path, a_database: Callable[[str], str], open_store: Callable[[str], Store]
) -> None:
    other = a_hall(open_store(a_database("sqlite")), code="LPB")
    backup(str(other.store.engine.url), tmp_path / "other.backup")
    before = _rows_of(hall.store)
    with pytest.raises(BackupRefused, match="centre SAY"):
        restore(tmp_path / "other.backup", url)
    assert _rows_of(hall.store) == before


def test_a_started_database_without_a_centre_is_filled(
    hall: Hall, url: str, tmp_path: Path, a_database: Callable[[str], str], open_store: Callable[[str], Store]
) -> None:
    backup(url, tmp_path / "file.backup")
    for kind in KINDS:
        started = open_store(there := a_database(kind))
        with started.writing() as conn:
            user = {"id": 1, "name": "admin", "password_hash": "argon2", "role": "admin", "created_at": NOW}
            conn.execute(insert(tables.User), user)
        restore(tmp_path / "file.backup", there)
        assert _rows_of(started) == _rows_of(hall.store)


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ("missing", "no file"),
        ("text", "no backup of OneDoor"),
        ("other", "no backup of OneDoor"),
        ("cut", "no backup of OneDoor"),
        ("scribbled", "is damaged"),
    ],
)
def test_what_is_no_whole_backup_is_refused_and_nothing_is_touched(
    spoilt: str, said: str, hall: Hall, url: str, tmp_path: Path
) -> None:
    file = tmp_path / "file.backup"
    backup(url, file)
    _spoil(file, spoilt)
    there = tmp_path / "there.db"
    with pytest.raises(BackupRefused, match=said):
        restore(file, f"sqlite:///{there}")
    assert not there.exists()


def _spoil(file: Path, how: str) -> None:
    whole = file.read_bytes()
    with closing(sqlite3.connect(file)) as conn:
        page = conn.execute("select rootpage from sqlite_master where name = 'ix_events_counter'").fetchone()[0]
    file.unlink()
    if how == "text":
        file.write_text("ticket,service\n")
    elif how == "other":
        with closing(sqlite3.connect(file)) as conn:
            conn.execute("create table alembic_version (version_num)")
    elif how == "cut":
        file.write_bytes(whole[: len(whole) // 2])
    elif how == "scribbled":
        file.write_bytes(whole[: (page - 1) * 4096] + b"\xff" * 4096 + whole[page * 4096 :])


def test_restore_that_fails_half_way_changes_nothing(
    hall: Hall, url: str, tmp_path: Path, a_database: Callable[[str], str], open_store: Callable[[str], Store]
) -> None:
    backup(url, tmp_path / "file.backup")
    with closing(sqlite3.connect(tmp_path / "file.backup")) as conn, conn:
        conn.execute("insert into notes values (12345, 1, 'of a ticket that is not there', 0)")
    for kind in KINDS:
        target = open_store(there := a_database(kind))
        before = _rows_of(target)
        with pytest.raises(BackupRefused, match="nothing has changed"):
            restore(tmp_path / "file.backup", there)
        assert _rows_of(target) == before


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The migrations of a version to come, which has one table more and one column more."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999_later.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision, down_revision = '9999', {migrate._scripts().get_current_head()!r}\n"
        "def upgrade():\n"
        "    how = 'always' if op.get_bind().dialect.name == 'sqlite' else 'never'\n"
        "    with op.batch_alter_table('tickets', recreate=how) as batch:\n"
        "        batch.add_column(sa.Column('mood', sa.String(8), nullable=False, server_default='calm'))\n"
        "    op.create_table('moods', sa.Column('mood', sa.String(8), primary_key=True))\n"
    )
    return scripts


def test_a_backup_of_an_older_version_is_upgraded_on_the_way(
    hall: Hall,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    next_version: Path,
    a_database: Callable[[str], str],
    open_store: Callable[[str], Store],
) -> None:
    backup(url, tmp_path / "file.backup")
    bytes_before = (tmp_path / "file.backup").read_bytes()
    monkeypatch.setattr(migrate, "SCRIPTS", next_version)
    for kind in KINDS:
        restore(tmp_path / "file.backup", there := a_database(kind))
        restored = open_store(there)
        assert _rows_of(restored) == _rows_of(hall.store)
        assert "mood" in [column["name"] for column in inspect(restored.engine).get_columns("tickets")]
    assert (tmp_path / "file.backup").read_bytes() == bytes_before


def test_a_database_is_backed_up_before_it_is_upgraded(
    hall: Hall, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, next_version: Path
) -> None:
    head = migrate._scripts().get_current_head()
    monkeypatch.setattr(migrate, "SCRIPTS", next_version)
    backup(url, tmp_path / "file.backup")
    with closing(sqlite3.connect(tmp_path / "file.backup")) as conn:
        assert conn.execute("select version_num from alembic_version").fetchall() == [(head,)]
        assert conn.execute("select count(*) from tickets").fetchall() == [(1,)]


def test_a_backup_of_a_newer_version_is_refused(
    hall: Hall, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, next_version: Path
) -> None:
    monkeypatch.setattr(migrate, "SCRIPTS", next_version)
    upgrade(hall.store.engine)
    backup(url, tmp_path / "file.backup")
    monkeypatch.undo()
    there = tmp_path / "there.db"
    with pytest.raises(BackupRefused, match="schema 9999"):
        restore(tmp_path / "file.backup", f"sqlite:///{there}")
    assert not there.exists()
