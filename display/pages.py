"""The waiting-room TV: who is called where, how many wait, and the centre's notice."""

from typing import Any

from flask import Blueprint, Response, make_response, request

from answers.centres import board_answer
from answers.guards import needs, store
from answers.pages import page
from commands.permissions import Permission
from display.sizes import asked_sizes, stylesheet
from display.standing import longest_first, standing, what_to_show, who_comes
from display.version import version
from store.board import read_board, read_head
from store.centre import CentreInfo

bp = Blueprint("display", __name__)

# A screen on a wall has nobody to press reload. What was loaded whole puts this off by its script (tv.js).
_AGAIN_SECONDS, _AGAIN_AFTER_ERROR_SECONDS = 60, 10


@bp.after_request
def load_again(response: Response) -> Response:
    """A page whose script did not come, and a page that says that something failed, are loaded again by themselves."""
    if response.mimetype == "text/html":
        seconds = _AGAIN_SECONDS if response.status_code == 200 else _AGAIN_AFTER_ERROR_SECONDS
        response.headers["Refresh"] = str(seconds)
    return response


@bp.get("/display/<code:code>")
@needs(Permission.PUBLIC)
def tv(code: str) -> Response:
    """The board on a large screen. Raises NotFound."""
    now = store().clock.now()
    with store().reading() as conn:
        head = read_head(conn, store().centres, code)
        board = board_answer(read_board(conn, head, now), now)
    centre = head.info
    asked = request.args.get("lang", "")
    lang = asked if asked in centre.languages else centre.languages[0]
    hours = standing(centre.hours, now)
    calls = _latest(board["calls"])
    values: dict[str, Any] = {"centre": centre, "board": board, "calls": calls, "hours": hours}
    values["large"] = next((call for call in calls if not call["quiet"]), calls[0] if calls else None)
    values |= {"services": _services(centre, board["waiting"]["by_service"]), "coming": who_comes(board)}
    values |= {"show": what_to_show(board, is_open=hours.open), "sizes": asked_sizes(request.args)}
    values |= {"notices": sorted((board["notices"] or {}).items(), key=lambda notice: notice[0] != lang)}
    return page("display/tv.html", lang=lang, version=version(), settings=centre.version, **values)


@bp.get("/display/sizes.css")
@needs(Permission.PUBLIC)
def sizes() -> Response:
    """The sizes for a distance and a diagonal: a style may stand in no page (CSP), and is needed before any script."""
    response = make_response(stylesheet(asked_sizes(request.args)))
    response.mimetype = "text/css"
    return response


def _services(centre: CentreInfo, waiting: dict[str, int]) -> list[dict[str, Any]]:
    """What can be waited for, the longest queue first, with its place in the catalogue."""
    places = {service: place for place, service in enumerate(centre.services)}
    order = longest_first(waiting, centre.services)
    return [
        {"code": code, "names": centre.services[code].names, "place": places[code], "count": waiting.get(code, 0)}
        for code in order
    ]


def _latest(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last call of each person alone: an older one would send them to a counter that waits for them no more."""
    return list({call["ticket"]: call for call in reversed(calls)}.values())[::-1]
