"""Presses of buttons over HTTP: each with a key and pressed again until the server has answered, so it is done once."""

import queue
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

WORKERS = 8
ANSWER_SECONDS = 30
GIVE_UP_SECONDS = 300
LONGEST_PAUSE_SECONDS = 2.0
_AGAIN = frozenset({429, 500, 502, 503, 504})


class NoAnswer(Exception):
    """The server did not answer for minutes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer's status and JSON; `slug` is the problem's name, empty when there is none."""

    status: int
    body: Mapping[str, Any]

    @property
    def slug(self) -> str:
        """What a problem's type ends in."""
        return re.split("[/#]", str(self.body.get("type", "")))[-1]


@dataclass(frozen=True, slots=True)
class Press:
    """What is pressed; the same key goes with every try."""

    method: str
    path: str
    body: Mapping[str, Any] | None
    token: str | None
    then: Callable[[Answer], None]
    key: str = field(default_factory=lambda: str(uuid.uuid4()))


class Presses:
    """A few connections that are kept open. What each press is answered goes to `answered` with what is then to do."""

    def __init__(self, url: str, answered: Callable[[Callable[[], None]], None]) -> None:
        self._url, self._answered = f"{url}/api/v1", answered
        self.took: list[float] = []  # real seconds, of each press that was answered
        self._line: queue.SimpleQueue[Press | None] = queue.SimpleQueue()
        self._workers = [threading.Thread(target=self._work, daemon=True) for _ in range(WORKERS)]
        for worker in self._workers:
            worker.start()

    def send(self, press: Press) -> None:
        """Puts a press in the line."""
        self._line.put(press)

    def close(self) -> None:
        """Ends when what stands in the line is done."""
        for _ in self._workers:
            self._line.put(None)
        for worker in self._workers:
            worker.join()

    def _work(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # the server is the one that was named, without a proxy between
            while (press := self._line.get()) is not None:
                try:
                    began = time.monotonic()
                    answer = request(session, self._url, press)
                    self.took.append(time.monotonic() - began)
                    self._answered(_done(press, answer))
                except NoAnswer as error:
                    self._answered(_raising(error))


def _done(press: Press, answer: Answer) -> Callable[[], None]:
    return lambda: press.then(answer)


def _raising(error: Exception) -> Callable[[], None]:
    def do() -> None:
        raise error

    return do


def request(session: requests.Session, url: str, press: Press) -> Answer:
    """Presses until there is an answer. Raises NoAnswer."""
    headers = {"Authorization": f"Bearer {press.token}"} if press.token else {}
    if press.method == "POST":
        headers["Idempotency-Key"] = press.key
    give_up, pause = time.monotonic() + GIVE_UP_SECONDS, 0.05
    while True:
        try:
            response = session.request(
                press.method, f"{url}{press.path}", json=press.body, headers=headers, timeout=ANSWER_SECONDS
            )
        except requests.RequestException as error:
            said: object = error
        else:
            if response.status_code not in _AGAIN:
                return Answer(response.status_code, response.json() if response.content else {})
            said = f"{response.status_code} {response.text[:200]}"
            pause = max(pause, float(response.headers.get("Retry-After", 0)))
        if time.monotonic() > give_up:
            raise NoAnswer(f"{press.method} {press.path}: {said}")
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
