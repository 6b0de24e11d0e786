"""An SMS gateway as centres have them, on the loopback: it keeps what it is given, and answers as a test says."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Gateway:
    """`answers` are given first, in their order, then 200; `taken` has every message as it came."""

    port: int
    answers: list[int] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        """What ONEDOOR_MESSAGES names it by."""
        return f"json://127.0.0.1:{self.port}/sms?:to={{phone}}"

    @property
    def ids(self) -> list[str]:
        """The ids of the messages, in the order in which they came."""
        return [one["id"] for one in self.taken]

    def take(self, headers: Any, body: bytes) -> int:
        """Keeps a message; the status to answer with."""
        self.taken.append({**json.loads(body), "id": headers["X-Message-Id"]})
        self.came.set()
        self.may_answer.wait(30)
        return self.answers.pop(0) if self.answers else 200


@contextmanager
def a_gateway(answers: Sequence[int] = ()) -> Iterator[Gateway]:
    """One that listens."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler())
    gateway = server.gateway = Gateway(server.server_port, list(answers))  # type: ignore[attr-defined]
    gateway.may_answer.set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield gateway
    gateway.may_answer.set()
    server.shutdown()
    server.server_close()
    thread.join()


def _handler() -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status = self.server.gateway.take(self.headers, self.rfile.read(length))  # type: ignore[attr-defined]
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):  # who asked was killed
                super().handle()

    return Handler
