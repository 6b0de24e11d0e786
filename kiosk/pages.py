"""The touch kiosk: language, services, a ticket. It must be paired; a demonstration pairs a browser beside it."""

import ipaddress
from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from answers.centres import centre_detail, service_list
from answers.guards import COOKIE, Unauthorized, address, house, needs, store
from answers.pages import kind_problem, page
from answers.pairing import pairing_page
from answers.presses import new_key, take_ticket
from answers.tickets import place_in_queue, service_name
from commands.access import create_token
from commands.permissions import Permission, Role
from queueing.refusals import Invalid, KeyReused, NotFound, Refused
from store.board import read_head
from store.ids import ticket_of_token
from store.visits import centre_of, read_visit

bp = Blueprint("kiosk", __name__)

_PAIRED_SECONDS = 365 * 24 * 3600
# So many services stand side by side on a tall screen; more are folded into their groups.
_MOST_UNFOLDED = 10


@bp.errorhandler(Unauthorized)
def pair(_error: Unauthorized) -> Response:
    """What a browser that is no kiosk sees. Beside a demonstration it becomes one by opening the page."""
    code = (request.view_args or {}).get("code", "")
    if not (house().demo and _is_beside_us() and request.endpoint == "kiosk.services" and request.method == "GET"):
        return pairing_page(code)
    token = create_token(store(), Role.KIOSK, centre=code)
    response = redirect(request.full_path.rstrip("?"))
    secure = house().public_url.startswith("https:")
    response.set_cookie(COOKIE, token, max_age=_PAIRED_SECONDS, httponly=True, secure=secure, samesite="Lax")
    return response


def _is_beside_us() -> bool:
    try:
        return ipaddress.ip_address(address()).is_loopback
    except ValueError:
        return False


@bp.get("/kiosk/<code:code>")
@needs(Permission.SHOW_KIOSK)
def services(code: str) -> Response:
    """The services, as large buttons."""
    return _services(code)


def _services(code: str, status: int = 200, **said: Any) -> Response:
    centre = centre_detail(store(), code)
    offered = service_list(store(), code)["services"]
    groups: dict[str | None, list[dict[str, Any]]] = {}
    for service in offered:
        groups.setdefault(service["group"], []).append(service)
    with store().reading() as conn:
        closed = read_head(conn, store().centres, code).info.hours.refusal(store().clock.now())
    values = {"centre": centre, "groups": groups, "folded": len(groups) > 1 and len(offered) > _MOST_UNFOLDED}
    values |= {"closed": closed, "key": new_key(), "nothing_chosen": False, "refused": None}
    return page("kiosk/services.html", status, lang=spoken(centre["languages"]), **values | said)


def spoken(known: list[str]) -> str:
    """The language pressed, else the centre's first: a kiosk is the next person's, whatever its browser prefers."""
    asked = request.values.get("lang", "")
    return asked if asked in known else known[0]


@bp.post("/kiosk/<code:code>")
@needs(Permission.SHOW_KIOSK)
def take(code: str) -> Response:
    """Gives the ticket; a second press of the same form shows the same one."""
    lang = spoken(centre_detail(store(), code)["languages"])
    if not request.form.getlist("services"):
        return _services(code, 422, nothing_chosen=True)
    try:
        token = take_ticket(code, channel="kiosk", language=lang)
    except (KeyReused, Invalid):  # a page from before, brought back by the browser
        return redirect(url_for("kiosk.services", code=code, lang=lang), 303)
    except Refused as refused:
        said = kind_problem(refused, lang)
        return _services(code, said.status, refused=said.detail)
    return redirect(url_for("kiosk.ticket", code=code, token=token, lang=lang), 303)


@bp.get("/kiosk/<code:code>/<secret:token>")
@needs(Permission.SHOW_KIOSK)
def ticket(code: str, token: str) -> Response:
    """The number that was given, large, with its QR code. Raises NotFound."""
    number = ticket_of_token(store().key, token)
    if number is None:
        raise NotFound("ticket")
    centre = centre_detail(store(), code)
    with store().reading() as conn:
        visit = read_visit(conn, number)
        if visit is None or centre_of(conn, number) != code:
            raise NotFound("ticket")
        info = read_head(conn, store().centres, code).info
        place = place_in_queue(conn, info, visit, store().clock.now())
    lang = spoken(centre["languages"])
    steps = [service_name(info, step.service, lang) for step in visit.steps]
    return page(
        "kiosk/ticket.html", lang=lang, centre=centre, token=token, number=visit.number, place=place, steps=steps
    )
