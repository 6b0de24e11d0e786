"""Presses over a line that fails: the same key with every try, until there is an answer."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests

from replay.presses import Answer, Press, request


class Moody(BaseHTTPRequestHandler):
    """Hangs up, is busy, and then answers."""

    keys: list[str | None]

    def do_POST(self) -> None:
        self.keys.append(self.headers["Idempotency-Key"])
        self.rfile.read(int(self.headers["Content-Length"]))
        if len(self.keys) == 1:
            self.connection.close()
            return
        self.send_response(503 if len(self.keys) == 2 else 201)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def moody() -> Iterator[str]:
    Moody.keys = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Moody) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        serving.join()


def test_a_press_is_tried_with_its_key_until_it_is_answered(moody: str) -> None:
    press = Press("POST", "/tickets", {}, "token", lambda _answer: None)
    with requests.Session() as session:
        assert request(session, moody, press).status == 201
    assert Moody.keys == [press.key] * 3


@pytest.mark.parametrize(
    ("kind", "slug"),
    [
        ("https://onedoor.example/api/docs#clock-behind", "clock-behind"),
        ("https://onedoor.example/problems/counter-closed", "counter-closed"),
        ("about:blank", "about:blank"),
    ],
)
def test_a_problem_is_known_by_what_its_type_ends_in(kind: str, slug: str) -> None:
    assert Answer(409, {"type": kind}).slug == slug


def test_an_answer_without_a_problem_has_no_slug() -> None:
    assert Answer(200, {}).slug == ""
