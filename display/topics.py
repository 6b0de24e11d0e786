"""The topics of the feed: who may watch each, and the snapshot that a watcher begins with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from answers.centres import board_answer, counter_answer, find_counter_now
from answers.tickets import local, place_in_queue, queue_answer, ticket_answer, with_secrets
from commands.access import Caller
from commands.permissions import Permission, permits
from queueing.refusals import NotFound
from store.board import CentreHead, read_board, read_head
from store.ids import ticket_of_token
from store.unit import Store, counter_seq
from store.visits import centre_of, read_visit


class WatchRefused(Exception):
    """A watch that may not be; `slug` says why."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


@dataclass(frozen=True, slots=True)
class Topic:
    """A parsed topic. `room` is what it is called inside: a ticket's room is not named by its token."""

    name: str
    kind: str
    centre: str
    counter: int | None = None
    ticket: int | None = None

    @property
    def room(self) -> str:
        """The Socket.IO room."""
        return f"ticket/{self.ticket}" if self.ticket is not None else self.name


@dataclass(frozen=True, slots=True)
class Watched:
    """What a watcher begins with: the snapshot and the number of the last event in it."""

    seq: int
    snapshot: dict[str, Any]


NEEDS: Mapping[str, Permission] = {
    "board": Permission.PUBLIC,
    "ticket": Permission.HOLD_TICKET,
    "counter": Permission.WORK_QUEUE,
    "queue": Permission.WORK_QUEUE,
    "office": Permission.READ_STATISTICS,
}


def parse_topic(store: Store, name: object) -> Topic:
    """The topic of that name. Raises WatchRefused."""
    if not isinstance(name, str) or len(name) > 100 or not name.isascii() or not name.isprintable():
        raise WatchRefused("malformed")
    kind, _, rest = name.partition(":")
    if kind == "ticket":
        return _ticket_topic(store, name, rest)
    if kind == "counter":
        code, _, number = rest.partition(":")
        if not number.isdigit() or len(number) > 4 or number != str(int(number)):
            raise WatchRefused("malformed")
        return Topic(name, kind, code, counter=int(number))
    if kind not in NEEDS or not rest:
        raise WatchRefused("unknown-topic")
    return Topic(name, kind, rest)


def _ticket_topic(store: Store, name: str, token: str) -> Topic:
    ticket = ticket_of_token(store.key, token)
    if ticket is None:
        raise WatchRefused("not-found")
    with store.reading() as conn:
        code = centre_of(conn, ticket)
    if code is None:
        raise WatchRefused("not-found")
    return Topic(name, "ticket", code, ticket=ticket)


def check_watcher(topic: Topic, caller: Caller | None) -> None:
    """Raises WatchRefused unless the caller may watch the topic."""
    permission = NEEDS[topic.kind]
    if permits(None, permission):
        return
    if caller is None:
        raise WatchRefused("unauthorized")
    if not caller.may(permission, topic.centre):
        raise WatchRefused("forbidden")


def read_topic(store: Store, topic: Topic, language: str, public_url: str) -> Watched:
    """The topic's snapshot. Raises NotFound."""
    now = store.clock.now()
    with store.reading() as conn:
        head = read_head(conn, store.centres, topic.centre)
        if topic.ticket is not None:
            return _ticket(conn, head, topic.ticket, now, (store.key, public_url))
        if topic.counter is not None:
            return _counter(conn, head, topic.counter, now)
        picture = {} if topic.kind == "queue" else board_answer(read_board(conn, head, now), now)
        if topic.kind != "board":
            picture |= queue_answer(conn, head, language, now)
    return Watched(head.seq, picture)


def _counter(conn: Connection, head: CentreHead, number: int, now: datetime) -> Watched:
    centre = head.info
    counter = find_counter_now(conn, centre, number)
    visit = read_visit(conn, counter.ticket) if counter.ticket is not None else None
    seq = counter_seq(conn, centre.id, number)
    ticket = ticket_answer(centre, visit, None, now) if visit else None
    seen = {**counter_answer(centre, counter), "centre": centre.code, "at": local(now, centre.zone), "seq": seq}
    return Watched(seq, {**seen, "ticket": ticket})


def _ticket(conn: Connection, head: CentreHead, ticket: int, now: datetime, secrets: tuple[bytes, str]) -> Watched:
    visit = read_visit(conn, ticket)
    if visit is None:
        raise NotFound("ticket")
    answer = ticket_answer(head.info, visit, place_in_queue(conn, head.info, visit, now), now)
    return Watched(visit.seq, with_secrets(answer, *secrets))
