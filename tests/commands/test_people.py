"""Who manages a centre's people may do so within the centre and up to the own role; what is taken is taken at once."""

from typing import Any

import pytest

from commands.access import create_user, find_caller, sign_in
from commands.people import (
    add_person,
    change_role,
    deactivate,
    hash_password,
    reactivate,
    read_people,
    set_password,
)
from commands.permissions import Role
from queueing.events import Kind
from queueing.refusals import Invalid, NotFound
from store.ids import new_id
from store.unit import Store
from tests.cast import Hall, a_hall

PASSWORD, ANOTHER = "ຂ້ອຍມັກເຂົ້າໜຽວ", "ຂ້ອຍມັກຕຳໝາກຮຸ່ງ"


def at_once(function: Any, *args: Any) -> Any:
    return function(*args)


def entered(store: Store, name: str, password: str = PASSWORD) -> Any:
    """Whoever signs in with that, or None."""
    token = sign_in(store, name, password, at_once)
    return known(store, token) if token else None


def known(store: Store, token: str) -> Any:
    with store.reading() as conn:
        return find_caller(conn, token)


@pytest.fixture
def keo(hall: Hall) -> tuple[int, str]:
    """A clerk of the hall: id and name."""
    name = f"keo {new_id()}"
    hashed = hash_password(PASSWORD, PASSWORD)
    return hall.press(add_person, name, hashed, Role.STAFF, by=Role.MANAGER), name


def test_somebody_added_signs_in_and_is_in_the_log_without_a_name(hall: Hall, keo: tuple[int, str]) -> None:
    user, name = keo
    assert entered(hall.store, name).role is Role.STAFF
    assert hall.told() == [(Kind.CENTRE_UPDATED, {"what": "person-added", "person": str(user), "role": "staff"})]
    with hall.reading() as conn:
        assert [person.name for person in read_people(conn, hall.centre)] == [name]


def test_a_name_is_taken_once(hall: Hall, keo: tuple[int, str]) -> None:
    with pytest.raises(Invalid, match="taken"):
        hall.press(add_person, keo[1], "hash", Role.STAFF, by=Role.MANAGER)
    assert len(hall.events()) == 1


@pytest.mark.parametrize(("again", "field"), [("elevensigns", "password"), (ANOTHER, "again")])
def test_a_password_is_long_and_typed_twice(again: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        hash_password(PASSWORD if field == "again" else again, again)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("role", "by"), [(Role.MANAGER, Role.STAFF), (Role.ADMIN, Role.ADMIN), (Role.KIOSK, Role.ADMIN)]
)
def test_nobody_is_given_a_role_above_the_giver_or_of_a_screen(
    hall: Hall, keo: tuple[int, str], role: Role, by: Role
) -> None:
    acts: list[tuple[Any, tuple[Any, ...]]] = [(add_person, ("somebody", "hash", role)), (change_role, (keo[0], role))]
    for command, args in acts:
        with pytest.raises(Invalid):
            hall.press(command, *args, by=by)


def test_somchai_cannot_touch_people_of_another_centre(hall: Hall, keo: tuple[int, str]) -> None:
    elsewhere = a_hall(hall.store)
    acts: list[tuple[Any, tuple[Any, ...]]] = [(deactivate, ()), (reactivate, ()), (change_role, (Role.MANAGER,))]
    for command, args in [*acts, (set_password, ("hash",))]:
        with pytest.raises(NotFound):
            elsewhere.press(command, keo[0], *args, by=Role.MANAGER)
    assert elsewhere.events() == []


def test_who_is_above_is_not_found(hall: Hall) -> None:
    boss = hall.press(add_person, f"noy {new_id()}", "hash", Role.MANAGER, by=Role.ADMIN)
    with pytest.raises(NotFound):
        hall.press(deactivate, boss, by=Role.STAFF)


def test_who_is_deactivated_is_out_at_once_and_comes_back(hall: Hall, keo: tuple[int, str]) -> None:
    user, name = keo
    session = sign_in(hall.store, name, PASSWORD, at_once)
    assert session
    assert hall.press(deactivate, user, by=Role.MANAGER) is True
    assert known(hall.store, session) is None
    assert entered(hall.store, name) is None
    assert hall.press(deactivate, user, by=Role.MANAGER) is False
    assert hall.press(reactivate, user, by=Role.MANAGER) is True
    assert known(hall.store, session) is None, "the old session stays ended"
    assert entered(hall.store, name) is not None


def test_who_is_deactivated_while_signing_in_gets_no_session(hall: Hall, keo: tuple[int, str]) -> None:
    user, name = keo

    def meanwhile(function: Any, *args: Any) -> Any:
        good = function(*args)
        hall.press(deactivate, user, by=Role.MANAGER)
        return good

    assert sign_in(hall.store, name, PASSWORD, meanwhile) is None


def test_another_role_holds_from_the_next_signing_in(hall: Hall, keo: tuple[int, str]) -> None:
    user, name = keo
    session = sign_in(hall.store, name, PASSWORD, at_once)
    assert session
    hall.press(change_role, user, Role.MANAGER, by=Role.MANAGER)
    assert known(hall.store, session) is None
    assert entered(hall.store, name).role is Role.MANAGER


def test_a_new_password_ends_the_sessions_of_the_old_one(hall: Hall, keo: tuple[int, str]) -> None:
    user, name = keo
    one, two = (sign_in(hall.store, name, PASSWORD, at_once) for _ in range(2))
    assert one
    assert two
    keep = known(hall.store, two).id
    hall.press(set_password, user, hash_password(ANOTHER, ANOTHER), by=Role.MANAGER, keep=[keep])
    assert known(hall.store, one) is None
    assert known(hall.store, two) is not None
    assert entered(hall.store, name) is None
    assert entered(hall.store, name, ANOTHER) is not None


def test_nobody_locks_themselves_out(hall: Hall) -> None:
    create_user(hall.store, name := f"noy {new_id()}", PASSWORD, Role.MANAGER, hall.code)
    with hall.reading() as conn:
        (noy,) = read_people(conn, hall.centre)
    for command, args in ((deactivate, ()), (change_role, (Role.STAFF,))):
        with pytest.raises(Invalid), hall.store.unit(hall.code, name) as unit:
            command(unit, noy.id, *args, by=Role.MANAGER)
