"""What was looked up a moment ago: busy devices ask the same again and again within a second."""

from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")
_MOST = 4096


class Brief(Generic[T]):
    """Values by key, each remembered for at most `seconds` of real time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[str, tuple[float, T]] = {}

    def get(self, key: str) -> T | None:
        """The value, when it was remembered a moment ago."""
        until, value = self._known.get(key, (0.0, None))
        return value if monotonic() < until else None

    def remember(self, key: str, value: T) -> None:
        """Keeps a value for a moment."""
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = monotonic() + self._seconds, value

    def forget(self) -> None:
        """Forgets all, because something has changed."""
        self._known.clear()
