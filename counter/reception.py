"""Reception, for people who can't use a screen: give a ticket, print one again, find somebody and what they claim."""

from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from answers.appointments import typed_appointment
from answers.guards import language, needs, store
from answers.pages import kind_problem, page
from answers.presses import new_key, press
from answers.tickets import local, place_in_queue, service_name, steps_in_order
from commands.appointments import cancel, check_in
from commands.moves import resume
from commands.permissions import Permission
from commands.priorities import change_priority
from commands.tickets import TicketRequest, issue_ticket
from counter.blueprint import bp
from counter.names import group_name, group_names, service_names
from queueing.refusals import CheckedInAlready, Invalid, NotFound, Refused
from queueing.visit import Visit
from store.board import read_head
from store.centre import CentreInfo
from store.ids import ticket_token
from store.notes import read_person
from store.queue import waiting_steps
from store.set_aside import read_set_aside
from store.unit import Unit
from store.visits import read_visit, read_visits

_RULE = "/counter/<code:code>/reception"


@bp.get(_RULE)
@needs(Permission.WORK_QUEUE)
def reception(code: str) -> Response:
    """What a person can be given, and who is here. Raises NotFound."""
    return _reception(code)


def _reception(code: str, status: int = 200, problem: str | None = None, *, not_booked: str | None = None) -> Response:
    now, lang = store().clock.now(), language()
    with store().reading() as conn:
        centre = read_head(conn, store().centres, code).info
        day = centre.hours.business_date(now)
        waiting = [step.ticket for step in waiting_steps(conn, centre.id)]
        away = read_set_aside(conn, centre.id, day, now - centre.rules.no_show_grace)
        visits = read_visits(conn, [*waiting, *(one.ticket for one in away)])
    people = sorted(visits.values(), key=lambda visit: visit.number)
    values: dict[str, Any] = {
        "people": [(visit, service_name(centre, visit.step.service, lang)) for visit in people],
        "services": service_names(centre, lang),
        "groups": group_names(centre, lang),
        "closed": centre.hours.refusal(now),
        "books": centre.books,
        "not_booked": not_booked,
        "cancelled": request.args.get("said") == "cancelled",
        "reference": request.form.get("reference", ""),
    }
    return page("counter/reception.html", status, centre=centre, key=new_key(), problem=problem, **values)


@bp.post(_RULE)
@needs(Permission.WORK_QUEUE)
def give(code: str) -> AnyResponse:
    """Gives a ticket, for a person who stands there; what staff say of a priority they have seen. Raises NotFound."""

    def work(unit: Unit) -> dict[str, Any]:
        group = request.form.get("priority") or None
        name, phone = (request.form.get(field, "").strip() or None for field in ("name", "phone"))
        asked = TicketRequest(tuple(request.form.getlist("services")), "staff", group, name=name, phone=phone)
        visit = issue_ticket(unit, asked)
        if group is not None:
            change_priority(unit, visit.id, group)
        return {"ticket": visit.id}

    try:
        given = press(code, work)
    except (Refused, Invalid) as error:
        said = kind_problem(error, language())
        return _reception(code, said.status, said.words)
    return redirect(url_for("counter.reception_ticket", code=code, ticket_id=given["ticket"]), 303)


@bp.post(f"{_RULE}/check-in")
@needs(Permission.WORK_QUEUE)
def reception_check_in(code: str) -> AnyResponse:
    """Somebody with an appointment is here: a ticket, or the one they were given before. Raises NotFound."""
    try:
        ticket = press(code, lambda unit: {"ticket": check_in(unit, _named(unit), "staff").id})["ticket"]
    except CheckedInAlready as already:
        ticket = already.ticket
    except (Refused, Invalid) as error:
        said = kind_problem(error, language())
        return _reception(code, said.status, not_booked=said.words)
    return redirect(url_for("counter.reception_ticket", code=code, ticket_id=ticket), 303)


@bp.post(f"{_RULE}/cancel-appointment")
@needs(Permission.WORK_QUEUE)
def reception_cancel(code: str) -> AnyResponse:
    """Somebody can't come to an appointment: staff give the time back, also when it is late. Raises NotFound."""
    try:
        press(code, lambda unit: {"appointment": cancel(unit, _named(unit), by_staff=True).id})
    except (Refused, Invalid) as error:
        said = kind_problem(error, language())
        return _reception(code, said.status, not_booked=said.words)
    return redirect(url_for("counter.reception", code=code, said="cancelled"), 303)


def _named(unit: Unit) -> int:
    return typed_appointment(unit, "reference", request.form.get("reference", "").strip())


@bp.get(f"{_RULE}/<int:ticket_id>")
@needs(Permission.WORK_QUEUE)
def reception_ticket(code: str, ticket_id: int) -> Response:
    """One ticket, to be printed, or printed again for who has lost it. Raises NotFound."""
    now, lang = store().clock.now(), language()
    with store().reading() as conn:
        centre = read_head(conn, store().centres, code).info
        visit = read_visit(conn, ticket_id, centre.id) if ticket_id < 2**63 else None
        if visit is None:
            raise NotFound("ticket")
        place = place_in_queue(conn, centre, visit, now)
        reference = read_person(conn, ticket_id).reference
    values = {"place": place, "reference": reference, **_printed(centre, visit, lang)}
    return page("counter/reception_ticket.html", key=new_key(), **values)


def _printed(centre: CentreInfo, visit: Visit, lang: str) -> dict[str, Any]:
    return {
        "centre": centre,
        "visit": visit,
        "number": visit.number,
        "token": ticket_token(store().key, visit.id),
        "steps": [centre.services[step.service].names for step in steps_in_order(visit)],
        "issued": local(visit.issued_at, centre.zone),
        "group": group_name(centre, visit.priority, lang),
        "groups": group_names(centre, lang),
        "ready": [
            (centre.services[step.service].names, step.ready_on) for step in steps_in_order(visit) if step.ready_on
        ],
    }


@bp.post(f"{_RULE}/<int:ticket_id>/priority")
@needs(Permission.WORK_QUEUE)
def reception_priority(code: str, ticket_id: int) -> AnyResponse:
    """Confirms, sets or withdraws a priority. Raises NotFound, WrongState, Invalid."""
    group = request.form.get("priority") or None
    press(code, lambda unit: {"ticket": change_priority(unit, ticket_id, group).id})
    return redirect(url_for("counter.reception_ticket", code=code, ticket_id=ticket_id), 303)


@bp.post(f"{_RULE}/<int:ticket_id>/here")
@needs(Permission.WORK_QUEUE)
def reception_here(code: str, ticket_id: int) -> AnyResponse:
    """Puts somebody who is here again back in the queue, as often as staff find right.

    Raises NotFound, WrongState, GraceOver.
    """
    press(code, lambda unit: {"ticket": resume(unit, ticket_id).id})
    return redirect(url_for("counter.reception_ticket", code=code, ticket_id=ticket_id), 303)
