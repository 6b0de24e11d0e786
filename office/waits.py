"""The waits of a period, in groups: a table that the server draws, and charts that a script draws from it."""

from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from answers.figures import measure, measure_attendance, visits_file
from answers.guards import language, needs, store
from commands.permissions import Permission
from office.blueprint import bp, office_page, read_info
from office.period import Period, asked_period, quick_choices
from queueing.refusals import Invalid
from reports.attendance import all_of
from reports.groups import By
from reports.measures import Group, Measures, Statistics


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: a group, and by how many seconds its median wait is longer than in the period before."""

    group: Group
    longer: float | None


@bp.get("/office/<code:code>/waits")
@needs(Permission.READ_STATISTICS)
def waits(code: str) -> Response:
    """The figures of a period against those of the one before. Raises NotFound, Invalid."""
    by = _asked_by()
    period, quick = _asked_period(code)
    now, before = measure(code, [_days(period), _days(period.before)], by, language())
    values: dict[str, Any] = {"period": period, "before": period.before, "quick": quick, "by": by, "ways": list(By)}
    values |= {"total": now.total, "was": before.total, "lines": _lines(now, before)}
    booked = measure_attendance(code, _days(period), language())
    values |= {"attendance": booked, "everybody": all_of(booked)}
    return office_page("waits", code, **values)


def _asked_by() -> By:
    try:
        return By(request.args.get("by") or By.SERVICE)
    except ValueError as error:
        raise Invalid("by", "bad-value") from error


def _asked_period(code: str) -> tuple[Period, dict[str, Period]]:
    today = read_info(code).hours.business_date(store().clock.now())
    return asked_period(request.args, today), quick_choices(today)


def _days(period: Period) -> tuple[Any, Any]:
    return period.first, period.last


def _lines(now: Statistics, before: Statistics) -> list[Line]:
    """A date is not compared: the period before has other ones."""
    was: dict[Any, Measures] = {group.key: group.measures for group in before.groups if now.by is not By.DAY}
    return [Line(group, _longer(group.measures, was.get(group.key))) for group in now.groups]


def _longer(now: Measures, was: Measures | None) -> float | None:
    if was is None or now.wait.median is None or was.wait.median is None:
        return None
    return now.wait.median - was.wait.median


@bp.get("/office/<code:code>/visits.csv")
@needs(Permission.READ_STATISTICS)
def visits(code: str) -> Response:
    """The period's steps as a file. Raises NotFound, Invalid."""
    period, _quick = _asked_period(code)
    return visits_file(code, period.first, period.last)


@bp.get("/office/<code:code>/definitions")
@needs(Permission.READ_STATISTICS)
def definitions(code: str) -> Response:
    """What each figure is, in words. Raises NotFound."""
    return office_page("definitions", code)
