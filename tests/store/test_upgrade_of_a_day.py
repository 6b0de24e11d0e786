"""A centre that was busy when it was upgraded: a day kept by an older schema goes on in the newest."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select

from commands.moves import let_others_pass
from commands.verify import verify
from queueing.states import StepState
from store.engine import open_engine
from store.migrate import is_current, migrate, schema_change, upgrade
from store.tables import Base, CentreProfile, TicketStep
from store.unit import Store
from tests.cast import Hall, HandClock, a_hall, a_store
from tests.store.busy_day import presses

BEFORE_THE_SCREENS = "0001"
Rows = dict[str, list[dict[str, object]]]


def _busy(hall: Hall) -> Hall:
    """People served, gone, on hold and waiting."""
    for _name, press in presses(hall):
        press()
    hall.later(1).ticket("RES", priority="ELDER")
    hall.ticket("BIRTH", "INFO")
    return hall


def _tables_of(conn: Connection) -> Iterator[Table]:
    """The tables as the database has them; the types are the code's."""
    has = inspect(conn)
    for table in Base.metadata.sorted_tables:
        if has.has_table(table.name):
            there = {column["name"] for column in has.get_columns(table.name)}
            yield Table(table.name, MetaData(), *[Column(c.name, c.type) for c in table.c if c.name in there])


def _copy(store: Store, conn: Connection) -> Rows:
    """Takes over all that the older tables have a place for."""
    copied: Rows = {}
    with store.reading() as reading:
        for table in _tables_of(conn):
            copied[table.name] = [dict(row) for row in reading.execute(select(table)).mappings()]
            if copied[table.name]:
                conn.execute(insert(table), copied[table.name])
    return copied


def _sorted(rows: Rows) -> Rows:
    return {name: sorted(rows[name], key=repr) for name in rows if rows[name]}


def _kept(hall: Hall, before: Rows) -> Rows:
    """What the tables have now in the places that were there before."""
    with hall.reading() as conn:
        rows = {name: conn.execute(select(Base.metadata.tables[name])).mappings().all() for name in before}
    return {name: [{key: row[key] for key in before[name][0]} for row in rows[name]] for name in rows if before[name]}


@pytest.fixture
def older(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hall, Rows]]:
    """The hall in a database of the schema before the screens, and its rows."""
    elsewhere = f"sqlite:///{tmp_path_factory.mktemp('now')}/onedoor.db"
    with a_store(elsewhere) as store:
        hall = _busy(a_hall(store))
        engine = open_engine(database_url)
        with schema_change(engine) as conn:
            migrate(conn, BEFORE_THE_SCREENS)
            rows = _copy(store, conn)
        engine.dispose()
        old = Store(database_url, HandClock(hall.clock.at))
        yield Hall(old, hall.code, hall.centre), rows
        old.engine.dispose()


def test_a_day_outlives_the_upgrade_and_goes_on(older: tuple[Hall, Rows]) -> None:
    hall, rows = older
    assert len(rows["steps"]) > 8
    assert not is_current(hall.store.engine)
    upgrade(hall.store.engine)
    assert _sorted(_kept(hall, rows)) == _sorted(rows)
    assert verify(hall.store, hall.code, all_days=True) == []
    with hall.reading() as conn:
        assert conn.execute(select(TicketStep.let_pass, TicketStep.passed_at).distinct()).one() == (timedelta(), None)
        assert conn.execute(select(CentreProfile.paused)).scalars().all() == [False]
    waits = next(visit for visit in hall.visits().values() if visit.state is StepState.WAITING)
    hall.later(1).press(let_others_pass, waits.id)
    assert verify(hall.store, hall.code, all_days=True) == []
