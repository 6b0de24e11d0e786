"""Calling the next person, a chosen one, once more; serving and finishing."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from commands.calls import call_next, call_ticket, finish, no_show, quick_serve, recall, serve
from commands.counters import close_counter, pause_counter
from commands.moves import hold, resume, transfer
from commands.tickets import TicketRequest
from queueing.events import Kind
from queueing.order import Joined
from queueing.refusals import (
    CounterBusy,
    CounterClosed,
    Invalid,
    NotFound,
    RecallsUsedUp,
    RecallTooSoon,
    WrongState,
)
from queueing.states import CounterState, StepState
from queueing.visit import Visit
from store import tables
from store.notes import read_notes
from store.unit import Store
from tests.cast import MONDAY, Hall, a_hall, clock

S = StepState
NONE = timedelta()


def called(hall: Hall, counter: int, *, finish: bool = False) -> str | None:
    visit = hall.press(call_next, counter, finish=finish)
    return visit.number if visit else None


def a_called_person(hall: Hall, counter: int = 1, service: str = "BIRTH") -> Visit:
    ticket = hall.ticket(service)
    return hall.opens(counter).press(call_ticket, ticket.id, counter)


def test_people_are_called_in_due_order(hall: Hall) -> None:
    hall.at("8:00").ticket("BIRTH")
    hall.at("8:01").ticket("RES")
    hall.at("8:25").ticket("RES", priority="ELDER")
    hall.at("8:30").opens(1)
    assert hall.queue() == ["A002", "B001", "A001"]
    assert [called(hall, 1, finish=True) for _ in range(4)] == ["A002", "B001", "A001", None]


def test_of_two_who_are_due_at_once_the_first_is_called_first(hall: Hall) -> None:
    numbers = [hall.ticket().number for _ in range(3)]
    hall.opens(1)
    assert [called(hall, 1, finish=True) for _ in range(3)] == numbers


def test_a_counter_calls_only_for_what_it_serves(hall: Hall) -> None:
    hall.ticket("INFO")
    hall.opens(1, 2)
    assert called(hall, 1) is None
    assert called(hall, 2) == "W001"


def test_a_counter_calls_for_what_stands_in_place_of_its_services(hall: Hall) -> None:
    hall.ticket("RES")
    hall.ticket("INFO")
    hall.opens(1, services=["INFO"])
    assert [called(hall, 1, finish=True), called(hall, 1, finish=True)] == ["W001", None]


def test_a_counter_with_nobody_of_its_own_helps_where_a_wait_has_passed_its_target(hall: Hall) -> None:
    hall.opens(3).at("8:00").ticket("BIRTH")
    hall.at("8:02").ticket("INFO")
    assert called(hall.at("8:15"), 3) is None
    assert called(hall.later(seconds=1), 3) == "B001"


def test_its_own_people_come_before_those_whom_a_counter_helps(hall: Hall) -> None:
    hall.opens(3).at("8:00").ticket("BIRTH")
    hall.at("8:29").ticket("PAY")
    assert [called(hall.at("8:30"), 3, finish=True) for _ in range(3)] == ["Q001", "B001", None]


def test_time_on_hold_is_no_reason_to_help(hall: Hall) -> None:
    ticket = hall.opens(3).ticket("BIRTH")
    hall.at("8:01").press(hold, ticket.id)
    hall.at("8:20").press(resume, ticket.id)
    assert called(hall.at("8:33"), 3) is None
    assert called(hall.at("8:36"), 3) == "B001"


def test_nobody_is_helped_who_is_sent_to_one_counter(hall: Hall) -> None:
    ticket = hall.opens(3).ticket("BIRTH")
    hall.press(transfer, ticket.id, counter=2)
    assert called(hall.at("9:30"), 3) is None


@pytest.mark.parametrize(("skills", "expected"), [(None, "B001"), (["INFO"], "W001"), ([], None)])
def test_a_counter_helps_with_what_it_can(hall: Hall, skills: list[str] | None, expected: str | None) -> None:
    hall.ticket("BIRTH")
    hall.ticket("INFO")
    with hall.store.writing() as conn:
        here = tables.Counter.centre_id == hall.centre, tables.Counter.number == 3
        conn.execute(update(tables.Counter).where(*here).values(skills=skills))
        conn.execute(update(tables.Centre).where(tables.Centre.id == hall.centre).values(version=2))
    assert called(hall.opens(3).at("8:30"), 3) == expected


def test_a_person_sent_to_a_counter_is_called_there_and_nowhere_else(hall: Hall) -> None:
    hall.press(transfer, hall.ticket("RES").id, counter=3)
    hall.opens(1, 3)
    assert called(hall, 1) is None
    assert called(hall, 3) == "A001", "though counter 3 only serves PAY"


def test_nobody_waits_and_nothing_is_written(hall: Hall) -> None:
    hall.opens(1)
    before = hall.snapshot()
    assert called(hall, 1) is None
    assert called(hall, 1, finish=True) is None
    assert hall.snapshot() == before


def test_the_called_person_stands_called_in_rows_and_log(hall: Hall) -> None:
    hall.ticket()
    visit = hall.opens(1).at("8:07").press(call_next, 1)
    assert visit is not None
    step = hall.visit(visit).step
    assert (step.state, step.counter, step.first_called_at, step.recalls) == (S.CALLED, 1, clock("8:07"), 0)
    assert hall.counter(1).ticket_number == "B001"
    event = hall.events()[-1]
    assert (event.kind, event.ticket, event.counter, event.at) == (Kind.CALLED, visit.id, 1, clock("8:07"))


@pytest.mark.parametrize("state", [CounterState.CLOSED, CounterState.PAUSED])
def test_a_counter_that_is_not_open_calls_nobody(hall: Hall, state: CounterState) -> None:
    ticket = hall.ticket()
    if state is CounterState.PAUSED:
        hall.opens(1).press(pause_counter, 1)
    before = hall.snapshot()
    with pytest.raises(CounterClosed):
        hall.press(call_next, 1)
    with pytest.raises(CounterClosed):
        hall.press(call_ticket, ticket.id, 1)
    assert hall.snapshot() == before


@pytest.mark.parametrize("served", [False, True])
def test_a_counter_calls_one_person_at_a_time(hall: Hall, *, served: bool) -> None:
    first = a_called_person(hall)
    second = hall.ticket()
    if served:
        hall.press(serve, first.id)
    before = hall.snapshot()
    with pytest.raises(CounterBusy) as refused:
        hall.press(call_next, 1)
    assert refused.value.facts == {"counter": 1, "number": "B001"}
    with pytest.raises(CounterBusy):
        hall.press(call_ticket, second.id, 1)
    assert hall.snapshot() == before


def test_next_with_finish_ends_the_person_being_served(hall: Hall) -> None:
    first = a_called_person(hall)
    hall.press(serve, first.id)
    hall.ticket()
    assert called(hall.later(3), 1, finish=True) == "B002"
    step = hall.visit(first).step
    assert (step.state, step.served) == (S.FINISHED, timedelta(minutes=3))


def test_next_with_finish_ends_a_person_who_was_only_called_as_served_at_once(hall: Hall) -> None:
    first = a_called_person(hall)
    hall.ticket()
    assert called(hall.later(3), 1, finish=True) == "B002"
    step = hall.visit(first).step
    assert (step.state, step.served, step.walk) == (S.FINISHED, timedelta(), timedelta(minutes=3))
    assert [kind for kind, _ in hall.told()][-3:] == [Kind.SERVING, Kind.FINISHED, Kind.CALLED]


def test_next_with_finish_frees_the_counter_when_nobody_waits(hall: Hall) -> None:
    first = a_called_person(hall)
    assert called(hall, 1, finish=True) is None
    assert hall.visit(first).state is S.FINISHED
    assert hall.counter(1).ticket is None


def test_whoever_was_finished_may_be_called_again_at_once_for_the_next_step(hall: Hall) -> None:
    first = a_called_person(hall, 4, "RES")
    assert called(hall, 4, finish=True) == first.number
    assert hall.visit(first).step.service == "PAY"


def test_a_chosen_person_is_called_out_of_order_and_for_any_service(hall: Hall) -> None:
    hall.ticket("RES")
    chosen = hall.ticket("INFO")
    assert hall.opens(1).press(call_ticket, chosen.id, 1).state is S.CALLED


def test_who_was_not_next_is_told_as_chosen_with_the_reason_beside_the_log(hall: Hall) -> None:
    first, second = hall.ticket(), hall.ticket()
    hall.opens(1, 2).press(call_ticket, second.id, 1, "her bus leaves")
    hall.press(call_ticket, first.id, 2, "is next anyway")
    told = [event.facts for event in hall.events() if event.kind is Kind.CALLED]
    assert told == [{"service": "BIRTH", "chosen": True}, {"service": "BIRTH"}]
    with hall.reading() as conn:
        assert [note.text for note in read_notes(conn, hall.centre, second.id)] == ["her bus leaves"]


def test_a_person_who_stands_at_the_counter_is_served_at_once(hall: Hall) -> None:
    visit = hall.opens(1).press(quick_serve, 1, TicketRequest(("INFO",), "staff"))
    assert (visit.number, visit.state, visit.step.at_counter, visit.waited(clock("9:00"))) == (
        "W001",
        S.SERVING,
        1,
        NONE,
    )
    assert hall.visit(visit) == visit == hall.folded()[visit.id]
    assert [kind for kind, _ in hall.told()] == [Kind.COUNTER_OPENED, Kind.ISSUED, Kind.CALLED, Kind.SERVING]
    with pytest.raises(CounterBusy):
        hall.press(quick_serve, 1, TicketRequest(("INFO",), "staff"))
    with pytest.raises(CounterClosed):
        hall.press(quick_serve, 2, TicketRequest(("INFO",), "staff"))
    assert len(hall.visits()) == 1, "no ticket was given"


def test_a_person_is_called_once(hall: Hall) -> None:
    visit = a_called_person(hall)
    hall.opens(2)
    with pytest.raises(WrongState):
        hall.press(call_ticket, visit.id, 2)
    assert called(hall, 2) is None


def test_a_ticket_of_another_centre_is_not_found(store: Store, hall: Hall) -> None:
    somchais = a_hall(store)
    ticket = somchais.ticket()
    hall.opens(1)
    before = somchais.snapshot()
    with pytest.raises(NotFound):
        hall.press(call_ticket, ticket.id, 1)
    assert somchais.snapshot() == before


def test_a_ticket_that_was_never_given_is_not_found(hall: Hall) -> None:
    with pytest.raises(NotFound):
        hall.press(serve, 12345)


def test_a_person_is_recalled_as_often_as_the_centre_allows(hall: Hall) -> None:
    visit = a_called_person(hall)
    assert hall.press(recall, visit.id).step.recalls == 1
    assert hall.later(1).press(recall, visit.id).step.recalls == 2
    before = hall.snapshot()
    with pytest.raises(RecallsUsedUp) as refused:
        hall.later(1).press(recall, visit.id)
    assert refused.value.facts == {"number": "B001", "times": 2}
    assert hall.snapshot() == before


def test_the_cool_down_never_refuses_the_first_recall(store: Store) -> None:
    hall = a_hall(store, recall_cooldown_seconds=3600)
    assert hall.press(recall, a_called_person(hall).id).step.recalls == 1


def test_the_cool_down_refuses_a_second_recall_until_it_is_over(hall: Hall) -> None:
    visit = a_called_person(hall)
    hall.at("8:10").press(recall, visit.id)
    with pytest.raises(RecallTooSoon) as refused:
        hall.at("8:10:19").press(recall, visit.id)
    assert refused.value.facts["until"] == clock("8:10:20")
    assert hall.at("8:10:20").press(recall, visit.id).step.recalls == 2


def test_recalls_count_anew_when_the_person_is_called_again(hall: Hall) -> None:
    visit = a_called_person(hall)
    hall.press(recall, visit.id)
    hall.press(transfer, visit.id, service="BIRTH")
    again = hall.press(call_ticket, visit.id, 1)
    assert again.step.recalls == 0
    assert hall.press(recall, visit.id).step.recalls == 1


def test_serving_begins_where_the_person_was_called(hall: Hall) -> None:
    visit = a_called_person(hall)
    step = hall.later(seconds=40).press(serve, visit.id).step
    assert (step.state, step.walk, step.counter) == (S.SERVING, timedelta(seconds=40), 1)
    assert hall.visit(visit).step == step
    assert hall.events()[-1].counter == 1


def test_a_visit_ends_when_its_last_step_is_finished(hall: Hall) -> None:
    visit = a_called_person(hall)
    hall.press(serve, visit.id)
    done = hall.later(4).press(finish, visit.id)
    assert (done.state, done.step.served, done.step.finished_at) == (S.FINISHED, timedelta(minutes=4), clock("8:04"))
    assert hall.visit(visit) == done
    assert hall.counter(1).ticket is None


def test_finishing_a_step_queues_the_planned_one_with_what_was_waited(hall: Hall) -> None:
    visit = hall.at("8:00").ticket("RES")
    hall.opens(1).at("8:12").press(call_next, 1)
    hall.press(serve, visit.id)
    after = hall.at("8:30").press(finish, visit.id)
    step = after.step
    assert (after.state, step.service, step.joined_as) == (S.WAITING, "PAY", Joined.LATER_STEP)
    assert (step.joined_at, step.due_at) == (clock("8:30"), clock("8:18"))


def test_a_later_step_keeps_the_priority_groups_head_start_within_the_cap(hall: Hall) -> None:
    visit = hall.at("8:00").ticket("RES", priority="ELDER")
    hall.opens(1).at("8:40").press(call_next, 1)
    hall.press(serve, visit.id)
    assert hall.at("9:30").press(finish, visit.id).step.due_at == clock("8:30")


def test_a_no_show_frees_the_counter_and_keeps_the_plan(hall: Hall) -> None:
    visit = a_called_person(hall, 1, "RES")
    gone = hall.later(2).press(no_show, visit.id)
    assert [step.state for step in gone.steps] == [S.NO_SHOW, S.PLANNED]
    assert gone.step.finished_at == clock("8:02")
    hall.press(close_counter, 1)


def test_who_waits_is_counted_with_every_announcement(hall: Hall) -> None:
    hall.ticket("RES")
    hall.ticket("BIRTH")
    hall.opens(1).press(call_next, 1)
    hall.press(call_next, 1, finish=True)
    told = [(a.event.kind, dict(a.waiting)) for a in hall.store.outgoing]
    assert told == [
        (Kind.ISSUED, {"RES": 1}),
        (Kind.ISSUED, {"RES": 1, "BIRTH": 1}),
        (Kind.COUNTER_OPENED, {"RES": 1, "BIRTH": 1}),
        (Kind.CALLED, {"BIRTH": 1}),
        (Kind.SERVING, {"BIRTH": 1}),
        (Kind.FINISHED, {"BIRTH": 1, "PAY": 1}),
        (Kind.CALLED, {"PAY": 1}),
    ]


def test_what_is_ready_later_is_told_with_its_day(hall: Hall) -> None:
    visit = a_called_person(hall)
    hall.press(serve, visit.id)
    for wrong in (MONDAY - timedelta(days=1), MONDAY + timedelta(days=400)):
        with pytest.raises(Invalid):
            hall.press(finish, visit.id, ready_on=wrong)
    done = hall.press(finish, visit.id, ready_on=MONDAY + timedelta(days=3))
    assert (done.state, done.step.ready_on) == (S.FINISHED, MONDAY + timedelta(days=3))
    assert hall.visit(visit) == done == hall.folded()[visit.id]
