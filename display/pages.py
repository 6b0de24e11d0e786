"""The waiting-room TV: who is called where, how many wait, and the centre's notice."""

from typing import Any

from flask import Blueprint, Response, request

from answers.centres import board_now
from answers.guards import needs, store
from answers.pages import page
from commands.permissions import Permission
from store.board import read_head

bp = Blueprint("display", __name__)


@bp.get("/display/<code:code>")
@needs(Permission.PUBLIC)
def tv(code: str) -> Response:
    """The board on a large screen. Raises NotFound."""
    with store().reading() as conn:
        centre = read_head(conn, store().centres, code).info
    asked = request.args.get("lang", "")
    lang = asked if asked in centre.languages else centre.languages[0]
    services = {service: info.names for service, info in centre.services.items()}
    values: dict[str, Any] = {"centre": centre, "services": services, "board": board_now(store(), code)}
    return page("display/tv.html", lang=lang, **values, calls=_latest(values["board"]["calls"]))


def _latest(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last call of each person alone: an older one would send them to a counter that waits for them no more."""
    return list({call["ticket"]: call for call in reversed(calls)}.values())[::-1]
