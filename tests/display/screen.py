"""A screen on the feed, without a network."""

from typing import Any

from display.feed import Feed
from tests.api.desk import Desk

Payload = dict[str, Any]


class Screen:
    """One connection to the feed of the product in this process. In topics, C is the desk's own centre."""

    def __init__(self, feed: Feed, desk: Desk) -> None:
        self._feed, self._desk = feed, desk
        self._client = feed.socketio.test_client(desk.app)

    def ask(self, event: str, *messages: object) -> Payload:
        """What is answered to whatever is sent, when all that has happened was sent."""
        self._feed.drain()
        answer: Payload = self._client.emit(event, *messages, callback=True)
        return answer

    def watch(self, topic: str, *, by: str = "none") -> Payload:
        """Watches as somebody of the cast."""
        token = {} if by == "none" else {"token": self._desk.token(by)}
        return self.ask("watch", {"topic": self._named(topic), **token})

    def unwatch(self, topic: str) -> Payload:
        return self.ask("unwatch", {"topic": self._named(topic)})

    def _named(self, topic: str) -> str:
        return topic.replace(":C", f":{self._desk.code}")

    def heard(self) -> list[tuple[str, Payload]]:
        """What has come since the last time: (event or pulse, payload)."""
        self._feed.drain()
        return [(said["name"], said["args"][0]) for said in self._client.get_received()]

    def events(self) -> list[Payload]:
        return [payload for name, payload in self.heard() if name == "event"]

    def leave(self) -> None:
        self._client.disconnect()
