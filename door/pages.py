"""The home page, and signing in and out."""

from urllib.parse import urlsplit

from flask import Blueprint, g, jsonify, redirect, request, url_for
from limits import RateLimitItemPerMinute
from werkzeug.wrappers import Response

from answers.centres import centre_list
from answers.guards import COOKIE, LANGUAGE_COOKIE, address, hit, house, is_beside_us, needs, store
from answers.pages import page
from answers.pairing import screen_state
from answers.words import languages
from commands.access import SESSION_LASTS, create_token, known_caller, redeem_link, revoke, sign_in
from commands.permissions import Permission, Role
from queueing.refusals import NotFound

bp = Blueprint("door", __name__)

_SCREEN_LASTS = 365 * 24 * 3600
_TRIES = RateLimitItemPerMinute(10)  # of one name from one address
_LONGEST_NAME = 64
_ONE_PRESS = (Role.STAFF, Role.MANAGER, Role.ADMIN)


@bp.get("/")
@needs(Permission.PUBLIC)
def home() -> Response:
    """The centres, and what each screen is for."""
    return page("door/home.html", centres=centre_list(store())["centres"], one_press=_ONE_PRESS if _is_shown() else ())


def _is_shown() -> bool:
    """Whether a demonstration is looked at on its own machine: nobody else is signed in by one press."""
    return house().demo and is_beside_us()


@bp.post("/demonstration")
@needs(Permission.PUBLIC)
def demonstrate() -> Response:
    """Signs whoever tries the demonstration in, as staff, manager or admin. Raises NotFound everywhere else."""
    role = next((role for role in _ONE_PRESS if role == request.form.get("role")), None)
    centres = centre_list(store())["centres"]
    if not _is_shown() or role is None or not centres:
        raise NotFound("link")
    centre = None if role is Role.ADMIN else centres[0]["code"]
    return _signed_in_as(role, create_token(store(), role, centre=centre, kind="session"), centre)


@bp.post("/language")
@needs(Permission.PUBLIC)
def choose_language() -> Response:
    """Remembers the reader's language and goes back to the page."""
    chosen = request.form.get("language", "")
    response = redirect(_inside(request.form.get("next")) or url_for("door.home"))
    if chosen in languages():
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_SCREEN_LASTS, samesite="Lax")
    return response


def _inside(address: str | None) -> str | None:
    """An address on this site, or None."""
    parts = urlsplit(address or "")
    inside = address and address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and not parts.netloc and not parts.scheme else None


@bp.get("/sign-in", endpoint="sign_in")
@needs(Permission.PUBLIC)
def sign_in_form() -> Response:
    """The form for name and password; it says so when a session has ended."""
    ended = COOKIE in request.cookies and g.caller is None
    return _sign_in_page(ended=ended, next=_inside(request.args.get("next")) or "")


def _sign_in_page(status: int = 200, *, next: str, ended: bool = False, name: str = "") -> Response:
    """The form, with what was typed where it failed."""
    said = {"failed": status == 401, "ended": ended, "name": name, "next": next, "beside": _is_shown()}
    return page("door/sign_in.html", status, lang=None, **said)


@bp.post("/sign-in")
@needs(Permission.PUBLIC)
def sign_in_post() -> Response:
    """Signs a person in. Raises TooMany."""
    name = request.form.get("username", "").replace("\0", "")[:_LONGEST_NAME]
    next_page = _inside(request.form.get("next"))
    hit(_TRIES, f"sign-in:{address()}:{name}")
    token = sign_in(store(), name, request.form.get("password", ""), house().off_the_loop)
    if token is None:
        return _sign_in_page(401, name=name, next=next_page or "")
    return _signed_in(token, next_page or _first_page(token), SESSION_LASTS.total_seconds())


def _first_page(token: str) -> str:
    """Where somebody begins who was on the way to no page in particular: managers in the office."""
    caller = known_caller(store(), token)
    return url_for("office.today" if caller and caller.role.includes(Role.MANAGER) else "counter.choose")


@bp.get("/sign-in/<secret:token>")
@needs(Permission.PUBLIC)
def follow_link(token: str) -> Response:
    """A one-time link: signs a person in, or pairs a screen. Who only looks (a messenger's preview) uses nothing up."""
    if request.method == "HEAD":
        return Response()
    redeemed = redeem_link(store(), token)
    if redeemed is None:
        raise NotFound("link")
    session, role, centre = redeemed
    return _signed_in_as(role, session, centre)


def _signed_in_as(role: Role, session: str, centre: str | None) -> Response:
    if role.includes(Role.MANAGER):
        return _signed_in(session, url_for("office.today"), SESSION_LASTS.total_seconds())
    if role is Role.STAFF:
        return _signed_in(session, url_for("counter.choose"), SESSION_LASTS.total_seconds())
    screen = "kiosk.services" if role is Role.KIOSK else "display.tv"
    return _signed_in(session, url_for(screen, code=centre), _SCREEN_LASTS)


def _signed_in(token: str, address: str, seconds: float) -> Response:
    response = redirect(address)
    secure = house().public_url.startswith("https:")
    response.set_cookie(COOKIE, token, max_age=int(seconds), httponly=True, secure=secure, samesite="Lax")
    return response


@bp.get("/pairing")
@needs(Permission.PUBLIC)
def pairing() -> Response:
    """What became of the code on this browser's screen, for the script of the page that shows it."""
    return jsonify(state=screen_state())


@bp.post("/sign-out")
@needs(Permission.PUBLIC)
def sign_out() -> Response:
    """Ends the session."""
    if g.caller is not None:
        revoke(store(), g.caller.id)
    response = redirect(url_for("door.home"))
    response.delete_cookie(COOKIE)
    return response


@bp.get("/sign-out")
@needs(Permission.PUBLIC)
def sign_out_form() -> Response:
    """Asks before the session ends."""
    return page("door/sign_out.html")
