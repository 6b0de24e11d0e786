"""What chance draws keeps to what was asked for."""

from collections import Counter as Tally
from dataclasses import replace
from datetime import date
from random import Random
from statistics import mean, stdev
from zoneinfo import ZoneInfo

import pytest

from queueing.hours import Hours, Lunch
from queueing.order import OpenCounter
from queueing.traffic import (
    Habits,
    Traffic,
    draw_counters,
    draw_people,
    filled,
    minutes_of,
    planned_times,
    ticket_times,
)
from tests.queueing.days import COUNTERS, HABITS, SESSIONS, TRAFFIC, clock, drawn, minutes

DAYS = 60
MONDAY = date(2026, 11, 23)
WEEK = (((480, 720), (780, 960)),) * 5 + ((), ())
HOURS = Hours(ZoneInfo("Asia/Vientiane"), WEEK, Lunch(720, 780, 765), last_ticket_minutes=15)


@pytest.fixture(scope="module")
def days() -> list:
    return [drawn(seed)[0] for seed in range(DAYS)]


def test_one_seed_draws_one_day() -> None:
    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)


def test_as_many_come_as_were_asked_for(days: list) -> None:
    assert mean(len(people) for people in days) == pytest.approx(95, rel=0.05)
    first = Tally(person.services[0] for people in days for person in people)
    assert first["RES"] / first.total() == pytest.approx(65 / 95, abs=0.03)


def test_people_are_numbered_as_they_come_within_the_time_for_tickets(days: list) -> None:
    for people in days:
        assert [person.number for person in people] == list(range(1, len(people) + 1))
        arrivals = [person.arrives for person in people]
        assert arrivals == sorted(arrivals)
        assert all(any(start <= at < end for start, end in SESSIONS) for at in arrivals[:5])


def test_most_walk_ins_come_as_the_shape_of_the_day_says(days: list) -> None:
    walk_ins = [person.arrives for people in days for person in people if person.slot is None]
    by_ten = sum(1 for at in walk_ins if at < clock("10:00"))
    assert by_ten / len(walk_ins) == pytest.approx(sum(HABITS.shape[:2]) / sum(HABITS.shape), abs=0.03)
    assert not [at for at in walk_ins if clock("12:00") <= at < clock("13:00")]


def test_booked_people_come_some_minutes_before_their_slot_and_never_before_opening(days: list) -> None:
    booked = [person for people in days for person in people if person.slot]
    walk_ins = sum(len(people) for people in days) - len(booked)
    assert len(booked) / (len(booked) + walk_ins) == pytest.approx(HABITS.booked, abs=0.03)
    assert min(person.arrives for person in booked) == clock("8:00")
    early = [(p.arrives - p.slot) / minutes(1) for p in booked if p.slot > clock("8:00")]
    assert (mean(early), stdev(early)) == (pytest.approx(-5, abs=0.8), pytest.approx(6, abs=0.8))


def test_a_service_is_followed_by_what_the_catalogue_plans(days: list) -> None:
    plans = {tuple(person.services) for people in days for person in people}
    assert plans == {("RES", "PAY"), ("BIRTH",)}


def test_service_times_have_the_mean_that_was_asked_for_and_days_differ(days: list) -> None:
    res = [[p.lengths[0] / minutes(1) for p in people if p.services[0] == "RES"] for people in days]
    assert mean(length for day in res for length in day) == pytest.approx(8, rel=0.06)
    same = replace(TRAFFIC, habits=replace(HABITS, day_spread=0.0, spread=0.01))
    steady = [p.lengths[0] for p in draw_people(same, SESSIONS, SESSIONS, Random(1)) if p.services[0] == "RES"]
    slow = replace(same, habits=replace(same.habits, day_spread=0.3))
    other = [p.lengths[0] for p in draw_people(slow, SESSIONS, SESSIONS, Random(1)) if p.services[0] == "RES"]
    assert max(steady) / min(steady) < 1.1
    assert max(other) / min(other) < 1.1, "all of a day are slower or faster together"
    assert abs(mean(o / minutes(8) for o in other) - 1) > 0.05


def test_tickets_are_given_from_the_end_of_lunch_and_until_the_last_ticket() -> None:
    eight = HOURS.instant(MONDAY, 0)
    spans = [(str(a - eight)[:-3], str(b - eight)[:-3]) for a, b in ticket_times(HOURS, MONDAY)]
    assert spans == [("8:00", "12:00"), ("12:45", "13:00"), ("13:00", "15:45")]
    assert ticket_times(HOURS, date(2026, 11, 28)) == []


def test_counters_have_their_breaks_at_different_times() -> None:
    spans = [planned_times(SESSIONS, place, 3, Habits()) for place in range(3)]
    assert [minutes_of(times) for times in spans] == [7 * 60 - 30] * 3
    assert len({times[0][1] for times in spans}) == 3


def test_unplanned_pauses_take_about_their_share() -> None:
    without = Habits(tea=0)
    chance = Random(1)
    present = [minutes_of(c.present) for _ in range(200) for c in draw_counters(COUNTERS, SESSIONS, without, chance)]
    assert mean(present) / 420 == pytest.approx(180 / 185, abs=0.01)


def test_people_fill_the_load_of_every_counter_that_nothing_else_bounds() -> None:
    counters = {OpenCounter(1, frozenset({"RES", "BIRTH"})): 400.0, OpenCounter(2, frozenset({"PAY"})): 400.0}
    traffic = Traffic({}, {"RES": 8, "BIRTH": 12, "PAY": 4}, {"RES": ["PAY"]}, frozenset(), [])
    people = filled(traffic, counters, 0.8).people
    assert {service: count * traffic.step_minutes(service) for service, count in people.items()} == {
        "RES": pytest.approx(160),
        "BIRTH": pytest.approx(160),
    }


def test_fewer_come_for_what_leads_to_a_full_counter() -> None:
    counters = {OpenCounter(1, frozenset({"RES", "BIRTH"})): 400.0, OpenCounter(2, frozenset({"PAY"})): 50.0}
    traffic = Traffic({}, {"RES": 8, "BIRTH": 12, "PAY": 4}, {"RES": ["PAY"]}, frozenset(), [])
    people = filled(traffic, counters, 0.8).people
    assert people["RES"] * traffic.step_minutes("PAY") == pytest.approx(40)
    assert people["BIRTH"] * traffic.step_minutes("BIRTH") == pytest.approx(160)
