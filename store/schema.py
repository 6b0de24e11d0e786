"""What all tables share: names for every constraint, the types of plain annotations, and partial indexes."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, MetaData
from sqlalchemy.orm import DeclarativeBase

from store.types import Duration, Instant

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


class Base(DeclarativeBase):
    """Names for every constraint, and the types of plain annotations."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: Instant,
        timedelta: Duration,
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        int: BigInteger,
    }


def partial(name: str, *columns: str, where: Any, unique: bool = False) -> Index:
    """An index over the few rows that are live now, in both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)
