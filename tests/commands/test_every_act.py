"""Every state × every act: what the table allows happens, all else is refused and changes nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from commands.calls import call_ticket, finish, no_show, recall, serve
from commands.day import end_past_days
from commands.details import Details, change_details
from commands.moves import cancel, change_steps, hold, leave, let_others_pass, resume, transfer
from commands.priorities import change_priority
from queueing.refusals import WrongState
from queueing.states import TRANSITIONS, Act, StepState
from queueing.visit import Visit
from tests.cast import MONDAY, Hall

S, A = StepState, Act
NEXT_DAY = MONDAY.replace(day=24)

ACTS: dict[Act, Callable[[Hall, Visit], Visit]] = {
    A.CALL: lambda hall, visit: hall.press(call_ticket, visit.id, 2),
    A.RECALL: lambda hall, visit: hall.press(recall, visit.id),
    A.SERVE: lambda hall, visit: hall.press(serve, visit.id),
    A.FINISH: lambda hall, visit: hall.press(finish, visit.id),
    A.NO_SHOW: lambda hall, visit: hall.press(no_show, visit.id),
    A.HOLD: lambda hall, visit: hall.press(hold, visit.id),
    A.RESUME: lambda hall, visit: hall.press(resume, visit.id),
    A.TRANSFER: lambda hall, visit: hall.press(transfer, visit.id, service="INFO"),
    A.CANCEL: lambda hall, visit: hall.press(cancel, visit.id),
    A.LEAVE: lambda hall, visit: hall.press(leave, visit.id),
    A.PASS: lambda hall, visit: hall.press(let_others_pass, visit.id),
    A.EXPIRE: lambda hall, visit: hall.press(lambda unit: unit.act(unit.visit(visit.id), A.EXPIRE)),
    A.CHANGE_STEPS: lambda hall, visit: hall.press(change_steps, visit.id, add=["BIRTH"]),
    A.CHANGE_PRIORITY: lambda hall, visit: hall.press(change_priority, visit.id, "ELDER"),
    A.CHANGE_DETAILS: lambda hall, visit: hall.press(change_details, visit.id, Details(reference="12/2026")),
    A.REDIRECT: lambda hall, visit: hall.press(lambda unit: unit.act(unit.visit(visit.id), A.REDIRECT)),
}
# What leads from a new ticket into each state that a ticket can be in.
WAYS: dict[StepState, list[Act]] = {
    S.WAITING: [],
    S.CALLED: [A.CALL],
    S.SERVING: [A.CALL, A.SERVE],
    S.ON_HOLD: [A.HOLD],
    S.NO_SHOW: [A.CALL, A.NO_SHOW],
    S.FINISHED: [A.CALL, A.SERVE, A.FINISH],
    S.LEFT: [A.LEAVE],
    S.CANCELLED: [A.CANCEL],
    S.EXPIRED: [A.EXPIRE],
}


def a_ticket_that_is(hall: Hall, state: StepState, *services: str) -> Visit:
    visit = hall.opens(2).ticket(*services)
    for act in WAYS[state]:
        visit = ACTS[act](hall.later(1), visit)
    assert visit.state is state
    return visit


def test_every_state_that_a_ticket_can_be_in_is_tried() -> None:
    assert set(WAYS) == set(StepState) - {S.PLANNED, S.TRANSFERRED, S.DROPPED}
    assert set(ACTS) == set(Act)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", WAYS)
def test_an_act_does_what_the_table_says_or_nothing(hall: Hall, state: StepState, act: Act) -> None:
    visit = a_ticket_that_is(hall, state, "INFO")
    before, told = hall.later(1).snapshot(), len(hall.store.outgoing)
    outcome = TRANSITIONS.get(state, {}).get(act)
    if outcome is None:
        with pytest.raises(WrongState) as refused:
            ACTS[act](hall, visit)
        assert refused.value.facts == {"number": "W001", "state": state, "act": act}
        assert hall.snapshot() == before
        assert len(hall.store.outgoing) == told
    else:
        after = ACTS[act](hall, visit)
        assert after.at(visit.step.position).state is outcome
        assert after.state is (S.WAITING if outcome is S.TRANSFERRED else outcome)
        assert hall.visit(visit) == after == hall.folded()[visit.id]


@pytest.mark.parametrize("act", [act for act in Act if act in TRANSITIONS[S.SERVING]])
def test_a_visit_with_a_planned_step_goes_on_or_stays(hall: Hall, act: Act) -> None:
    visit = a_ticket_that_is(hall, S.SERVING, "INFO", "PAY")
    after = ACTS[act](hall, visit)
    expected: dict[Act, Any] = {A.FINISH: ("PAY", S.WAITING), A.TRANSFER: ("INFO", S.WAITING)}
    assert (after.step.service, after.state) == expected.get(act, ("INFO", TRANSITIONS[S.SERVING][act]))
    assert hall.visit(visit) == after == hall.folded()[visit.id]


@pytest.mark.parametrize("state", WAYS)
def test_the_days_end_expires_whom_it_may(hall: Hall, state: StepState) -> None:
    visit = a_ticket_that_is(hall, state)
    hall.at("0:01", NEXT_DAY).press(end_past_days)
    assert hall.visit(visit).state is TRANSITIONS.get(state, {}).get(A.EXPIRE, state)
