"""The end of a day: who was never called expires, idle counters close, all at the day's own closing time."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from commands.calls import call_next, call_ticket, finish, no_show, serve
from commands.counters import close_counter, pause_counter
from commands.day import end_past_days
from commands.moves import cancel, hold, leave, resume, transfer
from queueing.events import Kind
from queueing.states import CounterState, StepState
from queueing.visit import Visit
from store.unit import Store
from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall, clock

S = StepState
TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
CLOSING = clock("16:00")


@pytest.fixture
def office(store: Store) -> Hall:
    """Open from eight to four on weekdays; it is Monday, nine o'clock."""
    return a_hall(store, week=OFFICE_HOURS).at("9:00")


def end_day(hall: Hall) -> int:
    return hall.press(end_past_days)


def opened_at_times(hall: Hall, kind: Kind) -> list[tuple[int | None, datetime]]:
    return [(event.counter, event.at) for event in hall.events() if event.kind is kind]


def being_served(hall: Hall, service: str = "BIRTH") -> Visit:
    ticket = hall.ticket(service)
    hall.opens(1).press(call_ticket, ticket.id, 1)
    return hall.press(serve, ticket.id)


def test_who_waits_or_is_on_hold_expires_at_the_closing_time(office: Hall) -> None:
    waiting, held = office.ticket("RES"), office.ticket()
    office.press(hold, held.id)
    assert end_day(office.at("16:00:25")) == 2
    for visit in (waiting, held):
        after = office.visit(visit)
        assert (after.state, after.at(1).finished_at) == (S.EXPIRED, CLOSING)
        event = next(e for e in office.events() if e.kind is Kind.EXPIRED and e.ticket == visit.id)
        assert (event.at, event.recorded_at) == (CLOSING, clock("16:00:25"))
    assert office.visit(waiting).at(2).state is S.DROPPED
    assert office.queue() == []


def test_nothing_ends_before_the_closing_time(office: Hall) -> None:
    office.opens(1).ticket()
    before = office.snapshot()
    assert end_day(office.at("15:59:59")) == 0
    assert office.snapshot() == before


def test_idle_counters_close_at_the_closing_time(office: Hall) -> None:
    office.opens(1, 2).press(pause_counter, 2)
    end_day(office.at("16:00:40"))
    assert opened_at_times(office, Kind.COUNTER_CLOSED) == [(1, CLOSING), (2, CLOSING)]
    assert [office.counter(number).state for number in (1, 2)] == [CounterState.CLOSED] * 2


def test_ending_a_day_twice_changes_nothing(office: Hall) -> None:
    office.opens(1).ticket()
    end_day(office.at("16:00"))
    before = office.snapshot()
    assert end_day(office.at("16:01")) == 0
    assert end_day(office.at("23:59")) == 0
    assert office.snapshot() == before


def test_a_centre_that_nobody_used_has_no_days_to_end(office: Hall) -> None:
    before = office.snapshot()
    assert end_day(office.at("16:00", WEDNESDAY)) == 0
    assert office.snapshot() == before


@pytest.mark.parametrize("served", [False, True])
def test_who_is_called_or_served_is_served_to_the_end_and_the_counter_closes_then(
    office: Hall, *, served: bool
) -> None:
    visit = office.ticket()
    office.at("15:40").opens(1).press(call_next, 1)
    if served:
        office.press(serve, visit.id)
    assert end_day(office.at("16:00:30")) == 0
    assert office.counter(1).state is CounterState.OPEN
    if not served:
        office.at("16:05").press(serve, visit.id)
    office.at("16:10").press(finish, visit.id)
    assert office.visit(visit).state is S.FINISHED
    assert office.counter(1).state is CounterState.CLOSED
    assert opened_at_times(office, Kind.COUNTER_CLOSED) == [(1, clock("16:10"))]


ENDS: list[Callable[[Hall, Visit], Any]] = [
    lambda hall, visit: hall.press(finish, visit.id),
    lambda hall, visit: hall.press(hold, visit.id),
    lambda hall, visit: hall.press(transfer, visit.id, service="INFO"),
    lambda hall, _: hall.press(call_next, 1, finish=True),
]


@pytest.mark.parametrize("end", ENDS, ids=["finish", "hold", "transfer", "next"])
def test_after_the_closing_a_counter_closes_however_its_person_goes(office: Hall, end: Callable[..., Any]) -> None:
    visit = being_served(office)
    end_day(office.at("16:00:30"))
    end(office.later(5), visit)
    assert office.counter(1).state is CounterState.CLOSED


@pytest.mark.parametrize("act", [no_show, leave, cancel])
def test_after_the_closing_a_counter_closes_when_its_called_person_is_gone(office: Hall, act: Any) -> None:
    visit = office.ticket()
    office.opens(1).press(call_next, 1)
    end_day(office.at("16:00:30"))
    office.later(5).press(act, visit.id)
    assert office.counter(1).state is CounterState.CLOSED


def test_next_with_finish_calls_nobody_after_the_closing(office: Hall) -> None:
    being_served(office, "RES")
    office.opens(1, services=["RES", "PAY"])
    end_day(office.at("16:00:30"))
    assert office.later(5).press(call_next, 1, finish=True) is None


def test_who_comes_into_a_queue_after_the_closing_expires_at_that_moment(office: Hall) -> None:
    later_step = being_served(office, "RES")
    held = office.ticket()
    office.opens(2).press(call_ticket, held.id, 2)
    end_day(office.at("16:00:30"))
    office.at("16:10").press(finish, later_step.id)
    office.at("16:20").press(hold, held.id)
    assert end_day(office.at("16:21")) == 2
    assert office.visit(later_step).step.finished_at == clock("16:10")
    assert office.visit(held).step.finished_at == clock("16:20")


def test_a_no_show_who_comes_back_after_the_closing_expires(office: Hall) -> None:
    visit = office.ticket()
    office.at("15:55").opens(1).press(call_next, 1)
    office.at("15:59").press(no_show, visit.id)
    end_day(office.at("16:00:30"))
    office.at("16:05").press(resume, visit.id)
    end_day(office.at("16:05:30"))
    step = office.visit(visit).step
    assert (step.state, step.finished_at) == (S.EXPIRED, clock("16:05"))


def test_a_person_served_past_midnight_keeps_the_date_and_closes_the_counter(hall: Hall) -> None:
    visit = being_served(hall.at("23:50"))
    hall.at("23:55").opens(2)
    end_day(hall.at("0:00", TUESDAY))
    assert opened_at_times(hall, Kind.COUNTER_CLOSED) == [(2, clock("0:00", TUESDAY))]
    done = hall.at("0:20", TUESDAY).press(finish, visit.id)
    assert (done.state, done.business_date) == (S.FINISHED, MONDAY)
    assert hall.counter(1).state is CounterState.CLOSED


def test_round_the_clock_the_day_ends_at_midnight(hall: Hall) -> None:
    yesterday = hall.at("23:59").ticket()
    today = hall.at("0:00", TUESDAY).ticket()
    assert end_day(hall.later(seconds=20)) == 1
    assert hall.visit(yesterday).step.finished_at == clock("0:00", TUESDAY)
    assert hall.visit(today).state is S.WAITING


def test_a_day_that_a_power_cut_ended_is_closed_with_its_own_closing_time(office: Hall) -> None:
    waiting = office.opens(1, 2).ticket()
    served = office.ticket()
    office.press(call_ticket, served.id, 2)
    end_day(office.at("8:30", WEDNESDAY))
    assert office.visit(waiting).step.finished_at == CLOSING
    assert opened_at_times(office, Kind.COUNTER_CLOSED) == [(1, CLOSING)]
    assert office.visit(served).state is S.CALLED
    office.press(no_show, served.id)
    assert opened_at_times(office, Kind.COUNTER_CLOSED) == [(1, CLOSING), (2, clock("8:30", WEDNESDAY))]


def test_two_missed_days_are_each_closed_with_their_own_closing_time(office: Hall) -> None:
    monday = office.ticket()
    tuesday = office.at("9:00", TUESDAY).opens(1).ticket()
    end_day(office.at("8:30", WEDNESDAY))
    assert office.visit(monday).step.finished_at == CLOSING
    assert office.visit(tuesday).step.finished_at == clock("16:00", TUESDAY)
    assert opened_at_times(office, Kind.COUNTER_CLOSED) == [(1, clock("16:00", TUESDAY))]


def test_a_days_end_leaves_the_next_day_alone(office: Hall) -> None:
    office.opens(1)
    today = office.at("8:05", TUESDAY).opens(2).ticket()
    end_day(office.at("8:06", TUESDAY))
    assert office.visit(today).state is S.WAITING
    assert [office.counter(number).state for number in (1, 2)] == [CounterState.CLOSED, CounterState.OPEN]


def test_a_counter_opened_after_the_closing_stays_open_until_the_next(office: Hall) -> None:
    office.ticket()
    office.at("17:00").opens(1)
    end_day(office.at("17:01"))
    assert office.counter(1).state is CounterState.OPEN
    end_day(office.at("9:00", TUESDAY))
    assert office.counter(1).state is CounterState.OPEN
    end_day(office.at("16:00:20", TUESDAY))
    assert opened_at_times(office, Kind.COUNTER_CLOSED) == [(1, clock("16:00", TUESDAY))]


def test_a_counter_opened_after_the_closing_stays_open_when_its_person_is_finished(office: Hall) -> None:
    visit = office.ticket()
    office.at("15:58").opens(2).press(call_next, 2)
    office.press(no_show, visit.id)
    end_day(office.at("16:00"))
    office.at("16:02").opens(1).press(resume, visit.id)
    office.press(call_next, 1)
    office.press(call_next, 1, finish=True)
    assert office.counter(1).state is CounterState.OPEN


def test_a_counter_opened_before_the_doors_closes_with_that_day(office: Hall) -> None:
    office.at("7:30").opens(1)
    end_day(office.at("7:31"))
    assert office.counter(1).state is CounterState.OPEN
    end_day(office.at("16:00"))
    assert opened_at_times(office, Kind.COUNTER_CLOSED) == [(1, CLOSING)]


def test_a_counter_that_was_closed_by_hand_is_not_closed_again(office: Hall) -> None:
    office.opens(1).press(close_counter, 1)
    end_day(office.at("16:00"))
    assert len(opened_at_times(office, Kind.COUNTER_CLOSED)) == 1


def test_the_end_of_a_day_is_told_once(office: Hall) -> None:
    office.ticket()
    for text in ("16:00", "16:01", "17:00"):
        end_day(office.at(text))
    ended = [event for event in office.events() if event.kind is Kind.DAY_ENDED]
    assert [(event.at, event.facts) for event in ended] == [(CLOSING, {"day": "2026-11-23"})]


def test_rows_are_the_fold_of_the_log_after_a_day(office: Hall) -> None:
    being_served(office, "RES")
    office.ticket("RES")
    end_day(office.at("16:00:10"))
    office.at("16:10").press(call_next, 1, finish=True)
    end_day(office.at("16:11"))
    assert office.folded() == office.visits()


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
def test_on_the_days_when_clocks_change_the_closing_is_on_the_wall(store: Store, day: date) -> None:
    berlin = a_hall(store, zone="Europe/Berlin", week=[[[480, 960]]] * 7)
    visit = berlin.at("9:00", day).ticket()
    assert visit.business_date == day
    assert end_day(berlin.at("15:59", day)) == 0
    assert end_day(berlin.at("16:00", day)) == 1
    closing = clock("16:00", day, ZoneInfo("Europe/Berlin"))
    assert berlin.visit(visit).step.finished_at == closing
