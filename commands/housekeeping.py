"""What the server does by itself: ends days, forgets old answers, and minds its clock."""

import logging
from datetime import timedelta

from sqlalchemy import select

from commands.day import end_past_days
from store.idempotency import forget_old_keys
from store.tables import Centre
from store.unit import CLOCK_TOLERANCE, Busy, Store

log = logging.getLogger("onedoor.housekeeping")


def end_all_past_days(store: Store, only: str | None = None) -> dict[str, int]:
    """Ends past days at every centre, or at one; by centre, how many visits expired where anything was ended."""
    with store.reading() as conn:
        codes = conn.execute(select(Centre.code).order_by(Centre.code)).scalars().all()
    codes = [only] if only is not None else codes
    ended: dict[str, int] = {}
    for code in codes:
        try:
            with store.unit(code, "closing") as unit:
                expired = end_past_days(unit)
        except Busy:
            log.warning("%s: the database was busy; its day is ended at the next round", code)
            continue
        if unit.announcements:
            ended[code] = expired
    return ended


def forget_old_answers(store: Store) -> int:
    """Deletes idempotency answers past their 48 hours; returns how many."""
    with store.writing() as conn:
        return forget_old_keys(conn)


def clock_is_behind(store: Store) -> timedelta | None:
    """By how much the clock is behind the latest event of any centre, or None when it is not."""
    with store.reading() as conn:
        latest = conn.execute(select(Centre.last_at).order_by(Centre.last_at.desc().nulls_last()).limit(1)).scalar()
    if latest is None:
        return None
    behind = latest - store.clock.now()
    return behind if behind > CLOCK_TOLERANCE else None
