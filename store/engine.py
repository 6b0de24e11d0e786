"""The database engine: SQLite that survives a power cut, or PostgreSQL."""

import json
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, make_url

# SQLite's own waiting sleeps in C and would stop every socket; waiting is ours, in the unit.
_BUSY_MILLISECONDS = 5


def is_sqlite(engine: Engine) -> bool:
    """Whether the database is SQLite."""
    return engine.dialect.name == "sqlite"


def open_engine(url: str, *, pooled: bool = True) -> Engine:
    """An engine for a database URL; an SQLite file and its folder are created, for its owner alone.

    Every transaction is begun explicitly, with `BEGIN` or what the `begin` execution option says (None: it is not).
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        file = Path(parsed.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)  # names and phone numbers are in it
    dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
    # What is written may be personal, and an error is logged with its statement.
    options: dict[str, Any] = {"json_serializer": dumps, "hide_parameters": True}
    if not pooled:
        options |= {"poolclass": NullPool}
    elif parsed.get_backend_name() != "sqlite":
        options |= {"pool_size": 20, "max_overflow": 20, "pool_pre_ping": True}
    else:
        options |= {"connect_args": {"check_same_thread": False}, "pool_size": 10, "max_overflow": 90}
        options["pool_reset_on_return"] = None  # a connection comes back with its transaction ended
    engine = create_engine(parsed, **options)
    if is_sqlite(engine):
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged ticket survives a power cut, which NORMAL does not promise in WAL
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    begin = conn.get_execution_options().get("begin", "BEGIN")
    if begin is not None:
        conn.exec_driver_sql(begin)
