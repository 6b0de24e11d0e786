"""The clock: one object that is given to the app, so that a replay can run on another time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    speed: float  # its seconds in a real one

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    speed = 1.0

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that begins at `start` when it is made and runs `speed` times as fast as real time."""

    def __init__(self, start: datetime, speed: float) -> None:
        self.start, self.speed = start.astimezone(UTC), speed
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The simulated instant in UTC."""
        return self.start + timedelta(seconds=(time.monotonic() - self._began) * self.speed)
