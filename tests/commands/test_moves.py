"""On hold and back, coming back after a no-show, going elsewhere, leaving, and the steps of a visit."""

from typing import Any

import pytest
from sqlalchemy import select

from commands.calls import call_next, call_ticket, finish, no_show, serve
from commands.day import end_past_days
from commands.moves import cancel, change_steps, come_back, hold, leave, let_others_pass, resume, transfer
from queueing.events import Kind
from queueing.order import Joined
from queueing.refusals import CameBackAlready, GraceOver, Invalid, PassedAlready, ServiceClosed, WrongState
from queueing.states import StepState
from queueing.visit import Visit
from store.tables import Note
from tests.cast import OFFICE_HOURS, Hall, a_hall, clock

S = StepState


def states(visit: Visit) -> list[tuple[str, StepState]]:
    return [(step.service, step.state) for step in visit.steps]


def notes(hall: Hall, visit: Visit) -> list[tuple[Any, ...]]:
    with hall.reading() as conn:
        found = conn.execute(select(Note.event_seq, Note.text).where(Note.ticket_id == visit.id))
        return [tuple(row) for row in found]


def being_served(hall: Hall, *services: str) -> Visit:
    ticket = hall.ticket(*services)
    hall.opens(4).press(call_ticket, ticket.id, 4)
    return hall.press(serve, ticket.id)


def test_a_hold_takes_a_waiting_person_out_of_the_queue(hall: Hall) -> None:
    visit = hall.ticket()
    assert hall.press(hold, visit.id).state is S.ON_HOLD
    assert hall.queue() == []
    assert hall.opens(1).press(call_next, 1) is None


def test_a_hold_frees_the_counter(hall: Hall) -> None:
    visit = being_served(hall)
    hall.later(5).press(hold, visit.id)
    assert hall.counter(4).ticket is None
    assert hall.events()[-1].counter == 4


def test_after_a_hold_a_person_is_credited_what_they_had_waited(hall: Hall) -> None:
    visit = hall.at("8:00").ticket()
    hall.at("8:10").press(hold, visit.id)
    hall.at("8:32").ticket()
    step = hall.at("8:40").press(resume, visit.id).step
    assert (step.joined_as, step.joined_at, step.due_at) == (Joined.HOLD, clock("8:00"), clock("8:30"))
    assert hall.queue() == ["B001", "B002"]


def test_held_after_the_call_a_person_is_credited_the_wait_to_the_call(hall: Hall) -> None:
    visit = hall.at("8:00").ticket()
    hall.at("8:15").opens(1).press(call_next, 1)
    hall.at("8:20").press(hold, visit.id)
    assert hall.at("8:40").press(resume, visit.id).step.due_at == clock("8:25")


def test_a_head_start_adds_to_what_was_waited_up_to_the_cap(hall: Hall) -> None:
    visit = hall.at("8:00").ticket(priority="ELDER")
    hall.at("8:50").press(hold, visit.id)
    assert hall.at("9:00").press(resume, visit.id).step.due_at == clock("8:00")


def test_a_no_show_who_comes_back_within_the_grace_period_waits_again(hall: Hall) -> None:
    visit = hall.at("8:00").ticket()
    hall.at("8:12").opens(1).press(call_next, 1)
    hall.at("8:14").press(no_show, visit.id)
    back = hall.at("8:24").press(resume, visit.id)
    assert (back.state, back.step.joined_as, back.step.due_at) == (S.WAITING, Joined.NO_SHOW, clock("8:12"))
    assert len(back.steps) == 1


def test_after_the_grace_period_a_no_show_does_not_come_back(hall: Hall) -> None:
    visit = hall.ticket()
    hall.opens(1).press(call_next, 1)
    hall.at("8:14").press(no_show, visit.id)
    before = hall.at("8:24:01").snapshot()
    with pytest.raises(GraceOver) as refused:
        hall.press(resume, visit.id)
    assert refused.value.facts == {"number": "B001", "minutes": "10"}
    assert hall.snapshot() == before


def test_a_hold_knows_no_grace_period(hall: Hall) -> None:
    visit = hall.ticket()
    hall.press(hold, visit.id)
    assert hall.at("12:00").press(resume, visit.id).state is S.WAITING


def test_a_transfer_to_a_service_is_a_new_step_credited_with_the_wait(hall: Hall) -> None:
    visit = hall.at("8:00").ticket("RES")
    hall.at("8:10").opens(1).press(call_next, 1)
    hall.press(serve, visit.id)
    moved = hall.at("8:30").press(transfer, visit.id, service="INFO")
    assert states(moved) == [("RES", S.TRANSFERRED), ("PAY", S.PLANNED), ("INFO", S.WAITING)]
    step = moved.step
    assert (step.joined_as, step.joined_at, step.due_at) == (Joined.TRANSFER, clock("8:30"), clock("8:20"))
    assert (step.direct_to, moved.number) == (None, "A001")
    assert hall.counter(1).ticket is None
    assert hall.visit(visit) == moved


def test_after_a_transfer_what_was_planned_still_follows(hall: Hall) -> None:
    visit = being_served(hall, "RES")
    hall.press(transfer, visit.id, service="INFO")
    hall.press(call_ticket, visit.id, 4)
    hall.press(serve, visit.id)
    assert hall.press(finish, visit.id).step.service == "PAY"


def test_a_transfer_to_a_counter_keeps_the_service(hall: Hall) -> None:
    visit = hall.ticket("RES")
    moved = hall.press(transfer, visit.id, counter=3)
    assert (moved.step.service, moved.step.direct_to) == ("RES", 3)


def test_a_transfer_to_service_and_counter(hall: Hall) -> None:
    moved = hall.press(transfer, hall.ticket("RES").id, service="PAY", counter=4)
    assert (moved.step.service, moved.step.direct_to) == ("PAY", 4)


def test_a_note_stands_beside_the_log_and_never_in_it(hall: Hall) -> None:
    visit = hall.ticket()
    hall.press(transfer, visit.id, service="INFO", note="Bounmy brings the book")
    hall.press(hold, visit.id, "Bounmy fetches a copy")
    hall.press(cancel, visit.id, reason="Bounmy comes tomorrow")
    assert notes(hall, visit) == [
        (2, "Bounmy brings the book"),
        (3, "Bounmy fetches a copy"),
        (4, "Bounmy comes tomorrow"),
    ]
    assert "Bounmy" not in str(hall.events())
    assert "Bounmy" not in str(hall.store.outgoing)


def test_without_words_no_note_is_kept(hall: Hall) -> None:
    visit = hall.ticket()
    hall.press(transfer, visit.id, service="INFO", note="")
    hall.press(hold, visit.id)
    assert notes(hall, visit) == []


@pytest.mark.parametrize(
    ("where", "field"),
    [({}, "service"), ({"service": "NONE"}, "service"), ({"counter": 5}, "counter"), ({"counter": 9}, "counter")],
)
def test_a_transfer_to_nowhere_is_refused(hall: Hall, where: dict[str, Any], field: str) -> None:
    visit = hall.ticket()
    before = hall.snapshot()
    with pytest.raises(Invalid) as refused:
        hall.press(transfer, visit.id, **where)
    assert refused.value.field == field
    assert hall.snapshot() == before


def test_a_transfer_to_a_service_that_is_not_offered_is_refused(hall: Hall) -> None:
    visit = hall.ticket()
    with pytest.raises(ServiceClosed):
        hall.press(transfer, visit.id, service="OLD")
    assert hall.visit(visit) == visit


@pytest.mark.parametrize(("act", "state"), [(leave, S.LEFT), (cancel, S.CANCELLED)])
def test_leaving_ends_the_visit_and_what_was_planned(hall: Hall, act: Any, state: StepState) -> None:
    visit = hall.ticket("RES")
    hall.opens(1).press(call_next, 1)
    gone = hall.later(2).press(act, visit.id)
    assert states(gone) == [("RES", state), ("PAY", S.DROPPED)]
    assert gone.step.finished_at == clock("8:02")
    assert hall.counter(1).ticket is None
    assert hall.visit(visit) == gone


def test_services_are_added_at_the_end_of_a_visit(hall: Hall) -> None:
    visit = being_served(hall, "RES")
    changed = hall.press(change_steps, visit.id, add=["INFO", "BIRTH"])
    assert states(changed)[2:] == [("INFO", S.PLANNED), ("BIRTH", S.PLANNED)]
    assert changed.state is S.SERVING
    assert hall.visit(visit) == changed


def test_a_planned_step_can_be_dropped(hall: Hall) -> None:
    visit = being_served(hall, "RES")
    assert states(hall.press(change_steps, visit.id, drop=["PAY"])) == [("RES", S.SERVING), ("PAY", S.DROPPED)]
    assert hall.press(finish, visit.id).state is S.FINISHED


def test_steps_are_added_and_dropped_in_one_act(hall: Hall) -> None:
    visit = hall.ticket("RES")
    changed = hall.press(change_steps, visit.id, add=["INFO"], drop=["PAY"])
    assert states(changed) == [("RES", S.WAITING), ("PAY", S.DROPPED), ("INFO", S.PLANNED)]
    assert hall.events()[-1].kind is Kind.STEPS_CHANGED


def test_only_a_planned_step_can_be_dropped(hall: Hall) -> None:
    visit = hall.ticket("RES")
    before = hall.snapshot()
    for service in ("RES", "INFO"):
        with pytest.raises(WrongState):
            hall.press(change_steps, visit.id, drop=[service])
    assert hall.snapshot() == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "add"),
        ({"add": ["NONE"]}, "add"),
        ({"drop": ["NONE"]}, "drop"),
        ({"add": ["INFO", "INFO"]}, "add"),
        ({"drop": ["PAY", "PAY"]}, "drop"),
    ],
)
def test_a_change_of_steps_that_makes_no_sense_is_refused(hall: Hall, change: dict[str, Any], field: str) -> None:
    visit = hall.ticket("RES")
    before = hall.snapshot()
    with pytest.raises(Invalid) as refused:
        hall.press(change_steps, visit.id, **change)
    assert refused.value.field == field
    assert hall.snapshot() == before


def test_a_service_that_is_not_offered_cannot_be_added(hall: Hall) -> None:
    with pytest.raises(ServiceClosed):
        hall.press(change_steps, hall.ticket().id, add=["OLD"])


def test_who_lets_others_pass_is_called_after_those_who_came_within_ten_minutes(hall: Hall) -> None:
    first = hall.at("8:00").ticket()
    for time in ("8:04", "8:09", "8:11"):
        hall.at(time).ticket()
    step = hall.at("8:20").press(let_others_pass, first.id).step
    assert (step.due_at, step.joined_at, step.passed_at) == (clock("8:10"), clock("8:00"), clock("8:20"))
    assert hall.queue() == ["B002", "B003", "B001", "B004"]
    assert hall.events()[-1].kind is Kind.PASSED


def test_the_next_person_goes_first_however_late_they_came(hall: Hall) -> None:
    first = hall.at("8:00").ticket()
    hall.at("8:31").ticket()
    hall.at("8:40").press(let_others_pass, first.id)
    assert hall.queue() == ["B002", "B001"]


def test_others_pass_once_in_each_queue(hall: Hall) -> None:
    visit = hall.ticket("RES")
    hall.press(let_others_pass, visit.id)
    before = hall.snapshot()
    with pytest.raises(PassedAlready) as refused:
        hall.press(let_others_pass, visit.id)
    assert refused.value.facts == {"number": "A001"}
    assert hall.snapshot() == before
    hall.opens(4).press(call_ticket, visit.id, 4)
    hall.press(serve, visit.id)
    hall.press(finish, visit.id)
    assert hall.press(let_others_pass, visit.id).step.service == "PAY"


def test_who_let_others_pass_and_waits_till_closing_expires_at_closing(hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS, last_ticket_before_close_minutes=0)
    visit = office.at("15:55").ticket()
    office.press(let_others_pass, visit.id)
    office.at("16:01").press(end_past_days)
    assert office.visit(visit).step.finished_at == clock("16:00")


def test_who_fetches_a_document_comes_back_with_what_was_waited(hall: Hall) -> None:
    visit = hall.at("8:00").ticket("RES")
    hall.at("8:20").opens(4).press(call_ticket, visit.id, 4)
    hall.press(serve, visit.id)
    away = hall.at("8:25").press(hold, visit.id, missing=["id_card"])
    assert (away.state, away.step.missing) == (S.ON_HOLD, ["id_card"])
    assert hall.visit(visit) == away == hall.folded()[visit.id]
    back = hall.at("11:00").press(come_back, visit.id)
    assert (back.number, back.state, back.step.due_at) == ("A001", S.WAITING, clock("10:40"))
    assert back.step.missing == ["id_card"], "the clerk sees what was fetched"


def test_only_what_the_service_needs_can_be_missing(hall: Hall) -> None:
    visit = hall.ticket("RES")
    before = hall.snapshot()
    with pytest.raises(Invalid):
        hall.press(hold, visit.id, missing=["passport"])
    assert hall.snapshot() == before


def test_a_citizen_comes_back_once_and_then_asks_the_staff(hall: Hall) -> None:
    visit = hall.opens(1).ticket()
    for _ in range(2):
        hall.press(call_next, 1)
        hall.press(no_show, visit.id)
        if hall.visit(visit).step.joined_as is Joined.ARRIVAL:
            assert hall.press(come_back, visit.id).step.joined_as is Joined.NO_SHOW
    before = hall.snapshot()
    with pytest.raises(CameBackAlready):
        hall.press(come_back, visit.id)
    assert hall.snapshot() == before
    assert hall.press(resume, visit.id).state is S.WAITING


def test_a_citizen_comes_back_too_late(hall: Hall) -> None:
    visit = hall.opens(1).ticket()
    hall.press(call_next, 1)
    hall.press(no_show, visit.id)
    hall.later(11)
    with pytest.raises(GraceOver):
        hall.press(come_back, visit.id)
