"""`server.py` that dawdles within a press, as a longer press would, with its locks kept or taken out.

    python -m gevent.monkey --module tests.scale.unlocked kept|out run ...

Without them the centre's row is read without FOR NO KEY UPDATE, no lock of the process is held and SQLite begins with
a plain BEGIN: what the tests of the lock must be able to tell from the real server. Kept, it shows that dawdling alone
does no harm.
"""

import sys
import threading
from contextlib import nullcontext
from typing import Any

import gevent
from sqlalchemy import Connection, select

import store.engine
import store.unit
from server import cli


def dawdle() -> None:
    """Between reading the centre's row and working on it, others run."""
    opened = store.unit.Store._open

    def open_and_dawdle(self: store.unit.Store, conn: Connection, code: str, actor: str | None) -> Any:
        unit = opened(self, conn, code, actor)
        gevent.sleep(0)
        return unit

    store.unit.Store._open = open_and_dawdle  # type: ignore[method-assign]


def take_the_locks_out() -> None:
    locked = store.unit.LOCK_CENTRE
    assert locked.whereclause is not None
    store.unit.LOCK_CENTRE = select(*locked.selected_columns).where(locked.whereclause)
    store.engine._begin_sqlite = _begin_plainly
    store.unit.Store._lock = _no_lock  # type: ignore[assignment, method-assign]


def _begin_plainly(conn: Connection) -> None:
    if conn.get_execution_options().get("begin", "BEGIN") is not None:
        conn.exec_driver_sql("BEGIN")


def _no_lock(_store: store.unit.Store, _scope: str) -> threading.RLock:
    return nullcontext()  # type: ignore[return-value]


if __name__ == "__main__":
    if sys.argv.pop(1) == "out":
        take_the_locks_out()
    dawdle()
    cli()
