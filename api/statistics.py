"""Statistics and the export of visits, for managers."""

from dataclasses import asdict
from typing import Any

from flask import Response

from answers import bodies, schemas
from answers.figures import measure, visits_file
from answers.guards import language
from api.endpoint import Mistakes, answered, endpoint
from commands.permissions import Permission
from reports.groups import By


def _check(period: bodies.Period) -> None:
    if period.last < period.first:
        raise Mistakes([("to", "dates-backwards", {})])


@endpoint(
    "GET",
    "/centres/<code:code>/statistics",
    Permission.READ_STATISTICS,
    query=bodies.StatisticsQuery,
    answers={200: schemas.Statistics},
)
def statistics(code: str, query: bodies.StatisticsQuery) -> Response:
    """The measures of a period's ended steps, in groups and in all."""
    _check(query)
    (found,) = measure(code, [(query.first, query.last)], By(query.by), language())
    groups: list[dict[str, Any]] = [
        {"key": group.key, "label": group.label, **asdict(group.measures)} for group in found.groups
    ]
    answer = {"from": str(query.first), "to": str(query.last), "by": query.by, "groups": groups}
    return answered({**answer, "total": asdict(found.total)})


@endpoint(
    "GET",
    "/centres/<code:code>/visits.csv",
    Permission.READ_STATISTICS,
    query=bodies.Period,
    answers={200: None},
)
def visits(code: str, query: bodies.Period) -> Response:
    """A line per ended step, as import-history takes it."""
    _check(query)
    return visits_file(code, query.first, query.last)
