"""Receivers of the feed over a network: what each was told, and the picture that it makes of it."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any, Self

from replay.feed_client import FeedClient
from replay.ordering import Said, What
from tests.display.pictures import Picture, after
from tests.display.relay import Passed

SETTLE_SECONDS = 30


class Receiver:
    """One screen on one topic. It checks as it goes that numbers never go back and no event comes twice."""

    def __init__(self, url: str, topic: str, token: str | None = None) -> None:
        self.topic = topic
        self.picture: Picture = {}
        self.seq = -1
        self.snapshots = 0
        self.events: list[Picture] = []
        self.refreshed: list[Picture] = []
        self.wrong: list[str] = []
        self.live = threading.Event()
        self._client = FeedClient(url, self._hear, token)

    def watch(self) -> Self:
        self.seq = max(self.seq, 0)
        self._client.watch(self.topic, timeout=60)
        return self

    def _hear(self, said: Said) -> None:
        if said.what is What.SNAPSHOT:
            self.picture, self.snapshots = said.payload, self.snapshots + 1
            self._stand(said.payload.get("seq"))
        elif said.what is What.EVENT:
            if said.payload["seq"] != self.seq + 1 and "seq" in self.picture:
                self.wrong.append(f"{said.payload['seq']} after {self.seq}")
            self._stand(said.payload["seq"])
            self.events.append(said.payload)
            self.picture = after(self.topic, self.picture, said.payload)
        elif said.what is What.REFRESHED:
            self.refreshed.append(said.payload)
        elif said.what is What.LIVE:
            self.live.set()
        else:
            self.live.clear()

    def _stand(self, seq: int | None) -> None:
        if seq is not None:
            if seq < self.seq:
                self.wrong.append(f"back from {self.seq} to {seq}")
            self.seq = seq

    def leave(self) -> None:
        self._client.close()


class Receivers:
    """Many receivers; a `with` block watches with all and lets all go."""

    def __init__(self, receivers: Iterable[Receiver]) -> None:
        self.all = list(receivers)
        self._leaving = ExitStack()

    def __enter__(self) -> Self:
        for receiver in self.all:
            self._leaving.callback(receiver.leave)
        with ThreadPoolExecutor(8) as pool:
            for watched in [pool.submit(receiver.watch) for receiver in self.all]:
                watched.result()
        return self

    def __exit__(self, *_: object) -> None:
        leaving = [threading.Thread(target=receiver.leave) for receiver in self.all]
        self._leaving.pop_all()
        for leave in leaving:
            leave.start()
        for leave in leaving:
            leave.join()


def eventually(true: Callable[[], bool], seconds: float = SETTLE_SECONDS) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def wrong_numbers(connections: Iterable[Passed]) -> list[str]:
    """Where what a server sent on one connection was out of order, doubled or had a hole."""
    wrong: list[str] = []
    for connection in connections:
        last: dict[str, int] = {}
        for name, said in connection.said:
            topic, seq = said["topic"], said["seq"]
            step = seq - last.get(topic, seq - 1)
            refreshes = name == "pulse" or said["kind"] == "refreshed"
            if topic in last and step != (0 if refreshes else 1):
                wrong.append(f"{topic}: {seq} ({said.get('kind', name)}) after {last[topic]}")
            if not refreshes or topic in last:
                last[topic] = max(seq, last.get(topic, seq))
    return wrong


def secrets_said(connections: Iterable[Passed], secrets: Iterable[str]) -> list[tuple[str, Any]]:
    """What passed on public topics that should not have."""
    known = list(secrets)
    return [
        (name, said)
        for connection in connections
        for name, said in connection.said
        if said["topic"].startswith("board:") and any(secret in str(said) for secret in known)
    ]
