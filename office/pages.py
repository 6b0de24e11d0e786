"""The office: today's waiting, and the figures of a period by service, for managers."""

import re
from datetime import date
from typing import Any

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

from answers.centres import board_now, centre_list
from answers.guards import language, needs, require, store
from answers.pages import page
from commands.permissions import Permission
from queueing.refusals import Invalid, NotFound
from reports.groups import By
from reports.measures import statistics
from store.board import read_head

bp = Blueprint("office", __name__)

_CODE = re.compile(r"[A-Za-z0-9_-]{1,16}")


@bp.get("/office/")
@needs(Permission.READ_STATISTICS)
def today() -> Response:
    """Who waits now, and the period's figures; who manages all centres chooses one first. Raises NotFound, Invalid."""
    code = g.caller.centre or request.args.get("centre", "")
    if not code:
        centres = centre_list(store())["centres"]
        if len(centres) != 1:
            return page("office/centres.html", centres=centres)
        code = centres[0]["code"]
    if not _CODE.fullmatch(code):
        raise NotFound("centre")
    require(Permission.READ_STATISTICS, code)
    return page("office/today.html", **_figures(code))


def _figures(code: str) -> dict[str, Any]:
    with store().reading() as conn:
        centre = read_head(conn, store().centres, code).info
        business_date = centre.hours.business_date(store().clock.now())
        first, last = _day("from", business_date), _day("to", business_date)
        if last < first:
            raise Invalid("to", "dates-backwards")
        found = statistics(conn, centre, first, last, By.SERVICE, language=language())
    return {"centre": centre, "board": board_now(store(), code), "found": found}


def _day(name: str, default: date) -> date:
    asked = request.args.get(name)
    if not asked:
        return default
    try:
        return date.fromisoformat(asked)
    except ValueError as error:
        raise Invalid(name, "not-a-date") from error
