"""Whether what waits is still served before closing: a word of warning before a ticket is taken, no promise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from queueing.order import OpenCounter, QueuedStep, rivals

# How many wait, by service and by the only counter that may call them.
Waiting = Mapping[tuple[str, int | None], int]


@dataclass(frozen=True, slots=True)
class Outlook:
    """How many wait for the counters that serve somebody, and whether one more is served before closing."""

    people: int
    fits: bool


def wait_behind(
    service: str, ahead: Sequence[QueuedStep], counters: Sequence[OpenCounter], expected: Mapping[str, timedelta]
) -> timedelta | None:
    """How long until those `ahead` are done whom the counters of a service serve; None where no counter is open for it.

    A first guess, as the outlook is: their expected work shared among these counters.
    """
    mine = rivals(service, None, counters)
    if not mine:
        return None
    shared = [step for step in ahead if any(counter.may_call(step.service, step.direct_to) for counter in mine)]
    return sum((expected[step.service] for step in shared), timedelta()) / len(mine)


def outlook(
    service: str,
    waiting: Waiting,
    counters: Sequence[OpenCounter],
    *,
    expected: Mapping[str, timedelta],
    left: timedelta,
) -> Outlook | None:
    """What one more person for `service` can expect of `left`, the open time until closing.

    The work of all who wait for the counters that serve it, one's own with it, shared among these counters; each step
    takes what is expected of its service. None where no counter is open for it: nobody knows what will be.
    """
    mine = rivals(service, None, counters)
    if not mine:
        return None
    shared = {key: n for key, n in waiting.items() if any(counter.may_call(*key) for counter in mine)}
    work = sum((n * expected[one] for (one, _direct), n in shared.items()), expected[service])
    return Outlook(sum(shared.values()), work <= left * len(mine))
