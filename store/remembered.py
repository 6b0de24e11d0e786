"""What a process knows of a centre from its last press there: true while no other process has written since.

Every write moves the centre's `seq` on, and a change of settings its `version`: whoever finds both as they were left
finds the counters so too.
"""

from dataclasses import dataclass, field

from queueing.order import OpenCounter


@dataclass(slots=True)
class Remembered:
    """The counters that call people (None: not asked yet), and by counter how many events have named it."""

    calling: list[OpenCounter] | None = None
    counter_seqs: dict[int, int] = field(default_factory=dict)


class Memory:
    """What is remembered of each centre. Who takes it holds the centre's lock, and gives it back once committed."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[int, int, Remembered]] = {}

    def take(self, centre: int, seq: int, version: int) -> Remembered:
        """What was kept at this `seq` and `version`, else nothing; until it is kept again, nobody finds it."""
        kept_seq, kept_version, remembered = self._known.pop(centre, (-1, -1, None))
        return remembered if remembered and (kept_seq, kept_version) == (seq, version) else Remembered()

    def keep(self, centre: int, seq: int, version: int, remembered: Remembered) -> None:
        """Keeps what is true after a commit."""
        self._known[centre] = seq, version, remembered
