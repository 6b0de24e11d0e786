"""A browser that is no device yet shows a code; once a manager has typed it, its next request makes it one."""

from flask import redirect, request, url_for
from limits import RateLimitItemPerMinute
from werkzeug.wrappers import Response

from answers.guards import COOKIE, TooMany, address, hit, house, store
from answers.pages import page
from commands.pairing import Shown, become_device, find_code, is_accepted, new_code
from commands.permissions import Role

SCREEN_COOKIE = "onedoor-screen"
DEVICE_SECONDS = 365 * 24 * 3600
_NEW_CODES = RateLimitItemPerMinute(30, 10)  # to one address in ten minutes; a page that is drawn again needs none
_SCREENS = {Role.KIOSK: "kiosk.services", Role.DISPLAY: "display.tv"}


def pairing_page(code: str) -> Response:
    """The code of this screen; or its own page, once the code was typed. Raises NotFound."""
    secret = request.cookies.get(SCREEN_COOKIE, "")
    if request.method == "GET" and screen_state() == "accepted":
        device = become_device(store(), secret)
        if device is not None:
            return _begin(*device)
    shown = _shown(code, secret)
    response = page("kiosk/pairing.html", 403, code=code, shown=shown)
    if shown is not None and shown.secret != secret:
        _set_cookie(response, SCREEN_COOKIE, shown.secret, DEVICE_SECONDS)
    return response


def screen_state() -> str:
    """Of the code on this browser's screen: `waiting`, `accepted`, or `gone`."""
    secret = request.cookies.get(SCREEN_COOKIE, "")
    with store().reading() as conn:
        accepted = is_accepted(conn, secret) if secret else None
    return "gone" if accepted is None else "accepted" if accepted else "waiting"


def _shown(code: str, secret: str) -> Shown | None:
    with store().reading() as conn:
        known = find_code(conn, code, secret) if secret else None
    if known is not None or request.method != "GET":
        return known
    try:
        hit(_NEW_CODES, f"pairing:{address()}")
    except TooMany:
        return None
    return new_code(store(), code)


def _begin(token: str, role: Role, centre: str) -> Response:
    at_counter = role not in _SCREENS
    there = url_for("counter.choose") if at_counter else url_for(_SCREENS[role], code=centre)
    response = redirect(there)
    _set_cookie(response, COOKIE, token, DEVICE_SECONDS)
    response.delete_cookie(SCREEN_COOKIE)
    return response


def _set_cookie(response: Response, name: str, value: str, seconds: int) -> None:
    secure = house().public_url.startswith("https:")
    response.set_cookie(name, value, max_age=seconds, httponly=True, secure=secure, samesite="Lax")
