"""A visit as the fold of its events: where it stands, and what it has waited, walked and been served."""

import pytest

from queueing.events import Event, Kind
from queueing.order import Joined
from queueing.states import StepState
from queueing.visit import Visit, apply, instant, micros
from tests.queueing.told import EIGHT, Told, clock, minutes

S = StepState


def states(visit: Visit) -> list[tuple[str, StepState]]:
    return [(step.service, step.state) for step in visit.steps]


def test_a_ticket_begins_with_its_first_service_waiting_and_the_rest_planned() -> None:
    visit = Told("RES", "PAY").issued().now
    assert states(visit) == [("RES", S.WAITING), ("PAY", S.PLANNED)]
    assert (visit.state, visit.seq, visit.step.joined_at, visit.step.due_at) == (S.WAITING, 1, EIGHT, EIGHT)
    assert visit.planned() == visit.at(2)


def test_wait_is_from_joining_to_the_first_call() -> None:
    told = Told("RES").issued().at(12).called(3).at(14).tell(Kind.RECALLED).at(15).served()
    assert told.now.waited(clock(60)) == minutes(12)
    step = told.now.step
    assert (step.first_called_at, step.called_at, step.last_called_at) == (clock(12), clock(12), clock(14))
    assert (step.counter, step.first_counter, step.recalls, step.at_counter) == (3, 3, 1, 3)


def test_walk_is_from_the_last_call_to_serving() -> None:
    told = Told("RES").issued().at(12).called().at(14).tell(Kind.RECALLED).at(15).served().at(20).finished()
    assert told.now.step.walk == minutes(1)
    assert told.now.step.served == minutes(5)
    assert told.now.step.finished_at == clock(20)


def test_a_person_who_still_waits_has_waited_until_now() -> None:
    assert Told("RES").issued().now.waited(clock(9)) == minutes(9)


def test_time_on_hold_before_the_first_call_is_not_waited() -> None:
    told = Told("RES").issued().at(10).held()
    assert told.now.waited(clock(25)) == minutes(10)
    told.at(30).resumed().at(35).called()
    assert told.now.step.held == minutes(20)
    assert told.now.waited(clock(60)) == minutes(15)


def test_holding_again_adds_up() -> None:
    told = Told("RES").issued().at(10).held().at(20).resumed().at(25).held().at(40).resumed().at(41).called()
    assert told.now.step.held == minutes(25)
    assert told.now.waited(clock(60)) == minutes(16)


def test_time_on_hold_after_the_first_call_changes_no_wait() -> None:
    told = Told("RES").issued().at(10).called().at(11).served().at(15).held().at(40).resumed().at(45).called()
    assert told.now.step.held == minutes(0)
    assert told.now.waited(clock(60)) == minutes(10)


def test_leaving_while_on_hold_ends_the_wait_where_the_hold_began() -> None:
    told = Told("RES").issued().at(10).held().at(30).tell(Kind.LEFT)
    assert told.now.waited(clock(60)) == minutes(10)


def test_service_is_all_that_was_served_of_a_step() -> None:
    told = Told("RES").issued().at(10).called(3).at(11).served().at(15).held().at(30).resumed()
    told.at(32).called(4).at(34).served().at(44).finished()
    step = told.now.step
    assert step.served == minutes(4 + 10)
    assert (step.started_at, step.walk) == (clock(11), minutes(1)), "of the first serving"
    assert (step.first_counter, step.counter) == (3, 4)
    assert step.serving_since is None


def test_a_hold_keeps_the_joined_time_and_gives_what_was_waited_as_credit() -> None:
    step = Told("RES").issued().at(10).held().at(30).resumed().now.step
    assert (step.state, step.joined_at, step.joined_as) == (S.WAITING, EIGHT, Joined.HOLD)
    assert (step.credit, step.due_at, step.held_since) == (minutes(10), clock(20), None)


def test_a_no_show_who_came_back_is_one_step_with_one_wait() -> None:
    told = Told("RES").issued().at(10).called().at(12).tell(Kind.NO_SHOW)
    assert (told.now.state, told.now.step.finished_at) == (S.NO_SHOW, clock(12))
    told.at(18).resumed()
    assert (told.now.state, told.now.step.finished_at, told.now.step.due_at) == (S.WAITING, None, clock(8))
    told.at(20).called().at(21).served().at(25).finished()
    assert states(told.now) == [("RES", S.FINISHED)]
    assert told.now.waited(clock(60)) == minutes(10)
    assert told.now.step.walk == minutes(1)


def test_a_no_show_keeps_what_was_planned_until_the_end() -> None:
    told = Told("RES", "PAY").issued().at(10).called().at(12).tell(Kind.NO_SHOW)
    assert states(told.now) == [("RES", S.NO_SHOW), ("PAY", S.PLANNED)]


def test_the_next_planned_step_joins_as_the_one_before_ends() -> None:
    told = Told("RES", "PAY").issued().at(10).called().at(11).served().at(20).finished()
    assert states(told.now) == [("RES", S.FINISHED), ("PAY", S.WAITING)]
    step = told.now.step
    assert (step.position, step.joined_at, step.credit, step.joined_as) == (
        2,
        clock(20),
        minutes(10),
        Joined.LATER_STEP,
    )
    assert told.now.state == S.WAITING
    told.at(25).called().at(26).served().at(30).finished()
    assert states(told.now) == [("RES", S.FINISHED), ("PAY", S.FINISHED)]
    assert told.now.waited(clock(60)) == minutes(10 + 5)


def test_a_transfer_goes_before_what_was_planned() -> None:
    told = Told("RES", "PAY").issued().at(10).called().at(11).served().at(15).transferred("INFO", 5)
    assert states(told.now) == [("RES", S.TRANSFERRED), ("PAY", S.PLANNED), ("INFO", S.WAITING)]
    assert (told.now.step.service, told.now.step.direct_to, told.now.at(1).served) == ("INFO", 5, minutes(4))
    told.at(20).called(5).at(21).served().at(25).finished()
    assert states(told.now) == [("RES", S.TRANSFERRED), ("PAY", S.WAITING), ("INFO", S.FINISHED)]
    assert told.now.step.service == "PAY"


def test_what_was_waited_in_all_steps_adds_up() -> None:
    told = Told("RES").issued().at(10).transferred("INFO").at(25).transferred("PAY")
    assert told.now.step.credit == minutes(25)


def test_letting_others_pass_moves_the_due_time_and_nothing_else() -> None:
    told = Told("RES").issued().at(5)
    before = told.now.step
    step = told.tell(Kind.PASSED, by=minutes(10) // minutes(1) * 60_000_000).now.step
    assert (step.state, step.due_at, step.let_pass, step.passed_at) == (S.WAITING, clock(10), minutes(10), clock(5))
    assert (step.joined_at, step.joined_seq, step.credit, step.queued_at) == (
        before.joined_at,
        before.joined_seq,
        before.credit,
        before.queued_at,
    )
    assert told.at(20).called().now.waited(clock(60)) == minutes(20)


def test_the_log_cannot_tell_of_a_second_passing_in_one_step() -> None:
    told = Told("RES", "PAY").issued().tell(Kind.PASSED, by=600_000_000)
    with pytest.raises(ValueError, match="a second time"):
        told.tell(Kind.PASSED, by=600_000_000)
    told.at(10).held().at(20).resumed()
    assert (told.now.step.let_pass, told.now.step.passed_at) == (minutes(0), EIGHT)
    with pytest.raises(ValueError, match="a second time"):
        told.tell(Kind.PASSED, by=600_000_000)
    told.called().served().finished().tell(Kind.PASSED, by=600_000_000)
    assert told.now.step.let_pass == minutes(10), "in the next queue it may be done again"


@pytest.mark.parametrize(
    ("kind", "state"), [(Kind.LEFT, S.LEFT), (Kind.CANCELLED, S.CANCELLED), (Kind.EXPIRED, S.EXPIRED)]
)
def test_when_a_visit_ends_as_a_whole_what_was_planned_is_dropped(kind: Kind, state: StepState) -> None:
    told = Told("RES", "PAY", "COLLECT").issued().at(10).tell(kind)
    assert states(told.now) == [("RES", state), ("PAY", S.DROPPED), ("COLLECT", S.DROPPED)]
    assert told.now.state is state


def test_steps_are_added_at_the_end_and_dropped_where_they_stand() -> None:
    told = Told("RES", "PAY", "COLLECT").issued().tell(Kind.STEPS_CHANGED, add=["INFO", "BIRTH"], drop=[2])
    assert states(told.now) == [
        ("RES", S.WAITING),
        ("PAY", S.DROPPED),
        ("COLLECT", S.PLANNED),
        ("INFO", S.PLANNED),
        ("BIRTH", S.PLANNED),
    ]
    assert told.now.planned() == told.now.at(3)


def test_a_booked_person_joins_when_the_slot_begins() -> None:
    told = Told("RES", slot=30).issued()
    step = told.now.step
    assert (step.joined_at, step.not_before, step.due_at) == (clock(30), clock(30), clock(-30))
    told.at(40).called()
    assert told.now.waited(clock(60)) == minutes(10)


def test_a_booked_person_who_comes_after_the_slot_joins_on_arrival() -> None:
    assert Told("RES", slot=30).at(38).issued().now.step.joined_at == clock(38)


def test_a_booked_person_called_early_has_not_waited() -> None:
    assert Told("RES", slot=30).issued().at(10).called().now.waited(clock(60)) == minutes(0)


def test_a_hold_before_the_slot_takes_nothing_from_the_wait_after_it() -> None:
    told = Told("RES", slot=30).issued().at(10).held().at(20).resumed().at(50).called()
    assert told.now.waited(clock(60)) == minutes(20)
    told = Told("RES", slot=30).issued().at(20).held().at(40).resumed().at(50).called()
    assert told.now.waited(clock(60)) == minutes(10)


def test_every_event_that_names_the_ticket_is_counted() -> None:
    told = Told("RES").issued().at(1).called().at(2).tell(Kind.RECALLED).at(3).served().at(4).finished()
    assert told.now.seq == 5


def test_a_ticket_that_was_never_issued_has_no_visit() -> None:
    with pytest.raises(ValueError, match="was not issued"):
        apply(None, Event(1, Kind.CALLED, EIGHT, EIGHT, ticket=7))


def test_an_event_about_a_counter_is_nothing_to_a_visit() -> None:
    with pytest.raises(KeyError):
        Told("RES").issued().tell(Kind.COUNTER_OPENED, 3)


def test_instants_are_kept_to_the_microsecond() -> None:
    odd = EIGHT.replace(microsecond=123457)
    assert instant(micros(odd)) == odd
    assert instant(micros(odd) + 1) - odd == minutes(1) / 60_000_000
