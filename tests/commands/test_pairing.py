"""A screen shows a code, a manager types it, the screen is a device: once, soon, and at its own centre."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from commands.access import create_token, find_caller
from commands.pairing import become_device, find_code, is_accepted, new_code, pair_screen, read_devices, revoke_device
from commands.permissions import Role
from queueing.events import Kind
from queueing.refusals import Invalid, NotFound
from store.tables import Pairing
from tests.cast import Hall, a_hall, another_store


def test_a_screen_becomes_a_device_when_its_code_is_typed(hall: Hall) -> None:
    shown = new_code(hall.store, hall.code)
    assert len(shown.code) == 6
    assert shown.code.isdigit()
    with hall.reading() as conn:
        assert is_accepted(conn, shown.secret) is False
    assert become_device(hall.store, shown.secret) is None, "nobody has typed it"
    hall.press(pair_screen, shown.code, Role.KIOSK, 3)
    with hall.reading() as conn:
        assert is_accepted(conn, shown.secret) is True
    device = become_device(hall.store, shown.secret)
    assert device
    assert device[1:] == (Role.KIOSK, hall.code)
    with hall.reading() as conn:
        caller = find_caller(conn, device[0])
        assert is_accepted(conn, shown.secret) is None
        (listed,) = read_devices(conn, hall.centre)
    assert caller
    assert (caller.kind, caller.role, caller.centre, caller.counter) == ("device", Role.KIOSK, hall.code, 3)
    assert (listed.role, listed.counter, listed.revoked_at) == (Role.KIOSK, 3, None)
    assert hall.told() == [(Kind.CENTRE_UPDATED, {"what": "screen-paired", "role": "kiosk", "place": 3})]


def test_a_screen_drawn_again_shows_the_same_code(hall: Hall) -> None:
    shown = new_code(hall.store, hall.code)
    with hall.reading() as conn:
        assert find_code(conn, hall.code, shown.secret) == shown
        assert find_code(conn, a_hall(hall.store).code, shown.secret) is None
        assert find_code(conn, hall.code, "another") is None


def test_a_code_is_typed_once(hall: Hall) -> None:
    shown = new_code(hall.store, hall.code)
    hall.press(pair_screen, shown.code, Role.KIOSK)
    with pytest.raises(Invalid):
        hall.press(pair_screen, shown.code, Role.STAFF)
    assert become_device(hall.store, shown.secret)
    assert become_device(hall.store, shown.secret) is None
    with pytest.raises(Invalid):
        hall.press(pair_screen, shown.code, Role.KIOSK)


def test_of_many_who_ask_at_once_one_becomes_the_device(hall: Hall) -> None:
    shown = new_code(hall.store, hall.code)
    hall.press(pair_screen, shown.code, Role.KIOSK)
    with ExitStack() as running, ThreadPoolExecutor(6) as screens:
        processes = [running.enter_context(another_store(hall.store)) for _ in range(6)]
        became = list(screens.map(become_device, processes, [shown.secret] * 6))
    assert len([device for device in became if device]) == 1


def test_a_code_opens_its_own_centre_alone(hall: Hall) -> None:
    shown = new_code(hall.store, hall.code)
    with pytest.raises(Invalid):
        a_hall(hall.store).press(pair_screen, shown.code, Role.KIOSK)


@pytest.mark.parametrize("typed", [False, True])
def test_a_code_ends_by_itself(hall: Hall, *, typed: bool) -> None:
    shown = new_code(hall.store, hall.code)
    if typed:
        hall.press(pair_screen, shown.code, Role.KIOSK)
    with hall.store.writing() as conn:
        ended = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
        conn.execute(update(Pairing).where(Pairing.code == shown.code).values(ended))
    if not typed:
        with pytest.raises(Invalid):
            hall.press(pair_screen, shown.code, Role.KIOSK)
    assert become_device(hall.store, shown.secret) is None
    new_code(hall.store, hall.code)
    with hall.reading() as conn:
        assert conn.execute(select(Pairing.id).where(Pairing.code == shown.code)).first() is None, "it is forgotten"


def test_two_screens_of_a_centre_show_two_codes(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = iter([7, 7, 8])
    monkeypatch.setattr("commands.pairing.secrets.randbelow", lambda _most: next(codes))
    assert [new_code(hall.store, hall.code).code for _ in range(2)] == ["000007", "000008"]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMIN])
def test_no_screen_becomes_a_manager(hall: Hall, role: Role) -> None:
    with pytest.raises(Invalid):
        hall.press(pair_screen, new_code(hall.store, hall.code).code, role)


def test_a_screen_stands_at_a_counter_that_there_is(hall: Hall) -> None:
    code = new_code(hall.store, hall.code).code
    for counter in (9, 77):
        with pytest.raises(NotFound):
            hall.press(pair_screen, code, Role.STAFF, counter)


def test_a_revoked_device_is_nobody_and_stays_in_the_list(hall: Hall) -> None:
    token = create_token(hall.store, Role.KIOSK, centre=hall.code)
    with hall.reading() as conn:
        (device,) = read_devices(conn, hall.centre)
    with pytest.raises(NotFound):
        a_hall(hall.store).press(revoke_device, device.id, by=Role.MANAGER)
    assert hall.press(revoke_device, device.id, by=Role.MANAGER) is True
    assert hall.press(revoke_device, device.id, by=Role.MANAGER) is False
    with hall.reading() as conn:
        assert find_caller(conn, token) is None
        (gone,) = read_devices(conn, hall.centre)
    assert gone.revoked_at
    assert len(hall.events()) == 1
