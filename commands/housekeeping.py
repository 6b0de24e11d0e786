"""What the server does by itself: ends days, erases, forgets old answers, makes backups, and minds its clock."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from commands.day import end_past_days
from commands.erasure import erase_old
from store.backup import BackupRefused, backup_daily, is_old, last_backup
from store.busy import Busy
from store.erasure import Erased
from store.idempotency import forget_old_keys
from store.tables import Centre
from store.unit import CLOCK_TOLERANCE, Store

log = logging.getLogger("onedoor.housekeeping")


def end_all_past_days(store: Store, only: str | None = None, busy: list[str] | None = None) -> dict[str, int]:
    """Ends past days at every centre, or at one; by centre, how many visits expired where anything was ended.

    A centre whose database was busy is left as it is and added to `busy`.
    """
    ended: dict[str, int] = {}
    for code in _codes(store, only):
        try:
            with store.unit(code, "closing") as unit:
                expired = end_past_days(unit)
        except Busy:
            log.warning("%s: the database was busy; its day is not ended yet", code)
            if busy is not None:
                busy.append(code)
            continue
        if unit.announcements:
            ended[code] = expired
    return ended


def _codes(store: Store, only: str | None) -> Sequence[str]:
    if only is not None:
        return [only]
    with store.reading() as conn:
        return conn.execute(select(Centre.code).order_by(Centre.code)).scalars().all()


def erase_all_old(store: Store, only: str | None = None, busy: list[str] | None = None) -> dict[str, Erased]:
    """Erases the personal data that each centre, or one, keeps no longer; by centre, what was erased.

    A centre whose database was busy keeps the rest for the next time and is added to `busy`.
    """
    erased: dict[str, Erased] = {}
    for code in _codes(store, only):
        try:
            erased[code] = erase_old(store, code)
        except Busy:
            log.warning("%s: the database was busy; what is old is not erased yet", code)
            if busy is not None:
                busy.append(code)
    return erased


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


def back_up(store: Store, folder: Path) -> None:
    """Makes the day's backup when it is not there yet; says why it failed, and when the last is older than two days."""
    try:
        backup_daily(store.url, folder)
    except (BackupRefused, OSError) as error:
        log.error("the backup of today was not made: %s", error)
    latest = last_backup(folder)
    if latest is None:
        log.warning("there is no backup in %s", folder)
    elif is_old(latest):
        log.warning("the last backup in %s is of %s", folder, f"{latest.astimezone():%Y-%m-%d %H:%M}")


def warn_of_clock(store: Store) -> None:
    """Says so when the machine's clock is behind what was recorded."""
    behind = clock_is_behind(store)
    if behind is not None:
        log.warning(
            "THE CLOCK IS WRONG: it is %s behind what was recorded. No ticket is given until the machine's date and "
            "time are set.",
            behind,
        )
