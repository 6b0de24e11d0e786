"""Statistics and the export of visits, for managers."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from flask import Response

from answers import schemas
from answers.guards import house, language, store
from api.endpoint import Mistakes, answered, endpoint
from commands.permissions import Permission
from reports.groups import By
from reports.measures import Statistics
from reports.measures import statistics as measure
from reports.visits_csv import visits_csv
from store.board import read_head
from store.unit import Store


def _check(period: schemas.Period) -> None:
    if period.last < period.first:
        raise Mistakes([("to", "dates-backwards", {})])


@endpoint(
    "GET",
    "/centres/<code:code>/statistics",
    Permission.READ_STATISTICS,
    query=schemas.StatisticsQuery,
    answers={200: schemas.Statistics},
)
def statistics(code: str, query: schemas.StatisticsQuery) -> Response:
    """The measures of a period's ended steps, in groups and in all."""
    _check(query)
    found: Statistics = house().off_the_loop(_measure, store(), code, query, language())
    groups: list[dict[str, Any]] = [
        {"key": group.key, "label": group.label, **asdict(group.measures)} for group in found.groups
    ]
    answer = {"from": str(query.first), "to": str(query.last), "by": query.by, "groups": groups}
    return answered({**answer, "total": asdict(found.total)})


def _measure(database: Store, code: str, query: schemas.StatisticsQuery, lang: str) -> Statistics:
    """In a real thread: a busy month takes the database long enough to keep every screen waiting."""
    with database.reading_apart() as conn:
        centre = read_head(conn, database.centres, code).info
        return measure(conn, centre, query.first, query.last, By(query.by), language=lang)


@endpoint(
    "GET",
    "/centres/<code:code>/visits.csv",
    Permission.READ_STATISTICS,
    query=schemas.Period,
    answers={200: None},
)
def visits(code: str, query: schemas.Period) -> Response:
    """A line per ended step, as import-history takes it."""
    _check(query)
    database = store()
    with database.reading() as conn:
        centre = read_head(conn, database.centres, code).info

    def lines() -> Iterator[str]:  # sent while it is read: the request's context is gone by then
        with database.reading() as conn:
            yield from visits_csv(conn, centre, query.first, query.last)

    name = f"visits-{code}-{query.first}-{query.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(lines(), mimetype="text/csv", headers=headers)
