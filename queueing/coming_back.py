"""Coming back by oneself, after a missed call or with what was missing: once in each queue, and not too late."""

from datetime import datetime, timedelta

from queueing.order import Joined
from queueing.states import Act, StepState, allowed
from queueing.visit import Step


def may_come_back(step: Step, now: datetime, grace: timedelta) -> bool:
    """Whether the person may put themselves back in the queue."""
    return allowed(step.state, Act.RESUME) and not came_back_before(step) and not is_too_late(step, now, grace)


def came_back_before(step: Step) -> bool:
    """Whether the step has come back to this queue already, by whomever."""
    return step.joined_as in (Joined.HOLD, Joined.NO_SHOW)


def is_too_late(step: Step, now: datetime, grace: timedelta) -> bool:
    """Whether nobody can put a no-show back any more."""
    ends = grace_ends(step, grace)
    return ends is not None and now > ends


def grace_ends(step: Step, grace: timedelta) -> datetime | None:
    """Until when a no-show may come back; None for anybody else."""
    if step.state is not StepState.NO_SHOW or step.finished_at is None:
        return None
    return step.finished_at + grace
