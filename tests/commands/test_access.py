"""Devices, people and links that sign in once: who is let in, and what is stored of it."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from commands.access import create_token, create_user, find_caller, redeem_link, revoke, sign_in
from commands.permissions import Permission, Role
from queueing.refusals import Invalid, NotFound
from store.tables import AccessToken, User
from store.unit import Store
from tests.cast import Hall, a_hall, another_store

PASSWORD = "ຂ້ອຍມັກເຂົ້າໜຽວ"


def at_once(function: Any, *args: Any) -> Any:
    """Where there is no loop to keep free."""
    return function(*args)


def caller(store: Store, token: str, *kinds: str) -> Any:
    with store.reading() as conn:
        return find_caller(conn, token, *kinds)


def test_a_device_is_known_by_its_token_until_it_is_revoked(hall: Hall) -> None:
    token = create_token(hall.store, Role.KIOSK, centre=hall.code)
    device = caller(hall.store, token)
    assert (device.role, device.centre, device.kind) == (Role.KIOSK, hall.code, "device")
    revoke(hall.store, device.id)
    assert caller(hall.store, token) is None


def test_only_the_hash_of_a_token_is_stored(hall: Hall) -> None:
    token = create_token(hall.store, Role.STAFF, centre=hall.code)
    with hall.reading() as conn:
        rows = conn.execute(select(AccessToken.__table__)).all()
    assert token not in str(rows)


@pytest.mark.parametrize("token", ["", "nonsense", "\x00", "ສະບາຍດີ"])
def test_nobody_is_known_by_anything_else(hall: Hall, token: str) -> None:
    create_token(hall.store, Role.STAFF, centre=hall.code)
    assert caller(hall.store, token) is None


def test_somchai_may_work_at_his_own_centre_alone(store: Store) -> None:
    ours, somchais = a_hall(store), a_hall(store)
    somchai = caller(store, create_token(store, Role.MANAGER, centre=somchais.code))
    assert somchai.may(Permission.WORK_QUEUE, somchais.code)
    assert not somchai.may(Permission.WORK_QUEUE, ours.code)


def test_an_admin_may_work_at_all_centres(hall: Hall) -> None:
    admin = caller(hall.store, create_token(hall.store, Role.ADMIN, centre=None))
    assert admin.may(Permission.MANAGE_CENTRE, hall.code)


def test_a_role_within_a_centre_names_one_that_there_is(hall: Hall) -> None:
    with pytest.raises(Invalid):
        create_token(hall.store, Role.STAFF, centre=None)
    with pytest.raises(NotFound):
        create_token(hall.store, Role.STAFF, centre="NOWHERE")


def test_keo_signs_in_with_her_password(hall: Hall) -> None:
    name = f"keo {hall.code}"
    create_user(hall.store, name, PASSWORD, Role.STAFF, hall.code)
    token = sign_in(hall.store, name, PASSWORD, at_once)
    assert token is not None
    keo = caller(hall.store, token)
    assert (keo.role, keo.centre, keo.actor) == (Role.STAFF, hall.code, name)
    assert sign_in(hall.store, name, PASSWORD + "!", at_once) is None
    assert sign_in(hall.store, "nobody", PASSWORD, at_once) is None


def test_no_password_is_stored(hall: Hall) -> None:
    create_user(hall.store, f"keo {hall.code}", PASSWORD, Role.STAFF, hall.code)
    with hall.reading() as conn:
        assert PASSWORD not in str(conn.execute(select(User.__table__)).all())


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        ("", PASSWORD, "name"),
        ("  ", PASSWORD, "name"),
        ("n" * 65, PASSWORD, "name"),
        ("new", "elevensigns", "password"),
    ],
)
def test_a_person_needs_a_name_and_a_long_password(hall: Hall, name: str, password: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        create_user(hall.store, name, password, Role.STAFF, hall.code)
    assert refused.value.field == field


def test_two_people_have_two_names(hall: Hall) -> None:
    create_user(hall.store, f"keo {hall.code}", PASSWORD, Role.STAFF, hall.code)
    with pytest.raises(Invalid, match="taken"):
        create_user(hall.store, f"keo {hall.code}", PASSWORD, Role.STAFF, hall.code)


def test_a_link_opens_nothing_but_the_door(hall: Hall) -> None:
    link = create_token(hall.store, Role.STAFF, centre=hall.code, kind="link")
    assert caller(hall.store, link) is None
    assert caller(hall.store, link, "link") is not None


@pytest.mark.parametrize(("role", "kind"), [(Role.STAFF, "session"), (Role.MANAGER, "session"), (Role.KIOSK, "device")])
def test_a_link_becomes_a_session_or_a_paired_screen_once(hall: Hall, role: Role, kind: str) -> None:
    link = create_token(hall.store, role, centre=hall.code, kind="link")
    redeemed = redeem_link(hall.store, link)
    assert redeemed is not None
    assert redeemed[1:] == (role, hall.code)
    assert caller(hall.store, redeemed[0]).kind == kind
    assert redeem_link(hall.store, link) is None


def test_of_many_who_press_a_link_at_once_one_signs_in(hall: Hall) -> None:
    link = create_token(hall.store, Role.STAFF, centre=hall.code, kind="link")
    with ExitStack() as running, ThreadPoolExecutor(6) as people:
        processes = [running.enter_context(another_store(hall.store)) for _ in range(6)]
        redeemed = list(people.map(redeem_link, processes, [link] * 6))
    assert len([token for token in redeemed if token is not None]) == 1


@pytest.mark.parametrize("kind", ["link", "session"])
def test_links_and_sessions_end_by_themselves(hall: Hall, kind: str) -> None:
    token = create_token(hall.store, Role.STAFF, centre=hall.code, kind=kind)
    known = caller(hall.store, token, kind)
    with hall.store.writing() as conn:
        ended = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
        conn.execute(update(AccessToken).where(AccessToken.id == known.id).values(ended))
    assert caller(hall.store, token, kind) is None
    assert redeem_link(hall.store, token) is None
