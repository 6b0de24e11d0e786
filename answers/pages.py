"""What every page shares: its language, its words, its headers, and the kind sentence for what can't be done."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from babel import Locale, UnknownLocaleError
from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf
from jinja2 import StrictUndefined
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from answers.dates import clock, day_range, long_date, month, near_date, plain_date, short_date, weekday
from answers.guards import Forbidden, TooMany, Unauthorized, house, language
from answers.problems import Problem, problem, problem_of
from answers.words import _, languages, named, say, speaking
from queueing.hours import Closed
from queueing.refusals import CentreClosed, Invalid, NotFound, Refused
from store.busy import Busy

# Nothing from elsewhere, no inline script; a QR code may be a data: image.
POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; connect-src 'self' ws: wss:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
log = logging.getLogger("onedoor.pages")


def configure(app: Flask) -> None:
    """Gives the templates their words and every answer its headers."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        named=named,
        csrf_token=generate_csrf,
        N_=_,
        language_name=language_name,
        clock=clock,
        long_date=long_date,
        near_date=near_date,
        short_date=short_date,
        plain_date=plain_date,
        day_range=day_range,
        month=month,
        weekday=weekday,
        here=here,
    )
    app.context_processor(lambda: words_in(language()))
    app.after_request(_protect)


def words_in(lang: str) -> dict[str, Any]:
    """What every template of a page knows: its words, and who reads it."""
    return {**speaking(lang), "languages": languages(), "caller": g.get("caller"), "demo": house().demo}


def here() -> str:
    """The address to come back to in another language: of this page, or of the one whose form was sent."""
    if request.method == "POST":
        return urlsplit(request.referrer or "").path
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in ("lang", "said")]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def language_name(code: str) -> str:
    """A language's name in itself, or its code where nobody knows one."""
    try:
        return Locale.parse(code).language_name or code
    except (UnknownLocaleError, ValueError):
        return code


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # Other sites never learn an address with a token; our own forms must name their page (CSRF under TLS).
    headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        headers.setdefault("Cache-Control", "no-store")
    return response


def page(template: str, status: int = 200, *, lang: str | None = None, **values: Any) -> Response:
    """A rendered page, in the reader's language unless the screen has its own."""
    words = words_in(lang) if lang else {}
    return make_response(render_template(template, **words, **values), status)


def page_error(error: Exception) -> AnyResponse:
    """A kind sentence for whatever a page could not do; who must sign in is sent there."""
    if isinstance(error, Unauthorized) and request.method == "GET" and request.blueprint in ("counter", "office"):
        return redirect(url_for("door.sign_in", next=request.full_path.rstrip("?")))
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error.get_response()
    said = kind_problem(error, language())
    if said.slug == "broken":
        log.error("unexpected error", exc_info=error)
    response = page("error.html", said.status, problem=said, way=_way_on(error), again=_once_more(said))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _once_more(said: Problem) -> str | None:
    """The address to try again, where that may help and sends nothing a second time."""
    passes = said.slug in ("busy", "broken", "too-many")
    return request.full_path.rstrip("?") if passes and request.method == "GET" else None


def _way_on(error: Exception) -> dict[str, str]:
    """Where the reader can go from here, and the words of the button."""
    at = {name: str(value) for name, value in (request.view_args or {}).items()}
    signs_in = request.blueprint in ("counter", "office")
    if signs_in and isinstance(error, (Unauthorized, Forbidden)):
        return {"address": url_for("door.sign_in", next=request.path), "words": _("Sign in")}
    if request.blueprint == "kiosk" and "code" in at and not isinstance(error, (Forbidden, NotFound)):
        return {"address": url_for("kiosk.services", code=at["code"]), "words": _("Start again")}
    if request.blueprint == "booking" and "token" in at and isinstance(error, (Refused, CSRFError)):
        if request.path.startswith("/a/"):
            return {"address": url_for("booking.appointment", token=at["token"]), "words": _("Back to the appointment")}
        return {"address": url_for("booking.ticket", token=at["token"]), "words": _("Back to the ticket")}
    if request.blueprint == "counter" and not isinstance(error, Forbidden):
        return {"address": url_for("counter.choose"), "words": _("To the counters")}
    return {"address": url_for("door.home"), "words": _("To the start")}


# What a page says instead of the API's words.
_KINDER: Mapping[str, str] = {
    "unauthorized": _("This page is for the staff of the centre."),
    "busy": _("The server has much to do. Nothing was changed."),
    "forbidden": _("Who is signed in on this device may not open this page."),
    "not-found": _("There is nothing at this address. Check it, or ask the staff."),
    "method-not-allowed": _("Please go back and use the buttons of the page."),
    "idempotency-key-reused": _("This page was used before. Nothing was changed; please start again."),
    "centre-closed": _("No tickets are given now. Please see the opening hours."),
    "malformed-json": _("The request could not be read. Nothing was changed; please start again."),
}
_TITLES: Mapping[str, str] = {
    "unauthorized": _("Please sign in first"),
    "too-many": _("One moment, please"),
    "busy": _("One moment, please"),
    "link": _("This link no longer works"),
}
_UNKNOWN: Mapping[str, str] = {
    "ticket": _("We do not know this ticket. Scan the QR code again, or ask the staff."),
    "appointment": _("We do not know this appointment. Please ask the staff."),
    "centre": _("There is no such centre."),
    "counter": _("There is no such counter."),
    "link": _("This link was used before, or it is too old. Please ask for a new one."),
}


def kind_problem(error: Exception, lang: str) -> Problem:
    """The problem that an error stands for, in words for people instead of programs."""
    said = problem_for(error, lang)
    what = error.what if isinstance(error, NotFound) else said.slug
    title = _TITLES.get(what)
    if title:
        said = replace(said, title=say(lang, title))
    kinder = _UNKNOWN.get(what) if isinstance(error, NotFound) else None
    if kinder is None and not is_paused(error):
        kinder = _KINDER.get(said.slug)
    return replace(said, detail=say(lang, kinder)) if kinder else said


def is_paused(error: Exception) -> bool:
    """Whether the opening hours are not what keeps tickets from being given."""
    return isinstance(error, CentreClosed) and error.facts["why"] == Closed.PAUSED


_PLAIN: Mapping[type[Exception], str] = {
    Unauthorized: "unauthorized",
    Forbidden: "forbidden",
    TooMany: "too-many",
    Busy: "busy",
    CSRFError: "stale-form",
}
_SLUGS = {400: "malformed-json", 404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "not-json"}


def problem_for(error: Exception, lang: str) -> Problem:
    """The problem that an error stands for, in a language; `broken` for one that nobody expected."""
    if isinstance(error, (Refused, Invalid, NotFound)):
        return problem_of(error, lang)
    slug = _PLAIN.get(type(error))
    if isinstance(error, OperationalError):  # the database is away, or its disk is full
        log.error("the database did not answer", exc_info=error)
        slug = "busy"
    if slug is None and isinstance(error, HTTPException):
        slug = _SLUGS.get(error.code or 500)
    return problem(slug or "broken", lang, method=request.method)
