"""The schema, brought to its newest form in one transaction: a cut-off upgrade leaves the database as it was."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, func, inspect, select
from tenacity import retry, retry_if_exception, stop_after_delay, wait_random_exponential

from store.busy import is_busy
from store.engine import is_sqlite
from store.keys import create_signing_key

SCRIPTS = Path(__file__).parent / "migrations"
_UPGRADE_LOCK = 0x0D00_2026  # any number that is ours: PostgreSQL's advisory locks are known by number
_WAIT_SECONDS = 60


class UnknownSchema(Exception):
    """The database's schema is none of this program's: it was made by a newer OneDoor, or by something else."""

    def __init__(self, revision: str | None) -> None:
        schema = (
            f"schema {revision}, which this version of OneDoor does not know"
            if revision
            else "tables of another program"
        )
        super().__init__(f"The database has {schema}.")
        self.revision = revision


@retry(
    retry=retry_if_exception(is_busy),
    wait=wait_random_exponential(multiplier=0.01, max=0.2),
    stop=stop_after_delay(_WAIT_SECONDS),
    reraise=True,
)
def upgrade(engine: Engine) -> None:
    """Brings the tables to their newest form and makes the signing key of a new database.

    Safe when several processes start at once: one does it while the others wait. Raises UnknownSchema.
    """
    with schema_change(engine) as conn:
        if revision_of(conn) is None and inspect(conn).get_table_names():
            raise UnknownSchema(None)
        migrate(conn)
        create_signing_key(conn)


def is_current(engine: Engine) -> bool:
    """Whether the tables are in the form that this program knows."""
    with engine.connect() as conn:
        return revision_of(conn) == _scripts().get_current_head()


def is_empty(engine: Engine) -> bool:
    """Whether the database has no table at all, so that nothing can be hurt."""
    return not inspect(engine).get_table_names()


def revision_of(conn: Connection) -> str | None:
    """The schema's revision; None for a database without our tables."""
    return MigrationContext.configure(conn).get_current_revision()


def migrate(conn: Connection, revision: str = "head") -> None:
    """Runs the migrations up to `revision` in the connection's transaction. Raises UnknownSchema."""
    known = {script.revision for script in _scripts().walk_revisions()}
    for wanted in {revision_of(conn), revision} - known - {None, "head"}:
        raise UnknownSchema(str(wanted))
    command.upgrade(_config(conn), revision)


@contextmanager
def schema_change(engine: Engine) -> Iterator[Connection]:
    """A transaction that may change the schema, one at a time among all processes.

    SQLite changes a table by making a new one, so references are checked at its end and not at each statement.
    """
    with engine.connect().execution_options(begin="BEGIN IMMEDIATE") as conn:
        if not is_sqlite(engine):
            with conn.begin():
                conn.execute(select(func.pg_advisory_xact_lock(_UPGRADE_LOCK)))
                yield conn
            return
        with _references_unchecked(conn), conn.begin():
            yield conn
            if broken := conn.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise RuntimeError(f"a row of {broken[0]} refers to a row of {broken[2]} that is not there")


@contextmanager
def _references_unchecked(conn: Connection) -> Iterator[None]:
    driver = conn.connection.cursor()  # SQLite heeds the pragma outside a transaction alone
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def draft(message: str) -> None:
    """Writes the next migration from what store/tables.py has and the migrations lack; to be read before it is used."""
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        migrate(conn)
        number = f"{len(list(_scripts().walk_revisions())) + 1:04}"
        script = command.revision(_config(conn), message, autogenerate=True, rev_id=number)
    path = Path(cast(Script, script).path)
    path.write_text("".join(line for line in path.open() if "    # ### " not in line))


def _config(conn: Connection | None = None) -> Config:
    config = Config(attributes={"connection": conn})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


if __name__ == "__main__":
    draft(sys.argv[1])
