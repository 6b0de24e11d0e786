"""One decorator per address: its permission, what it takes and what it answers, for the request and for the OpenAPI."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, g, make_response, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from answers.bodies import Nothing
from answers.guards import address, house, needs, store
from answers.schemas import Answer
from answers.tickets import with_secrets
from commands.access import Caller
from commands.permissions import Permission
from queueing.refusals import Invalid, KeyReused
from store.idempotency import KeyedRequest, keep_answer, recall_answer
from store.unit import Unit

bp = Blueprint("api", __name__, url_prefix="/api/v1")

MISTAKES = {
    "extra_forbidden": "unknown-field",
    "missing": "required",
    "date_from_datetime_parsing": "not-a-date",
    "not-a-date": "not-a-date",
    "not-an-instant": "not-an-instant",
}
_TOO_MUCH = {"string_too_long": "too-long", "too_long": "too-many-values"}
MOST_BODY = 64 * 1024
_MOST_KEY = 255


class Code(BaseConverter):
    """A centre's code in an address."""

    regex = "[A-Za-z0-9_-]{1,16}"


class Secret(BaseConverter):
    """A ticket's token or id in an address."""

    regex = "[A-Za-z0-9_-]{1,64}"


class MalformedJson(Exception):
    """The body is not JSON."""


class NotJson(Exception):
    """The body is of another kind."""


class Mistakes(Exception):
    """What does not fit, field by field: (field, reason, facts)."""

    def __init__(self, mistakes: list[tuple[str, str, Mapping[str, object]]]) -> None:
        super().__init__(str(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What the OpenAPI document says of one address."""

    method: str
    rule: str
    permission: Permission
    summary: str
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answers: Mapping[int, type[Answer] | None]
    refusals: tuple[str, ...] = field(default=())


ENDPOINTS: list[Endpoint] = []


def endpoint(
    method: str,
    rule: str,
    permission: Permission,
    *,
    answers: Mapping[int, type[Answer] | None],
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    refusals: tuple[str, ...] = (),
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Registers an address. The view gets the path's parts, and `body` or `query` as validated models."""

    def register(view: Callable[..., Response]) -> Callable[..., Response]:
        summary = (view.__doc__ or "").strip().splitlines()[0]
        ENDPOINTS.append(Endpoint(method, rule, permission, summary, body, query, answers, refusals))

        @needs(permission)
        def run(**path: Any) -> Response:
            if body is not None:
                asked = _parse_once(body)
                path |= {} if body is Nothing else {"body": asked}
            if query is not None:
                path["query"] = _validated(query, request.args.to_dict())
            return view(**path)

        bp.add_url_rule(rule, f"{method.lower()}_{view.__name__}", run, methods=[method])
        return view

    return register


def _parse_once(model: type[BaseModel]) -> BaseModel:
    """The body; a key that came before with another one is told first, whatever is wrong with this one."""
    try:
        return parse_body(model)
    except Mistakes:
        keyed = _keyed(g.caller)
        if keyed:
            with store().glancing() as conn:
                if recall_answer(conn, keyed):
                    raise KeyReused from None
        raise


def parse_body(model: type[BaseModel]) -> BaseModel:
    """The request's JSON as a model; an empty body is an empty object. Raises MalformedJson, NotJson, Mistakes."""
    if (request.content_length or 0) > MOST_BODY:
        raise RequestEntityTooLarge
    raw = request.get_data(cache=True)
    if len(raw) > MOST_BODY:  # sent in chunks, which do not say how much is to come
        raise RequestEntityTooLarge
    if raw and not request.is_json:
        raise NotJson
    try:
        g.json = json.loads(raw, parse_constant=_no_constant) if raw else {}
    except (ValueError, RecursionError) as error:
        raise MalformedJson from error
    return _validated(model, g.json)


def _no_constant(name: str) -> None:
    """NaN and Infinity are Python's, not JSON's. Raises MalformedJson."""
    raise MalformedJson(name)


def _validated(model: type[BaseModel], values: Any) -> BaseModel:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Mistakes([_mistake(found) for found in error.errors(include_url=False, include_input=False)]) from error


def _mistake(found: Any) -> tuple[str, str, Mapping[str, object]]:
    where = ".".join(str(part) for part in found["loc"])
    facts = found.get("ctx", {})
    if found["type"] in _TOO_MUCH:
        return where, _TOO_MUCH[found["type"]], {"most": facts["max_length"]}
    return where, MISTAKES.get(found["type"], "bad-value"), {}


def answered(answer: Mapping[str, Any] | None, status: int = 200) -> Response:
    """A JSON answer, never kept by a browser; None is 204."""
    if answer is None:
        return make_response("", 204)
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, mimetype="application/json", headers={"Cache-Control": "no-store"})


def act(
    code: str,
    work: Callable[[Unit], dict[str, Any] | None],
    *,
    status: int = 200,
    reveal: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None,
) -> Response:
    """Does `work` in a unit on a centre, once per idempotency key; `reveal` adds the token, which is never kept.

    Raises what the work raises, and KeyReused.
    """
    caller: Caller | None = g.caller
    keyed = _keyed(caller)
    with store().unit(code, caller.actor if caller else "public") as unit:
        kept = recall_answer(unit.conn, keyed) if keyed else None
        if kept is not None:
            if keyed is None or kept.body_hash != keyed.body_hash:
                raise KeyReused
            answer, status = dict(kept.answer), kept.status
        else:
            done = work(unit)
            if keyed and unit.announcements:
                keep_answer(unit.conn, keyed, status if done is not None else 204, done or {})
            if done is None:
                return answered(None)
            answer = done
    if status == 204:
        return answered(None)
    return answered(reveal(answer) if reveal else answer, status)


def secret_answer(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket for whoever made it or holds it."""
    return with_secrets(ticket, store().key, house().public_url)


def _keyed(caller: Caller | None) -> KeyedRequest | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    bare = key.strip()
    if len(bare) >= 2 and bare[0] == bare[-1] == '"':
        bare = bare[1:-1]
    if not bare or len(bare) > _MOST_KEY or not bare.isprintable():
        raise Invalid("Idempotency-Key", "bad-key")
    who = f"token:{caller.id}" if caller else f"address:{address()}"
    body = json.dumps(g.get("json"), sort_keys=True)
    return KeyedRequest.of(who, request.method, request.path, bare, body.encode())
