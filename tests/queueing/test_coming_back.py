"""Who may come back by themselves: once in each queue, and after a missed call within the grace period."""

from datetime import datetime, timedelta

import pytest

from queueing.coming_back import grace_ends, is_too_late, may_come_back
from queueing.order import Joined
from queueing.states import StepState
from queueing.visit import Step
from tests.cast import clock

GRACE = timedelta(minutes=10)
MISSED_AT = clock("9:00")


def a_step(state: StepState, joined_as: Joined = Joined.ARRIVAL, ended: datetime | None = None) -> Step:
    return Step(1, "RES", state, joined_as=joined_as, finished_at=ended)


@pytest.mark.parametrize("state", StepState)
def test_only_who_is_on_hold_or_missed_the_call_may(state: StepState) -> None:
    step = a_step(state, ended=MISSED_AT)
    assert may_come_back(step, MISSED_AT, GRACE) is (state in (StepState.ON_HOLD, StepState.NO_SHOW))


@pytest.mark.parametrize("state", [StepState.ON_HOLD, StepState.NO_SHOW])
@pytest.mark.parametrize("joined_as", Joined)
def test_who_came_back_to_this_queue_before_may_not(state: StepState, joined_as: Joined) -> None:
    step = a_step(state, joined_as, ended=MISSED_AT)
    assert may_come_back(step, MISSED_AT, GRACE) is (joined_as not in (Joined.HOLD, Joined.NO_SHOW))


def test_the_grace_period_ends_with_its_last_instant() -> None:
    step = a_step(StepState.NO_SHOW, ended=MISSED_AT)
    assert grace_ends(step, GRACE) == clock("9:10")
    assert not is_too_late(step, clock("9:10"), GRACE)
    assert is_too_late(step, clock("9:10") + timedelta(microseconds=1), GRACE)


def test_hold_has_no_end_but_the_day_s() -> None:
    step = a_step(StepState.ON_HOLD)
    assert grace_ends(step, GRACE) is None
    assert may_come_back(step, clock("15:59"), GRACE)
