"""The times of a month cost few statements, and the appointments of other months are not read for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from answers.appointments import slots_answer
from answers.timetable import timetable
from commands.sessions import add_sessions, appointments_without_slot
from store import tables
from store.unit import Store
from tests.cast import MONDAY, Hall, a_hall, clock
from tests.databases import PostgreSQL
from tests.queueing.test_sessions import a_session
from tests.store.long_past import analyse
from tests.store.test_plans import explaining, nodes, sqlite_plans
from tests.store.test_statements import counting

PAST, A_DAY = 10_000, 240  # appointments in all; as many as a day of these has
MONTH = [MONDAY + timedelta(days=n) for n in range(30)]
SERVICES = [f"S{number}" for number in range(20)]


def has_appointments(hall: Hall, first: datetime) -> None:
    """10,000 appointments for BIRTH, five in each half hour."""
    facts = {"centre_id": hall.centre, "service": "BIRTH", "services": ["BIRTH"], "state": "booked", "sequence": 0}
    rows = []
    for number in range(PAST):
        start = first + number // 5 * timedelta(minutes=30)
        times = {"start": start, "end": start + timedelta(minutes=30), "made_at": first, "moved_late": False}
        rows.append({**facts, **times, "id": number + 1, "reference": f"{number:08}", "place": number % 5 + 1})
    with hall.store.writing() as conn:
        conn.execute(insert(tables.Appointment), rows)


def reads_a_month(hall: Hall) -> None:
    with hall.reading() as conn:
        assert len(slots_answer(conn, hall.info, "BIRTH", (None, None), hall.clock.now())["slots"]) > 500
        assert appointments_without_slot(conn, hall.info, hall.clock.now()) == []
        assert len(timetable(conn, hall.info, ["BIRTH"], MONTH, hall.clock.now())) == 30


def a_hall_of_the_past(store: Store) -> Hall:
    hall = a_hall(store)
    has_appointments(hall, clock("8:00") - timedelta(days=300))
    return hall


def test_sqlite_finds_the_appointments_of_a_month_and_of_the_future_by_index(sqlite_store: Store) -> None:
    hall = a_hall_of_the_past(sqlite_store)
    plans = sqlite_plans(sqlite_store.engine)
    for _ in ("before the planner knows what the table holds", "and when it does"):
        plans.clear()
        reads_a_month(hall)
        found = [line for line in plans if "appointments" in line]
        assert len(found) == 3
        assert all(
            "uq_appointments_place (centre_id=? AND service=? AND start>? AND start<?)" in line for line in found
        ), found
        analyse(sqlite_store)


@contextmanager
def postgresql_plans(postgres: PostgreSQL, settings: str) -> Iterator[tuple[Hall, list[dict[str, Any]]]]:
    with postgres.database() as url, explaining(url, settings) as (store, plans):
        hall = a_hall_of_the_past(store)
        analyse(store)
        plans.clear()
        yield hall, plans


@pytest.mark.parametrize("settings", ["", "set plan_cache_mode = force_generic_plan"], ids=["custom", "generic"])
def test_postgresql_reads_no_appointments_of_other_months(postgres: PostgreSQL, settings: str) -> None:
    with postgresql_plans(postgres, settings) as (hall, plans):
        reads_a_month(hall)
        found = [node for told in plans for node in nodes(told["Plan"]) if node.get("Relation Name") == "appointments"]
        assert len(found) == 3
        read = [(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in found]
        assert max(read) <= A_DAY, found


def test_a_month_of_twenty_services_takes_one_statement_once_the_settings_are_read(hall: Hall) -> None:
    with hall.store.writing() as conn:
        position = {"centre_id": hall.centre, "series": "T", "names": {}, "group_names": {}, "target_minutes": 15}
        more = {"expected_minutes": 5, "documents": [], "then": [], "appointment": True, "slot_capacity": 3}
        rows = [{**position, **more, "details": {}, "enabled": True, "code": code, "position": 9} for code in SERVICES]
        conn.execute(insert(tables.Service), rows)
    hall.press(add_sessions, [a_session(services=tuple(SERVICES[:10]), weekday=day) for day in range(1, 6)])
    centre = hall.info
    with hall.reading() as conn, counting(hall.store) as count:
        days = timetable(conn, centre, SERVICES, MONTH, hall.clock.now())
    assert sum(len(day.times) for day in days) > 1000
    assert count.sent <= 8
