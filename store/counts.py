"""The last number of a series on a date: the count that the next one follows from."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from store.tables import NumberCount

_LAST = select(NumberCount.last).where(
    NumberCount.centre_id == bindparam("centre"),
    NumberCount.business_date == bindparam("day"),
    NumberCount.series == bindparam("letters"),
)


def last_count(conn: Connection, centre: int, day: date, series: str) -> int:
    """The last number of a series on a date; 0 before the first."""
    return conn.execute(_LAST, {"centre": centre, "day": day, "letters": series}).scalar() or 0


def raise_counts(conn: Connection, centre: int, counts: Mapping[tuple[date, str], int]) -> None:
    """No number of these dates and series given from now on is one of the first so many; a higher count stays."""
    rows = [
        {"centre": centre, "day": day, "letters": series, "count": count} for (day, series), count in counts.items()
    ]
    if rows:
        conn.execute(_RAISE_COUNT[conn.dialect.name], rows)


def _raise_count(dialect: Any) -> Any:
    upsert = dialect.insert(NumberCount).values(
        centre_id=bindparam("centre"),
        business_date=bindparam("day"),
        series=bindparam("letters"),
        last=bindparam("count"),
    )
    key = [NumberCount.centre_id, NumberCount.business_date, NumberCount.series]
    higher = {"last": upsert.excluded.last}
    return upsert.on_conflict_do_update(index_elements=key, set_=higher, where=upsert.excluded.last > NumberCount.last)


_RAISE_COUNT = {"sqlite": _raise_count(sqlite), "postgresql": _raise_count(postgresql)}
