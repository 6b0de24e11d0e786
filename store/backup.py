"""Backups: one SQLite file with every row of every table, whatever the database is, so that it restores into either.

The file holds the signing key and personal data; it is readable by its owner alone.
"""

import json
import os
import re
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    MetaData,
    NullPool,
    create_engine,
    delete,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import SQLAlchemyError

from store.busy import Busy
from store.engine import is_sqlite, open_engine
from store.migrate import UnknownSchema, is_current, migrate, revision_of, upgrade
from store.tables import Centre
from store.unit import Store

_IS_OLD = timedelta(days=2)
_PAGES = 256  # a megabyte: copied in about a millisecond, then others have their turn
_ROWS = 1000
_DAILY = re.compile(r"onedoor-\d{4}-\d\d-\d\d\.db")
_VERSION_TABLE = "alembic_version"
_FAILURES = (OSError, sqlite3.Error, SQLAlchemyError)
_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


class BackupRefused(Exception):
    """A sentence for whoever backs up or restores. Nothing was changed."""


def backup(url: str, file: Path) -> None:
    """Copies the database as it is at one moment, while others go on writing, into a new file.

    The file has its name only once it is whole and on the disk. Raises BackupRefused.
    """
    try:
        with _whole_file(file) as part:
            if make_url(url).get_backend_name() == "sqlite":
                _copy_pages(_database_file(url), part)
            else:
                _copy_snapshot(url, part)
    except _FAILURES as error:
        raise BackupRefused(f"{file} was not written: {error}") from error


@contextmanager
def _whole_file(file: Path) -> Iterator[Path]:
    """A file to write beside `file`, under whose name it appears when it is done; it overwrites nothing."""
    if file.exists():
        raise BackupRefused(f"{file} is already there, and a backup overwrites nothing.")
    handle, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".part", dir=file.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _sync(part)
        _rename(part, file)
        _sync(file.parent)
    finally:
        part.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rename(part: Path, file: Path) -> None:
    try:
        os.link(part, file)  # refuses where a rename would overwrite what has come meanwhile
    except FileExistsError:
        raise BackupRefused(f"{file} is already there, and a backup overwrites nothing.") from None
    except OSError:  # a memory stick has no links
        part.rename(file)


def _database_file(url: str) -> Path:
    path = make_url(url).database
    if not path or not Path(path).is_file():
        raise BackupRefused(f"There is no database at {path or url}.")
    return Path(path)


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    """SQLite without our settings; `mode` is ro or rw, so that nothing is created."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)


def _copy_pages(database: Path, part: Path) -> None:
    """SQLite's own backup, in steps. One read transaction around them keeps it from starting again at each write."""
    with closing(_connect(database, "rw")) as source, closing(_connect(part, "rw")) as target:
        source.execute("BEGIN")
        if not source.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (_VERSION_TABLE,)).fetchone():
            raise BackupRefused(f"{database} holds no tables of OneDoor.")
        target.execute("PRAGMA synchronous=OFF")  # synced once, when it is whole
        source.backup(target, pages=_PAGES, progress=lambda *_: time.sleep(0))
        target.execute("PRAGMA journal_mode=DELETE")  # one file, which can be read on a disk that is read-only


def _copy_snapshot(url: str, part: Path) -> None:
    """The rows of a PostgreSQL database at one moment, into tables of the same revision."""
    store = Store(url)
    with _used_once(store.engine), store.reading() as theirs:
        revision = revision_of(theirs)
        if revision is None:
            raise BackupRefused("The database holds no tables of OneDoor.")
        with _file_engine(part, "rw").connect() as ours, ours.begin():
            ours.exec_driver_sql("PRAGMA synchronous=OFF")  # synced once, when it is whole
            migrate(ours, revision)
            _copy_rows(theirs, ours)


@contextmanager
def _used_once(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


def _file_engine(file: Path, mode: str) -> Engine:
    return create_engine("sqlite://", creator=lambda: _connect(file, mode), poolclass=NullPool, json_serializer=_dumps)


def _tables(conn: Connection) -> MetaData:
    """The tables as they are in the database, which may be of an older revision than the code."""
    tables = MetaData()
    tables.reflect(conn)
    tables.remove(tables.tables[_VERSION_TABLE])
    for column in (column for table in tables.sorted_tables for column in table.columns):
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)  # what is empty stays empty
    return tables


def _copy_rows(source: Connection, target: Connection) -> None:
    """Every row of every table, in the order in which they refer to each other."""
    theirs = _tables(source)
    for table in _tables(target).sorted_tables:
        rows = source.execute(select(theirs.tables[table.name]), execution_options={"yield_per": _ROWS})
        for batch in rows.mappings().partitions():
            target.execute(insert(table), [dict(row) for row in batch])
            time.sleep(0)


def _copy_attached(file: Path, target: Connection) -> None:
    """From one SQLite file into another, without a row passing through Python."""
    target.exec_driver_sql("ATTACH DATABASE ? AS backup", (str(file),))
    for table in _tables(target).sorted_tables:
        theirs = table.to_metadata(MetaData(), schema="backup")
        target.execute(insert(table).from_select(table.columns.keys(), select(theirs)))


def restore(file: Path, url: str) -> None:
    """Fills a database that holds no centre with all that a backup holds, in one transaction.

    A backup of an older version is upgraded on the way; the file itself stays as it is. Raises BackupRefused.
    """
    _check(file)
    try:
        with _newest_schema(file) as newest, _used_once((store := Store(url)).engine):
            _fill(store, newest)
    except UnknownSchema as error:
        raise BackupRefused(f"{file} was not restored: {error}") from error
    except (*_FAILURES, Busy) as error:
        raise BackupRefused(f"{file} was not restored, nothing has changed: {error}") from error


def _fill(store: Store, file: Path) -> None:
    with store.reading() as conn:
        if revision_of(conn) is not None:
            _refuse_centre(conn)
    upgrade(store.engine)
    with store.writing() as ours:
        _empty(ours)
        if is_sqlite(store.engine):
            _copy_attached(file, ours)
        else:
            with _file_engine(file, "ro").connect() as theirs:
                _copy_rows(theirs, ours)


def _refuse_centre(conn: Connection) -> None:
    if code := conn.execute(select(Centre.code).order_by(Centre.code).limit(1)).scalar():
        raise BackupRefused(f"The database holds the centre {code}. A backup is restored into an empty one only.")


def _check(file: Path) -> None:
    """Raises BackupRefused for what is not a backup, or is not whole any more."""
    if not file.is_file():
        raise BackupRefused(f"There is no file {file}.")
    try:
        with closing(_connect(file, "ro")) as conn:
            tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            found = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupRefused(f"{file} is no backup of OneDoor: {error}.") from error
    if not tables >= {"centres", "events", "server_keys", _VERSION_TABLE}:
        raise BackupRefused(f"{file} is no backup of OneDoor.")
    if found != "ok":
        raise BackupRefused(f"{file} is damaged: {found.splitlines()[-1]}.")


@contextmanager
def _newest_schema(file: Path) -> Iterator[Path]:
    """The backup with tables as this version knows them: itself, or a copy that is upgraded."""
    if is_current(_file_engine(file, "ro")):
        yield file
        return
    with tempfile.TemporaryDirectory(prefix="onedoor-restore-") as folder:
        copy = Path(shutil.copy(file, Path(folder) / "older.db"))
        with _used_once(open_engine(f"sqlite:///{copy}")) as upgraded:
            upgrade(upgraded)
        yield copy


def _empty(conn: Connection) -> None:
    """Makes room in a database that was never used; nobody adds a centre meanwhile. Raises BackupRefused."""
    if conn.dialect.name != "sqlite":
        conn.execute(text("LOCK TABLE centres IN EXCLUSIVE MODE"))
    _refuse_centre(conn)
    for table in reversed(_tables(conn).sorted_tables):
        conn.execute(delete(table))


def backup_daily(url: str, folder: Path, today: date | None = None, keep: int = 14) -> Path | None:
    """Makes the backup of `today` (the machine's date unless given) and deletes all daily ones but the newest `keep`.

    None when it is there already, or another process has just made it. Raises BackupRefused.
    """
    if not folder.parent.is_dir():  # a stick that is not there is not replaced by a folder on the disk
        raise BackupRefused(f"There is no folder {folder.parent}.")
    folder.mkdir(exist_ok=True)
    file = folder / f"onedoor-{(today or datetime.now().astimezone().date()).isoformat()}.db"
    if file.exists():
        return None
    try:
        backup(url, file)
    except BackupRefused:
        if file.exists():
            return None
        raise
    for old in sorted(_daily_files(folder))[:-keep]:
        if old != file:  # a clock that was wrong once may have left files of years to come
            old.unlink(missing_ok=True)
    _delete_cut_off(folder)
    return file


def _daily_files(folder: Path) -> list[Path]:
    return [file for file in folder.glob("onedoor-*.db") if _DAILY.fullmatch(file.name)]


def _delete_cut_off(folder: Path) -> None:
    """A power cut leaves a part that nobody writes any more."""
    for part in folder.glob("onedoor-*.part*"):
        if _written_at(part) < datetime.now(UTC) - timedelta(days=1):
            part.unlink(missing_ok=True)


def last_backup(folder: Path) -> datetime | None:
    """When the latest daily backup in `folder` was made; None when there is none."""
    return max(map(_written_at, _daily_files(folder)), default=None)


def is_old(made: datetime | None) -> bool:
    """Whether the work of more than two days could be lost, when the last backup was `made` then, or never."""
    return made is None or datetime.now(UTC) - made > _IS_OLD


def _written_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)
