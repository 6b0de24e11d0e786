"""Choosing on a phone: what for, what to bring, and when: a time, or a ticket for today."""

from datetime import date, datetime
from math import ceil
from typing import Any

from flask import Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from answers.centres import centre_detail, closes_early, service_list
from answers.dates import come_again
from answers.guards import BY_REFERENCE, hit, language, needs, store
from answers.offer import found, grouped
from answers.pages import kind_problem, page
from answers.presses import new_key, press, take_ticket
from answers.today import doubt
from booking.blueprint import bp
from booking.calendar_file import papers_of
from booking.find import appointment_of_booker
from booking.times import Times, free_times, pressed_time
from commands.appointments import book, release
from commands.outlook import outlooks
from commands.permissions import Permission
from commands.remote import join_by_phone, join_from_afar
from commands.tickets import TicketRequest
from queueing.journey import plan_steps
from queueing.order import Joined
from queueing.refusals import Invalid, KeyReused, Refused, RemoteDayFull, RemoteFull, RemoteTooLate
from queueing.states import StepState
from store.board import read_head
from store.centre import CentreInfo
from store.ids import appointment_of_token, appointment_token, ticket_of_token
from store.limits import tickets_left
from store.unit import Unit
from store.visits import centre_of, read_visit

# In the browser's session: the time that it keeps at the moment, and the ticket of who is on the way.
HELD, COMING = "held", "coming"


@bp.get("/book/<code:code>")
@needs(Permission.PUBLIC)
def services(code: str) -> Response:
    """What can be done here, grouped by need, or what a search finds."""
    sought = request.args.get("q", "").strip()[:100]
    groups = grouped(found(service_list(store(), code)["services"], sought))
    centre = _centre(code)
    values: dict[str, Any] = {
        "centre": centre_detail(store(), code),
        "groups": groups,
        "sought": sought,
        "chosen": _asked(centre),
        "early": closes_early(centre, store().clock.now()),
    }
    return page("booking/services.html", **values)


@bp.get("/book/<code:code>/visit")
@needs(Permission.PUBLIC)
def visit(code: str) -> AnyResponse:
    """What to bring for the chosen services, the times that are free, and a ticket for today."""
    return _visit(code)


def _visit(code: str, status: int = 200, *, problem: str | None = None) -> AnyResponse:
    centre, now = _centre(code), store().clock.now()
    chosen = _asked(centre)
    if not chosen:
        return redirect(url_for("booking.services", code=code))
    first = _to_book(centre, chosen)[0]
    times = read_times(centre, first, now) if centre.services[first].appointment else None
    infos = [centre.services[service] for service in chosen]
    values: dict[str, Any] = {
        "infos": infos,
        "papers": papers_of(centre, chosen, language()),
        "minutes": ceil(sum(info.expected.total_seconds() for info in infos) / 60),
        "then": [centre.services[s].names for s in plan_steps(chosen, centre.then) if s not in chosen],
        "more": any(info.enabled and info.code not in chosen for info in centre.services.values()),
        "times": times,
        **_now(centre, chosen, now),
    }
    return page("booking/visit.html", status, centre=centre, key=new_key(), problem=problem, **values)


def read_times(centre: CentreInfo, service: str, now: datetime) -> Times:
    """The free times of a service, with the day and the calendar that the address asks for."""
    with store().reading() as conn:
        return free_times(conn, centre, service, now, day=_day("day"), week=_day("week"))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _now(centre: CentreInfo, chosen: list[str], now: datetime) -> dict[str, Any]:
    """Whether a ticket for today can be had, and what speaks against it."""
    with store().reading() as conn:
        late = doubt(centre, now, outlooks(conn, centre, now), chosen)
        left = tickets_left(conn, centre, centre.hours.business_date(now))
    again = centre.hours.tickets_on_a_later_day(now)
    at = again.astimezone(centre.zone) if again else None
    return {
        "closed": centre.hours.refusal(now),
        "early": closes_early(centre, now),
        "late": late,
        "full": any(left.get(service) == 0 for service in chosen),
        "again": come_again(at, centre.hours.business_date(now), language()),
    }


@bp.post("/book/<code:code>")
@needs(Permission.JOIN_QUEUE)
def join(code: str) -> AnyResponse:
    """Takes a ticket for today's queue; a second press of the same form leads to the same one.

    Who is still on the way has one such ticket per phone at a time.
    """
    coming = request.form.get("where") == "way"
    token = _coming(code) if coming else None
    try:
        issue = join_from_afar if coming else join_by_phone
        token = token or take_ticket(code, channel="web", language=language(), issue=issue)
    except KeyReused:
        return _anew(code)
    except Invalid:
        return redirect(url_for("booking.services", code=code), 303)
    except (RemoteFull, RemoteDayFull, RemoteTooLate) as refused:
        said = kind_problem(refused, language())
        return _visit(code, said.status, problem=said.words)
    if coming:
        session[COMING] = token
    return redirect(url_for("booking.ticket", token=token), 303)


def _coming(code: str) -> str | None:
    """The ticket with which this browser's person is on the way here already."""
    token: str = session.get(COMING, "")
    number = ticket_of_token(store().key, token)
    with store().reading() as conn:
        visit = read_visit(conn, number) if number is not None and centre_of(conn, number) == code else None
    return token if visit and visit.step.joined_as is Joined.ON_WAY and visit.state is StepState.ON_HOLD else None


@bp.post("/book/<code:code>/hold")
@needs(Permission.PUBLIC)
def hold(code: str) -> AnyResponse:
    """Keeps a time for ten minutes, in place of the one that this browser kept before."""
    try:
        token = _hold(code)
    except KeyReused:
        return _anew(code)
    except (Refused, Invalid) as error:  # somebody was first, or the page is an old one
        said = kind_problem(error, language())
        return _visit(code, said.status, problem=said.words)
    session[HELD] = token
    return redirect(url_for("booking.appointment", token=token), 303)


def _hold(code: str) -> str:
    start = pressed_time()
    before = appointment_of_token(store().key, session.get(HELD, ""))

    def work(unit: Unit) -> dict[str, int]:
        if before is not None:
            release(unit, before)
        services = _to_book(unit.centre, _asked(unit.centre))
        spoken = language() if language() in unit.centre.languages else None
        return {"appointment": book(unit, TicketRequest(tuple(services), "web", language=spoken), start, hold=True).id}

    return appointment_token(store().key, press(code, work)["appointment"])


def _anew(code: str) -> AnyResponse:
    """A page from before, brought back by the browser: it is drawn again."""
    return redirect(url_for("booking.visit", code=code, services=request.form.getlist("services")), 303)


@bp.get("/book/<code:code>/find")
@needs(Permission.PUBLIC)
def find(code: str) -> Response:
    """By what an appointment is found again."""
    return page("booking/find.html", centre=_centre(code), problem=None)


@bp.post("/book/<code:code>/find")
@needs(Permission.PUBLIC)
def found_again(code: str) -> AnyResponse:
    """Opens the appointment that has this reference and telephone. Raises TooMany for who tries many."""
    reference = request.form.get("reference", "").strip().upper().replace("\0", "")
    hit(BY_REFERENCE, f"find:{code}:{reference[:8]}")
    centre = _centre(code)
    with store().reading() as conn:
        number = appointment_of_booker(conn, centre.id, reference, request.form.get("phone", ""))
    if number is None:
        return page("booking/find.html", 422, centre=centre, problem=True)
    return redirect(url_for("booking.appointment", token=appointment_token(store().key, number)), 303)


def _centre(code: str) -> CentreInfo:
    with store().reading() as conn:
        return read_head(conn, store().centres, code).info


def _asked(centre: CentreInfo) -> list[str]:
    """The services that were chosen so far, each once; what the centre does not offer was never on the page."""
    known = {code for code, info in centre.services.items() if info.enabled}
    return [code for code in dict.fromkeys(request.values.getlist("services")) if code in known]


def _to_book(centre: CentreInfo, chosen: list[str]) -> list[str]:
    """The same services in the order in which they are booked: one of which a time can be had first, it is its slot."""
    return sorted(chosen, key=lambda service: not centre.services[service].appointment)
