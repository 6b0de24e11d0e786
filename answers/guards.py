"""Every route names what it needs; who asks is found once, and what is not allowed is refused before the view runs.

Used by the API and the pages alike. A route without a permission is refused to everybody.
"""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import current_app, g, request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute, RateLimitItemPerSecond

from answers.limiter import Limiter
from answers.words import languages
from commands.access import Caller, known_caller
from commands.permissions import Permission, permits
from store.board import read_head
from store.unit import Store

COOKIE = "onedoor"
LANGUAGE_COOKIE = "language"

View = TypeVar("View", bound=Callable[..., Any])

# A hall or a mobile carrier shares one address; a device's token is far above what a device can do.
BY_ADDRESS_READ = RateLimitItemPerMinute(6000)
BY_ADDRESS_WRITE = RateLimitItemPerMinute(600)
BY_APPOINTMENT = RateLimitItemPerHour(120)  # each move may send a message
BY_REFERENCE = RateLimitItemPerHour(20)  # who has one and guesses the telephone that belongs to it
BY_TOKEN = RateLimitItemPerSecond(1000)


class Unauthorized(Exception):
    """Nobody in particular asks for what needs a role."""


class Forbidden(Exception):
    """The asker's role or centre does not allow it."""


class TooMany(Exception):
    """The asker has asked too often; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class House:
    """What the composition root hands to every audience."""

    store: Store
    public_url: str
    demo: bool
    limiter: Limiter
    off_the_loop: Callable[..., Any]
    backup_dir: Path | None = None


def house() -> House:
    """The running app's store, clock and addresses."""
    return cast(House, current_app.extensions["onedoor"])


def store() -> Store:
    """The running app's store."""
    return house().store


def needs(permission: Permission) -> Callable[[View], View]:
    """Names what a route needs; the view is refused to whoever may not."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(endpoint: str | None) -> Permission | None:
    """What a route needs; None when it names nothing (and is therefore refused)."""
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "permission", None)


def check_request() -> None:
    """Finds who asks and refuses what may not be. Runs before every request.

    Raises Unauthorized, Forbidden, TooMany, and NotFound for a centre that does not exist.
    """
    g.caller = None
    if request.endpoint in (None, "static") or request.blueprint == "operators":  # these answer whatever else is down
        return
    permission = permission_of(request.endpoint)
    if permission is None:
        raise Forbidden
    try:
        g.caller = _find_caller()
    finally:
        _limit()  # who guesses tokens is counted as anybody at that address
    code = (request.view_args or {}).get("code")
    if permission is Permission.JOIN_QUEUE and code and not _may(permission, code):
        _refuse_unless_remote(code)
    else:
        require(permission, code)


def _may(permission: Permission, code: str | None) -> bool:
    """What anyone may do, somebody from another centre may do too."""
    caller: Caller | None = g.caller
    return permits(None, permission) or (caller is not None and caller.may(permission, code))


def require(permission: Permission, code: str | None) -> None:
    """Raises Unauthorized or Forbidden unless the asker may do this at the centre."""
    if _may(permission, code):
        return
    raise Forbidden if g.caller else Unauthorized


def _refuse_unless_remote(code: str) -> None:
    """Where the centre allows it, a phone joins the queue without a token (and a display may ask as anybody may)."""
    with store().reading() as conn:
        remote = read_head(conn, store().centres, code).info.rules.remote_tickets
    caller: Caller | None = g.caller
    if not remote or (caller and caller.centre not in (None, code)):
        raise Forbidden if caller else Unauthorized


def _find_caller() -> Caller | None:
    """The holder of the bearer token, or of the page's cookie. A token that is not good is never nobody's."""
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        caller = known_caller(store(), token.strip()) if scheme.lower() == "bearer" else None
        if caller is None:
            raise Unauthorized
        return caller
    cookie = request.cookies.get(COOKIE)
    # The API takes no cookies, so that no other site can make a browser act.
    return known_caller(store(), cookie) if cookie and request.blueprint != "api" else None


def address() -> str:
    """Who asks, when nobody in particular does."""
    return request.remote_addr or "?"


def is_beside_us() -> bool:
    """Whether the asker sits at this very machine, and its browser knows it: no name of another site leads here."""
    try:
        here = ipaddress.ip_address(address()).is_loopback
    except ValueError:
        return False
    return here and (urlsplit(f"//{request.host}").hostname or "") in ("localhost", "127.0.0.1", "::1")


def _limit() -> None:
    caller: Caller | None = g.caller
    if caller is not None:
        hit(BY_TOKEN, f"token:{caller.id}")
    elif request.method in ("GET", "HEAD", "OPTIONS"):
        hit(BY_ADDRESS_READ, f"read:{address()}")
    else:
        hit(BY_ADDRESS_WRITE, f"write:{address()}")


def hit(limit: RateLimitItem, who: str) -> None:
    """Counts a request. Raises TooMany."""
    until = house().limiter.refused_until(limit, who)
    if until is not None:
        raise TooMany(max(1, round(until - time.time())))


def language() -> str:
    """The reader's language: asked for, chosen before, or what the browser prefers; the first we have otherwise."""
    known = languages()
    for asked in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if asked in known:
            return asked
    for tag, quality in request.accept_languages:  # the best first; en-US is English before it is the next wish
        for candidate in (tag.lower(), tag.partition("-")[0].lower()):
            if quality and candidate in known:
                return candidate
    return known[0]
