"""Many clients at once from one process on raw sockets, so that the load takes little of the machine that it measures.

    python -m benchmarks.load < work.json

The work: `port`; `requests`, one per client (the bytes that it sends again and again, as text; `{key}` in it is another
each time); `total`, how many answers end the run; `expect`, the only status that is right. The answer on standard
output: `seconds` for all, and each request's own `latencies` in seconds.
"""

import json
import selectors
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


class WrongAnswer(Exception):
    """The server answered with another status."""


class Client:
    """One kept connection that asks, waits for the answer, and asks again."""

    def __init__(self, port: int, request: str, name: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request, self._name, self._sent = request, name, 0
        self._received = b""
        self.since = 0.0

    def ask(self) -> None:
        """Sends the request."""
        self._sent += 1
        self.since = time.monotonic()
        self.socket.sendall(self._request.replace("{key}", f"{self._name}-{self._sent}").encode())

    def answer(self) -> bytes | None:
        """The whole answer once it is here."""
        self._received += self.socket.recv(65536)
        head, found, body = self._received.partition(HEAD_END)
        if not found or len(body) < _length(head):
            return None
        whole, self._received = self._received, b""
        return whole


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(LENGTH):
            return int(line[len(LENGTH) :])
    return 0


def run(work: dict[str, Any]) -> dict[str, Any]:
    """All clients ask until `total` answers are here. Raises WrongAnswer."""
    stamp = time.time_ns()
    clients = [Client(work["port"], request, f"{stamp}-{n}") for n, request in enumerate(work["requests"])]
    began = time.monotonic()
    latencies = _rush(clients, work["total"], str(work["expect"]).encode())
    return {"seconds": time.monotonic() - began, "latencies": latencies}


def _rush(clients: Sequence[Client], total: int, expect: bytes) -> list[float]:
    latencies: list[float] = []
    with selectors.DefaultSelector() as waiting:
        for client in clients:
            waiting.register(client.socket, selectors.EVENT_READ, client)
            client.ask()
        asked = len(clients)
        while len(latencies) < total:
            for key, _ in waiting.select():
                client = key.data
                answer = client.answer()
                if answer is None:
                    continue
                if answer[9:12] != expect:
                    raise WrongAnswer(answer.decode(errors="replace"))
                latencies.append(time.monotonic() - client.since)
                if asked < total:
                    asked += 1
                    client.ask()
    return latencies


def main() -> None:
    """Reads the work, does it, writes what it took."""
    print(json.dumps(run(json.load(sys.stdin))))


if __name__ == "__main__":
    main()
