"""Slots follow from opening hours: whole, within them, never in the past, and right when the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from queueing.hours import DAY, Hours
from queueing.slots import BookingRules, Plan, bookable, find_slot

VIENTIANE, NEW_YORK = ZoneInfo("Asia/Vientiane"), ZoneInfo("America/New_York")
MONDAY = date(2026, 11, 23)
OFFICE = Hours(VIENTIANE, (((480, 720), (780, 960)),) * 5 + ((), ()))
HALF_HOUR = timedelta(minutes=30)


def local(day: date, text: str, zone: ZoneInfo = VIENTIANE) -> datetime:
    return datetime.fromisoformat(f"{day}T{text}:00").replace(tzinfo=zone)


def plan(hours: Hours = OFFICE, length: timedelta = HALF_HOUR) -> Plan:
    return Plan(hours, BookingRules(length, days_ahead=14, early=HALF_HOUR), 2)


def starts(hours: Hours, day: date, length: timedelta = HALF_HOUR) -> list[str]:
    return [f"{slot.start.astimezone(hours.zone):%H:%M}" for slot in plan(hours, length).slots(day)]


def test_slots_are_whole_and_within_the_opening_hours() -> None:
    assert starts(OFFICE, MONDAY)[:2] == ["08:00", "08:30"]
    assert starts(OFFICE, MONDAY)[7:9] == ["11:30", "13:00"]
    assert starts(OFFICE, MONDAY, timedelta(minutes=50)) == [
        "08:00",
        "08:50",
        "09:40",
        "10:30",
        *("13:00", "13:50", "14:40"),
    ]


@pytest.mark.parametrize(
    "hours",
    [
        Hours(VIENTIANE, OFFICE.week, holidays=frozenset({MONDAY})),
        Hours(VIENTIANE, ((),) * 7),
        Hours(VIENTIANE, OFFICE.week, early={MONDAY: 480}),
    ],
)
def test_a_day_that_is_closed_has_none(hours: Hours) -> None:
    assert starts(hours, MONDAY) == []


def test_an_early_closing_cuts_the_day() -> None:
    assert starts(Hours(VIENTIANE, OFFICE.week, early={MONDAY: 590}), MONDAY) == ["08:00", "08:30", "09:00"]


def test_only_what_is_to_come_within_the_days_ahead_can_be_booked() -> None:
    now = local(MONDAY, "15:00")
    found = bookable(plan(), date.min, date.max, now)
    assert found[0].start == local(MONDAY, "15:30"), "the slot that begins now has begun"
    assert found[-1].start == local(MONDAY + timedelta(days=14), "15:30")
    assert bookable(plan(), MONDAY + timedelta(days=1), MONDAY, now) == []


@pytest.mark.parametrize(("text", "found"), [("15:30", True), ("15:00", False), ("15:31", False), ("16:00", False)])
def test_a_slot_is_found_by_its_start_alone(text: str, *, found: bool) -> None:
    assert (find_slot(plan(), local(MONDAY, text), local(MONDAY, "15:00")) is not None) is found


def test_an_hour_that_is_skipped_has_no_slots_and_a_repeated_one_has_them_twice() -> None:
    night = Hours(NEW_YORK, (((0, DAY),),) * 7)
    spring = starts(night, date(2026, 3, 8))
    assert spring[3:5] == ["01:30", "03:00"]
    assert len(spring) == 46
    autumn = plan(night).slots(date(2026, 11, 1))
    assert [f"{slot.start.astimezone(NEW_YORK):%H:%M}" for slot in autumn][2:7] == [*("01:00", "01:30") * 2, "02:00"]
    assert len({slot.start for slot in autumn}) == len(autumn) == 50
    assert all(slot.end - slot.start == HALF_HOUR and slot.start.tzinfo is UTC for slot in autumn)
