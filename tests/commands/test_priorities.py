"""A claimed priority is confirmed, given or withdrawn, and who waits stands where they then belong."""

import pytest

from commands.calls import call_ticket
from commands.moves import hold, resume
from commands.priorities import change_priority
from commands.verify import verify
from queueing.events import Kind
from queueing.refusals import Invalid
from tests.cast import Hall, clock


def test_a_confirmed_claim_moves_nobody(hall: Hall) -> None:
    visit = hall.ticket(priority="ELDER")
    after = hall.later(5).press(change_priority, visit.id, "ELDER")
    assert (after.priority, after.priority_confirmed, after.step.due_at) == ("ELDER", True, visit.step.due_at)
    told = len(hall.events())
    hall.press(change_priority, visit.id, "ELDER")
    assert len(hall.events()) == told, "what is so already changes nothing"
    assert verify(hall.store, hall.code, all_days=True) == []


def test_who_loses_a_claim_stands_as_if_it_had_never_been_made(hall: Hall) -> None:
    hall.at("8:05").ticket()
    claimed = hall.at("8:10").ticket(priority="ELDER")
    assert hall.queue() == ["B002", "B001"]
    after = hall.at("8:20").press(change_priority, claimed.id, None)
    assert (after.priority, after.priority_confirmed, after.step.due_at) == (None, False, clock("8:10"))
    assert hall.queue() == ["B001", "B002"]
    assert hall.visit(claimed) == after == hall.folded()[claimed.id]
    assert verify(hall.store, hall.code, all_days=True) == []


def test_who_is_given_a_priority_stands_as_if_it_had_been_claimed(hall: Hall) -> None:
    hall.at("8:00").ticket()
    later = hall.at("8:10").ticket()
    after = hall.at("8:30").press(change_priority, later.id, "MONK")
    assert after.step.due_at == clock("7:50")
    assert hall.queue() == ["B002", "B001"]


def test_what_was_waited_before_is_kept(hall: Hall) -> None:
    visit = hall.at("8:00").ticket(priority="MONK")
    hall.at("8:12").press(hold, visit.id)
    hall.at("8:40").press(resume, visit.id)
    assert hall.visit(visit).step.due_at == clock("8:08")
    assert hall.at("8:50").press(change_priority, visit.id, None).step.due_at == clock("8:28")
    assert hall.press(change_priority, visit.id, "ELDER").step.due_at == clock("7:58")
    assert verify(hall.store, hall.code, all_days=True) == []


def test_who_is_at_a_counter_keeps_the_place_that_led_there(hall: Hall) -> None:
    visit = hall.opens(1).ticket(priority="ELDER")
    hall.press(call_ticket, visit.id, 1)
    after = hall.press(change_priority, visit.id, None)
    assert (after.priority, after.step.credit) == (None, visit.step.credit)
    assert hall.told()[-1] == (Kind.PRIORITY_CHANGED, {"priority": None, "credit": None})


@pytest.mark.parametrize("group", ["BRIDE", "NOBODY"])
def test_a_group_that_is_not_given_here_is_refused(hall: Hall, group: str) -> None:
    visit = hall.ticket()
    before = hall.snapshot()
    with pytest.raises(Invalid):
        hall.press(change_priority, visit.id, group)
    assert hall.snapshot() == before
