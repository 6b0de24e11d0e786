"""Screens and programs that are known to the centre: pairing one by the code that it shows, and shutting one out."""

from typing import Any

from flask import request
from limits import RateLimitItemPerMinute
from werkzeug.wrappers import Response

from answers.guards import hit, house, needs, store
from answers.numbers import whole_number
from commands.pairing import SCREENS, pair_screen, read_devices, revoke_device
from commands.permissions import Permission, Role
from office.blueprint import bp, caller, change, office_page, read_info, refuse
from queueing.refusals import Invalid

_TRIES = RateLimitItemPerMinute(10)  # at one centre: a million codes, of which few are on a screen, for ten minutes


@bp.get("/office/<code:code>/devices")
@needs(Permission.MANAGE_CENTRE)
def devices(code: str, status: int = 200, **said: Any) -> Response:
    """The devices of the centre, and the form for a code. Raises NotFound."""
    info = read_info(code)
    with store().reading() as conn:
        known = read_devices(conn, info.id)
    values = {"devices": known, "roles": SCREENS, "address": f"{house().public_url}/kiosk/{code}"}
    return office_page("devices", code, status, **values, **said)


@bp.post("/office/<code:code>/devices/pair")
@needs(Permission.MANAGE_CENTRE)
def pair_device(code: str) -> Response:
    """Pairs the screen that shows the code. Raises NotFound, TooMany."""
    hit(_TRIES, f"pair:{code}")
    typed = "".join(request.form.get("code", "").split())
    counter = request.form.get("counter", "")
    try:
        role = Role(request.form.get("role", ""))
        place = int(counter) if counter else None
    except ValueError:
        return refuse(code, Invalid("role", "not-yours"), show=devices)
    return change(code, lambda unit: pair_screen(unit, typed, role, place), show=devices, said="screen-paired")


@bp.post("/office/<code:code>/devices/revoke")
@needs(Permission.MANAGE_CENTRE)
def shut_out_device(code: str) -> Response:
    """Ends a device's token. Raises NotFound."""
    device = whole_number(request.form.get("device", "")) or 0
    by = caller().role
    return change(code, lambda unit: revoke_device(unit, device, by=by), show=devices, said="device-revoked")
