"""Centres, services and boards: what anyone may read."""

from flask import Response, request

from answers import schemas
from answers.centres import board_answer, board_etag, centre_detail, centre_list, service_list
from answers.guards import language, store
from answers.tickets import queue_answer
from api.endpoint import answered, endpoint
from commands.permissions import Permission
from store.board import read_board, read_head


@endpoint("GET", "/centres", Permission.PUBLIC, answers={200: schemas.Centres})
def centres() -> Response:
    """All centres."""
    return answered(centre_list(store()))


@endpoint("GET", "/centres/<code:code>", Permission.PUBLIC, answers={200: schemas.CentreDetail})
def centre(code: str) -> Response:
    """One centre: hours, languages, counters, priority groups."""
    return answered(centre_detail(store(), code))


@endpoint("GET", "/centres/<code:code>/services", Permission.PUBLIC, answers={200: schemas.Services})
def services(code: str) -> Response:
    """What people come for, and how busy it is."""
    return answered(service_list(store(), code))


@endpoint("GET", "/centres/<code:code>/board", Permission.PUBLIC, answers={200: schemas.Board, 304: None})
def board(code: str) -> Response:
    """The waiting room's picture; with If-None-Match, 304 while nothing but the clock has moved."""
    now = store().clock.now()
    with store().reading() as conn:
        head = read_head(conn, store().centres, code)
        etag = board_etag(head, now)
        if request.if_none_match.contains_weak(etag):  # a proxy that packs answers makes tags weak
            response = Response(status=304)
        else:
            response = answered(board_answer(read_board(conn, head, now), now))
    response.set_etag(etag)
    response.headers["Cache-Control"] = "no-cache"
    return response


@endpoint("GET", "/centres/<code:code>/queue", Permission.WORK_QUEUE, answers={200: schemas.Queue})
def queue(code: str) -> Response:
    """All who wait, in the order in which they would be called, each with why."""
    now = store().clock.now()
    with store().reading() as conn:
        return answered(queue_answer(conn, read_head(conn, store().centres, code), language(), now))
