"""Who is asking: devices with tokens, people with sessions, and links that sign in once. Only hashes are stored.

Times here follow the machine's clock, so that tokens and links stay valid beside a simulated one.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import Connection, Row, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from commands.permissions import Permission, Role, permits
from queueing.refusals import Invalid, NotFound
from store.ids import new_id
from store.tables import AccessToken, Centre, Counter, User
from store.unit import Store

SESSION_LASTS = timedelta(hours=12)
LINK_LASTS = timedelta(hours=24)
LEAST_PASSWORD = 12
MOST_NAME = 64

_hasher = PasswordHasher()


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody whose token was good. `centre` is None for all centres; `counter` is where a device stands."""

    id: int
    kind: str
    role: Role
    centre: str | None
    counter: int | None
    user: str | None

    def may(self, permission: Permission, centre: str | None) -> bool:
        """Whether the caller may do this at that centre (None: at no centre in particular)."""
        return permits(self.role, permission) and (centre is None or self.centre is None or self.centre == centre)

    @property
    def actor(self) -> str:
        """How the log names the caller."""
        return self.user or f"{self.role}:{self.id}"


_FIND = (
    select(
        AccessToken.id,
        AccessToken.kind,
        AccessToken.role,
        Centre.code,
        AccessToken.counter,
        User.name,
        AccessToken.expires_at,
    )
    .outerjoin(Centre, Centre.id == AccessToken.centre_id)
    .outerjoin(User, User.id == AccessToken.user_id)
    .where(AccessToken.hash == bindparam("hash"), AccessToken.revoked_at.is_(None), User.disabled_at.is_(None))
)


def find_caller(conn: Connection, token: str, *kinds: str) -> Caller | None:
    """Who holds a token of one of these kinds (default: device or session), or None when it is not good (any more)."""
    row = conn.execute(_FIND, {"hash": digest(token)}).first()
    if row is None or row.kind not in (kinds or ("device", "session")) or _expired(row):
        return None
    return Caller(row.id, row.kind, Role(row.role), row.code, row.counter, row.name)


def known_caller(store: Store, token: str) -> Caller | None:
    """As `find_caller` for devices and sessions, from memory when the token was good a moment ago."""
    key = digest(token)
    known = store.callers.get(key)
    if isinstance(known, Caller):
        return known
    with store.glancing() as conn:
        caller = find_caller(conn, token)
    if caller is not None:
        store.callers.remember(key, caller)
    return caller


def _expired(row: Row[*tuple[object, ...]]) -> bool:
    expires: datetime | None = row.expires_at
    return expires is not None and expires <= datetime.now(UTC)


def digest(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode()).hexdigest()


def create_token(
    store: Store, role: Role, *, centre: str | None, counter: int | None = None, kind: str = "device"
) -> str:
    """A new random token; a link lasts a day, a session half a day, a device until it is revoked.

    Raises NotFound for an unknown centre or counter, Invalid when a role other than admin names no centre.
    """
    with store.writing() as conn:
        centre_id = _centre_id(conn, role, centre)
        _check_counter(conn, centre_id, counter)
        return insert_token(conn, role, kind, centre_id=centre_id, counter=counter)


def _centre_id(conn: Connection, role: Role, centre: str | None) -> int | None:
    if centre is None:
        if role is not Role.ADMIN:
            raise Invalid("centre", "role-needs-centre", role=role.value)
        return None
    found = conn.execute(select(Centre.id).where(Centre.code == centre)).scalar()
    if found is None:
        raise NotFound("centre")
    return found


def _check_counter(conn: Connection, centre_id: int | None, counter: int | None) -> None:
    if counter is None:
        return
    here = Counter.centre_id == centre_id, Counter.number == counter, Counter.enabled
    if conn.execute(select(Counter.number).where(*here)).first() is None:
        raise NotFound("counter")


_LASTS = {"session": SESSION_LASTS, "link": LINK_LASTS}


def insert_token(
    conn: Connection,
    role: Role,
    kind: str,
    *,
    centre_id: int | None,
    counter: int | None = None,
    user_id: int | None = None,
) -> str:
    """Stores a new token and gives it; as `create_token`, within a transaction."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    row = {
        "id": new_id(),
        "hash": digest(token),
        "kind": kind,
        "role": role.value,
        "centre_id": centre_id,
        "counter": counter,
        "user_id": user_id,
        "created_at": now,
        "expires_at": now + _LASTS[kind] if kind in _LASTS else None,
    }
    conn.execute(insert(AccessToken), row)
    return token


def create_user(store: Store, name: str, password: str, role: Role, centre: str | None) -> None:
    """Adds a person who signs in. Raises Invalid for a name that is taken or a password under 12 characters."""
    check_new_person(name)
    check_password(password)
    row = {"id": new_id(), "name": name, "role": role.value, "created_at": datetime.now(UTC)}
    row["password_hash"] = hash_new_password(password)
    try:
        with store.writing() as conn:
            conn.execute(insert(User), {**row, "centre_id": _centre_id(conn, role, centre)})
    except IntegrityError as error:
        raise Invalid("name", "taken", value=name) from error


def check_new_person(name: str) -> None:
    """Raises Invalid for a name that nobody can have."""
    if not name.strip() or not name.isprintable():
        raise Invalid("name", "required")
    if len(name) > MOST_NAME:
        raise Invalid("name", "too-long", most=MOST_NAME)


def check_password(password: str) -> None:
    """Raises Invalid for a password that is soon guessed."""
    if len(password) < LEAST_PASSWORD:
        raise Invalid("password", "too-short", least=LEAST_PASSWORD)


def hash_new_password(password: str) -> str:
    """What is stored of a password; takes long, so that guessing does."""
    return _hasher.hash(password)


def sign_in(store: Store, name: str, password: str, off_the_loop: Callable[..., bool]) -> str | None:
    """A session token for a name and its password, or None. The hash is checked where it stops no socket."""
    with store.reading() as conn:
        user = conn.execute(select(User.id, User.password_hash).where(User.name == name)).first()
    good = off_the_loop(_verify, user.password_hash if user else None, password)
    if user is None or not good:
        return None
    with store.writing() as conn:  # as they are now: a manager may have changed them while the hash was checked
        here = User.id == user.id, User.password_hash == user.password_hash, User.disabled_at.is_(None)
        now = conn.execute(select(User.role, User.centre_id).where(*here)).first()
        if now is None:
            return None
        return insert_token(conn, Role(now.role), "session", centre_id=now.centre_id, user_id=user.id)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        return _hasher.verify(password_hash or _nobody(), password)
    except VerificationError:
        return False


@cache
def _nobody() -> str:
    """Verified when a name is unknown, so that the time of an answer does not tell which names exist."""
    return _hasher.hash(secrets.token_hex(16))


def redeem_link(store: Store, token: str) -> tuple[str, Role, str | None] | None:
    """Turns a link into a person's session or a screen's pairing, once; None when it was used, expired or never was."""
    with store.writing() as conn:
        caller = find_caller(conn, token, "link")
        if caller is None or not _revoke(conn, caller.id):
            return None
        centre_id = _centre_id(conn, caller.role, caller.centre)
        kind = "session" if caller.role.includes(Role.STAFF) else "device"
        return insert_token(conn, caller.role, kind, centre_id=centre_id), caller.role, caller.centre


def revoke(store: Store, token_id: int) -> None:
    """Ends a token; whoever holds it is signed out."""
    with store.writing() as conn:
        _revoke(conn, token_id)
    store.callers.forget()


def _revoke(conn: Connection, token_id: int) -> bool:
    """Whether it was this call that ended the token: of two presses of a link, one signs in."""
    good = update(AccessToken).where(AccessToken.id == token_id, AccessToken.revoked_at.is_(None))
    return conn.execute(good.values(revoked_at=datetime.now(UTC))).rowcount == 1
