"""Instants and durations in the database: exact, of any zone, never naive."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, MetaData, Table, func, insert, select, type_coerce
from sqlalchemy.exc import StatementError

from store.types import Duration, Instant
from store.unit import Store

MOMENTS = Table("moments", MetaData(), Column("began", Instant), Column("ended", Instant), Column("took", Duration))
BEFORE, AFTER = datetime(1700, 1, 1), datetime(2200, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
INSTANTS = st.datetimes(BEFORE, AFTER, timezones=st.sampled_from([UTC, ZoneInfo("Asia/Vientiane")]))
INSTANTS = INSTANTS.map(
    lambda at: at.astimezone(UTC).astimezone(at.tzinfo)
)  # no minute that a change of clocks skipped


@pytest.fixture
def moments(store: Store) -> Store:
    MOMENTS.drop(store.engine, checkfirst=True)
    MOMENTS.create(store.engine)
    return store


@pytest.mark.parametrize("value", [datetime(2026, 11, 23, 8), datetime(2026, 11, 23, 8, fold=1)])  # noqa: DTZ001
def test_an_instant_without_a_zone_is_refused(moments: Store, value: datetime) -> None:
    with pytest.raises(StatementError, match="needs a time zone"), moments.writing() as conn:
        conn.execute(insert(MOMENTS), {"began": value})


def test_what_is_kept_is_what_comes_back_to_the_microsecond(moments: Store) -> None:
    @given(INSTANTS, INSTANTS)
    @settings(max_examples=25, deadline=None)
    def comes_back(began: datetime, ended: datetime) -> None:
        row = {"began": began, "ended": ended, "took": ended.astimezone(UTC) - began.astimezone(UTC)}
        with moments.writing() as conn:
            conn.execute(MOMENTS.delete())
            conn.execute(insert(MOMENTS), row)
            kept = conn.execute(select(MOMENTS)).mappings().one()
        # A repeated minute equals nothing in another zone: compared as UTC.
        assert dict(kept) == {**row, "began": began.astimezone(UTC), "ended": ended.astimezone(UTC)}
        assert kept["began"].tzinfo is UTC

    comes_back()


def test_nothing_stays_nothing(moments: Store) -> None:
    with moments.writing() as conn:
        conn.execute(insert(MOMENTS), {"began": None, "took": None})
        assert tuple(conn.execute(select(MOMENTS.c.began, MOMENTS.c.took)).one()) == (None, None)


def test_sql_subtracts_instants_exactly(moments: Store) -> None:
    began = datetime(2026, 11, 23, 1, 0, 0, 1, tzinfo=UTC)
    lengths = [timedelta(microseconds=1), timedelta(hours=1, microseconds=333_333), timedelta(days=400)]
    with moments.writing() as conn:
        conn.execute(insert(MOMENTS), [{"began": began, "ended": began + length} for length in lengths])
        difference = type_coerce(MOMENTS.c.ended, BigInteger) - type_coerce(MOMENTS.c.began, BigInteger)
        total = conn.execute(select(type_coerce(func.sum(difference), BigInteger))).scalar_one()
    assert timedelta(microseconds=int(total)) == sum(lengths, timedelta())
