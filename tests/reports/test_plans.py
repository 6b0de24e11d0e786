"""A report on some days reads those days, however long the past is."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlalchemy.sql import Executable

from reports.figures import pick_ranks, sum_steps
from reports.groups import By
from reports.measures import statistics
from reports.visits_csv import LINES, visits_csv
from tests.cast import Hall, a_hall, a_store
from tests.reports.past import BEGAN, analysed, has_past

PER_DAY, DAYS = 100, 1000
MIDDLE = BEGAN + timedelta(days=DAYS // 2)
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}
WHOLE = re.compile(r"SCAN (steps|tickets)|Seq Scan on (steps|tickets)")
BY_DAY = re.compile(r"ix_steps_day \(centre_id=\? AND joined_on>\? AND joined_on<\?\)|Index Cond:.*joined_on >=")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def old_hall(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A hall with a long past behind it."""
    with ExitStack() as until_then:
        url = f"sqlite:///{tmp_path_factory.mktemp('past')}/onedoor.db"
        if request.param == "postgresql":
            url = until_then.enter_context(request.getfixturevalue("postgres").database())
        hall = a_hall(until_then.enter_context(a_store(url)))
        has_past(hall, visits=PER_DAY * DAYS, per_day=PER_DAY)
        yield hall


def test_reports_find_their_days_by_index(old_hall: Hall) -> None:
    """Before the planner knows what the tables hold, and when it does."""
    assert _wrong_plans(old_hall, days=1) + _wrong_plans(old_hall, days=30) == []
    analysed(old_hall.store)
    assert _wrong_plans(old_hall, days=1) + _wrong_plans(old_hall, days=30) == []


def _wrong_plans(hall: Hall, *, days: int) -> list[str]:
    period = {"centre": hall.centre, "first": MIDDLE, "last": MIDDLE + timedelta(days=days - 1)}
    centre = hall.info
    groupings: list[By | None] = [*By, None]
    statements = [LINES, *map(pick_ranks, groupings), *(sum_steps(centre, by) for by in groupings)]
    with hall.reading() as conn:
        plans = [_plan(conn, statement, period) for statement in statements]
    return [plan for plan in plans if WHOLE.search(plan) or not BY_DAY.search(plan)]


def _plan(conn: Connection, statement: Executable, values: dict[str, Any]) -> str:
    """How the database goes about a statement."""
    sent: list[tuple[str, Any]] = []

    def listen(_conn: object, _cursor: object, sql: str, parameters: Any, *_: object) -> None:
        sent.append((sql, parameters))

    event.listen(conn, "before_cursor_execute", listen)
    conn.execute(statement, values).close()
    event.remove(conn, "before_cursor_execute", listen)
    sql, parameters = sent[0]
    return "\n".join(str(row) for row in conn.exec_driver_sql(EXPLAIN[conn.dialect.name] + sql, parameters))


def test_a_report_on_the_middle_of_the_past_has_its_days(old_hall: Hall) -> None:
    last = MIDDLE + timedelta(days=29)
    with old_hall.reading() as conn:
        found = statistics(conn, old_hall.info, MIDDLE, last, By.DAY)
        assert {group.measures.steps for group in found.groups} == {PER_DAY}
        assert len(found.groups) == 30
        assert sum(1 for _ in visits_csv(conn, old_hall.info, MIDDLE, last)) == 30 * PER_DAY + 1
