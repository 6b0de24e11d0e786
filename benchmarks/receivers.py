"""Many waiting-room screens in one process: raw websockets that note when each call is seen.

    python -m benchmarks.receivers PORT COUNT TOPIC

It says `ready` when all watch, and at the end of standard input writes, by ticket, when each of them saw its call
(seconds of the machine's monotonic clock, which every process shares).
"""

import base64
import json
import os
import selectors
import socket
import sys
import time
from collections import defaultdict

TEXT, PING, PONG = 0x1, 0x9, 0xA
CALLED = b'"kind":"called"'


class Screen:
    """One screen: an Engine.IO websocket that watches a topic."""

    def __init__(self, port: int, topic: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._upgrade(port)
        self._wait_for(b"0")
        self.send(b"40")
        self._wait_for(b"40")
        self.send(b"420" + json.dumps(["watch", {"topic": topic}]).encode())
        answer = self._wait_for(b"430")
        if b'"ok":true' not in answer:
            raise RuntimeError(answer.decode())

    def _upgrade(self, port: int) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        heads = [f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
        heads += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        lines = ["GET /socket.io/?EIO=4&transport=websocket HTTP/1.1", *heads, "", ""]
        self.socket.sendall("\r\n".join(lines).encode())
        while b"\r\n\r\n" not in self._received:
            self._received += self.socket.recv(4096)
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        if b" 101 " not in head.splitlines()[0]:
            raise RuntimeError(head.decode())

    def send(self, text: bytes, opcode: int = TEXT) -> None:
        """Sends a short frame; a client's frames are masked, here with a mask that changes nothing."""
        length = bytes([0x80 | len(text)]) if len(text) < 126 else bytes([0xFE]) + len(text).to_bytes(2, "big")
        self.socket.sendall(bytes([0x80 | opcode]) + length + b"\0\0\0\0" + text)

    def _wait_for(self, beginning: bytes) -> bytes:
        while True:
            for message in self._whole_messages():
                if message.startswith(beginning):
                    return message
            self._received += self.socket.recv(65536)

    def messages(self) -> list[bytes]:
        """The messages that the socket now has; pings are answered."""
        self._received += self.socket.recv(65536)
        return self._whole_messages()

    def _whole_messages(self) -> list[bytes]:
        found = []
        while (frame := self._frame()) is not None:
            opcode, payload = frame
            if opcode == PING:
                self.send(payload, PONG)
            elif payload == b"2":
                self.send(b"3")
            elif opcode == TEXT:
                found.append(payload)
        return found

    def _frame(self) -> tuple[int, bytes] | None:
        data = self._received
        if len(data) < 2:
            return None
        length, begin = data[1] & 0x7F, 2
        if length >= 126:
            begin = 4 if length == 126 else 10
            length = int.from_bytes(data[2:begin], "big")
        if len(data) < begin + length:
            return None
        self._received = data[begin + length :]
        return data[0] & 0x0F, data[begin : begin + length]


def watch(port: int, count: int, topic: str) -> dict[str, list[float]]:
    """When each screen saw each call, by ticket, until standard input ends."""
    seen: dict[str, list[float]] = defaultdict(list)
    with selectors.DefaultSelector() as waiting:
        for _ in range(count):
            screen = Screen(port, topic)
            waiting.register(screen.socket, selectors.EVENT_READ, screen)
        print("ready", flush=True)
        waiting.register(sys.stdin, selectors.EVENT_READ, None)
        while True:
            for key, _ in waiting.select():
                if key.data is None:
                    return seen
                for message in key.data.messages():
                    if CALLED in message:
                        seen[_ticket(message)].append(time.monotonic())


def _ticket(message: bytes) -> str:
    return str(json.loads(message[2:])[1]["ticket"])


def main() -> None:
    """Watches, then writes what was seen."""
    port, count, topic = sys.argv[1:]
    print(json.dumps(watch(int(port), int(count), topic)), flush=True)


if __name__ == "__main__":
    main()
