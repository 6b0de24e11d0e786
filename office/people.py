"""The people of a centre: who may sign in, as what, and the passwords that they are given."""

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from answers.guards import house, needs, store
from answers.numbers import whole_number
from commands.people import (
    ROLES,
    add_person,
    change_role,
    deactivate,
    hash_password,
    reactivate,
    read_people,
    set_password,
)
from commands.permissions import Permission, Role
from office.blueprint import bp, caller, change, office_page, read_info, refuse
from queueing.refusals import Invalid
from store.unit import Unit

_SECRET = ("password", "again")


@bp.get("/office/<code:code>/people")
@needs(Permission.MANAGE_CENTRE)
def people(code: str, status: int = 200, **said: Any) -> Response:
    """Who may sign in at the centre. Raises NotFound."""
    info = read_info(code)
    with store().reading() as conn:
        everybody = read_people(conn, info.id)
    roles = [role for role in ROLES if caller().role.includes(role)]
    return office_page("people", code, status, people=everybody, roles=roles, **said)


@bp.post("/office/<code:code>/people/add")
@needs(Permission.MANAGE_CENTRE)
def add_to_people(code: str) -> Response:
    """Lets somebody sign in who could not. Raises NotFound."""
    name, by = request.form.get("name", "").strip(), caller().role

    def work(unit: Unit, hashed: str) -> None:
        add_person(unit, name, hashed, _role(), by=by)

    return _with_password(code, work, said="person-added")


@bp.post("/office/<code:code>/people/password")
@needs(Permission.MANAGE_CENTRE)
def change_password(code: str) -> Response:
    """Gives somebody a new password. Raises NotFound."""
    user, me = _user(), caller()

    def work(unit: Unit, hashed: str) -> None:
        set_password(unit, user, hashed, by=me.role, keep=[me.id])

    return _with_password(code, work, said="person-password")


def _with_password(code: str, work: Callable[[Unit, str], None], *, said: str) -> Response:
    """Hashes what was typed twice, where it stops no socket and holds no lock, and goes on with the hash alone."""
    try:
        hashed = house().off_the_loop(hash_password, *(request.form.get(field, "") for field in _SECRET))
    except Invalid as error:
        return refuse(code, error, show=people)
    return change(code, lambda unit: work(unit, hashed), show=people, said=said, secret=_SECRET)


@bp.post("/office/<code:code>/people/role")
@needs(Permission.MANAGE_CENTRE)
def change_persons_role(code: str) -> Response:
    """Gives somebody another role. Raises NotFound."""
    user, by = _user(), caller().role
    return change(code, lambda unit: change_role(unit, user, _role(), by=by), show=people, said="person-role")


@bp.post("/office/<code:code>/people/<any('off', 'on'):act>")
@needs(Permission.MANAGE_CENTRE)
def switch_person(code: str, act: str) -> Response:
    """Lets somebody in no more, or again. Raises NotFound."""
    user, by, done = _user(), caller().role, deactivate if act == "off" else reactivate
    return change(code, lambda unit: done(unit, user, by=by), show=people, said=f"person-{act}")


def _user() -> int:
    return whole_number(request.form.get("person", "")) or 0


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as error:
        raise Invalid("role", "not-yours") from error
