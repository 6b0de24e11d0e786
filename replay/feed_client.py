"""The client of the live feed in Python, for replay and tests: it connects, stays connected, and tells in order."""

import queue
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import socketio
from socketio.exceptions import SocketIOError

from replay.ordering import Receiver, Said, What

CONNECT_SECONDS = 10
LONGEST_PAUSE_SECONDS = 2.0


class WatchRefused(Exception):
    """The server refused a watch; `error` says why."""

    def __init__(self, topic: str, error: str) -> None:
        super().__init__(f"{topic}: {error}")
        self.error = error


class FeedClient:
    """One connection to a server's feed, made again whenever it is lost; after that every topic is watched again.

    `tell` is called on the client's own thread with all that is said about the watched topics, in order.
    """

    def __init__(self, url: str, tell: Callable[[Said], None], token: str | None = None) -> None:
        self.url, self._tell, self._token = url, tell, token
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._receivers: dict[str, Receiver] = {}
        self._asked: dict[str, Future[dict[str, Any]]] = {}
        self._socket: socketio.Client | None = None
        self._connect_at, self._failures = 0.0, 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"feed of {url}", daemon=True)
        self._thread.start()

    def watch(self, topic: str, *, timeout: float = 30) -> dict[str, Any]:
        """Watches a topic and gives its snapshot, which `tell` gets too. Raises WatchRefused, TimeoutError."""
        asked: Future[dict[str, Any]] = Future()
        self._inbox.put(partial(self._begin, topic, asked))
        return asked.result(timeout)

    def unwatch(self, topic: str) -> None:
        """Ends watching a topic."""
        self._inbox.put(partial(self._end, topic))

    def is_live(self, topic: str) -> bool:
        """Whether what was told of a topic is the server's state, as far as can be known."""
        receiver = self._receivers.get(topic)
        return receiver is not None and receiver.live

    def close(self) -> None:
        """Ends the connection and the client."""
        self._inbox.put(self._leave)
        self._thread.join()

    def _begin(self, topic: str, asked: Future[dict[str, Any]]) -> None:
        receiver = self._receivers[topic] = Receiver(topic, self._said, random.random)
        self._asked[topic] = asked
        if self._socket is not None:
            receiver.connected(time.monotonic())

    def _end(self, topic: str) -> None:
        if self._receivers.pop(topic, None) and self._socket is not None:
            self._emit("unwatch", {"topic": topic})

    def _leave(self) -> None:
        self._closed = True
        if self._socket is not None:
            self._socket.disconnect()

    def _run(self) -> None:
        while not self._closed:
            if self._socket is None and self._receivers and time.monotonic() >= self._connect_at:
                self._connect()
            self._take_in(self._until_due())
            for receiver in list(self._receivers.values()):
                if receiver.look(time.monotonic()):
                    self._ask(receiver)

    def _take_in(self, seconds: float | None) -> None:
        try:
            do = self._inbox.get(timeout=seconds)
        except queue.Empty:
            return
        do()

    def _until_due(self) -> float | None:
        """Seconds until something is to be done although nothing has come; None when there is nothing."""
        due = [receiver.due for receiver in self._receivers.values() if receiver.due is not None]
        if self._socket is None and self._receivers:
            due.append(self._connect_at)
        return max(min(due) - time.monotonic(), 0) if due else None

    def _connect(self) -> None:
        socket = socketio.Client(reconnection=False, handle_sigint=False)
        socket.on("event", lambda event: self._inbox.put(partial(self._arrived, event)))
        socket.on("pulse", lambda pulse: self._inbox.put(partial(self._pulsed, pulse)))
        socket.on("disconnect", lambda _reason: self._inbox.put(partial(self._lost, socket)))
        try:
            socket.connect(self.url, transports=["websocket"], wait_timeout=CONNECT_SECONDS)
        except SocketIOError:
            self._pause()
            return
        self._socket, self._failures = socket, 0
        for receiver in self._receivers.values():
            receiver.connected(time.monotonic())

    def _pause(self) -> None:
        """Waits before the next try, longer each time and never as long as the others do."""
        longest = min(0.1 * 2**self._failures, LONGEST_PAUSE_SECONDS)
        self._failures += 1
        self._connect_at = time.monotonic() + random.uniform(0.5, 1) * longest  # noqa: S311 - no secret

    def _lost(self, socket: socketio.Client) -> None:
        socket.eio.ws.shutdown()  # the library leaves a broken connection's socket to the garbage collector
        if socket is not self._socket:
            return
        self._socket = None
        for receiver in self._receivers.values():
            receiver.lost()
        self._pause()

    def _ask(self, receiver: Receiver) -> None:
        message = {"topic": receiver.topic, **({"token": self._token} if self._token else {})}
        stood = receiver.seq
        self._emit(
            "watch",
            message,
            callback=lambda answer: self._inbox.put(partial(self._answered, receiver, stood, answer)),
        )

    def _emit(self, name: str, message: dict[str, Any], **options: Any) -> None:
        socket = self._socket
        if socket is None:
            return
        try:
            socket.emit(name, message, **options)
        except SocketIOError:
            self._lost(socket)

    def _answered(self, receiver: Receiver, stood: int | None, answer: dict[str, Any]) -> None:
        topic = receiver.topic
        if self._receivers.get(topic) is not receiver:
            return
        if answer["ok"]:
            receiver.answered(answer["seq"], answer["snapshot"], stood, time.monotonic())
            return
        del self._receivers[topic]
        asked = self._asked.pop(topic, None)
        if asked is not None:
            asked.set_exception(WatchRefused(topic, answer["error"]))
        else:
            self._tell(Said(topic, What.REFUSED, {"error": answer["error"]}))

    def _arrived(self, event: dict[str, Any]) -> None:
        receiver = self._receivers.get(event["topic"])
        if receiver is not None:
            receiver.arrived(event, time.monotonic())

    def _pulsed(self, pulse: dict[str, Any]) -> None:
        receiver = self._receivers.get(pulse["topic"])
        if receiver is not None:
            receiver.pulsed(pulse["seq"], time.monotonic())

    def _said(self, said: Said) -> None:
        self._tell(said)
        if said.what is What.SNAPSHOT:
            asked = self._asked.pop(said.topic, None)
            if asked is not None:
                asked.set_result(said.payload)
