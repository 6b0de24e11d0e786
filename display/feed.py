"""The live feed: one greenlet drains the line of committed events, in order, to the topics they belong to."""

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, join_room, leave_room

from answers.guards import COOKIE, language
from answers.tickets import Standing, local
from commands.access import Caller, known_caller
from display.payloads import Payload, board_event, counter_event, refreshed, staff_event, ticket_event
from display.topics import Topic, WatchRefused, check_watcher, parse_topic, read_topic
from queueing.refusals import NotFound
from store.board import read_head
from store.ids import ticket_token
from store.unit import Announcement, Store, counter_seq
from store.visits import read_visits

PULSE_SECONDS = 10
PLACES_SECONDS = 2
log = logging.getLogger("onedoor.feed")


class Feed:
    """The feed of one process. With a message queue its events reach the receivers of every process."""

    def __init__(self, socketio: SocketIO, store: Store, public_url: str, *, alone: bool) -> None:
        self.socketio, self.store, self.public_url, self.alone = socketio, store, public_url, alone
        self._woken = threading.Event()
        self._draining = threading.Lock()
        self._topics: dict[str, Topic] = {}  # by room: what anybody here has watched
        self._places: dict[str, dict[int, tuple[int, int]]] = {}  # by centre and ticket: its place and its `seq`
        self._restless: set[str] = set()
        self._sent: dict[str, int] = {}  # by room: the number of the last event
        store.on_commit = self._woken.set

    def start(self) -> None:
        """Starts the greenlets that send events, places and pulses."""
        self.socketio.start_background_task(self._drain_forever)
        self.socketio.start_background_task(self._places_forever)
        self.socketio.start_background_task(self._pulse_forever)

    def _drain_forever(self) -> None:
        while True:
            self._woken.wait()
            self._woken.clear()
            self.drain()

    def drain(self) -> None:
        """Sends all that has been committed, in order, whoever asks for it."""
        with self._draining:
            while self.store.outgoing:
                said = self.store.outgoing.popleft()
                try:
                    self._announce(said)
                except Exception:
                    log.exception(
                        "event %s of %s was not sent; its receivers will see a gap", said.event.seq, said.centre.code
                    )

    def _announce(self, said: Announcement) -> None:
        code, event = said.centre.code, said.event
        staff = [topic for topic in (f"queue:{code}", f"office:{code}") if self._anybody(topic)]
        if staff or self._anybody(f"board:{code}"):
            board = board_event(said)
            self._send(f"board:{code}", board)
            for topic in staff:
                self._send(topic, staff_event(said, board, topic))
        if event.counter is not None and self._anybody(f"counter:{code}:{event.counter}"):
            self._send(f"counter:{code}:{event.counter}", counter_event(said))
        if said.visit is not None and self._anybody(room := f"ticket/{said.visit.id}"):
            self._send(room, ticket_event(said, said.visit, f"ticket:{ticket_token(self.store.key, said.visit.id)}"))
        self._restless.add(code)

    def _send(self, room: str, payload: Payload) -> None:
        if self._anybody(room):
            self._sent[room] = payload["seq"]
            self.socketio.emit("event", payload, to=room)

    def _anybody(self, room: str) -> bool:
        """Whether somebody watches; with other processes, somebody elsewhere may."""
        return not self.alone or room in self._here()

    def _here(self) -> Iterable[str]:
        rooms: dict[str | None, Any] = self.socketio.server.manager.rooms.get("/", {})
        return rooms  # type: ignore[return-value]

    def watch(self, message: object) -> dict[str, Any]:
        """Answers a `watch`: joins the room, then reads the snapshot, so that no event falls between the two."""
        if not isinstance(message, dict) or set(message) - {"topic", "token"}:
            raise WatchRefused("malformed")
        topic = parse_topic(self.store, message.get("topic"))
        check_watcher(topic, self._caller(message.get("token")))
        joined_before = topic.room in self._topics
        join_room(topic.room)
        try:
            watched = read_topic(self.store, topic, language(), self.public_url)
        except NotFound as error:
            leave_room(topic.room)
            raise WatchRefused("not-found") from error
        if not joined_before:
            self._topics[topic.room] = topic
        return {"ok": True, "seq": watched.seq, "snapshot": watched.snapshot}

    def _caller(self, token: object) -> Caller | None:
        if token is None:
            token = request.cookies.get(COOKIE)
        if token is None:
            return None
        if not isinstance(token, str) or not token.isascii():
            raise WatchRefused("malformed")
        caller = known_caller(self.store, token)
        if caller is None and token != request.cookies.get(COOKIE):
            raise WatchRefused("unauthorized")
        return caller

    def unwatch(self, message: object) -> dict[str, Any]:
        """Answers an `unwatch`."""
        if not isinstance(message, dict) or set(message) - {"topic", "token"}:
            raise WatchRefused("malformed")
        leave_room(parse_topic(self.store, message.get("topic")).room)
        return {"ok": True}

    def _watched(self) -> list[Topic]:
        """The topics that somebody watches here; what nobody watches any more is forgotten."""
        here = self._here()
        self._topics = {room: topic for room, topic in self._topics.items() if room in here}
        self._sent = {room: seq for room, seq in self._sent.items() if room in here}
        return list(self._topics.values())

    def _places_forever(self) -> None:
        while True:
            self.socketio.sleep(PLACES_SECONDS)
            restless, self._restless = self._restless, set()
            for code in restless:
                try:
                    self.send_places(code)
                except Exception:
                    log.exception("places of %s were not sent", code)

    def send_places(self, code: str) -> None:
        """Tells the phones of a centre whose place has changed, at most every two seconds."""
        tickets = {t.ticket: t for t in self._watched() if t.ticket is not None and t.centre == code}
        if not tickets:
            return
        now = self.store.clock.now()
        with self.store.settled(code) as conn:
            head = read_head(conn, self.store.centres, code)
            places = Standing.read(conn, head.info, now).places(tickets)
            visits = read_visits(conn, places)
        self.drain()  # a place is never of an event that was not sent
        known = self._places.get(code, {})
        self._places[code] = {ticket: (place, visits[ticket].seq) for ticket, place in places.items()}
        for ticket, (place, seq) in self._places[code].items():
            topic = tickets[ticket]
            if known.get(ticket) != (place, seq) and seq >= self._sent.get(topic.room, 0):
                values = {"position": place, "estimate": None}
                at = local(now, head.info.zone)
                self._send(topic.room, refreshed(topic.name, seq, at, head.waiting, values))

    def _pulse_forever(self) -> None:
        while True:
            self.socketio.sleep(PULSE_SECONDS)
            try:
                self.pulse()
            except Exception:
                log.exception("no pulse was sent")

    def pulse(self) -> None:
        """Tells every quiet receiver where its topic stands."""
        topics, now = self._watched(), self.store.clock.now()
        for code in {topic.centre for topic in topics}:
            self._pulse_centre(code, [topic for topic in topics if topic.centre == code], now)

    def _pulse_centre(self, code: str, topics: list[Topic], now: datetime) -> None:
        with self.store.settled(code) as conn:
            head = read_head(conn, self.store.centres, code)
            visits = read_visits(conn, [topic.ticket for topic in topics if topic.ticket is not None])
            seqs = {t.room: counter_seq(conn, head.info.id, t.counter) for t in topics if t.counter is not None}
        self.drain()  # a pulse never says more than has been sent
        seqs |= {f"ticket/{ticket}": visit.seq for ticket, visit in visits.items()}
        at = local(now, head.info.zone)
        for topic in topics:
            seq = max(seqs.get(topic.room, head.seq), self._sent.get(topic.room, 0))
            pulse = {"topic": topic.name, "seq": seq, "at": at}
            self.socketio.emit("pulse", pulse, to=topic.room)


def open_feed(app: Flask, store: Store, public_url: str, *, async_mode: str, redis_url: str | None) -> Feed:
    """Puts the feed on an app. One process also takes polling; several need websockets alone and Redis."""
    socketio = SocketIO(
        app,
        async_mode=async_mode,
        message_queue=redis_url,
        transports=["websocket"] if redis_url else ["websocket", "polling"],
        manage_session=False,
        ping_interval=20,
        ping_timeout=20,
    )
    feed = Feed(socketio, store, public_url, alone=redis_url is None)

    @socketio.on("watch")
    def watch(*messages: object) -> dict[str, Any]:
        return _answered(feed.watch, messages)

    @socketio.on("unwatch")
    def unwatch(*messages: object) -> dict[str, Any]:
        return _answered(feed.unwatch, messages)

    return feed


def _answered(answer: Callable[[object], dict[str, Any]], messages: tuple[object, ...]) -> dict[str, Any]:
    try:
        if len(messages) != 1:
            raise WatchRefused("malformed")
        return answer(messages[0])
    except WatchRefused as refused:
        return {"ok": False, "error": refused.slug}
