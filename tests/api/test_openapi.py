"""The OpenAPI document is valid, names every address, and says what the server really answers."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from answers.problems import REFUSALS
from tests.api.conftest import PUBLIC_URL, on_one_database
from tests.api.desk import API, Answer, Desk

pytestmark = on_one_database
_PART = re.compile(r"<[^<>]*:(\w+)>")
DAY = "?from=2026-11-23&to=2026-11-23"


@pytest.fixture
def document(desk: Desk) -> dict[str, Any]:
    answer = desk.get("/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    said: dict[str, Any] = answer.json
    return said


def test_document_is_valid_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": PUBLIC_URL}]
    OpenAPIV31SpecValidator(document).validate()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_every_address_and_method_is_in_it(app: Flask, document: dict[str, Any]) -> None:
    served = {
        (method, _PART.sub(r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(API) and rule.rule != f"{API}/openapi.json"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations(document)} == served


def test_every_refusal_that_it_names_has_its_status_and_words(document: dict[str, Any]) -> None:
    named = set()
    for method, path, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) < 400:
                continue
            slugs = answer["description"].split(", ")
            assert {REFUSALS[slug][0] for slug in slugs} == {int(status)}, (method, path)
            assert list(answer["content"]) == ["application/problem+json"]
            named |= set(slugs)
    never_by_the_api = {"stale-form", "broken", "method-not-allowed"}  # 405 belongs to no operation
    never_by_the_api |= {"remote-full", "remote-day-full", "remote-too-late"}  # who is on the way joins on a page alone
    never_by_the_api |= {"appointments-without-slot", "no-later-slot"}  # sessions are changed in the office alone
    assert named >= set(REFUSALS) - never_by_the_api


def test_refusals_of_the_contract_are_in_it(document: dict[str, Any]) -> None:
    refusals = {
        (method, path.rsplit("/", 1)[-1]): " ".join(answer["description"] for answer in operation["responses"].values())
        for method, path, operation in operations(document)
        if "/appointments/" not in path
    }
    for method, last, slugs in (
        ("POST", "tickets", "service-closed centre-closed idempotency-key-reused"),
        ("POST", "next", "counter-closed counter-busy"),
        ("POST", "recall", "recalls-used-up wrong-state"),
        ("POST", "resume", "grace-over wrong-state"),
        ("POST", "serve", "wrong-state"),
        ("POST", "cancel", "wrong-state"),
        ("POST", "pass", "passed-already wrong-state"),
        ("POST", "here", "grace-over came-back-already wrong-state"),
        ("POST", "undo", "nothing-to-undo"),
    ):
        assert set(slugs.split()) <= set(re.split(r"[ ,]+", refusals[method, last])), last


@pytest.mark.parametrize(
    ("method", "path", "slugs"),
    [
        ("POST", "/centres/{code}/appointments", "slot-full slot-unavailable"),
        ("PATCH", "/appointments/{token}", "slot-full slot-unavailable"),
        ("POST", "/appointments/{token}/confirm", "hold-expired"),
        ("POST", "/appointments/{token}/check-in", "too-early not-today appointment-missed appointment-cancelled"),
    ],
)
def test_refusals_of_appointments_are_in_it(document: dict[str, Any], method: str, path: str, slugs: str) -> None:
    answers = document["paths"][f"{API}{path}"][method.lower()]["responses"].values()
    assert set(slugs.split()) <= set(re.split(r"[ ,]+", " ".join(answer["description"] for answer in answers)))


def test_posts_take_an_idempotency_key_and_staff_a_token(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        headers = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "header"}
        assert ("Idempotency-Key" in headers) is (method == "POST"), path
        assert operation["security"], path
    assert document["paths"][f"{API}/centres/{{code}}/queue"]["get"]["security"] == [{"token": []}]


def test_body_is_required_where_one_of_its_fields_is(document: dict[str, Any]) -> None:
    required = {path for _, path, operation in operations(document) if operation.get("requestBody", {}).get("required")}
    assert {path.rsplit("/", 1)[-1] for path in required} == {"tickets", "call", "priority", "quick-serve"} | {
        *("appointments", "{token}")
    }


def test_page_of_the_documentation_has_a_place_for_every_refusal(desk: Desk) -> None:
    page = desk.browser().get("/api/docs")
    assert page.status_code == 200
    for slug in REFUSALS:
        assert f'id="{slug}"' in page.text, slug


def matching(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """The operation that an address belongs to."""
    for template in document["paths"]:
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) and method.lower() in document["paths"][template]:
            found: dict[str, Any] = document["paths"][template][method.lower()]
            return found
    raise AssertionError(f"{method} {path} is not documented")


def check(document: dict[str, Any], answer: Answer) -> Answer:
    """Fails unless the document foresees the answer: its status, its kind and its shape."""
    operation = matching(document, answer.request.method, answer.request.path)
    response = operation["responses"][str(answer.status_code)]
    if answer.status_code in (204, 304):
        assert "content" not in response
        return answer
    media = response["content"][answer.mimetype]
    if answer.is_json:
        schema = {**media["schema"], "components": document["components"]}
        OAS31Validator(schema).validate(answer.json)
    return answer


# What clerks do to one ticket, one act after the other; some of it is refused.
A_DAY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("recall", {}),
    ("recall", {}),
    ("hold", {"reason": "copies", "missing": ["form"]}),
    ("here", {}),
    ("hold", {}),
    ("here", {}),
    ("resume", {}),
    ("call", {"counter": 4, "reason": "with a small child"}),
    ("priority", {"priority": "MONK"}),
    ("details", {"name": "Noy", "documents": ["form"]}),
    ("serve", {}),
    ("services", {"drop": ["PAY"]}),
    ("finish", {"ready_on": "2026-12-03"}),
    ("transfer", {"counter": 1}),
    ("no-show", {}),
    ("cancel", {}),
    ("serve", {}),
    ("services", {"drops": []}),
)


def test_a_day_is_answered_as_the_document_says(desk: Desk, document: dict[str, Any]) -> None:
    def get(path: str, by: str = "manager") -> Answer:
        return check(document, desk.get(path, by=by))

    def post(path: str, body: Any = None, by: str = "staff") -> Answer:
        return check(document, desk.post(path, body, by=by))

    ticket = post("/centres/C/tickets", {"services": ["RES", "INFO"]}, by="none").json
    post("/centres/C/counters/4/open")
    post("/centres/C/counters/4/next")
    for act, body in A_DAY:
        post(f"/tickets/{ticket['id']}/{act}", body)
    post(f"/tickets/{ticket['token']}/cancel", by="none")
    post("/centres/C/counters/4/quick-serve", {"services": ["BIRTH"]})
    for act in ("undo", "undo", "next", "pause", "next", "close"):
        post(f"/centres/C/counters/4/{act}")
    for path in ("/centres", f"/centres/{desk.code}", "/centres/NONE", "/centres/C/services", "/centres/C/board"):
        get(path, by="none")
    for path in ("/centres/C/queue", f"/tickets/{ticket['id']}", f"/centres/C/visits.csv{DAY}"):
        get(path)
    for by in ("service", "hour", "counter", "nothing"):
        get(f"/centres/C/statistics{DAY}&by={by}")
    get("/centres/C/queue", by="none")
    get("/centres/C/queue", by="display")
