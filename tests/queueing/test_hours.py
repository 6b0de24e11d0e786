"""Opening hours of a centre in Vientiane: when tickets are given, when the day ends, which day it is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queueing.hours import DAY, Closed, Hours, Lunch

VIENTIANE = ZoneInfo("Asia/Vientiane")
MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)
NATIONAL_DAY = date(2026, 12, 2)
MORNING, AFTERNOON = (8 * 60, 12 * 60), (13 * 60, 16 * 60)
LUNCH = Lunch(start=12 * 60, end=13 * 60, tickets_open=12 * 60 + 45)
WEEK = ((MORNING, AFTERNOON),) * 5 + ((),) * 2
HOURS = Hours(VIENTIANE, WEEK, LUNCH, frozenset({NATIONAL_DAY}), last_ticket_minutes=15)
ROUND_THE_CLOCK = Hours(VIENTIANE, (((0, DAY),),) * 7)


def at(clock: str, day: date = MONDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=VIENTIANE)


@pytest.mark.parametrize(
    ("clock", "why"),
    [
        ("00:00", Closed.HOURS),
        ("07:59:59.999999", Closed.HOURS),
        ("08:00", None),
        ("11:59:59.999999", None),
        ("12:00", Closed.LUNCH),
        ("12:44:59.999999", Closed.LUNCH),
        ("12:45", None),
        ("13:00", None),
        ("15:44:59.999999", None),
        ("15:45", Closed.LAST_TICKET),
        ("15:59:59.999999", Closed.LAST_TICKET),
        ("16:00", Closed.HOURS),
        ("23:59", Closed.HOURS),
    ],
)
def test_tickets_are_given_from_opening_to_the_last_ticket_but_not_at_lunch(clock: str, why: Closed | None) -> None:
    assert HOURS.refusal(at(clock)) is why


@pytest.mark.parametrize(
    ("clock", "why"),
    [("07:00", Closed.HOURS), ("09:00", Closed.PAUSED), ("12:10", Closed.LUNCH), ("12:50", Closed.PAUSED)],
)
def test_stopped_ticketing_is_said_where_the_hours_would_give_tickets(clock: str, why: Closed) -> None:
    assert replace(HOURS, paused=True).refusal(at(clock)) is why


def test_the_centre_itself_is_closed_all_through_lunch() -> None:
    assert HOURS.is_open(at("11:59"))
    assert not HOURS.is_open(at("12:00"))
    assert not HOURS.is_open(at("12:50"))
    assert HOURS.is_open(at("13:00"))


def test_a_gap_between_sessions_that_is_no_lunch_gives_no_tickets() -> None:
    hours = replace(HOURS, lunch=None)
    assert hours.refusal(at("12:50")) is Closed.HOURS


def test_a_lunch_break_on_a_day_without_an_afternoon_gives_no_tickets() -> None:
    hours = replace(HOURS, week=((MORNING,),) * 7)
    assert hours.refusal(at("12:50")) is Closed.HOURS


def test_last_ticket_before_the_end_of_the_morning_is_given() -> None:
    assert HOURS.refusal(at("11:59")) is None


@pytest.mark.parametrize("day", [SATURDAY, NATIONAL_DAY])
def test_no_tickets_on_a_closed_day(day: date) -> None:
    assert HOURS.sessions(day) == []
    assert HOURS.refusal(at("09:00", day)) is Closed.HOURS
    assert not HOURS.is_open(at("09:00", day))


def test_a_day_ends_with_its_last_session_and_a_closed_day_with_its_midnight() -> None:
    assert HOURS.closing(MONDAY) == at("16:00")
    assert HOURS.closing(SATURDAY) == at("00:00", SATURDAY + timedelta(days=1))
    assert HOURS.closing(NATIONAL_DAY) == at("00:00", NATIONAL_DAY + timedelta(days=1))


def test_24_00_is_the_midnight_that_ends_the_day() -> None:
    assert ROUND_THE_CLOCK.closing(MONDAY) == at("00:00", MONDAY + timedelta(days=1))
    assert ROUND_THE_CLOCK.is_open(at("23:59:59.999999"))
    assert ROUND_THE_CLOCK.refusal(at("00:00", MONDAY + timedelta(days=1))) is None


def test_business_date_is_the_date_on_the_centres_wall() -> None:
    assert HOURS.business_date(datetime(2026, 11, 22, 16, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert HOURS.business_date(datetime(2026, 11, 22, 17, 0, 0, tzinfo=UTC)) == MONDAY


@pytest.mark.parametrize(
    ("clock", "ended"),
    [("00:00", date(2026, 11, 22)), ("15:59:59.999999", date(2026, 11, 22)), ("16:00", MONDAY), ("23:59", MONDAY)],
)
def test_a_day_has_ended_from_its_closing_on(clock: str, ended: date) -> None:
    assert HOURS.last_ended(at(clock)) == ended


def test_round_the_clock_yesterday_ends_as_today_begins() -> None:
    assert ROUND_THE_CLOCK.last_ended(at("00:00")) == MONDAY - timedelta(days=1)
    assert ROUND_THE_CLOCK.last_ended(at("23:59")) == MONDAY - timedelta(days=1)


@given(instant=st.datetimes(datetime(2026, 11, 1), datetime(2026, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001 - given a zone
@settings(deadline=None)
def test_tickets_are_given_exactly_while_open_and_from_the_end_of_lunch(instant: datetime) -> None:
    why = HOURS.refusal(instant)
    day = HOURS.business_date(instant)
    open_for_afternoon = at("12:45", day) <= instant < at("13:00", day) and bool(HOURS.sessions(day))
    if why is None:
        assert HOURS.is_open(instant) or open_for_afternoon
    else:
        assert not HOURS.is_open(instant) or why is Closed.LAST_TICKET
        assert not open_for_afternoon


@pytest.mark.parametrize(
    ("clock", "day", "closing"),
    [("7:00", 23, "2026-11-23T16:00"), ("15:59", 23, "2026-11-23T16:00"), ("16:00", 23, "2026-11-24T16:00")],
)
def test_the_closing_after_a_moment_is_that_days_or_the_next_days(clock: str, day: int, closing: str) -> None:
    moment = at(clock.zfill(5), date(2026, 11, day))
    assert HOURS.closing_after(moment) == datetime.fromisoformat(closing).replace(tzinfo=VIENTIANE)


@pytest.mark.parametrize(
    ("clock", "day", "again", "then"),
    [
        ("07:00", MONDAY, "08:00", MONDAY),
        ("09:00", MONDAY, "09:00", MONDAY),
        ("12:10", MONDAY, "12:45", MONDAY),
        ("15:50", MONDAY, "08:00", date(2026, 11, 24)),
        ("20:00", date(2026, 11, 27), "08:00", date(2026, 11, 30)),
        ("10:00", NATIONAL_DAY, "08:00", date(2026, 12, 3)),
    ],
)
def test_tickets_are_given_again(clock: str, day: date, again: str, then: date) -> None:
    assert HOURS.tickets_again(at(clock, day)) == at(again, then)


def test_a_break_without_tickets_before_its_end_is_over_with_the_next_session() -> None:
    assert replace(HOURS, lunch=None).tickets_again(at("12:10")) == at("13:00")


def test_a_centre_that_never_opens_gives_no_tickets_again() -> None:
    assert Hours(VIENTIANE, ((),) * 7).tickets_again(at("09:00")) is None


@pytest.mark.parametrize(
    ("minute", "sessions", "closing"),
    [
        (14 * 60 + 30, [("08:00", "12:00"), ("13:00", "14:30")], "14:30"),
        (11 * 60, [("08:00", "11:00")], "11:00"),
        (12 * 60, [("08:00", "12:00")], "12:00"),
        (12 * 60 + 30, [("08:00", "12:00")], "12:30"),
        (17 * 60, [("08:00", "12:00"), ("13:00", "16:00")], "16:00"),
    ],
)
def test_an_early_closing_cuts_its_day_alone(minute: int, sessions: list[tuple[str, str]], closing: str) -> None:
    hours = replace(HOURS, early={MONDAY: minute})
    assert hours.sessions(MONDAY) == [(at(start), at(end)) for start, end in sessions]
    assert hours.closing(MONDAY) == at(closing)
    tuesday = MONDAY + timedelta(days=1)
    assert hours.sessions(tuesday) == HOURS.sessions(tuesday)


@pytest.mark.parametrize(
    ("clock", "why"),
    [("14:14", None), ("14:15", Closed.LAST_TICKET), ("14:30", Closed.HOURS), ("15:00", Closed.HOURS)],
)
def test_the_last_ticket_is_counted_from_an_early_closing(clock: str, why: Closed | None) -> None:
    hours = replace(HOURS, early={MONDAY: 14 * 60 + 30})
    assert hours.refusal(at(clock)) is why
    assert hours.last_ended(at(clock)) == (MONDAY if clock >= "14:30" else MONDAY - timedelta(days=1))


def test_a_break_after_which_the_centre_stays_closed_gives_no_tickets() -> None:
    hours = replace(HOURS, early={MONDAY: 12 * 60 + 50})
    assert {hours.refusal(at(clock)) for clock in ("12:05", "12:46")} == {Closed.HOURS}
    assert hours.tickets_again(at("12:05")) == at("08:00", MONDAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "minute", "may"),
    [
        (MONDAY, 8 * 60, False),
        (MONDAY, 8 * 60 + 1, True),
        (MONDAY, 12 * 60 + 30, True),
        (MONDAY, 16 * 60 - 1, True),
        (MONDAY, 16 * 60, False),
        (SATURDAY, 10 * 60, False),
        (NATIONAL_DAY, 10 * 60, False),
    ],
)
def test_a_centre_closes_early_between_its_opening_and_its_closing(day: date, minute: int, may: bool) -> None:  # noqa: FBT001
    assert HOURS.may_close(day, minute) is may
    assert replace(HOURS, early={day: minute}).closes_early(day) == (minute if may else None)


@pytest.mark.parametrize(
    ("clock", "minutes"),
    [("07:00", 420), ("08:00", 420), ("11:30", 210), ("12:30", 180), ("15:50", 10), ("16:00", 0), ("20:00", 0)],
)
def test_the_open_time_that_is_left_has_no_breaks_in_it(clock: str, minutes: int) -> None:
    assert HOURS.open_time_left(at(clock)) == timedelta(minutes=minutes)
    early = replace(HOURS, early={MONDAY: 11 * 60})
    assert early.open_time_left(at(clock)) == max(timedelta(minutes=minutes - 240), timedelta())
