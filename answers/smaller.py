"""Sends what a phone loads with gzip: stylesheets and scripts, and the page of a ticket.

No other page: one that repeats what was asked beside a form's secret must not be compressed (BREACH). A ticket's page
is opened by a secret of its own.
"""

import gzip
from functools import lru_cache

from flask import Response, request

_PAGES = frozenset({"static", "booking.ticket", "booking.worker"})
_TEXTS = frozenset({"text/css", "text/html", "text/javascript", "application/javascript"})
_LEAST = 500  # bytes; a smaller answer gains nothing


def compress(response: Response) -> Response:
    """The answer, compressed where it may be and the browser takes it."""
    if request.endpoint not in _PAGES or response.mimetype not in _TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code != 200 or request.method != "GET" or not request.accept_encodings["gzip"]:
        return response
    if (response.content_length or _LEAST) < _LEAST:
        return response
    response.direct_passthrough = False
    etag, weak = response.get_etag()
    body = response.get_data()
    response.set_data(_compressed(body) if etag else gzip.compress(body, 6))
    response.content_encoding = "gzip"
    if etag and not weak:
        response.set_etag(etag, weak=True)  # the same words, other bytes
    return response


@lru_cache(maxsize=64)
def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
