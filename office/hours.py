"""Opening hours, the break, and the days on which the centre is closed or closes early."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from answers.guards import needs, store
from commands.permissions import Permission
from commands.settings import (
    WEEKDAYS,
    Span,
    add_holiday,
    close_early,
    remove_early_closing,
    remove_holiday,
    set_hours,
)
from office.blueprint import bp, change, keeping, office_page, read_info, refuse
from queueing.hours import DAY, Lunch
from queueing.refusals import Invalid
from store.tables import Holiday

_TIME = re.compile("([0-9]{1,2}):([0-5][0-9])", re.ASCII)
_MOST_SPANS = 9


@bp.get("/office/<code:code>/hours")
@needs(Permission.MANAGE_CENTRE)
def hours(code: str, status: int = 200, **said: Any) -> Response:
    """The week, the break, the early closings and the holidays to come. Raises NotFound."""
    info = read_info(code)
    today = info.hours.business_date(store().clock.now())
    coming = select(Holiday.day, Holiday.names).where(Holiday.centre_id == info.id, Holiday.day >= today)
    with store().reading() as conn:
        holidays = conn.execute(coming.order_by(Holiday.day)).all()
    spans = max(2, *(len(day) for day in info.hours.week))
    week = list(zip(WEEKDAYS, info.hours.week, strict=True))
    early = sorted((day, minute) for day, minute in info.hours.early.items() if day >= today)
    values = {"holidays": holidays, "early": early, "spans": spans, "week": week, "today": today}
    return office_page("hours", code, status, **values, **said)


@bp.post("/office/<code:code>/hours")
@needs(Permission.MANAGE_CENTRE)
def change_hours(code: str) -> Response:
    """Sets the week and the break. Raises NotFound."""
    try:
        week = [_spans(day, request.form) for day in WEEKDAYS]
        lunch = _lunch(request.form)
    except Invalid as error:
        return refuse(code, error, show=hours)
    return change(code, keeping(lambda unit: set_hours(unit, week, lunch)), show=hours, said="hours")


def _spans(day: str, form: Mapping[str, str]) -> list[Span]:
    """A day's opening hours, in the order in which they were typed."""
    found = []
    for place in range(1, _MOST_SPANS + 1):
        start, end = (form.get(f"{day}-{place}-{which}", "").strip() for which in ("from", "to"))
        if start or end:
            found.append((wall_minute(day, start), wall_minute(day, end)))
    return found


def _lunch(form: Mapping[str, str]) -> Lunch | None:
    typed = [form.get(f"lunch-{which}", "").strip() for which in ("from", "to", "tickets")]
    if not any(typed):
        return None
    start, end, tickets = typed
    return Lunch(wall_minute("lunch", start), wall_minute("lunch", end), wall_minute("lunch", tickets or end))


def wall_minute(field: str, text: str) -> int:
    """A time that was typed, in minutes since midnight. Raises Invalid."""
    found = _TIME.fullmatch(text)
    minute = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
    if minute > DAY:
        raise Invalid(field, "not-a-time")
    return minute


@bp.post("/office/<code:code>/holidays/<any('add', 'remove'):act>")
@needs(Permission.MANAGE_CENTRE)
def change_holiday(code: str, act: str) -> Response:
    """Closes the centre on a day, or opens it. Raises NotFound."""
    try:
        day = _day("day")
    except Invalid as error:
        return refuse(code, error, show=hours)
    if act == "remove":
        return change(code, lambda unit: remove_holiday(unit, day), show=hours, said="holiday-off")
    names = {name.removeprefix("name-"): text for name, text in request.form.items() if name.startswith("name-")}
    return change(code, keeping(lambda unit: add_holiday(unit, day, names)), show=hours, said="holiday-on")


def _day(field: str) -> date:
    try:
        return date.fromisoformat(request.form.get(field, ""))
    except ValueError as error:
        raise Invalid(field, "not-a-date") from error


@bp.post("/office/<code:code>/early/<any('add', 'remove'):act>")
@needs(Permission.MANAGE_CENTRE)
def change_early(code: str, act: str) -> Response:
    """Closes the centre early on a day, or at its usual time. Raises NotFound."""
    try:
        day = _day("early")
        minute = wall_minute("early", request.form.get("time", "").strip()) if act == "add" else 0
    except Invalid as error:
        return refuse(code, error, show=hours)
    if act == "remove":
        return change(code, lambda unit: remove_early_closing(unit, day), show=hours, said="early-off")
    return change(code, keeping(lambda unit: close_early(unit, day, minute)), show=hours, said="early-on")
