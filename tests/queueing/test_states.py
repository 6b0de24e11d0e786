"""The table of transitions against the contract's, word for word."""

import pytest

from queueing.states import ACTIVE, AT_COUNTER, ENDED, TRANSITIONS, Act, StepState, allowed

A, S = Act, StepState
CONTRACT = {
    S.WAITING: {
        A.CALL: S.CALLED,
        A.HOLD: S.ON_HOLD,
        A.TRANSFER: S.TRANSFERRED,
        A.CANCEL: S.CANCELLED,
        A.LEAVE: S.LEFT,
        A.PASS: S.WAITING,
        A.EXPIRE: S.EXPIRED,
    },
    S.CALLED: {
        A.RECALL: S.CALLED,
        A.SERVE: S.SERVING,
        A.NO_SHOW: S.NO_SHOW,
        A.HOLD: S.ON_HOLD,
        A.TRANSFER: S.TRANSFERRED,
        A.CANCEL: S.CANCELLED,
        A.LEAVE: S.LEFT,
    },
    S.SERVING: {A.FINISH: S.FINISHED, A.HOLD: S.ON_HOLD, A.TRANSFER: S.TRANSFERRED},
    S.ON_HOLD: {A.RESUME: S.WAITING, A.CANCEL: S.CANCELLED, A.LEAVE: S.LEFT, A.EXPIRE: S.EXPIRED},
    S.NO_SHOW: {A.RESUME: S.WAITING},
}


# What the contract's table leaves out: it happens to those who are still in the centre.
MOVES_NOBODY = {
    A.CHANGE_STEPS: ACTIVE,
    A.CHANGE_PRIORITY: ACTIVE,
    A.CHANGE_DETAILS: ACTIVE,
    A.REDIRECT: ACTIVE - AT_COUNTER,
}


@pytest.mark.parametrize("state", StepState)
@pytest.mark.parametrize("act", Act)
def test_an_act_is_allowed_exactly_where_the_contract_says(state: StepState, act: Act) -> None:
    if act in MOVES_NOBODY:
        assert TRANSITIONS.get(state, {}).get(act) is (state if state in MOVES_NOBODY[act] else None)
        return
    assert TRANSITIONS.get(state, {}).get(act) is CONTRACT.get(state, {}).get(act)
    assert allowed(state, act) is (act in CONTRACT.get(state, {}))


@pytest.mark.parametrize("state", [S.FINISHED, S.LEFT, S.CANCELLED, S.EXPIRED, S.TRANSFERRED, S.DROPPED, S.PLANNED])
def test_nothing_happens_to_a_step_that_is_over_or_has_not_begun(state: StepState) -> None:
    assert [act for act in Act if allowed(state, act)] == []


def test_whoever_is_at_a_counter_is_in_the_centre() -> None:
    assert AT_COUNTER < ACTIVE


def test_a_step_is_planned_or_dropped_or_active_or_ended() -> None:
    assert ACTIVE | ENDED | {S.PLANNED, S.DROPPED} == frozenset(StepState)
    assert not ACTIVE & ENDED


def test_everyone_in_the_centre_can_still_leave_it() -> None:
    for state in ACTIVE:
        assert set(TRANSITIONS[state].values()) & (ENDED - {S.TRANSFERRED})


def test_everyone_who_was_not_called_by_closing_can_expire() -> None:
    assert [state for state in StepState if allowed(state, Act.EXPIRE)] == [S.WAITING, S.ON_HOLD]
