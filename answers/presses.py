"""A form's button, pressed once or twice: the second press of one form is answered with what the first one did."""

import secrets
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from answers.guards import store
from commands.access import Caller
from commands.tickets import TicketRequest, issue_ticket
from queueing.refusals import Invalid, KeyReused
from queueing.visit import Visit
from store.idempotency import KeyedRequest, keep_answer, recall_answer
from store.ids import ticket_token
from store.unit import Unit


def new_key() -> str:
    """A form's key; a page that is drawn again has a new one."""
    return secrets.token_urlsafe(16)


def press(code: str, work: Callable[[Unit], Mapping[str, Any]], *, secret: Sequence[str] = ()) -> Mapping[str, Any]:
    """Does `work` in a unit on a centre, once per key of the form; the answer is kept as JSON and holds no token.

    Of the fields named in `secret` not even a hash is kept.

    Raises what the work raises, Invalid for a form without a key, KeyReused for a key that came with another form.
    """
    caller: Caller | None = g.caller
    keyed = _keyed(caller, {"csrf_token", *secret})
    with store().unit(code, caller.actor if caller else "public") as unit:
        kept = recall_answer(unit.conn, keyed)
        if kept is not None:
            if kept.body_hash != keyed.body_hash:
                raise KeyReused
            return kept.answer
        done = work(unit)
        if unit.announcements:
            keep_answer(unit.conn, keyed, 200, done)
    return done


def _keyed(caller: Caller | None, without: Set[str]) -> KeyedRequest:
    key = request.form.get("key", "")
    if not 16 <= len(key) <= 64 or not (key.isascii() and key.isprintable()):
        raise Invalid("key", "required")
    who = f"token:{caller.id}" if caller else "public"
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name not in without)
    return KeyedRequest.of(who, "POST", request.path, key, urlencode(fields).encode())


def take_ticket(
    code: str,
    *,
    channel: str,
    language: str,
    priority: str | None = None,
    issue: Callable[[Unit, TicketRequest], Visit] = issue_ticket,
) -> str:
    """Takes a ticket for the form's services and gives its token.

    Raises KeyReused, and what `issue` raises: Invalid, CentreClosed, ServiceClosed, ClockBehind.
    """
    services = tuple(request.form.getlist("services"))

    def work(unit: Unit) -> dict[str, Any]:
        spoken = language if language in unit.centre.languages else None
        asked = TicketRequest(services, channel, priority, language=spoken)
        return {"ticket": issue(unit, asked).id}

    return ticket_token(store().key, press(code, work)["ticket"])
