"""Every error of the API as application/problem+json, in the caller's language."""

import json
import logging

from flask import Response
from werkzeug.exceptions import HTTPException

from answers.guards import TooMany, language
from answers.pages import problem_for
from answers.problems import Problem, invalid, problem
from api.endpoint import MalformedJson, Mistakes, NotJson

_PLAIN = {MalformedJson: "malformed-json", NotJson: "not-json"}
log = logging.getLogger("onedoor.api")


def problem_response(said: Problem, lang: str) -> Response:
    """The problem document."""
    body = json.dumps(said.document(), ensure_ascii=False)
    headers = {"Cache-Control": "no-store", "Content-Language": lang}
    if said.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(body, said.status, mimetype="application/problem+json", headers=headers)


def answer_error(error: Exception) -> Response:
    """What the API answers for an error; one that is not known is logged and hidden."""
    lang = language()
    response = problem_response(_problem(error, lang), lang)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if response.status_code == 503:
        response.headers["Retry-After"] = "1"
    if isinstance(error, HTTPException) and error.code == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or [])
    return response


def _problem(error: Exception, lang: str) -> Problem:
    if isinstance(error, Mistakes):
        return invalid(lang, error.mistakes)
    if type(error) in _PLAIN:
        return problem(_PLAIN[type(error)], lang)
    said = problem_for(error, lang)
    if said.slug == "broken":
        log.error("unexpected error", exc_info=error)
    return said
