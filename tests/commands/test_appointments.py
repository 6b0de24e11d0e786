"""Appointments: no slot is ever overbooked, whoever presses at the same time and whatever is killed in between."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from commands.appointments import book, cancel, check_in, confirm, move
from commands.day import end_past_days
from commands.tickets import TicketRequest
from commands.verify import verify
from queueing.appointments import HOLD, Appointment, AppointmentState, state_at
from queueing.events import Kind
from queueing.order import Joined
from queueing.refusals import (
    AppointmentCancelled,
    AppointmentMissed,
    CheckedInAlready,
    HoldExpired,
    NotConfirmed,
    NotToday,
    Refused,
    SlotFull,
    SlotUnavailable,
    TooEarly,
)
from queueing.states import StepState
from queueing.visit import Visit
from store import tables
from store.appointments import read_appointment
from store.unit import Unit
from tests.cast import MONDAY, OFFICE_HOURS, SLOTS, Hall, a_hall, another_store, clock
from tests.store.test_lock import press_at_once, unlocked

__all__ = ["unlocked"]

TUESDAY = MONDAY + timedelta(days=1)
NINE, TEN = clock("9:00"), clock("10:00")
S = AppointmentState


def booked(hall: Hall, start: datetime = NINE, service: str = "BIRTH", **asked: Any) -> Appointment:
    """Somebody books a time by phone."""
    who = {name: asked.pop(name) for name in ("name", "phone") if name in asked}
    return hall.press(book, TicketRequest((service,), "web", **who), start, **asked)


def stands(hall: Hall, made: Appointment) -> Appointment:
    with hall.reading() as conn:
        found = read_appointment(conn, made.id, hall.centre)
    assert found is not None
    return found


def state(hall: Hall, made: Appointment) -> AppointmentState:
    return state_at(stands(hall, made), hall.info.hours, hall.clock.now())


def places(hall: Hall) -> dict[tuple[str, datetime], list[int]]:
    """The numbered places that are taken, by slot."""
    rows = tables.Appointment
    asked = select(rows.service, rows.start, rows.place).where(rows.centre_id == hall.centre, rows.place.is_not(None))
    found: dict[tuple[str, datetime], list[int]] = {}
    with hall.reading() as conn:
        for service, start, place in conn.execute(asked):
            found.setdefault((service, start), []).append(place or 0)
    return {slot: sorted(numbers) for slot, numbers in found.items()}


def test_a_slot_gives_as_many_places_as_it_has_each_once(hall: Hall) -> None:
    made = [booked(hall) for _ in range(SLOTS["BIRTH"])]
    with pytest.raises(SlotFull):
        booked(hall)
    assert places(hall) == {("BIRTH", NINE): [1, 2, 3, 4, 5]}
    assert len({one.reference for one in made}) == len(made)
    booked(hall, service="RES")
    hall.press(cancel, made[2].id)
    assert booked(hall).place == made[2].place, "a place that was given back is given again"


@pytest.mark.parametrize("text", ["8:00", "7:30", "9:10", "16:00", "12:30"])
def test_a_time_that_is_no_slot_is_refused(hall: Hall, text: str) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS)
    with pytest.raises(SlotUnavailable):
        booked(office, clock(text))
    assert office.events() == []


@pytest.mark.parametrize(("service", "days"), [("INFO", 0), ("BIRTH", 15), ("BIRTH", -1)])
def test_a_service_without_slots_or_a_day_out_of_reach_is_refused(hall: Hall, service: str, days: int) -> None:
    with pytest.raises(SlotUnavailable):
        booked(hall, NINE + timedelta(days=days), service)


def test_a_hold_ends_by_time_alone_and_its_place_is_given_to_the_next(hall: Hall) -> None:
    held = [booked(hall, service="RES", hold=True) for _ in range(2)]
    hall.later(seconds=HOLD.total_seconds() - 1)
    with pytest.raises(SlotFull):
        booked(hall, service="RES")
    hall.later(seconds=1)
    assert [state(hall, one) for one in held] == [S.CANCELLED] * 2
    assert booked(hall, service="RES").place == 1
    for one in held:
        with pytest.raises(HoldExpired):
            hall.press(confirm, one.id)
    assert places(hall) == {("RES", NINE): [1, 2]}
    assert stands(hall, held[0]).place is None


def test_what_is_confirmed_in_time_stays(hall: Hall) -> None:
    held = booked(hall.at("8:45"), hold=True)
    with pytest.raises(NotConfirmed):
        hall.press(check_in, held.id, "web")
    hall.press(confirm, held.id)
    hall.later(60)
    assert hall.press(confirm, held.id) == stands(hall, held)
    assert state(hall, held) is S.BOOKED


def test_moving_to_a_full_slot_leaves_the_old_one(hall: Hall) -> None:
    mine = booked(hall, NINE, "RES")
    for _ in range(2):
        booked(hall, TEN, "RES")
    for start in (TEN, clock("8:10")):
        with pytest.raises(Refused):
            hall.press(move, mine.id, start)
        assert stands(hall, mine) == mine
    moved = hall.press(move, mine.id, clock("11:00"))
    assert (moved.start, moved.place, moved.sequence) == (clock("11:00"), 1, 1)
    assert ("RES", NINE) not in places(hall)
    assert hall.press(move, mine.id, clock("11:00")) == moved, "where it stands already"


def test_who_missed_may_move_once(hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS)
    mine = booked(office)
    office.at("15:59")
    assert state(office, mine) is S.BOOKED, "who comes late still comes"
    office.at("16:00")
    assert state(office, mine) is S.MISSED
    for act in (lambda: office.press(check_in, mine.id, "web"), lambda: office.press(cancel, mine.id)):
        with pytest.raises(AppointmentMissed):
            act()
    office.press(move, mine.id, NINE + timedelta(days=1))
    assert state(office.at("8:40", TUESDAY), mine) is S.BOOKED
    office.at("16:00", TUESDAY)
    with pytest.raises(AppointmentMissed):
        office.press(move, mine.id, NINE + timedelta(days=2))


def test_who_did_not_come_is_marked_when_the_day_ends(hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS)
    mine, came, gone, held = booked(office), booked(office), booked(office), booked(office, hold=True)
    tomorrow = booked(office, NINE + timedelta(days=1))
    office.at("8:50").press(check_in, came.id, "web")
    office.press(cancel, gone.id)
    office.at("16:20").press(end_past_days)
    missed = [event for event in office.events() if event.kind is Kind.BOOKING_MISSED]
    assert [(event.facts["appointment"], event.at) for event in missed] == [(mine.id, clock("16:00"))]
    states = [stands(office, one).state for one in (mine, came, gone, held, tomorrow)]
    assert states == [S.MISSED, S.CHECKED_IN, S.CANCELLED, S.HELD, S.BOOKED]
    office.press(end_past_days)
    office.press(move, mine.id, NINE + timedelta(days=1))
    assert stands(office, mine).state is S.BOOKED, "it may be moved once"
    office.at("16:00", TUESDAY).press(end_past_days)
    for one in (mine, tomorrow):
        assert stands(office, one).state is S.MISSED
    with pytest.raises(AppointmentMissed):
        office.press(move, mine.id, NINE + timedelta(days=2))
    office.press(move, tomorrow.id, NINE + timedelta(days=2))
    assert verify(office.store, office.code, all_days=True) == []


def test_the_end_of_a_day_that_was_never_ended_marks_each_day_by_its_own_closing(hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS)
    for days in (1, 0):
        booked(office, NINE + timedelta(days=days))
    office.at("8:00", MONDAY + timedelta(days=3)).press(end_past_days)
    missed = [event.at for event in office.events() if event.kind is Kind.BOOKING_MISSED]
    assert missed == [clock("16:00"), clock("16:00", TUESDAY)]


@pytest.mark.parametrize(
    ("text", "day", "why"),
    [("8:29", MONDAY, TooEarly), ("8:50", MONDAY - timedelta(days=1), NotToday), ("8:50", TUESDAY, AppointmentMissed)],
)
def test_check_in_has_its_time(hall: Hall, text: str, day: Any, why: type[Refused]) -> None:
    mine = booked(hall.at("8:00", MONDAY - timedelta(days=2)))
    with pytest.raises(why):
        hall.at(text, day).press(check_in, mine.id, "web")


def test_who_checks_in_stands_in_the_queue_as_of_the_booked_time(hall: Hall) -> None:
    mine = booked(hall, name="Bounmy", phone="020 5555", email="b@example.com", service="RES")
    visit = hall.at("8:40").press(check_in, mine.id, "kiosk")
    assert (visit.state, visit.number, visit.channel) == (StepState.WAITING, "A001", "kiosk")
    assert visit.step.joined_as is Joined.APPOINTMENT
    assert (visit.step.due_at, visit.step.not_before) == (NINE - timedelta(minutes=60), NINE)
    assert [step.service for step in visit.steps] == ["RES", "PAY"]
    assert state(hall, mine) is S.CHECKED_IN
    with hall.reading() as conn:
        given = conn.execute(select(tables.Person).where(tables.Person.ticket_id == visit.id)).one()
    assert (given.name, given.phone) == ("Bounmy", "020 5555")
    for again in (lambda: hall.press(check_in, mine.id, "web"), lambda: hall.press(cancel, mine.id)):
        with pytest.raises(CheckedInAlready) as refused:
            again()
        assert refused.value.ticket == visit.id
    assert verify(hall.store, hall.code, all_days=True) == []


def test_who_comes_late_queues_from_the_arrival(hall: Hall) -> None:
    mine = booked(hall)
    visit: Visit = hall.at("9:16").press(check_in, mine.id, "web")
    assert (visit.step.joined_as, visit.step.due_at) == (Joined.ARRIVAL, clock("9:16"))


def test_what_is_cancelled_stays_so(hall: Hall) -> None:
    mine = booked(hall)
    ended = hall.press(cancel, mine.id)
    assert hall.press(cancel, mine.id) == ended
    for act in (lambda: hall.press(move, mine.id, TEN), lambda: hall.press(confirm, mine.id)):
        with pytest.raises(AppointmentCancelled):
            act()
    assert [event.kind for event in hall.events()] == [Kind.BOOKED, Kind.BOOKING_CANCELLED]


def test_the_log_holds_no_personal_data_and_its_day_can_end(hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS)
    booked(office, name="Bounmy", phone="020 5555", email="b@example.com")
    assert not any(word in str(office.events()) for word in ("Bounmy", "5555", "example"))
    office.at("8:00", TUESDAY).press(end_past_days)
    assert verify(office.store, office.code, all_days=True) == []


def test_64_who_want_the_last_5_places_at_once(hall: Hall) -> None:
    with another_store(hall.store) as other:
        done = press_at_once((hall.store, other), hall.code, _book_nine, 64)
    assert Counter(type(one).__name__ for one in done) == {"Appointment": 5, "SlotFull": 59}
    assert places(hall) == {("BIRTH", NINE): [1, 2, 3, 4, 5]}
    assert [event.seq for event in hall.events()] == [1, 2, 3, 4, 5]


def _book_nine(unit: Unit) -> Appointment | Refused:
    return or_refused(book)(unit, TicketRequest(("BIRTH",), "web"), NINE)


def or_refused(command: Callable[..., Appointment]) -> Callable[..., Appointment | Refused]:
    """What a press comes to: its result, or why it was refused."""

    def run(*args: Any) -> Appointment | Refused:
        try:
            return command(*args)
        except Refused as refused:
            return refused

    return run


@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_without_the_lock_the_database_still_gives_no_place_twice(unlocked: Hall) -> None:
    with another_store(unlocked.store) as first, another_store(unlocked.store) as second:
        done = press_at_once((first, second), unlocked.code, _book_nine, 64)
    assert any(isinstance(one, IntegrityError | RuntimeError) for one in done), "the race is there to be seen"
    assert sorted(set(places(unlocked)["BIRTH", NINE])) == places(unlocked)["BIRTH", NINE]
    assert len(places(unlocked)["BIRTH", NINE]) <= SLOTS["BIRTH"]


def test_200_random_presses_at_once_never_pass_the_capacity_and_lose_no_place(hall: Hall) -> None:
    chance, starts = random.Random(6), [clock(f"{hour}:00") for hour in range(9, 15)]
    made = [booked(hall, start).id for start in starts for _ in range(3)]
    presses: list[tuple[Any, ...]] = []
    for _ in range(200):
        one, start = chance.choice(made), chance.choice(starts)
        moves, cancels = (move, one, start), (cancel, one)
        presses.append(chance.choice([moves, cancels, (book, TicketRequest(("BIRTH",), "web"), start)]))
    order = iter(presses)

    def press(unit: Unit) -> Appointment | Refused:
        command, *facts = next(order)
        return or_refused(command)(unit, *facts)

    done = press_at_once((hall.store,), hall.code, press, 200)
    assert {type(one) for one in done} <= {Appointment, SlotFull, AppointmentCancelled}
    for numbers in places(hall).values():
        assert numbers == sorted(set(numbers))
        assert max(numbers) <= SLOTS["BIRTH"]
    kept = [stands(hall, one) for one in {one.id: one for one in done if isinstance(one, Appointment)}.values()]
    assert all((one.place is None) is (one.state is S.CANCELLED) for one in kept)
    booked_now = sum(len(numbers) for numbers in places(hall).values())
    kinds = Counter(event.kind for event in hall.events())
    assert booked_now == kinds[Kind.BOOKED] - kinds[Kind.BOOKING_CANCELLED]
