"""Sessions as rows: when appointments are given, as a manager has set it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Connection, ForeignKey, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from queueing.slots import Session
from store.tables import Base


class BookingSession(Base):
    """When some services can be booked, and by how many: on a weekday, or on a date in place of it."""

    __tablename__ = "sessions"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    weekday: Mapped[int | None]  # ISO: Monday is 1
    day: Mapped[date | None]
    start: Mapped[int]  # minutes since midnight, as `end`
    end: Mapped[int]
    services: Mapped[list[Any]]
    length: Mapped[int]  # of a slot, in minutes
    capacity: Mapped[int]
    kept: Mapped[int]  # percent, for who comes without an appointment
    lead: Mapped[int]  # minutes
    days_ahead: Mapped[int | None]  # none: as the centre says
    cut_off: Mapped[int]  # minutes


_TABLE = BookingSession.__table__
_COLUMNS = [_TABLE.c[name] for name in Session.__dataclass_fields__]


def read_sessions(conn: Connection, centre: int) -> tuple[Session, ...]:
    """The sessions of a centre: those of the weekdays, then those of dates, by time."""
    rows = conn.execute(select(*_COLUMNS).where(_TABLE.c.centre_id == centre)).mappings()
    found = [Session(**{**row, "services": tuple(row["services"])}) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.day or date.min, one.weekday or 0, one.start, one.id)))


def insert_session(conn: Connection, centre: int, session: Session) -> None:
    """Writes a new session."""
    conn.execute(insert(BookingSession), {"centre_id": centre, **_row(session)})


def update_session(conn: Connection, centre: int, session: Session) -> None:
    """Writes a session as it is now."""
    conn.execute(update(BookingSession).where(*_here(centre, session.id)).values(_row(session)))


def delete_session(conn: Connection, centre: int, session: int) -> None:
    """Removes a session."""
    conn.execute(delete(BookingSession).where(*_here(centre, session)))


def _here(centre: int, session: int) -> tuple[Any, Any]:
    return _TABLE.c.centre_id == centre, _TABLE.c.id == session


def _row(session: Session) -> Mapping[str, Any]:
    return {**asdict(session), "services": list(session.services)}
