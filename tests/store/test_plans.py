"""No act walks through history: what 20,000 past visits cost a press is nothing."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from store.unit import Store
from tests.cast import Hall, a_hall, a_store
from tests.databases import PostgreSQL
from tests.store.busy_day import Press, day_ends, presses, readings
from tests.store.long_past import analyse, has_long_past

PAST_VISITS = 20_000
TODAY = 40  # more rows than a test's day has in any table
HISTORY = {"tickets", "steps", "events"}


def a_day(hall: Hall) -> Iterator[Press]:
    hall.opens(2)  # reads the centre's settings, once
    return chain(presses(hall), readings(hall), day_ends(hall))


# SQLite: every statement's plan, and the work that its machine did


@pytest.fixture(scope="module")
def old_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with a_store(f"sqlite:///{tmp_path_factory.mktemp('old')}/onedoor.db") as store:
        has_long_past(a_hall(store), PAST_VISITS)
        yield store


def sqlite_plans(engine: Engine) -> list[str]:
    """The lines of the plans of all that is executed from now on."""
    lines: list[str] = []

    def explain(conn: Any, _cursor: object, statement: str, parameters: Any, _context: object, many: bool) -> None:  # noqa: FBT001
        if statement.split(" ", 1)[0] in ("SELECT", "WITH", "UPDATE", "INSERT", "DELETE"):
            values = parameters[0] if many else parameters
            found = conn.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            lines.extend(row[3] for row in found)

    event.listen(engine, "before_cursor_execute", explain)
    return lines


# An index that is not partial and of which only the centre is known holds the centre's whole past.
WHOLE_PAST = re.compile(
    r"SCAN (tickets|steps|events)\b"
    r"|SEARCH (tickets|steps|events) USING .*INDEX (?!ix_steps_queue|ix_steps_unended)\w+ \(centre_id=\?\)"
)


def test_sqlite_plans_walk_through_no_past(old_sqlite: Store) -> None:
    plans = sqlite_plans(old_sqlite.engine)
    for _ in ("before the planner knows what the tables hold", "and when it does"):
        for name, press in a_day(past_of(old_sqlite)):
            plans.clear()
            press()
            assert plans, name
            assert [line for line in plans if WHOLE_PAST.search(line)] == [], name
        analyse(old_sqlite)


def past_of(store: Store) -> Hall:
    hall = a_hall(store)
    has_long_past(hall, 2_000)
    return hall


def sqlite_work(store: Store, hall: Hall) -> dict[str, int]:
    """Hundreds of instructions of SQLite's machine, by act."""
    ticks = [0]

    def tick() -> None:
        ticks[0] += 1

    def watch(connection: Any, *_: object) -> None:
        connection.set_progress_handler(tick, 100)

    event.listen(store.engine, "checkout", watch)
    work = {}
    for name, press in a_day(hall):
        ticks[0] = 0
        press()
        work[name] = ticks[0]
    event.remove(store.engine, "checkout", watch)
    return work


def test_sqlite_works_as_little_after_20_000_visits_as_after_none(old_sqlite: Store, sqlite_store: Store) -> None:
    young = a_hall(sqlite_store)
    old = a_hall(old_sqlite)
    has_long_past(old, PAST_VISITS)
    before, after = sqlite_work(sqlite_store, young), sqlite_work(old_sqlite, old)
    assert {name: (before[name], work) for name, work in after.items() if work > 1.5 * before[name] + 10} == {}


# PostgreSQL: the plan that was really taken, with the rows that it touched


@contextmanager
def explaining(url: str, settings: str) -> Iterator[tuple[Store, list[dict[str, Any]]]]:
    """A store whose connections tell the plan of each statement, and the plans."""
    plans: list[dict[str, Any]] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        _, _, told = (notice.message_primary or "").partition("plan:\n")
        if told:
            plans.append(json.loads(told))

    def listen(connection: psycopg.Connection, _record: object) -> None:
        connection.add_notice_handler(hear)
        connection.execute("load 'auto_explain'")
        connection.execute("set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on")
        connection.execute(f"set auto_explain.log_format = json; set client_min_messages = log; {settings}")
        connection.commit()

    with a_store(url) as store:
        store.engine.dispose()
        event.listen(store.engine, "connect", listen)
        yield store, plans


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def rows_of_the_past(told: dict[str, Any]) -> list[str]:
    """Where a plan read more of the tables of visits than a day holds."""
    found = []
    for node in nodes(told["Plan"]):
        read = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
        if node.get("Relation Name") in HISTORY and read * node.get("Actual Loops", 1) > TODAY:
            found.append(f"{node['Node Type']} on {node['Relation Name']}: {told['Query Text'][:200]}")
    return found


@pytest.mark.parametrize("settings", ["", "set plan_cache_mode = force_generic_plan"], ids=["custom", "generic"])
def test_postgresql_reads_no_rows_of_the_past(postgres: PostgreSQL, settings: str) -> None:
    with postgres.database() as url, explaining(url, settings) as (store, plans):
        hall = a_hall(store)
        has_long_past(hall, PAST_VISITS)
        analyse(store)
        for name, press in a_day(hall):
            press()
            assert list(chain.from_iterable(map(rows_of_the_past, plans))) == [], name
    assert len(plans) > 200
