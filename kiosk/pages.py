"""The touch kiosk: services, documents, a ticket. It must be paired; a demonstration pairs a browser beside it."""

import ipaddress
from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from answers.centres import service_list
from answers.guards import COOKIE, Unauthorized, address, house, needs, store
from answers.offer import found, grouped
from answers.pages import kind_problem, page_error
from answers.pairing import pairing_page
from answers.presses import new_key, press, take_ticket
from answers.tickets import local, place_in_queue, steps_in_order
from answers.today import doubt
from commands.access import create_token
from commands.moves import come_back
from commands.outlook import outlooks
from commands.permissions import Permission, Role
from kiosk.returning import is_just_back
from kiosk.screen import Screen
from queueing.journey import plan_steps
from queueing.refusals import Invalid, KeyReused, NotFound, Refused, ServiceFull
from store.ids import ticket_of_token
from store.limits import tickets_left
from store.unit import Unit
from store.visits import centre_of, find_number, read_visit

bp = Blueprint("kiosk", __name__)

_PAIRED_SECONDS = 365 * 24 * 3600
# So many services stand side by side on a tall screen; more are folded into their groups.
_MOST_UNFOLDED = 10
# The next person must not find the last one's ticket by the browser's way back.
_SHOWN_FOR = timedelta(minutes=5)


@bp.errorhandler(Unauthorized)
def pair(_error: Unauthorized) -> Response:
    """What a browser that is no kiosk sees; no other handler hears of a centre that is not there."""
    try:
        return _paired((request.view_args or {}).get("code", ""))
    except NotFound as unknown:
        return page_error(unknown)


def _paired(code: str) -> Response:
    """The code to pair it by. Beside a demonstration it becomes a kiosk by opening the page. Raises NotFound."""
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
    """The services as large tiles, grouped by need, or those that a search finds."""
    screen = Screen.of(code)
    if screen.closed:
        return screen.sorry(screen.closed.value)
    offered = service_list(store(), code)["services"]
    sought = request.args.get("q", "").strip()[:100]
    groups = grouped(found(offered, sought))
    folded = not sought and len(groups) > 1 and len(offered) > _MOST_UNFOLDED
    return screen.page(
        "kiosk/services.html", groups=groups, folded=folded, sought=sought, chosen=screen.chosen(), info=screen.info
    )


@bp.get("/kiosk/<code:code>/documents")
@needs(Permission.SHOW_KIOSK)
def documents(code: str) -> Response:
    """The documents that the chosen services need; the last step before the ticket."""
    screen = Screen.of(code)
    chosen = [screen.info.services[service] for service in screen.chosen()]
    off = [service.names for service in chosen if not service.enabled]
    if not chosen:
        return redirect(url_for("kiosk.services", code=code, lang=screen.lang))
    if screen.closed:
        return screen.sorry(screen.closed.value)
    if off:
        return screen.sorry("service-closed", services=off)
    with store().reading() as conn:
        left, seen = tickets_left(conn, screen.info, screen.today), outlooks(conn, screen.info, screen.now)
    if full := [service.names for service in chosen if left.get(service.code) == 0]:
        return screen.full(full)
    codes = [service.code for service in chosen]
    then = [screen.info.services[s].names for s in plan_steps(codes, screen.info.then) if s not in codes]
    late = doubt(screen.info, screen.now, seen, codes)
    more = any(service.enabled and service.code not in codes for service in screen.info.services.values())
    return screen.page("kiosk/documents.html", chosen=chosen, then=then, late=late, more=more, key=new_key())


@bp.post("/kiosk/<code:code>")
@needs(Permission.SHOW_KIOSK)
def take(code: str) -> Response:
    """Gives the ticket; a second press of the same form shows the same one."""
    screen = Screen.of(code)
    try:
        token = take_ticket(code, channel="kiosk", language=screen.lang, priority=request.form.get("priority") or None)
    except (KeyReused, Invalid):  # a page from before, brought back by the browser
        return redirect(screen.address(), 303)
    except Refused as refused:
        return _refused(screen, refused)
    return redirect(screen.address("ticket", token=token), 303)


def _refused(screen: Screen, refused: Refused) -> Response:
    said = kind_problem(refused, screen.lang)
    if screen.closed:
        return screen.sorry(screen.closed.value, said.status)
    if isinstance(refused, ServiceFull):
        return screen.full([refused.names], said.status)
    service = screen.info.services.get(str(refused.facts.get("service")))
    off = [service.names] if service else []
    return screen.sorry(said.slug, said.status, said=said.detail, services=off)


@bp.get("/kiosk/<code:code>/back")
@needs(Permission.SHOW_KIOSK)
def back(code: str) -> Response:
    """The numbers that may come back; one of them, to be confirmed; and its place once it has."""
    screen, number = Screen.of(code), request.args.get("number", "")
    if not number:
        return screen.page("kiosk/back.html")
    if number in screen.returning:
        return screen.page("kiosk/back_confirm.html", number=number, key=new_key())
    with store().reading() as conn:
        ticket = find_number(conn, screen.info.id, screen.today, number)
        visit = read_visit(conn, ticket) if ticket is not None else None
        if visit is None or not is_just_back(visit, screen.now, _SHOWN_FOR):
            return redirect(screen.address("back"))
        place = place_in_queue(conn, screen.info, visit, screen.now)
    return screen.page("kiosk/back_done.html", number=number, place=place)


@bp.post("/kiosk/<code:code>/back")
@needs(Permission.SHOW_KIOSK)
def come_back_here(code: str) -> Response:
    """Puts the person back in the queue; a second press of the same form does nothing more."""
    screen, number = Screen.of(code), request.form.get("number", "")

    def work(unit: Unit) -> dict[str, int]:
        ticket = find_number(unit.conn, unit.centre.id, unit.today, number)
        if ticket is None:
            raise NotFound("ticket")
        return {"ticket": come_back(unit, ticket).id}

    try:
        press(code, work)
    except (KeyReused, Invalid, NotFound):  # a page from before, brought back by the browser
        return redirect(screen.address("back"), 303)
    except Refused as refused:
        return screen.sorry(refused.slug, kind_problem(refused, screen.lang).status)
    return redirect(screen.address("back", number=number), 303)


@bp.get("/kiosk/<code:code>/<secret:token>")
@needs(Permission.SHOW_KIOSK)
def ticket(code: str, token: str) -> Response:
    """The number that was given, large, with its QR code; it prints itself. Raises NotFound."""
    number = ticket_of_token(store().key, token)
    if number is None:
        raise NotFound("ticket")
    screen = Screen.of(code)
    with store().reading() as conn:
        visit = read_visit(conn, number)
        if visit is None or centre_of(conn, number) != code:
            raise NotFound("ticket")
        place = place_in_queue(conn, screen.info, visit, screen.now)
    if screen.now - visit.issued_at > _SHOWN_FOR:
        return redirect(url_for("kiosk.services", code=code))
    steps = [screen.info.services[step.service].names for step in steps_in_order(visit)]
    issued = local(visit.issued_at, screen.info.zone)
    group = screen.info.groups.get(visit.priority) if visit.priority else None
    return screen.page(
        "kiosk/ticket.html", token=token, number=visit.number, place=place, steps=steps, issued=issued, group=group
    )
