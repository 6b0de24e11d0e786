"""A centre that closes before its usual time on one date: who waits then expires, and the day stays ended."""

from datetime import date, datetime, timedelta

import pytest

from commands.day import end_past_days
from commands.settings import close_early, remove_early_closing
from commands.verify import verify
from queueing.events import Kind
from queueing.hours import Closed
from queueing.refusals import CentreClosed, Invalid
from queueing.states import CounterState, StepState
from store.unit import Store
from tests.cast import KEO, MONDAY, OFFICE_HOURS, Hall, a_hall, clock

TUESDAY = MONDAY + timedelta(days=1)
HALF_PAST_TWO = 14 * 60 + 30


@pytest.fixture
def office(store: Store) -> Hall:
    """Open from eight to four on weekdays; it is Monday, nine o'clock."""
    return a_hall(store, week=OFFICE_HOURS).at("9:00")


def differences(hall: Hall) -> list[str]:
    return verify(hall.store, hall.code)


def test_who_waits_expires_at_the_early_closing_and_idle_counters_close(office: Hall) -> None:
    waiting = office.opens(1).ticket()
    office.press(close_early, MONDAY, HALF_PAST_TWO)
    assert office.at("14:29:59").press(end_past_days) == 0
    assert office.at("14:30:20").press(end_past_days) == 1
    step = office.visit(waiting).step
    assert (step.state, step.finished_at) == (StepState.EXPIRED, clock("14:30"))
    assert office.counter(1).state is CounterState.CLOSED
    ended = office.events()[-1]
    assert (ended.kind, ended.at) == (Kind.DAY_ENDED, clock("14:30"))
    assert office.at("16:01").press(end_past_days) == 0
    assert office.events()[-1] == ended, "the usual closing ends nothing more"
    assert differences(office) == []


def test_the_last_ticket_is_given_before_it_and_the_next_day_is_as_usual(office: Hall) -> None:
    office.press(close_early, MONDAY, HALF_PAST_TWO)
    office.at("14:14").ticket()
    for time, why in (("14:15", Closed.LAST_TICKET), ("14:30", Closed.HOURS)):
        with pytest.raises(CentreClosed) as refused:
            office.at(time).ticket()
        assert refused.value.facts == {"why": why}
    office.at("15:30", TUESDAY).ticket()


def test_a_date_has_one_early_closing_told_once_and_taken_back(office: Hall) -> None:
    version = office.info.version
    assert office.press(close_early, MONDAY, HALF_PAST_TWO)
    assert not office.press(close_early, MONDAY, HALF_PAST_TWO), "what is so already changes nothing"
    assert office.press(close_early, MONDAY, 15 * 60)
    assert office.info.hours.early == {MONDAY: 15 * 60}
    assert office.press(remove_early_closing, MONDAY)
    assert not office.press(remove_early_closing, MONDAY)
    assert office.info.hours.early == {}
    assert office.info.version == version + 3, "screens and other processes read the hours anew"
    events = office.events()
    assert {(event.kind, event.actor, event.facts["day"]) for event in events} == {
        (Kind.CENTRE_UPDATED, KEO, MONDAY.isoformat())
    }
    assert [event.facts["minute"] for event in events] == [HALF_PAST_TWO, 15 * 60, None]


@pytest.mark.parametrize(
    ("day", "minute", "reason"),
    [
        (MONDAY - timedelta(days=1), HALF_PAST_TWO, "day-is-past"),
        (MONDAY, 9 * 60, "time-is-past"),
        (MONDAY, 16 * 60, "not-open-then"),
        (MONDAY, 7 * 60, "not-open-then"),
        (date(2026, 11, 28), HALF_PAST_TWO, "not-open-then"),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_changes_nothing(
    office: Hall, day: date, minute: int, reason: str
) -> None:
    before = office.snapshot()
    with pytest.raises(Invalid) as refused:
        office.press(close_early, day, minute)
    assert (refused.value.field, refused.value.reason) == ("early", reason)
    assert office.snapshot() == before


def test_a_day_that_was_ended_does_not_begin_again(office: Hall) -> None:
    office.ticket()
    office.press(close_early, MONDAY, HALF_PAST_TWO)
    office.at("14:30:20").press(end_past_days)
    for act in (lambda: office.press(remove_early_closing, MONDAY), lambda: office.press(close_early, MONDAY, 15 * 60)):
        with pytest.raises(Invalid) as refused:
            act()
        assert refused.value.reason == "day-has-ended"
    assert closes(office) == clock("14:30")


def closes(hall: Hall) -> datetime:
    closing: datetime = hall.info.hours.closing(MONDAY)
    return closing


def test_a_day_without_power_ends_at_its_early_closing(office: Hall) -> None:
    waiting = office.ticket()
    office.press(close_early, MONDAY, HALF_PAST_TWO)
    office.at("8:00", TUESDAY).press(end_past_days)
    assert office.visit(waiting).step.finished_at == clock("14:30")
