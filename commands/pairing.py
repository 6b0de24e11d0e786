"""Pairing a screen that nobody needs to touch: it shows a code, a manager types it, the screen becomes a device.

The screen holds a secret of its own; whoever reads the code over a shoulder gets nothing. Times are the machine's.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from commands.access import digest, insert_token
from commands.permissions import Role
from queueing.events import Kind
from queueing.refusals import Invalid, NotFound
from store.ids import new_id
from store.tables import AccessToken, Centre, Pairing
from store.unit import Store, Unit

PAIRING_LASTS = timedelta(minutes=10)
SCREENS = (Role.KIOSK, Role.DISPLAY, Role.STAFF)
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """What an unpaired screen shows, and the secret by which it is known."""

    secret: str
    code: str
    expires_at: datetime


def _is_open(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Pairing.role.is_(None), Pairing.expires_at > now


def find_code(conn: Connection, centre: str, secret: str) -> Shown | None:
    """The code that a screen shows already, or None when it needs a new one."""
    here = Pairing.hash == digest(secret), Centre.code == centre
    query = select(Pairing.code, Pairing.expires_at).join(Centre, Centre.id == Pairing.centre_id)
    row = conn.execute(query.where(*here, *_is_open(datetime.now(UTC)))).first()
    return Shown(secret, row.code, row.expires_at) if row else None


def new_code(store: Store, centre: str) -> Shown:
    """A code for one more screen of a centre; those that have expired are forgotten. Raises NotFound."""
    for attempt in range(_TRIES):
        try:
            return _new_code(store, centre)
        except IntegrityError:  # the code is on another screen of the centre
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _new_code(store: Store, centre: str) -> Shown:
    secret, code, now = secrets.token_urlsafe(32), f"{secrets.randbelow(1_000_000):06}", datetime.now(UTC)
    with store.writing(centre) as conn:
        centre_id = conn.execute(select(Centre.id).where(Centre.code == centre)).scalar()
        if centre_id is None:
            raise NotFound("centre")
        conn.execute(delete(Pairing).where(Pairing.expires_at <= now))
        row = {"id": new_id(), "hash": digest(secret), "centre_id": centre_id, "code": code, "created_at": now}
        conn.execute(insert(Pairing), {**row, "expires_at": now + PAIRING_LASTS})
    return Shown(secret, code, now + PAIRING_LASTS)


def pair_screen(unit: Unit, code: str, role: Role, counter: int | None = None) -> None:
    """Makes the screen that shows `code` a device of the unit's centre. Raises Invalid, NotFound."""
    if role not in SCREENS:
        raise Invalid("role", "not-yours")
    if counter is not None and (counter not in unit.centre.counters or not unit.centre.counters[counter].enabled):
        raise NotFound("counter")
    shown = Pairing.centre_id == unit.centre.id, Pairing.code == code, *_is_open(datetime.now(UTC))
    if unit.conn.execute(update(Pairing).where(*shown).values(role=role.value, counter=counter)).rowcount != 1:
        raise Invalid("code", "unknown-code")
    unit.tell(Kind.CENTRE_UPDATED, live=False, what="screen-paired", role=role.value, place=counter)


def is_accepted(conn: Connection, secret: str) -> bool | None:
    """Whether a screen's code was typed; None when the code is no more."""
    here = Pairing.hash == digest(secret), Pairing.expires_at > datetime.now(UTC)
    row = conn.execute(select(Pairing.role).where(*here)).first()
    return None if row is None else row.role is not None


def become_device(store: Store, secret: str) -> tuple[str, Role, str] | None:
    """The screen's token, role and centre, once, when its code was typed; else None."""
    with store.writing() as conn:
        mine = Pairing.hash == digest(secret), Pairing.role.is_not(None), Pairing.expires_at > datetime.now(UTC)
        query = select(Pairing.id, Pairing.role, Pairing.counter, Pairing.centre_id, Centre.code)
        row = conn.execute(query.join(Centre, Centre.id == Pairing.centre_id).where(*mine)).first()
        if row is None or conn.execute(delete(Pairing).where(Pairing.id == row.id)).rowcount != 1:
            return None
        role = Role(row.role)
        return insert_token(conn, role, "device", centre_id=row.centre_id, counter=row.counter), role, row.code


@dataclass(frozen=True, slots=True)
class Device:
    """A token of a screen or a program."""

    id: int
    role: Role
    counter: int | None
    created_at: datetime
    revoked_at: datetime | None


_DEVICES = select(
    AccessToken.id, AccessToken.role, AccessToken.counter, AccessToken.created_at, AccessToken.revoked_at
).where(AccessToken.centre_id == bindparam("centre"), AccessToken.kind == "device")


def read_devices(conn: Connection, centre_id: int, *, revoked: int = 10) -> Sequence[Device]:
    """A centre's devices, the newest first, then the last `revoked` of those that were revoked."""
    good = _DEVICES.where(AccessToken.revoked_at.is_(None)).order_by(AccessToken.created_at.desc(), AccessToken.id)
    gone = _DEVICES.where(AccessToken.revoked_at.is_not(None)).order_by(AccessToken.revoked_at.desc()).limit(revoked)
    rows: list[Any] = [row for query in (good, gone) for row in conn.execute(query, {"centre": centre_id})]
    return [Device(row[0], Role(row[1]), *row[2:]) for row in rows]


def revoke_device(unit: Unit, device: int, *, by: Role) -> bool:
    """Ends a device's token for good: it must be paired again. Whether anything changed. Raises NotFound."""
    here = AccessToken.id == device, AccessToken.kind == "device", AccessToken.centre_id == unit.centre.id
    row = unit.conn.execute(select(AccessToken.role, AccessToken.revoked_at).where(*here)).first()
    if row is None or not by.includes(Role(row.role)):
        raise NotFound("device")
    if row.revoked_at is not None:
        return False
    unit.conn.execute(update(AccessToken).where(*here).values(revoked_at=datetime.now(UTC)))
    unit.tell(Kind.CENTRE_UPDATED, live=False, what="device-revoked", device=str(device), role=row.role)
    return True
