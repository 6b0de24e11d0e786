"""Hours where clocks change: what counts is the clock on the wall, the first time that it shows a minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from queueing.hours import DAY, Hours

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
SPRING = {"Europe/Berlin": date(2027, 3, 28), "America/New_York": date(2027, 3, 14)}  # 02:00 becomes 03:00
AUTUMN = {"Europe/Berlin": date(2026, 10, 25), "America/New_York": date(2026, 11, 1)}  # 03:00 or 02:00 is put back
CHANGE_DAYS = [(ZoneInfo(name), day) for days in (SPRING, AUTUMN) for name, day in days.items()]
# Clocks that are changed at midnight, so that a day begins late or has its last hour twice.
AT_MIDNIGHT = [
    (ZoneInfo("Africa/Cairo"), date(2026, 4, 24)),
    (ZoneInfo("America/Santiago"), date(2026, 4, 4)),
    (ZoneInfo("America/Santiago"), date(2026, 9, 6)),
]


def hours(zone: ZoneInfo, *sessions: tuple[int, int]) -> Hours:
    return Hours(zone, (sessions,) * 7)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "opening", "closing"),
    [
        (BERLIN, date(2027, 3, 27), "2027-03-27T07:00", "2027-03-27T15:00"),
        (BERLIN, date(2027, 3, 28), "2027-03-28T06:00", "2027-03-28T14:00"),
        (BERLIN, date(2026, 10, 25), "2026-10-25T07:00", "2026-10-25T15:00"),
        (NEW_YORK, date(2027, 3, 14), "2027-03-14T12:00", "2027-03-14T20:00"),
        (NEW_YORK, date(2026, 11, 1), "2026-11-01T13:00", "2026-11-01T21:00"),
    ],
)
def test_eight_in_the_morning_is_eight_on_the_wall_on_every_day(
    zone: ZoneInfo, day: date, opening: str, closing: str
) -> None:
    office = hours(zone, (8 * 60, 16 * 60))
    assert office.sessions(day) == [(utc(opening), utc(closing))]
    assert office.closing(day) == utc(closing)


@pytest.mark.parametrize(("zone", "length"), [(BERLIN, 23), (NEW_YORK, 23)])
def test_the_day_in_spring_has_23_hours(zone: ZoneInfo, length: int) -> None:
    ((start, end),) = hours(zone, (0, DAY)).sessions(SPRING[zone.key])
    assert end - start == timedelta(hours=length)


@pytest.mark.parametrize(("zone", "length"), [(BERLIN, 25), (NEW_YORK, 25)])
def test_the_day_in_autumn_has_25_hours(zone: ZoneInfo, length: int) -> None:
    ((start, end),) = hours(zone, (0, DAY)).sessions(AUTUMN[zone.key])
    assert end - start == timedelta(hours=length)


def test_a_session_that_begins_in_the_skipped_hour_begins_with_the_change() -> None:
    office = hours(BERLIN, (2 * 60 + 30, 6 * 60))
    assert office.sessions(SPRING["Europe/Berlin"]) == [(utc("2027-03-28T01:00"), utc("2027-03-28T04:00"))]


def test_a_session_within_the_skipped_hour_does_not_take_place() -> None:
    ((start, end),) = hours(BERLIN, (2 * 60 + 10, 2 * 60 + 50)).sessions(SPRING["Europe/Berlin"])
    assert start == end == utc("2027-03-28T01:00")


def test_a_session_ends_at_its_minute_the_first_time_that_the_wall_shows_it() -> None:
    office = hours(BERLIN, (60, 2 * 60 + 30))
    assert office.closing(AUTUMN["Europe/Berlin"]) == utc("2026-10-25T00:30")
    assert not office.is_open(utc("2026-10-25T01:15"))  # 02:15 once more


def test_the_repeated_hour_belongs_to_the_day_in_which_it_stands() -> None:
    office = hours(NEW_YORK, (0, DAY))
    for minute in range(0, 25 * 60, 15):
        instant = office.instant(AUTUMN["America/New_York"], 0) + timedelta(minutes=minute)
        assert office.business_date(instant) == AUTUMN["America/New_York"]
        assert office.is_open(instant)


@pytest.mark.parametrize(("zone", "day"), [*CHANGE_DAYS, *AT_MIDNIGHT])
def test_a_day_ends_where_the_next_begins(zone: ZoneInfo, day: date) -> None:
    office = hours(zone, (0, DAY))
    for date_ in (day - timedelta(days=1), day, day + timedelta(days=1)):
        closing = office.closing(date_)
        assert office.business_date(closing) == date_ + timedelta(days=1)
        assert office.business_date(closing - timedelta(microseconds=1)) == date_
        assert office.last_ended(closing) == date_
        assert office.last_ended(closing - timedelta(microseconds=1)) == date_ - timedelta(days=1)


def first_shown(zone: ZoneInfo, day: date, minute: int) -> datetime:
    """The first whole minute at which the wall shows `minute` of `day` or later, found by looking at every minute."""
    wall = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - what the wall shows
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while instant.astimezone(zone).replace(tzinfo=None) < wall:
        instant += timedelta(minutes=1)
    return instant


@pytest.mark.parametrize(("zone", "day"), [*CHANGE_DAYS, *AT_MIDNIGHT])
@given(minute=st.integers(0, DAY))
@example(minute=0)
@example(minute=2 * 60)
@example(minute=2 * 60 + 30)
@example(minute=3 * 60)
@settings(deadline=None, max_examples=25)
def test_a_minute_is_the_first_time_that_the_wall_shows_it(zone: ZoneInfo, day: date, minute: int) -> None:
    assert hours(zone).instant(day, minute) == first_shown(zone, day, minute)


@pytest.mark.parametrize(("zone", "day"), CHANGE_DAYS)
@given(edges=st.lists(st.integers(0, DAY), min_size=4, max_size=4, unique=True).map(sorted))
@example(edges=[90, 150, 150, 240])
@settings(deadline=None)
def test_sessions_stand_in_order_and_apart_on_every_day(zone: ZoneInfo, day: date, edges: list[int]) -> None:
    office = hours(zone, (edges[0], edges[1]), (edges[2], edges[3]))
    flat = [instant for session in office.sessions(day) for instant in session]
    assert flat == sorted(flat)


@pytest.mark.parametrize(("zone", "day"), CHANGE_DAYS)
@given(
    edges=st.lists(st.integers(0, DAY), min_size=4, max_size=4, unique=True).map(sorted),
    minutes=st.integers(0, 26 * 60),
    last=st.sampled_from([0, 15]),
)
@settings(deadline=None)
def test_refusal_agrees_with_being_open(zone: ZoneInfo, day: date, edges: list[int], minutes: int, last: int) -> None:
    office = Hours(zone, (((edges[0], edges[1]), (edges[2], edges[3])),) * 7, last_ticket_minutes=last)
    instant = office.instant(day, 0) + timedelta(minutes=minutes)
    soon_closed = office.closing(office.business_date(instant)) - timedelta(minutes=last) <= instant
    assert (office.refusal(instant) is None) == (office.is_open(instant) and not soon_closed)
