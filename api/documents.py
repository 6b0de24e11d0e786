"""The OpenAPI 3.1 document, made from the same models and the same table of refusals, and a page to read it."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from answers import schemas
from answers.guards import house, needs
from answers.pages import page
from answers.problems import REFUSALS
from api.endpoint import ENDPOINTS, Endpoint, answered, bp
from commands.permissions import LEAST_ROLE, Permission

_REF = "#/components/schemas/{model}"
_TYPES = {"code": "string", "secret": "string", "int": "integer"}
_PART = re.compile(r"<(\w+)(?:\([^)]*\))?:(\w+)>")
VERSION = "1"


@bp.get("/openapi.json")
@needs(Permission.PUBLIC)
def openapi() -> Response:
    """The OpenAPI document."""
    return answered(openapi_document(house().public_url))


def openapi_document(server: str) -> dict[str, Any]:
    """All addresses with their parameters, bodies, answers and refusals."""
    _, definitions = models_json_schema([(m, "validation") for m in _models()], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for found in ENDPOINTS:
        path = _PART.sub(r"{\2}", found.rule)
        paths.setdefault(f"/api/v1{path}", {})[found.method.lower()] = _operation(found)
    return {
        "openapi": "3.1.0",
        "info": {"title": "OneDoor", "version": VERSION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models() -> Iterable[type[BaseModel]]:
    models: list[type[BaseModel]] = [schemas.Problem]
    for found in ENDPOINTS:
        models += [model for model in (found.body, *found.answers.values()) if model is not None]
    return dict.fromkeys(models)


def _operation(found: Endpoint) -> dict[str, Any]:
    least = LEAST_ROLE[found.permission]
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", found.method.lower() + _PART.sub(r"by_\2", found.rule)),
        "summary": found.summary,
        "description": f"Needs the role {least} or above." if least else "Needs no token.",
        "parameters": [*_path_parameters(found.rule), *_query_parameters(found.query)],
        "responses": {str(status): _answer(found, status, model) for status, model in found.answers.items()},
        "security": [{"token": []}] if least and found.permission is not Permission.JOIN_QUEUE else [{}, {"token": []}],
    }
    operation["responses"] |= _refusals(found)
    if found.method == "POST":
        operation["parameters"].append(_IDEMPOTENCY)
    if found.body is not None:
        schema = {"$ref": _REF.format(model=found.body.__name__)}
        required = any(field.is_required() for field in found.body.model_fields.values())
        operation["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    return operation


_IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key with the same request within 48 hours returns the first answer again.",
    "schema": {"type": "string", "maxLength": 255},
}


def _path_parameters(rule: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": _TYPES[kind]}}
        for kind, name in _PART.findall(rule)
    ]


def _query_parameters(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": value}
        for name, value in schema["properties"].items()
    ]


def _answer(found: Endpoint, status: int, model: type[BaseModel] | None) -> dict[str, Any]:
    said = {200: "Done", 201: "Made", 204: "Nobody waits", 304: "Not modified"}[status]
    if model is None:
        text = {"content": {"text/csv": {"schema": {"type": "string"}}}} if found.rule.endswith(".csv") else {}
        return {"description": said, **text}
    schema = {"$ref": _REF.format(model=model.__name__)}
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def _refusals(found: Endpoint) -> dict[str, Any]:
    slugs = ["unauthorized", "forbidden", "not-found", "too-many", *found.refusals]
    if found.method == "POST":
        slugs += ["malformed-json", "too-large", "not-json", "invalid", "idempotency-key-reused", "busy"]
    elif found.query is not None:
        slugs.append("invalid")
    by_status: dict[str, list[str]] = {}
    for slug in slugs:
        by_status.setdefault(str(REFUSALS[slug][0]), []).append(slug)
    schema = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    return {status: {"description": ", ".join(said), "content": schema} for status, said in by_status.items()}


@needs(Permission.PUBLIC)
def docs() -> Response:
    """The API as a page, and what each problem means."""
    return page("api/docs.html", operations=ENDPOINTS, least_role=LEAST_ROLE, refusals=REFUSALS)


bp.record_once(lambda state: state.app.add_url_rule("/api/docs", "api_docs", docs))
