"""Opening, pausing and closing a counter."""

from collections.abc import Callable
from typing import Any

import pytest

from commands.calls import call_next, serve
from commands.counters import close_counter, open_counter, pause_counter
from commands.moves import hold, transfer
from queueing.events import Kind
from queueing.refusals import CounterBusy, CounterClosed, Invalid, NotFound
from queueing.states import CounterState, StepState
from tests.cast import Hall, clock


def test_a_counter_opens_with_its_own_services(hall: Hall) -> None:
    opened = hall.at("8:10").press(open_counter, 1)
    assert (opened.state, opened.opened_at) == (CounterState.OPEN, clock("8:10"))
    assert opened.services == {"RES", "BIRTH"}
    assert hall.counter(1) == opened
    (event,) = hall.events()
    assert (event.kind, event.counter, event.counter_seq, event.facts) == (
        Kind.COUNTER_OPENED,
        1,
        1,
        {"services": None},
    )


def test_a_counter_opens_with_other_services_in_place_of_its_own(hall: Hall) -> None:
    assert hall.press(open_counter, 1, ["PAY"]).services == {"PAY"}
    assert hall.counter(1).services == {"PAY"}
    assert hall.told() == [(Kind.COUNTER_OPENED, {"services": ["PAY"]})]


def test_what_stands_in_place_of_its_services_ends_when_it_closes(hall: Hall) -> None:
    hall.opens(1, services=["PAY"]).press(close_counter, 1)
    assert hall.press(open_counter, 1).services == {"RES", "BIRTH"}


def test_an_open_counter_can_be_given_other_services(hall: Hall) -> None:
    hall.opens(1).later(5).opens(1, services=["INFO"])
    assert hall.counter(1).services == {"INFO"}
    assert hall.counter(1).opened_at == clock("8:00"), "it was not closed in between"
    hall.opens(1, services=["BIRTH", "RES"])
    assert hall.counter(1).services == {"RES", "BIRTH"}


def test_opening_what_is_open_changes_nothing(hall: Hall) -> None:
    hall.opens(1, services=["PAY", "INFO"])
    before = hall.snapshot()
    hall.later(5).opens(1).opens(1, services=["INFO", "PAY"])
    assert hall.snapshot() == before


def test_a_pause_keeps_what_the_counter_serves(hall: Hall) -> None:
    hall.opens(1, services=["PAY"])
    assert hall.press(pause_counter, 1).state is CounterState.PAUSED
    assert hall.counter(1).services == {"PAY"}
    assert hall.later(5).press(open_counter, 1).services == {"PAY"}
    assert hall.counter(1).opened_at == clock("8:00")
    assert [kind for kind, _ in hall.told()] == [Kind.COUNTER_OPENED, Kind.COUNTER_PAUSED, Kind.COUNTER_OPENED]


def test_a_paused_counter_calls_nobody_but_serves_to_the_end(hall: Hall) -> None:
    ticket = hall.ticket()
    hall.opens(1).press(call_next, 1)
    hall.press(pause_counter, 1)
    with pytest.raises(CounterClosed):
        hall.press(call_next, 1, finish=True)
    assert hall.press(serve, ticket.id).state is StepState.SERVING


def test_pausing_twice_changes_nothing(hall: Hall) -> None:
    hall.opens(1).press(pause_counter, 1)
    before = hall.snapshot()
    hall.later(1).press(pause_counter, 1)
    assert hall.snapshot() == before


def test_a_closed_counter_cannot_pause(hall: Hall) -> None:
    with pytest.raises(CounterClosed):
        hall.press(pause_counter, 1)


def test_a_counter_closes(hall: Hall) -> None:
    hall.opens(1).later(30)
    closed = hall.press(close_counter, 1)
    assert (closed.state, closed.opened_at) == (CounterState.CLOSED, None)
    assert hall.counter(1) == closed
    assert hall.events()[-1].kind is Kind.COUNTER_CLOSED
    assert hall.events()[-1].counter_seq == 2


def test_closing_what_is_closed_changes_nothing(hall: Hall) -> None:
    before = hall.snapshot()
    hall.press(close_counter, 1)
    assert hall.snapshot() == before


@pytest.mark.parametrize("served", [False, True])
def test_a_counter_does_not_close_while_somebody_is_there(hall: Hall, *, served: bool) -> None:
    ticket = hall.ticket()
    hall.opens(1).press(call_next, 1)
    if served:
        hall.press(serve, ticket.id)
    with pytest.raises(CounterBusy) as refused:
        hall.press(close_counter, 1)
    assert refused.value.facts == {"counter": 1, "number": "B001"}
    assert hall.counter(1).state is CounterState.OPEN


@pytest.mark.parametrize("command", [open_counter, pause_counter, close_counter, call_next])
@pytest.mark.parametrize("number", [0, -1, 5, 9, 2**31, 2**80])
def test_a_counter_that_is_not_there_is_not_found(hall: Hall, command: Callable[..., Any], number: int) -> None:
    before = hall.snapshot()
    with pytest.raises(NotFound):
        hall.press(command, number)
    assert hall.snapshot() == before


@pytest.mark.parametrize("services", [[], ["RES", "RES"], ["NONE"], ["RES", ""]])
def test_a_counter_serves_what_the_centre_has(hall: Hall, services: list[str]) -> None:
    before = hall.snapshot()
    with pytest.raises(Invalid) as refused:
        hall.press(open_counter, 1, services)
    assert refused.value.field == "services"
    assert hall.snapshot() == before


def test_a_counters_events_are_numbered_without_a_gap(hall: Hall) -> None:
    hall.ticket()
    hall.ticket()
    hall.opens(1, 2).press(call_next, 1)
    hall.press(call_next, 2)
    hall.press(call_next, 1, finish=True)
    hall.press(close_counter, 1)
    for number in (1, 2):
        seqs = [event.counter_seq for event in hall.events() if event.counter == number]
        assert seqs == list(range(1, len(seqs) + 1))


def test_a_break_has_a_reason_of_those_there_are(hall: Hall) -> None:
    hall.opens(1).press(pause_counter, 1, "meal")
    assert hall.told()[-1] == (Kind.COUNTER_PAUSED, {"services": None, "reason": "meal"})
    with pytest.raises(Invalid):
        hall.opens(2).press(pause_counter, 2, "tired of it all")
    assert hall.counter(2).state is CounterState.OPEN


def test_who_waits_for_a_counter_alone_is_for_others_when_it_closes_and_keeps_the_place(hall: Hall) -> None:
    first = hall.opens(2, 4).at("8:00").ticket("INFO")
    hall.at("8:01").ticket("INFO")
    away = hall.at("8:02").ticket("BIRTH")
    hall.press(transfer, first.id, counter=4)
    hall.press(transfer, away.id, counter=4)
    hall.press(hold, away.id)
    hall.at("8:10").press(close_counter, 4)
    assert hall.queue() == ["W001", "W002"]
    assert {hall.visit(visit).step.direct_to for visit in (first, away)} == {None}
    assert hall.visits() == hall.folded()
    called = hall.press(call_next, 2)
    assert called is not None
    assert called.number == "W001"
