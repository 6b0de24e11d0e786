"""Erasing a day costs what that day holds, however long the past is and however much is still kept."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text

from commands.erasure import erase_old
from store.unit import Store
from tests.cast import MONDAY, Hall, a_hall, a_store
from tests.databases import PostgreSQL
from tests.store.long_past import analyse, has_long_past
from tests.store.test_plans import explaining, nodes, sqlite_plans

PAST_VISITS = 60_000
PERSONAL = "people|notes|bookers|tickets|appointments"
WHOLE = re.compile(rf"SCAN ({PERSONAL})\b|SEARCH ({PERSONAL}) USING .*INDEX \w+ \(centre_id=\?\)")
DAY = 100  # visits; and the appointments of a day, made beside them
_GIVEN = """
    insert into {table} ({key}, {more} recorded_at) select id, {values} issued_at from tickets where centre_id = :centre
"""
_BOOKED = """
    insert into appointments (id, centre_id, reference, service, services, start, "end", place, state, sequence,
                              moved_late, made_at)
    select id, centre_id, 'R' || row_number() over (order by id), 'BIRTH', '["BIRTH"]', issued_at, issued_at, null,
           'missed', 0, {false}, issued_at from tickets where centre_id = :centre
"""


def has_names_of_everybody(hall: Hall) -> None:
    """Everybody who ever came gave a name, had booked, and was written about."""
    false = "0" if hall.store.engine.dialect.name == "sqlite" else "false"
    statements = [
        _GIVEN.format(table="people", key="ticket_id", more="name,", values="'Bounmy',"),
        _GIVEN.format(table="notes", key="ticket_id", more="event_seq, text,", values="1, 'waits',"),
        _BOOKED.format(false=false),
        _GIVEN.format(table="bookers", key="appointment_id", more="name,", values="'Bounmy',"),
    ]
    with hall.store.writing() as conn:
        for statement in statements:
            conn.execute(text(statement), {"centre": hall.centre})


def a_past(store: Store) -> Hall:
    """Retention has just become so short that the days since the first event are to be erased."""
    hall = a_hall(store, retention_days_personal=0)
    has_long_past(hall, PAST_VISITS)
    has_names_of_everybody(hall)
    with store.writing() as conn:  # its log began a few days ago
        began = hall.at("8:00", MONDAY).clock.now()
        micros = int(began.timestamp() * 1_000_000) - 2 * 86_400_000_000
        conn.execute(
            text("update events set at = :at where centre_id = :c and seq = 1"), {"at": micros, "c": hall.centre}
        )
    return hall


@pytest.fixture(scope="module")
def sqlite_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with a_store(f"sqlite:///{tmp_path_factory.mktemp('erase')}/onedoor.db") as store:
        yield a_past(store)


def test_sqlite_finds_a_day_by_index(sqlite_hall: Hall) -> None:
    store = sqlite_hall.store
    plans = sqlite_plans(store.engine)
    for known in (False, True):
        if known:
            analyse(store)
        plans.clear()
        sqlite_hall.at("8:00", MONDAY.replace(day=MONDAY.day + known))
        erase_old(store, sqlite_hall.code)
        assert plans
        assert [line for line in plans if WHOLE.search(line)] == []


@pytest.mark.parametrize("settings", ["", "set plan_cache_mode = force_generic_plan"], ids=["custom", "generic"])
def test_postgresql_reads_a_day_and_no_more(postgres: PostgreSQL, settings: str) -> None:
    with postgres.database() as url, explaining(url, settings) as (store, plans):
        hall = a_past(store)
        analyse(store)
        plans.clear()
        erased = erase_old(store, hall.code)
        assert erased.people
        told = [plan for plan in plans if plan["Query Text"].startswith("DELETE")]
        assert told
        assert [wide for plan in told for wide in _wide(plan)] == []


def _wide(told: dict[str, Any]) -> list[str]:
    """Where a plan read much more of a table than a day holds."""
    found = []
    for node in nodes(told["Plan"]):
        read = (node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)) * node.get("Actual Loops", 1)
        if node.get("Relation Name") in PERSONAL.split("|") and read > 2 * DAY:
            found.append(f"{node['Node Type']} on {node['Relation Name']}: {read}")
    return found
