"""The server's clock as a replay knows it: what the server said, and how fast its time runs."""

import time
from dataclasses import dataclass
from datetime import datetime

ANCHOR_SECONDS = 1.0  # real; a later word that is further behind than this means that the server's clock was set anew


class ServerClock:
    """Instants are seconds since the epoch on the server's clock; `speed` is server seconds per real second."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self._offset: float | None = None

    def heard(self, at: str) -> None:
        """The server has just said its time. What comes late makes it seem behind, so the earliest word counts."""
        offset = seconds_of(at) - time.monotonic() * self.speed
        if self._offset is None or offset > self._offset or offset < self._offset - ANCHOR_SECONDS * self.speed:
            self._offset = offset

    def now(self) -> float:
        """The server's time. ValueError before the server has said it."""
        if self._offset is None:
            raise ValueError("the server has not said its time yet")
        return time.monotonic() * self.speed + self._offset

    def real_seconds_until(self, at: float) -> float:
        """How long it takes until the server's clock shows `at`; 0 when that is past."""
        return max((at - self.now()) / self.speed, 0)


def seconds_of(at: str) -> float:
    """An instant of the API as seconds since the epoch."""
    return datetime.fromisoformat(at).timestamp()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the server's clock said, at some real time between asking and being answered (seconds, monotonic)."""

    asked: float
    answered: float
    at: str


def speed_bounds(first: Reading, second: Reading) -> tuple[float, float]:
    """The least and the most server seconds per real second that two readings allow: an answer may have been slow."""
    passed = seconds_of(second.at) - seconds_of(first.at)
    return passed / (second.answered - first.asked), passed / max(second.asked - first.answered, 1e-6)
