"""The people of a centre who sign in: added, given a role and a password, and no longer let in. All by a manager.

Whoever changes somebody may do so within the own centre and up to the own role; who is above is not found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from commands.access import check_new_person, check_password, hash_new_password
from commands.permissions import Role
from queueing.events import Kind
from queueing.refusals import Invalid, NotFound
from store.ids import new_id
from store.tables import AccessToken, User
from store.unit import Unit

# Roles of people; kiosk and display are roles of screens, an admin belongs to no centre.
ROLES = (Role.STAFF, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in, or did until `disabled_at`."""

    id: int
    name: str
    role: Role
    created_at: datetime
    disabled_at: datetime | None


_COLUMNS = User.id, User.name, User.role, User.created_at, User.disabled_at


def read_people(conn: Connection, centre_id: int) -> list[Person]:
    """A centre's people by name, those who are let in first."""
    found = select(*_COLUMNS).where(User.centre_id == centre_id).order_by(User.disabled_at.is_not(None), User.name)
    return [Person(row[0], row[1], Role(row[2]), row[3], row[4]) for row in conn.execute(found)]


def hash_password(password: str, again: str) -> str:
    """The hash of a password that was typed twice. Takes long: not for within a unit. Raises Invalid."""
    check_password(password)
    if password != again:
        raise Invalid("again", "not-the-same")
    return hash_new_password(password)


def add_person(unit: Unit, name: str, password_hash: str, role: Role, *, by: Role) -> int:
    """Lets somebody in who was not. Raises Invalid for a name that is taken."""
    check_new_person(name)
    _check_role(role, by)
    user, now = new_id(), datetime.now(UTC)
    row = {"id": user, "name": name, "password_hash": password_hash, "role": role.value, "created_at": now}
    try:
        unit.conn.execute(insert(User), {**row, "centre_id": unit.centre.id})
    except IntegrityError as error:
        raise Invalid("name", "taken", value=name) from error
    _tell(unit, "person-added", user, role=role.value)
    return user


def _check_role(role: Role, by: Role) -> None:
    if role not in ROLES or not by.includes(role):
        raise Invalid("role", "not-yours")


def _tell(unit: Unit, what: str, user: int, **facts: Any) -> None:
    """The log names people by id: a name is personal."""
    unit.tell(Kind.CENTRE_UPDATED, live=False, what=what, person=str(user), **facts)


def _find(unit: Unit, user: int, by: Role) -> Person:
    """Somebody of the unit's centre, not above `by`. Raises NotFound."""
    here = User.id == user, User.centre_id == unit.centre.id
    row = unit.conn.execute(select(*_COLUMNS).where(*here)).first()
    if row is None or not by.includes(Role(row.role)):
        raise NotFound("person")
    return Person(row[0], row[1], Role(row[2]), row[3], row[4])


def _find_another(unit: Unit, user: int, by: Role) -> Person:
    """As `_find`, but not whoever asks: nobody locks themselves out. Raises NotFound, Invalid."""
    person = _find(unit, user, by)
    if person.name == unit.actor:
        raise Invalid("person", "yourself")
    return person


def _set(unit: Unit, person: Person, **columns: Any) -> None:
    unit.conn.execute(update(User).where(User.id == person.id).values(columns))


def _sign_out(unit: Unit, person: Person, keep: Sequence[int] = ()) -> None:
    """Ends their sessions, which carry the role that they began with."""
    good = AccessToken.user_id == person.id, AccessToken.revoked_at.is_(None), AccessToken.id.not_in(keep)
    unit.conn.execute(update(AccessToken).where(*good).values(revoked_at=datetime.now(UTC)))


def change_role(unit: Unit, user: int, role: Role, *, by: Role) -> bool:
    """Gives somebody another role; they sign in again. Whether anything changed. Raises NotFound, Invalid."""
    person = _find_another(unit, user, by)
    _check_role(role, by)
    if person.role is role:
        return False
    _set(unit, person, role=role.value)
    _sign_out(unit, person)
    _tell(unit, "person-role", user, role=role.value)
    return True


def set_password(unit: Unit, user: int, password_hash: str, *, by: Role, keep: Sequence[int] = ()) -> None:
    """Gives somebody a new password; who was signed in with the old one (but for the tokens to keep) is out.

    Raises NotFound.
    """
    person = _find(unit, user, by)
    _set(unit, person, password_hash=password_hash)
    _sign_out(unit, person, keep)
    _tell(unit, "person-password", user)


def deactivate(unit: Unit, user: int, *, by: Role) -> bool:
    """Lets somebody in no more, from this moment. Whether anything changed. Raises NotFound, Invalid."""
    person = _find_another(unit, user, by)
    if person.disabled_at is not None:
        return False
    _set(unit, person, disabled_at=datetime.now(UTC))
    _sign_out(unit, person)
    _tell(unit, "person-off", user)
    return True


def reactivate(unit: Unit, user: int, *, by: Role) -> bool:
    """Lets somebody in again, with the password they had. Whether anything changed. Raises NotFound."""
    person = _find(unit, user, by)
    if person.disabled_at is None:
        return False
    _set(unit, person, disabled_at=None)
    _tell(unit, "person-on", user)
    return True
