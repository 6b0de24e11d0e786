"""The messages to citizens: which were sent, which were not and why, and sending one again."""

from collections import Counter
from datetime import date
from itertools import groupby
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from answers.guards import needs, store
from answers.numbers import whole_number
from commands.messages import send_again
from commands.permissions import Permission
from office.blueprint import bp, change, office_page, read_info
from store.messages import MessageLine, count_to_send, latest_messages


@bp.get("/office/<code:code>/messages")
@needs(Permission.MANAGE_CENTRE)
def messages(code: str, status: int = 200, **said: Any) -> Response:
    """The latest messages by day, and whether there is a carrier for them at all. Raises NotFound."""
    info = read_info(code)
    with store().reading() as conn:
        lines, to_send = latest_messages(conn, info.id), count_to_send(conn, info.id)

    def day(line: MessageLine) -> date:
        return line.tried_at.astimezone(info.zone).date()

    values: dict[str, Any] = {
        "days": [(on, list(of_day)) for on, of_day in groupby(lines, day)],
        "counts": Counter(line.state for line in lines),
        "to_send": to_send,
        "reach": store().reach,
    }
    return office_page("messages", code, status, **values, **said)


@bp.post("/office/<code:code>/messages/again")
@needs(Permission.MANAGE_CENTRE)
def send_message_again(code: str) -> Response:
    """Sends a message that has failed as if it were new. Raises NotFound."""
    message = whole_number(request.form.get("message", "")) or 0
    return change(code, lambda unit: send_again(unit, message), show=messages, said="message-again")
