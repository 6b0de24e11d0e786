"""What a receiver of a topic does with what arrives: the live feed's rules, without a socket and without a clock.

Times are seconds on the caller's clock and come in as arguments. Whatever is lost, late or doubled on the way, the
events are told in order, each once, and end in the server's state.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

HOLD_SECONDS = 0.3  # how long an event that came early waits for those before it
PAUSE_SECONDS = 1.0  # at most, before watching again: not all receivers of a hall at once
ANSWER_SECONDS = 10.0
SILENCE_SECONDS = 25.0  # two pulses and a half


class What(StrEnum):
    """What a receiver is told."""

    SNAPSHOT = "snapshot"  # the topic's state; it takes the place of all before
    EVENT = "event"  # the next event after it
    REFRESHED = "refreshed"  # derived values (place, estimate) anew; nothing has happened
    LIVE = "live"  # the picture is the server's
    STALE = "stale"  # the picture may be old
    REFUSED = "refused"  # watching again was refused; nothing more will come


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a receiver is told about a topic."""

    topic: str
    what: What
    payload: dict[str, Any]


class Receiver:
    """One topic's receiver. `tell` gets what is to be known, in order; `random` gives 0..1 for the pauses."""

    def __init__(self, topic: str, tell: Callable[[Said], None], random: Callable[[], float]) -> None:
        self.topic, self._say, self._random = topic, tell, random
        self.seq: int | None = None
        self.live = False
        self._early: dict[int, dict[str, Any]] = {}
        self._known = 0  # the highest number that is known to be
        self._gap_at: float | None = None
        self._ask_at: float | None = None
        self._answer_by: float | None = None
        self._silent_at: float | None = None

    @property
    def due(self) -> float | None:
        """When `look` has something to do next."""
        times = (self._gap_at, self._ask_at, self._answer_by, self._silent_at)
        return min((at for at in times if at is not None), default=None)

    def connected(self, now: float) -> None:
        """There is a connection: watch, as for the first time."""
        self._ask_at = now
        self._gap_at = self._answer_by = self._silent_at = None

    def lost(self) -> None:
        """The connection is gone; nothing is asked until the next."""
        self._gap_at = self._ask_at = self._answer_by = self._silent_at = None
        self._become(live=False)

    def look(self, now: float) -> bool:
        """Lets time pass. Whether a `watch` is to be sent now."""
        if _passed(self._gap_at, now) or _passed(self._answer_by, now) or _passed(self._silent_at, now):
            self._gap_at = self._answer_by = self._silent_at = None
            self._become(live=False)
            if self._ask_at is None:
                self._ask_at = now + self._random() * PAUSE_SECONDS
        if not _passed(self._ask_at, now):
            return False
        self._ask_at, self._answer_by = None, now + ANSWER_SECONDS
        return True

    def answered(self, seq: int, snapshot: dict[str, Any], asked_at_seq: int | None, now: float) -> None:
        """The answer to a `watch` that was sent when the receiver stood at `asked_at_seq`."""
        self._ask_at = self._answer_by = None
        self._silent_at = now + SILENCE_SECONDS
        if asked_at_seq is not None and seq < asked_at_seq:
            # The log has gone back: the server was restored from a backup. What was known of it counts no more.
            self.seq, self._known = None, 0
            self._early.clear()
        if self.seq is None or seq >= self.seq:
            self.seq = seq
            self._tell(What.SNAPSHOT, snapshot)
        self._become(live=True)
        self._go_on(now)

    def arrived(self, event: dict[str, Any], now: float) -> None:
        """An event has come."""
        seq: int = event["seq"]
        self._hear(now)
        if self.seq is not None and seq <= self.seq:
            if seq == self.seq:
                self._tell(What.REFRESHED, event)
            return
        self._known = max(self._known, seq)
        if event.get("kind") != What.REFRESHED:  # a refreshment takes the place of no event
            self._early[seq] = event
        self._go_on(now)

    def pulsed(self, seq: int, now: float) -> None:
        """A pulse says where the topic stands."""
        self._hear(now)
        self._known = max(self._known, seq)
        self._go_on(now)

    def _hear(self, now: float) -> None:
        if self._silent_at is not None:
            self._silent_at = now + SILENCE_SECONDS

    def _go_on(self, now: float) -> None:
        """Tells what is next in order; sees a gap, and its end."""
        if self.seq is None:
            return
        while (event := self._early.pop(self.seq + 1, None)) is not None:
            self.seq, self._gap_at = self.seq + 1, None
            self._tell(What.EVENT, event)
        self._early = {seq: event for seq, event in self._early.items() if seq > self.seq}
        asking = self._ask_at is not None or self._answer_by is not None
        if self.seq >= self._known:
            self._gap_at = None
        elif self._gap_at is None and not asking:
            self._gap_at = now + HOLD_SECONDS

    def _become(self, *, live: bool) -> None:
        if self.live != live:
            self.live = live
            self._tell(What.LIVE if live else What.STALE, {})

    def _tell(self, what: What, payload: dict[str, Any]) -> None:
        self._say(Said(self.topic, what, payload))


def _passed(at: float | None, now: float) -> bool:
    return at is not None and now >= at
