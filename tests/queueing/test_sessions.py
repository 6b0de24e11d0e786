"""Sessions: when a service can be booked and by how many, within the hours, whatever the clocks do."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.hours import DAY, Hours
from queueing.orphans import ComingAppointment, without_slot
from queueing.slots import BookingRules, Plan, Session, bookable, find_slot

VIENTIANE, NEW_YORK, BERLIN = (ZoneInfo(name) for name in ("Asia/Vientiane", "America/New_York", "Europe/Berlin"))
MONDAY = date(2026, 11, 23)
OFFICE = Hours(VIENTIANE, (((480, 720), (780, 960)),) * 5 + ((), ()))  # 08:00-12:00, 13:00-16:00
RULES = BookingRules(timedelta(minutes=30), days_ahead=14, early=timedelta(minutes=30))
CHANGES = [date(2026, 3, 8), date(2026, 11, 1), date(2027, 3, 28), date(2026, 10, 25), MONDAY]


def a_session(**asked: Any) -> Session:
    """Mondays, nine to eleven, BIRTH, half hours for four people."""
    facts = {"weekday": 1, "day": None, "start": 540, "end": 660, "services": ("BIRTH",), "length": 30, "capacity": 4}
    return Session(id=1, **{**facts, **asked})


def of_date(day: date = MONDAY, **asked: Any) -> Session:
    return a_session(weekday=None, day=day, **asked)


def a_plan(*sessions: Session, hours: Hours = OFFICE) -> Plan:
    return Plan(hours, RULES, 5, sessions)


def starts(plan: Plan, day: date = MONDAY) -> list[str]:
    return [f"{slot.start.astimezone(plan.hours.zone):%H:%M}" for slot in plan.slots(day)]


def local(text: str, day: date = MONDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{text}:00").replace(tzinfo=VIENTIANE)


def test_without_a_session_the_opening_hours_give_the_slots() -> None:
    slots = a_plan().slots(MONDAY)
    assert len(slots) == 14
    assert {(slot.places, slot.session) for slot in slots} == {(5, None)}


def test_a_session_alone_gives_the_slots_of_its_service() -> None:
    plan = a_plan(a_session())
    assert starts(plan) == ["09:00", "09:30", "10:00", "10:30"]
    assert starts(plan, MONDAY + timedelta(days=1)) == []
    assert {slot.places for slot in plan.slots(MONDAY)} == {4}


def test_a_session_is_cut_by_the_break_and_by_the_hours() -> None:
    plan = a_plan(a_session(start=690, end=1020, length=20))
    assert starts(plan) == ["11:30", *("13:00", "13:20", "13:40", "14:00", "14:20", "14:40", "15:00", "15:20", "15:40")]


@pytest.mark.parametrize(
    ("hours", "found"),
    [
        (replace(OFFICE, holidays=frozenset({MONDAY})), []),
        (replace(OFFICE, early={MONDAY: 600}), ["09:00", "09:30"]),
        (replace(OFFICE, early={MONDAY: 480}), []),
    ],
)
def test_holidays_and_early_closings_cut_it(hours: Hours, found: list[str]) -> None:
    assert starts(a_plan(a_session(), hours=hours)) == found


def test_a_session_of_a_date_stands_in_place_of_the_weekdays() -> None:
    plan = a_plan(a_session(), of_date(start=780, end=840))
    assert starts(plan) == ["13:00", "13:30"]
    assert starts(plan, MONDAY + timedelta(days=7)) == ["09:00", "09:30", "10:00", "10:30"]


def test_a_session_of_a_date_alone_leaves_all_other_days_as_they_were() -> None:
    plan = a_plan(of_date(start=780, end=840))
    assert starts(plan) == ["13:00", "13:30"]
    assert len(starts(plan, MONDAY + timedelta(days=1))) == 14
    assert {slot.places for slot in plan.slots(MONDAY + timedelta(days=1))} == {5}


def test_a_session_of_a_date_for_nobody_closes_that_date() -> None:
    plan = a_plan(a_session(), of_date(capacity=0))
    assert starts(plan) == []
    assert find_slot(plan, local("09:00"), local("08:00")) is None


def test_several_sessions_of_a_day_follow_each_other() -> None:
    plan = a_plan(a_session(start=600, end=660, length=60), a_session(end=600))
    assert starts(plan) == ["09:00", "09:30", "10:00"]


def test_the_lead_time_ends_booking_before_the_slot() -> None:
    plan = a_plan(a_session(lead=45))
    assert [slot.start for slot in bookable(plan, MONDAY, MONDAY, local("08:45"))] == [local("10:00"), local("10:30")]


@pytest.mark.parametrize(("ahead", "weeks"), [(None, 3), (7, 2), (6, 1), (21, 4)])
def test_the_horizon_is_the_sessions_own_or_the_centres(ahead: int | None, weeks: int) -> None:
    found = bookable(a_plan(a_session(days_ahead=ahead)), date.min, date.max, local("08:00"))
    assert len(found) == 4 * weeks


def test_each_session_has_its_own_horizon() -> None:
    plan = a_plan(a_session(days_ahead=20), a_session(weekday=2, days_ahead=0))
    of_hours = bookable(a_plan(of_date(days_ahead=0)), date.min, date.max, local("08:00"))
    assert of_hours[-1].start > local("08:00", MONDAY + timedelta(days=14))
    found = bookable(plan, date.min, date.max, local("08:00"))
    assert {slot.start.astimezone(VIENTIANE).isoweekday() for slot in found} == {1}
    assert len(found) == 12


@given(capacity=st.integers(0, 999), kept=st.integers(0, 100))
def test_what_is_kept_for_people_without_an_appointment_is_never_booked(capacity: int, kept: int) -> None:
    places = a_session(capacity=capacity, kept=kept).places
    assert 0 <= places <= capacity
    assert 100 * (capacity - places) >= capacity * kept, "the share at least is kept"
    assert 100 * (capacity - places - 1) < capacity * kept, "and no person more"


@given(st.data())
def test_slots_never_overlap_and_lie_within_session_and_hours_on_any_day(data: st.DataObject) -> None:
    zone = data.draw(st.sampled_from([VIENTIANE, NEW_YORK, BERLIN]))
    day = data.draw(st.sampled_from(CHANGES))
    opens = sorted(data.draw(st.lists(st.integers(0, DAY), min_size=2, max_size=6, unique=True)))
    spans = tuple(zip(opens[::2], opens[1::2], strict=False))
    hours = Hours(zone, (spans,) * 7)
    edges = sorted(data.draw(st.lists(st.integers(0, DAY), min_size=2, max_size=4, unique=True)))
    sessions = [
        of_date(day, start=start, end=end, length=data.draw(st.integers(5, 90))) for start, end in pairwise(edges)
    ]
    slots = a_plan(*sessions, hours=hours).slots(day)
    assert all(one.end <= other.start for one, other in pairwise(slots))
    for slot in slots:
        assert slot.session is not None
        assert slot.end - slot.start == timedelta(minutes=slot.session.length)
        assert any(begin <= slot.start and slot.end <= end for begin, end in hours.sessions(day))
        assert hours.instant(day, slot.session.start) <= slot.start
        assert slot.end <= hours.instant(day, slot.session.end)


def test_a_session_in_the_skipped_hour_has_no_slots_and_in_the_repeated_one_those_of_both_passes() -> None:
    night = Hours(NEW_YORK, (((0, DAY),),) * 7)
    plan = a_plan(*(of_date(day, start=90, end=180) for day in (date(2026, 3, 8), date(2026, 11, 1))), hours=night)
    assert starts(plan, date(2026, 3, 8)) == ["01:30"], "02:00 to 03:00 is not there"
    assert starts(plan, date(2026, 11, 1)) == ["01:30", "01:00", "01:30", "02:00", "02:30"]


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        ({"start": 600, "end": 720}, True),
        ({"start": 660, "end": 720}, False),
        ({"services": ("RES",)}, False),
        ({"services": ("RES", "BIRTH")}, True),
        ({"weekday": 2}, False),
        ({"weekday": None, "day": MONDAY}, False),
    ],
)
def test_sessions_meet_when_a_service_would_have_two_slots_at_once(other: dict[str, Any], *, meets: bool) -> None:
    assert a_session().meets(a_session(**other)) is meets
    assert a_session(**other).meets(a_session()) is meets


def an_appointment(number: int, text: str = "09:00", service: str = "BIRTH") -> ComingAppointment:
    return ComingAppointment(number, f"R{number}", service, local(text), held=False)


def lost(plan: Plan, *appointments: ComingAppointment) -> list[int]:
    return [one.id for one in without_slot({"BIRTH": plan}, appointments)]


def test_an_appointment_keeps_its_slot_while_there_is_one_at_its_time() -> None:
    nine, ten, other = an_appointment(1), an_appointment(2, "10:00"), an_appointment(3, "09:10")
    assert lost(a_plan(), nine, ten, other) == [3]
    assert lost(a_plan(a_session(end=600)), nine, ten) == [2]
    assert lost(a_plan(of_date(capacity=0)), nine, ten) == [1, 2]


def test_where_places_are_fewer_who_booked_first_keeps_theirs() -> None:
    four = [an_appointment(number) for number in (4, 1, 3, 2)]
    assert lost(a_plan(a_session(capacity=4)), *four) == []
    assert lost(a_plan(a_session(capacity=4, kept=50)), *four) == [3, 2]
