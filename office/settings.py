"""Notice, ticketing, services and counters: what a manager changes in the middle of a day."""

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from answers.guards import needs, store
from answers.numbers import whole_number
from commands.permissions import Permission
from commands.settings import (
    LONGEST_NOTICE,
    MOST_A_DAY,
    resume_ticketing,
    set_counter_services,
    set_daily_limit,
    set_notice,
    stop_ticketing,
    switch_counter,
    switch_service,
)
from office.blueprint import bp, change, office_page
from store.board import read_head
from store.limits import tickets_left
from store.queue import counters_now


@bp.get("/office/<code:code>/notice")
@needs(Permission.MANAGE_CENTRE)
def notice(code: str, status: int = 200, **said: Any) -> Response:
    """The notice on the screens, and whether tickets are given. Raises NotFound."""
    return office_page("notice", code, status, most=LONGEST_NOTICE, **said)


@bp.post("/office/<code:code>/notice")
@needs(Permission.MANAGE_CENTRE)
def change_notice(code: str) -> Response:
    """Shows another notice, or none. Raises NotFound."""
    texts = {name.removeprefix("notice-"): text for name, text in request.form.items() if name.startswith("notice-")}
    said = "notice" if any(text.strip() for text in texts.values()) else "no-notice"
    return change(code, lambda unit: set_notice(unit, texts), show=notice, said=said)


@bp.post("/office/<code:code>/ticketing/<any('stop', 'resume'):act>")
@needs(Permission.MANAGE_CENTRE)
def change_ticketing(code: str, act: str) -> Response:
    """Stops giving tickets, or gives them again. Raises NotFound."""
    if act == "stop":
        return change(code, stop_ticketing, show=notice, said="stopped")
    return change(code, resume_ticketing, show=notice, said="resumed")


@bp.get("/office/<code:code>/services")
@needs(Permission.MANAGE_CENTRE)
def services(code: str, status: int = 200, **said: Any) -> Response:
    """The services, which of them give tickets and how many, and who waits for each. Raises NotFound."""
    with store().reading() as conn:
        head = read_head(conn, store().centres, code)
        left = tickets_left(conn, head.info, head.info.hours.business_date(store().clock.now()))
    return office_page("services", code, status, waiting=head.waiting, left=left, most=MOST_A_DAY, **said)


@bp.post("/office/<code:code>/services/<any('on', 'off'):act>")
@needs(Permission.MANAGE_CENTRE)
def change_service(code: str, act: str) -> Response:
    """Gives tickets for a service, or none. Raises NotFound."""
    service = request.form.get("service", "")
    return change(
        code, lambda unit: switch_service(unit, service, on=act == "on"), show=services, said=f"service-{act}"
    )


@bp.post("/office/<code:code>/services/limit")
@needs(Permission.MANAGE_CENTRE)
def change_limit(code: str) -> Response:
    """Gives so many tickets a day for a service, or as many as come. Raises NotFound."""
    service, typed = request.form.get("service", ""), request.form.get("limit", "").strip()
    # What is no number is refused as a number that cannot be.
    limit = (whole_number(typed, 5) or 0) if typed else None
    return change(code, lambda unit: set_daily_limit(unit, service, limit), show=services, said="limit")


@bp.get("/office/<code:code>/counters")
@needs(Permission.MANAGE_CENTRE)
def counters(code: str, status: int = 200, **said: Any) -> Response:
    """The counters, which of them there are, and what each serves. Raises NotFound."""
    with store().reading() as conn:
        info = read_head(conn, store().centres, code).info
        states = {counter.number: counter for counter in counters_now(conn, info)}
    return office_page("counters", code, status, states=states, **said)


@bp.post("/office/<code:code>/counters/<int(max=9999):number>/<any('on', 'off'):act>")
@needs(Permission.MANAGE_CENTRE)
def change_counter(code: str, number: int, act: str) -> Response:
    """Shows a counter, or takes it away. Raises NotFound."""
    return change(code, lambda unit: switch_counter(unit, number, on=act == "on"), show=counters, said=f"counter-{act}")


@bp.post("/office/<code:code>/counters/<int(max=9999):number>/services")
@needs(Permission.MANAGE_CENTRE)
def change_counter_services(code: str, number: int) -> Response:
    """What a counter serves. Raises NotFound."""
    chosen = request.form.getlist("services")
    return change(code, lambda unit: set_counter_services(unit, number, chosen), show=counters, said="counter-services")
