"""Who may do what: the contract's five roles, each with what the one before it may do."""

import itertools

import pytest

from commands.permissions import LEAST_ROLE, Permission, Role, permits

P, R = Permission, Role


def test_each_role_may_do_what_the_one_before_it_may() -> None:
    order = [R.DISPLAY, R.KIOSK, R.STAFF, R.MANAGER, R.ADMIN]
    assert list(Role) == order
    for lower, higher in itertools.pairwise(order):
        assert higher.includes(lower)
        assert not lower.includes(higher)
        assert all(permits(higher, permission) for permission in Permission if permits(lower, permission))


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_names_a_least_role(permission: Permission) -> None:
    assert permission in LEAST_ROLE


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (None, {P.PUBLIC, P.HOLD_TICKET}),
        (R.DISPLAY, {P.PUBLIC, P.HOLD_TICKET}),
        (R.KIOSK, {P.PUBLIC, P.HOLD_TICKET, P.JOIN_QUEUE, P.SHOW_KIOSK}),
        (R.STAFF, {P.PUBLIC, P.HOLD_TICKET, P.JOIN_QUEUE, P.SHOW_KIOSK, P.WORK_QUEUE}),
        (R.MANAGER, set(Permission)),
        (R.ADMIN, set(Permission)),
    ],
)
def test_a_role_may_do_what_the_contract_gives_it(role: Role | None, permissions: set[Permission]) -> None:
    assert {permission for permission in Permission if permits(role, permission)} == permissions
