"""The figures of a period and the file behind them, as the API and the office give them."""

from collections.abc import Iterator
from datetime import date

from flask import Response

from answers.guards import house, store
from reports.attendance import Attendance, attendance
from reports.groups import By
from reports.measures import Statistics, statistics
from reports.visits_csv import visits_csv
from store.board import read_head
from store.unit import Store

Days = tuple[date, date]


def measure(code: str, periods: list[Days], by: By, language: str) -> list[Statistics]:
    """The statistics of some periods, both days included, on one snapshot. Raises NotFound."""
    found: list[Statistics] = house().off_the_loop(_measure, store(), code, periods, by, language)
    return found


def _measure(database: Store, code: str, periods: list[Days], by: By, language: str) -> list[Statistics]:
    """In a real thread: a busy month takes the database long enough to keep every screen waiting."""
    with database.reading_apart() as conn:
        centre = read_head(conn, database.centres, code).info
        return [statistics(conn, centre, first, last, by, language=language) for first, last in periods]


def measure_attendance(code: str, days: Days, language: str) -> list[Attendance]:
    """What became of the appointments of a period, both days included. Raises NotFound."""
    found: list[Attendance] = house().off_the_loop(_measure_attendance, store(), code, days, language)
    return found


def _measure_attendance(database: Store, code: str, days: Days, language: str) -> list[Attendance]:
    with database.reading_apart() as conn:
        return attendance(conn, read_head(conn, database.centres, code).info, *days, language)


def visits_file(code: str, first: date, last: date) -> Response:
    """A line per ended step, as import-history takes it. Raises NotFound."""
    database = store()
    with database.reading() as conn:
        centre = read_head(conn, database.centres, code).info

    def lines() -> Iterator[str]:  # sent while it is read: the request's context is gone by then
        with database.reading() as conn:
            yield from visits_csv(conn, centre, first, last)

    name = f"visits-{code}-{first}-{last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(lines(), mimetype="text/csv", headers=headers)
