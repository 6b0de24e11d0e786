"""Appointments: the week with its times and who has booked, the appointments without a time, and the sessions."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from answers.guards import needs, store
from answers.numbers import whole_number
from answers.timetable import timetable
from commands.permissions import Permission
from commands.sessions import (
    add_sessions,
    appointments_without_slot,
    change_session,
    remove_session,
    settle_appointments,
)
from office.blueprint import appointment_lines, asked_decision, bp, change, keeping, office_page, read_info, refuse
from office.hours import wall_minute
from office.period import asked_day
from queueing.refusals import Invalid, NotFound
from queueing.slots import Session
from store.board import read_head
from store.tables import Holiday

_WEEK = 7
_NEW = Session(id=0, weekday=None, day=None, start=8 * 60, end=12 * 60, services=(), length=30, capacity=2, kept=0)


@bp.get("/office/<code:code>/appointments")
@needs(Permission.MANAGE_CENTRE)
def appointments(code: str, status: int = 200, **said: Any) -> Response:
    """A week of times, and the sessions that give them. Raises NotFound, Invalid."""
    now = store().clock.now()
    with store().reading() as conn:
        info = read_head(conn, store().centres, code).info
        today = info.hours.business_date(now)
        asked = asked_day(request.args, "week", today)
        days = [asked + timedelta(days=n - asked.weekday()) for n in range(_WEEK)]
        given = [service for service, one in info.services.items() if one.enabled and one.appointment]
        chosen = request.args.get("service") if request.args.get("service") in given else None
        week = timetable(conn, info, [chosen] if chosen else given, days, now)
        closed = select(Holiday.day, Holiday.names).where(Holiday.centre_id == info.id, Holiday.day.in_(days))
        holidays = {row.day: row.names for row in conn.execute(closed)}
        lost = appointments_without_slot(conn, info, now)
    values: dict[str, Any] = {"week": week, "given": given, "chosen": chosen, "holidays": holidays}
    values |= {"now": now, "today": today, "before": days[0] - timedelta(_WEEK), "after": days[0] + timedelta(_WEEK)}
    coming = [session for session in info.sessions if session.day is None or session.day >= today]
    values |= {"lost": appointment_lines(info, lost), "sessions": coming}
    return office_page("appointments", code, status, **values, **said)


@bp.post("/office/<code:code>/appointments/settle")
@needs(Permission.MANAGE_CENTRE)
def settle_lost(code: str) -> Response:
    """Moves or cancels the appointments that have no time any more. Raises NotFound."""
    decided = asked_decision()
    return change(code, lambda unit: settle_appointments(unit, decided), show=appointments, said="settled")


@bp.get("/office/<code:code>/sessions/new")
@needs(Permission.MANAGE_CENTRE)
def new_session(code: str, status: int = 200, **said: Any) -> Response:
    """The form for a new session. Raises NotFound."""
    return office_page("session", code, status, session=_NEW, **said)


@bp.post("/office/<code:code>/sessions/new")
@needs(Permission.MANAGE_CENTRE)
def add_session(code: str) -> Response:
    """Adds a session on a date, or one on each of the weekdays. Raises NotFound."""
    try:
        sessions = _asked_sessions()
    except Invalid as error:
        return refuse(code, error, show=new_session)
    work = keeping(lambda unit: add_sessions(unit, sessions))
    return change(code, work, show=appointments, said="session-saved", again=new_session)


@bp.get("/office/<code:code>/sessions/<int:number>")
@needs(Permission.MANAGE_CENTRE)
def edit_session(code: str, number: int, status: int = 200, **said: Any) -> Response:
    """The form for a session that there is. Raises NotFound."""
    session = next((one for one in read_info(code).sessions if one.id == number), None)
    if session is None:
        raise NotFound("session")
    return office_page("session", code, status, session=session, **said)


@bp.post("/office/<code:code>/sessions/<int:number>")
@needs(Permission.MANAGE_CENTRE)
def save_session(code: str, number: int) -> Response:
    """Changes a session; its day stays. Raises NotFound."""
    again = partial(_edit_again, number=number)
    try:
        session = _asked_session(number, None, None)
    except Invalid as error:
        return refuse(code, error, show=again)
    work = keeping(lambda unit: change_session(unit, session))
    return change(code, work, show=appointments, said="session-saved", again=again)


def _edit_again(code: str, status: int, *, number: int, **said: Any) -> Response:
    return edit_session(code, number, status, **said)


@bp.post("/office/<code:code>/sessions/<int:number>/remove")
@needs(Permission.MANAGE_CENTRE)
def take_session_away(code: str, number: int) -> Response:
    """Removes a session. Raises NotFound."""
    work = keeping(lambda unit: remove_session(unit, number))
    return change(code, work, show=appointments, said="session-removed")


def _asked_sessions() -> list[Session]:
    """One of a date, or one of each weekday that was ticked. Raises Invalid."""
    typed, weekdays = request.form.get("date", "").strip(), request.form.getlist("weekdays")
    if bool(typed) is bool(weekdays):
        raise Invalid("date", "weekday-or-date")
    if typed:
        try:
            return [_asked_session(0, None, date.fromisoformat(typed))]
        except ValueError as error:
            raise Invalid("date", "not-a-date") from error
    days = [number for number in range(1, _WEEK + 1) if str(number) in weekdays]
    return [_asked_session(0, day, None) for day in days]


def _asked_session(number: int, weekday: int | None, day: date | None) -> Session:
    form = request.form
    return Session(
        id=number,
        weekday=weekday,
        day=day,
        start=wall_minute("from", form.get("from", "").strip()),
        end=wall_minute("from", form.get("to", "").strip()),
        services=tuple(form.getlist("services")),
        length=_number("length"),
        capacity=_number("capacity"),
        kept=_number("kept", "0"),
        lead=_number("lead", "0"),
        days_ahead=_number("days_ahead") if form.get("days_ahead", "").strip() else None,
        cut_off=_number("cut_off", "0"),
    )


def _number(field: str, unsaid: str = "") -> int:
    """A whole number that was typed; what is none is refused as one that cannot be."""
    typed = request.form.get(field, "").strip() or unsaid
    number = whole_number(typed, 5)
    return -1 if number is None else number
