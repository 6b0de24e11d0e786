"""What happens in a replay, and when: one thread decides everything, on the server's clock.

Others press the buttons and listen to the feed; what they learn comes into one inbox.
"""

import heapq
import itertools
import queue
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median
from typing import Any

from replay.clock import ServerClock
from replay.presses import Answer, Press, Presses

AGAIN_SECONDS = 60  # of the server's time, when its clock is behind what it has recorded
LONGEST_WAIT_SECONDS = 1.0
LATEST_PRESSES = 31

Then = Callable[[Answer], None]


class Unexpected(Exception):
    """An answer that no replay can go on with."""


class Loop:
    """Does what is due and what comes in, one thing after the other.

    A press takes a while to be done; what is due is begun that much earlier, so that it happens in time.
    """

    def __init__(self, url: str, clock: ServerClock) -> None:
        self.clock = clock
        self.pending = 0  # presses that have not been answered
        self._ahead = 0.0  # seconds of the server's time
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._presses = Presses(url, self.soon)
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def soon(self, do: Callable[[], None]) -> None:
        """Does it next; may be called by any thread."""
        self._inbox.put(do)

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Does it so that a press happens when the server's clock shows `when`."""
        heapq.heappush(self._due, (when, next(self._order), do))

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        """Does it when so many seconds of the server's time have passed."""
        self.at(self.clock.now() + seconds, do)

    def press(self, path: str, body: Mapping[str, Any] | None, then: Then, *, token: str, method: str = "POST") -> None:
        """Presses, and does `then` with the answer; one of 401, 403, 404, 422 raises Unexpected in the loop."""
        self.pending += 1
        press = Press(method, path, body, token, then=lambda answer: self._answered(press, then, answer))
        self._presses.send(press)

    def _answered(self, press: Press, then: Then, answer: Answer) -> None:
        if answer.slug == "clock-behind":  # it was started again at an earlier time, and will catch up
            self.after(AGAIN_SECONDS, partial(self._presses.send, press))
            return
        if answer.status in (401, 403, 404, 422):
            raise Unexpected(f"{press.method} {press.path}: {answer.status} {dict(answer.body)}")
        self.pending -= 1
        self._ahead = self.clock.speed * median(self._presses.took[-LATEST_PRESSES:]) / 2
        then(answer)

    def step(self) -> None:
        """Waits a moment for what comes in, and does it and all that is due."""
        wait = LONGEST_WAIT_SECONDS
        if self._due:
            wait = min(self.clock.real_seconds_until(self._due[0][0] - self._ahead), wait)
        self._take_in(wait)
        while self._due and self._due[0][0] <= self.clock.now() + self._ahead:
            heapq.heappop(self._due)[2]()

    def _take_in(self, seconds: float) -> None:
        try:
            do = self._inbox.get(timeout=seconds)
        except queue.Empty:
            return
        do()

    def settle(self) -> None:
        """Goes on until every press has been answered."""
        while self.pending:
            self.step()

    @property
    def median_press(self) -> float:
        """How long a press took, in real seconds."""
        return median(self._presses.took or [0])

    def close(self) -> None:
        """Ends the presses."""
        self._presses.close()
