"""The one table of what may happen to a step, read by the commands, the tests and the docs alike."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class StepState(StrEnum):
    """Where one service of a visit stands. A ticket's state is that of its current step."""

    PLANNED = "planned"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    ON_HOLD = "on_hold"
    FINISHED = "finished"
    NO_SHOW = "no_show"
    LEFT = "left"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"
    DROPPED = "dropped"


class Act(StrEnum):
    """What a clerk, a citizen or the closing of the day does to a ticket's current step."""

    CALL = "call"
    RECALL = "recall"
    SERVE = "serve"
    FINISH = "finish"
    NO_SHOW = "no-show"
    HOLD = "hold"
    RESUME = "resume"
    TRANSFER = "transfer"
    CANCEL = "cancel"
    LEAVE = "leave"
    PASS = "pass"  # noqa: S105 - no password
    EXPIRE = "expire"
    CHANGE_STEPS = "services"
    CHANGE_PRIORITY = "priority"
    CHANGE_DETAILS = "details"
    REDIRECT = "redirect"  # the one counter it was for has closed


S, A = StepState, Act

TRANSITIONS: Mapping[StepState, Mapping[Act, StepState]] = MappingProxyType(
    {
        S.WAITING: {
            A.CALL: S.CALLED,
            A.HOLD: S.ON_HOLD,
            A.TRANSFER: S.TRANSFERRED,
            A.CANCEL: S.CANCELLED,
            A.LEAVE: S.LEFT,
            A.PASS: S.WAITING,
            A.EXPIRE: S.EXPIRED,
            A.CHANGE_STEPS: S.WAITING,
            A.CHANGE_PRIORITY: S.WAITING,
            A.CHANGE_DETAILS: S.WAITING,
            A.REDIRECT: S.WAITING,
        },
        S.CALLED: {
            A.RECALL: S.CALLED,
            A.SERVE: S.SERVING,
            A.NO_SHOW: S.NO_SHOW,
            A.HOLD: S.ON_HOLD,
            A.TRANSFER: S.TRANSFERRED,
            A.CANCEL: S.CANCELLED,
            A.LEAVE: S.LEFT,
            A.CHANGE_STEPS: S.CALLED,
            A.CHANGE_PRIORITY: S.CALLED,
            A.CHANGE_DETAILS: S.CALLED,
        },
        S.SERVING: {
            A.FINISH: S.FINISHED,
            A.HOLD: S.ON_HOLD,
            A.TRANSFER: S.TRANSFERRED,
            A.CHANGE_STEPS: S.SERVING,
            A.CHANGE_PRIORITY: S.SERVING,
            A.CHANGE_DETAILS: S.SERVING,
        },
        S.ON_HOLD: {
            A.RESUME: S.WAITING,
            A.CANCEL: S.CANCELLED,
            A.LEAVE: S.LEFT,
            A.EXPIRE: S.EXPIRED,
            A.CHANGE_STEPS: S.ON_HOLD,
            A.CHANGE_PRIORITY: S.ON_HOLD,
            A.CHANGE_DETAILS: S.ON_HOLD,
            A.REDIRECT: S.ON_HOLD,
        },
        S.NO_SHOW: {A.RESUME: S.WAITING},
    }
)

# A person in one of these holds a place in the centre; a visit has one such step at most.
ACTIVE = frozenset({S.WAITING, S.CALLED, S.SERVING, S.ON_HOLD})
# A person in one of these occupies a counter.
AT_COUNTER = frozenset({S.CALLED, S.SERVING})
# How a step can end; each is an outcome in the statistics.
ENDED = frozenset({S.FINISHED, S.NO_SHOW, S.LEFT, S.CANCELLED, S.EXPIRED, S.TRANSFERRED})


def allowed(state: StepState, act: Act) -> bool:
    """Whether `act` may happen to a step in `state`."""
    return act in TRANSITIONS.get(state, {})


class CounterState(StrEnum):
    """Whether a counter takes people."""

    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"
