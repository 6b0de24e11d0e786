"""Who may do what: one table of role × act, used by the API, the pages and the feed."""

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """Each role may do what the one before it may, within its centre; `admin` in all centres."""

    DISPLAY = "display"
    KIOSK = "kiosk"
    STAFF = "staff"
    MANAGER = "manager"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do all that `other` may."""
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}


class Permission(StrEnum):
    """What is permitted; every route and every feed topic names one."""

    PUBLIC = "public"  # anyone, without a token
    HOLD_TICKET = "hold_ticket"  # whoever holds the ticket's own token
    JOIN_QUEUE = "join_queue"  # kiosk; anyone where the centre allows remote tickets
    SHOW_KIOSK = "show_kiosk"
    WORK_QUEUE = "work_queue"
    READ_STATISTICS = "read_statistics"
    MANAGE_CENTRE = "manage_centre"


LEAST_ROLE = MappingProxyType(
    {
        Permission.PUBLIC: None,
        Permission.HOLD_TICKET: None,
        Permission.JOIN_QUEUE: Role.KIOSK,
        Permission.SHOW_KIOSK: Role.KIOSK,
        Permission.WORK_QUEUE: Role.STAFF,
        Permission.READ_STATISTICS: Role.MANAGER,
        Permission.MANAGE_CENTRE: Role.MANAGER,
    }
)


def permits(role: Role | None, permission: Permission) -> bool:
    """Whether somebody of `role` (None: without a token) may do what `permission` names, at their own centre."""
    least = LEAST_ROLE[permission]
    return least is None or (role is not None and role.includes(least))
