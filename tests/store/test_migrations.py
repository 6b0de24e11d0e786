"""The schema: migrations make exactly the tables that the code declares, once, whoever starts at the same time."""

import contextlib
import sys
from collections.abc import Iterator
from subprocess import PIPE
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, inspect, select, text
from sqlalchemy.exc import IntegrityError

from store.engine import open_engine
from store.migrate import SCRIPTS, UnknownSchema, is_current, schema_change, upgrade
from store.tables import Base, Ticket
from tests.processes import ROOT, spawn, stop

_SCHEMA = {
    "sqlite": "select type, name, sql from sqlite_master where type = 'index' and sql is not null order by name",
    "postgresql": """
        select 'index', indexname, indexdef from pg_indexes where schemaname = 'public'
        union all
        select 'constraint', conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace
        union all
        select 'column', table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '')
        from information_schema.columns where table_schema = 'public'
        order by 1, 2
    """,
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def _schema(engine: Engine) -> list[tuple[Any, ...]]:
    """Indexes with their conditions and, where the database tells, columns and constraints; but for Alembic's own."""
    with engine.connect() as conn:
        rows = conn.execute(text(_SCHEMA[engine.dialect.name]))
        return [tuple(row) for row in rows if "alembic_version" not in row[1]]


def _rows(conn: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {t.name: [tuple(row) for row in conn.execute(select(t))] for t in Base.metadata.sorted_tables}


def test_migrations_make_the_tables_that_the_code_declares(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), Base.metadata) == []


def test_migrated_indexes_and_constraints_are_those_of_the_code(engine: Engine) -> None:
    upgrade(engine)
    migrated = _schema(engine)
    with engine.begin() as conn:
        Base.metadata.drop_all(conn)
    with engine.begin() as conn:
        Base.metadata.create_all(conn)
    assert migrated == _schema(engine)
    assert len([row for row in migrated if "WHERE" in row[2].upper()]) >= 4, "partial indexes are compared too"


def test_migrations_have_one_head() -> None:
    assert len(ScriptDirectory(str(SCRIPTS)).get_heads()) == 1


def test_a_new_database_is_not_current_and_an_upgraded_one_is(engine: Engine) -> None:
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)


def test_upgrading_again_changes_nothing_and_keeps_the_signing_key(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as conn:
        before = _rows(conn)
    assert len(before["server_keys"]) == 1
    schema = _schema(engine)
    upgrade(engine)
    with engine.connect() as conn:
        assert _rows(conn) == before
    assert _schema(engine) == schema


def test_a_cut_off_upgrade_leaves_the_database_as_it_was(engine: Engine) -> None:
    with contextlib.suppress(ZeroDivisionError), schema_change(engine) as conn:
        Base.metadata.create_all(conn)
        raise ZeroDivisionError  # the power
    assert inspect(engine).get_table_names() == []
    upgrade(engine)
    assert is_current(engine)


def test_a_schema_of_a_newer_version_is_refused_and_left_alone(engine: Engine) -> None:
    upgrade(engine)
    with engine.begin() as conn:
        conn.execute(text("update alembic_version set version_num = '9999'"))
    before = _schema(engine)
    with pytest.raises(UnknownSchema, match="9999"):
        upgrade(engine)
    assert not is_current(engine)
    assert _schema(engine) == before


def test_references_are_checked_at_the_end_of_a_schema_change_and_after_it(engine: Engine) -> None:
    upgrade(engine)
    orphan = {"id": 1, "centre_id": 5, "business_date": "2026-11-23", "number": "A001", "channel": "kiosk"}
    statement = text(
        "insert into tickets (id, centre_id, business_date, number, channel, issued_at) "
        "values (:id, :centre_id, :business_date, :number, :channel, 0)"
    )
    with pytest.raises((RuntimeError, IntegrityError)), schema_change(engine) as conn:
        conn.execute(statement, orphan)
    with engine.connect() as conn:
        assert conn.execute(select(func.count()).select_from(Ticket)).scalar() == 0
    with pytest.raises(IntegrityError), engine.begin() as conn:
        conn.execute(statement, orphan)


_STARTING = """
import sys
from store.engine import open_engine
from store.keys import signing_key
from store.migrate import upgrade

print("ready", flush=True)
sys.stdin.readline()
engine = open_engine(sys.argv[1])
upgrade(engine)
with engine.connect() as conn:
    print(signing_key(conn).hex())
"""


def test_processes_that_start_at_once_upgrade_once(database_url: str) -> None:
    command = [sys.executable, "-c", _STARTING, database_url]
    starting = [spawn(command, stdin=PIPE, stdout=PIPE, cwd=ROOT) for _ in range(3)]
    try:
        assert [process.stdout.readline() for process in starting if process.stdout] == [b"ready\n"] * 3
        for process in starting:
            if process.stdin:
                process.stdin.write(b"go\n")
                process.stdin.flush()
        keys = [process.communicate(timeout=60)[0] for process in starting]
    finally:
        statuses = [stop(process) for process in starting]
    assert statuses == [0, 0, 0]
    assert len(set(keys)) == 1
