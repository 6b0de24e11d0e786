"""Sessions: what they give and refuse, and that no change of settings loses an appointment silently."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from commands.appointments import book, cancel, move
from commands.sessions import (
    Decision,
    Fate,
    add_sessions,
    appointments_without_slot,
    change_session,
    keep_appointments,
    remove_session,
    settle_appointments,
)
from commands.settings import add_holiday, close_early, set_hours, switch_service
from commands.tickets import TicketRequest
from commands.verify import verify
from queueing.appointments import HOLD, AppointmentState
from queueing.events import Kind
from queueing.orphans import ComingAppointment, NoLaterSlot, OrphansWaiting
from queueing.refusals import AppointmentCancelled, Invalid, NotFound, SlotFull, SlotUnavailable, TooLateToChange
from queueing.slots import Session
from store.unit import Unit
from tests.cast import KEO, MONDAY, Hall, another_store, clock
from tests.commands.test_appointments import booked, places, stands, state
from tests.queueing.test_sessions import a_session, of_date
from tests.store.test_lock import press_at_once

NINE, TEN, ELEVEN = clock("9:00"), clock("10:00"), clock("11:00")
NEXT_MONDAY = NINE + timedelta(days=7)
S = AppointmentState


def opened(hall: Hall, **asked: Any) -> Session:
    """A manager adds a session: Mondays, nine to eleven, BIRTH, half hours for four people."""
    known = {session.id for session in hall.info.sessions}
    hall.press(add_sessions, [a_session(**asked)])
    (added,) = [session for session in hall.info.sessions if session.id not in known]
    return added


def lost(hall: Hall) -> list[ComingAppointment]:
    """The appointments without a slot."""
    with hall.reading() as conn:
        return appointments_without_slot(conn, hall.info, hall.clock.now())


def kept(hall: Hall, change: Callable[[Unit], Any], fate: Fate | None = None, shown: list[Any] | None = None) -> None:
    """A manager changes settings, and has decided."""
    decided = Decision(fate, frozenset(one.id for one in shown or ())) if fate else None
    hall.press(keep_appointments, change, decided)


def test_a_session_gives_the_times_and_the_places_of_its_service(hall: Hall) -> None:
    opened(hall, capacity=4, kept=50)
    for _ in range(2):
        booked(hall)
    with pytest.raises(SlotFull):
        booked(hall)
    with pytest.raises(SlotUnavailable):
        booked(hall, ELEVEN)
    assert places(hall) == {("BIRTH", NINE): [1, 2]}
    booked(hall, ELEVEN, "RES")  # which no session names
    assert verify(hall.store, hall.code, all_days=True) == []


def test_a_session_makes_a_service_bookable_that_was_not(hall: Hall) -> None:
    assert not hall.info.services["MARRY"].appointment
    opened(hall, services=("MARRY",))
    assert hall.info.services["MARRY"].appointment
    booked(hall, service="MARRY")


def test_a_session_of_a_date_stands_in_place_of_the_weekdays(hall: Hall) -> None:
    opened(hall)
    opened(hall, weekday=None, day=MONDAY, start=780, end=840, capacity=1)
    with pytest.raises(SlotUnavailable):
        booked(hall)
    booked(hall, clock("13:00"))
    with pytest.raises(SlotFull):
        booked(hall, clock("13:00"))
    booked(hall, NEXT_MONDAY)


def test_lead_time_and_horizon_are_the_sessions(hall: Hall) -> None:
    opened(hall, lead=60, days_ahead=6)
    booked(hall, clock("9:30"))
    for start in (NINE, NEXT_MONDAY):
        with pytest.raises(SlotUnavailable):
            booked(hall, start)


def test_from_the_cut_off_on_only_staff_can_move_or_cancel(hall: Hall) -> None:
    opened(hall, cut_off=30)
    first, second = booked(hall, TEN), booked(hall, TEN)
    hall.at("9:29").press(move, first.id, clock("10:30"))
    hall.press(move, first.id, TEN)
    hall.at("9:30")
    for act in (lambda: hall.press(move, first.id, clock("10:30")), lambda: hall.press(cancel, first.id)):
        with pytest.raises(TooLateToChange) as refused:
            act()
        assert refused.value.facts == {"day": MONDAY, "until": "09:30"}
    assert hall.press(move, first.id, clock("10:30"), by_staff=True).start == clock("10:30")
    hall.press(cancel, second.id, by_staff=True)
    held = booked(hall, TEN, hold=True)
    hall.press(cancel, held.id)  # who only holds a place gives it back at any time


def test_a_change_is_told_with_its_actor(hall: Hall) -> None:
    session = opened(hall)
    assert hall.press(change_session, replace(session, capacity=5)) is True
    assert hall.press(change_session, replace(session, capacity=5)) is False
    hall.press(remove_session, session.id)
    told = [(event.kind, event.actor, event.facts["what"]) for event in hall.events()]
    whats = ("session-added", "session-changed", "session-removed")
    assert told == [(Kind.CENTRE_UPDATED, KEO, what) for what in whats]
    assert hall.events()[0].facts == {"what": "session-added", "weekday": 1, "day": None, "start": 540, "end": 660}
    for act in (lambda: hall.press(remove_session, session.id), lambda: hall.press(change_session, session)):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize(
    ("asked", "field", "reason"),
    [
        ({"weekday": None}, "date", "weekday-or-date"),
        ({"day": MONDAY}, "date", "weekday-or-date"),
        ({"weekday": None, "day": MONDAY - timedelta(days=1)}, "date", "not-a-date-ahead"),
        ({"weekday": None, "day": MONDAY + timedelta(days=367)}, "date", "not-a-date-ahead"),
        ({"start": 840}, "from", "ends-before-it-begins"),
        ({"end": 1441}, "from", "ends-before-it-begins"),
        ({"services": ()}, "services", "none-chosen"),
        ({"services": ("NONE",)}, "services", "unknown"),
        ({"length": 4}, "length", "not-between"),
        ({"length": 121}, "length", "longer-than-session"),
        ({"capacity": -1}, "capacity", "not-between"),
        ({"kept": 101}, "kept", "not-between"),
        ({"lead": -1}, "lead", "not-between"),
        ({"days_ahead": 367}, "days_ahead", "not-between"),
        ({"cut_off": 20_161}, "cut_off", "not-between"),
        ({"start": 630, "end": 720}, "from", "sessions-meet"),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(hall: Hall, asked: dict[str, Any], field: str, reason: str) -> None:
    opened(hall)
    with pytest.raises(Invalid) as refused:
        opened(hall, **{"start": 720, "end": 840, **asked})
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert len(hall.info.sessions) == 1


def test_several_weekdays_are_added_at_once_or_none(hall: Hall) -> None:
    opened(hall, weekday=3)
    with pytest.raises(Invalid):
        hall.press(add_sessions, [a_session(weekday=day) for day in (1, 2, 3)])
    assert [session.weekday for session in hall.info.sessions] == [3]
    hall.press(add_sessions, [a_session(weekday=day) for day in (1, 2)])
    assert [session.weekday for session in hall.info.sessions] == [1, 2, 3]


def test_a_change_that_orphans_an_appointment_is_refused_until_somebody_decides(hall: Hall) -> None:
    session = opened(hall)
    nine, ten = booked(hall), booked(hall, TEN)
    before = hall.snapshot()
    with pytest.raises(OrphansWaiting) as refused:
        kept(hall, lambda unit: change_session(unit, replace(session, end=600)))
    assert [one.reference for one in refused.value.appointments] == [ten.reference]
    assert hall.snapshot() == before
    assert hall.info.sessions == (session,), "nothing was changed"
    kept(hall, lambda unit: change_session(unit, replace(session, capacity=1)))
    assert stands(hall, nine) == nine


def test_orphans_are_moved_to_the_next_free_slot_of_their_service(hall: Hall) -> None:
    session = opened(hall, capacity=1, start=540, end=720)
    made = [booked(hall, start) for start in (NINE, clock("9:30"), clock("10:30"))]
    kept(hall, lambda unit: change_session(unit, replace(session, start=600)), Fate.MOVE, made)
    moved = [stands(hall, one) for one in made]
    assert [one.start for one in moved] == [TEN, ELEVEN, clock("10:30")]
    assert [one.sequence for one in moved] == [1, 1, 0]
    assert [event.kind for event in hall.events()][-3:] == [Kind.CENTRE_UPDATED, *[Kind.BOOKING_MOVED] * 2]
    assert verify(hall.store, hall.code, all_days=True) == []


def test_orphans_are_cancelled_in_the_same_press(hall: Hall) -> None:
    session = opened(hall)
    made = [booked(hall), booked(hall, TEN)]

    def goes_to_tuesdays(unit: Unit) -> None:
        remove_session(unit, session.id)
        opens_tuesdays(unit)

    kept(hall, goes_to_tuesdays, Fate.CANCEL, made)
    assert [state(hall, one) for one in made] == [S.CANCELLED] * 2
    assert places(hall) == {}
    with pytest.raises(SlotUnavailable):
        booked(hall)
    assert [event.kind for event in hall.events()][-2:] == [Kind.BOOKING_CANCELLED] * 2


def opens_tuesdays(unit: Unit) -> None:
    add_sessions(unit, [a_session(weekday=2)])


def test_where_no_later_slot_is_free_nothing_is_changed(hall: Hall) -> None:
    session = opened(hall, capacity=1, days_ahead=0)
    made = [booked(hall, start) for start in (NINE, clock("9:30"), TEN)]  # half past ten is free, for one of two
    before = hall.snapshot()
    with pytest.raises(NoLaterSlot):
        kept(hall, lambda unit: change_session(unit, replace(session, start=600)), Fate.MOVE, made)
    assert hall.snapshot() == before
    assert hall.info.sessions == (session,)


def test_what_was_booked_after_the_manager_looked_is_shown_first(hall: Hall) -> None:
    session = opened(hall)
    seen, unseen = booked(hall), booked(hall)
    with pytest.raises(OrphansWaiting) as refused:
        kept(hall, lambda unit: change_session(unit, replace(session, start=600)), Fate.CANCEL, [seen])
    assert {one.id for one in refused.value.appointments} == {seen.id, unseen.id}
    assert state(hall, seen) is S.BOOKED


def test_fewer_places_orphan_who_booked_last(hall: Hall) -> None:
    session = opened(hall)
    first, second, third = (booked(hall.later(1)) for _ in range(3))
    hall.press(cancel, first.id)
    fourth = booked(hall.later(1))  # on the first one's place
    kept(hall, lambda unit: change_session(unit, replace(session, capacity=2)), Fate.CANCEL, [fourth])
    assert [state(hall, one) for one in (second, third, fourth)] == [S.BOOKED, S.BOOKED, S.CANCELLED]
    with pytest.raises(SlotFull):
        booked(hall)


def test_a_hold_is_given_up_and_one_that_has_expired_is_no_orphan(hall: Hall) -> None:
    session = opened(hall)
    old = booked(hall, TEN, hold=True)
    hall.later(seconds=HOLD.total_seconds())
    held = booked(hall, hold=True)
    kept(hall, lambda unit: change_session(unit, replace(session, start=630)), Fate.MOVE, [held])
    assert state(hall, held) is S.CANCELLED
    assert stands(hall, old).state is S.HELD, "which time alone has ended"


def test_what_has_begun_and_who_was_cancelled_or_came_is_no_orphan(hall: Hall) -> None:
    session = opened(hall)
    booked(hall, NINE)
    hall.press(cancel, booked(hall, TEN).id)
    hall.at("9:00")
    kept(hall, lambda unit: change_session(unit, replace(session, start=600, capacity=0)))
    assert lost(hall) == []


WEEK = [[(480, 540)]] * 5 + [[], []]


@pytest.mark.parametrize(
    "change",
    [
        lambda unit: add_holiday(unit, MONDAY, {}),
        lambda unit: set_hours(unit, WEEK, None),
        lambda unit: close_early(unit, MONDAY, 9 * 60),
        lambda unit: switch_service(unit, "BIRTH", on=False),
        opens_tuesdays,
        lambda unit: add_sessions(unit, [of_date(capacity=0)]),
    ],
    ids=["holiday", "hours", "early closing", "service off", "session of another day", "session for nobody"],
)
def test_no_change_of_settings_loses_an_appointment_silently(hall: Hall, change: Callable[[Unit], Any]) -> None:
    mine = booked(hall)
    with pytest.raises(OrphansWaiting):
        kept(hall, change)
    hall.press(change)  # elsewhere, as by a catalogue
    assert [one.id for one in lost(hall)] == [mine.id]
    kept(hall, lambda unit: add_holiday(unit, MONDAY + timedelta(days=9), {}))  # which orphans nobody else
    with pytest.raises(OrphansWaiting):
        hall.press(settle_appointments, None)
    hall.press(settle_appointments, Decision(Fate.CANCEL, frozenset()))
    assert state(hall, mine) is S.BOOKED
    hall.press(settle_appointments, Decision(Fate.CANCEL, frozenset({mine.id})))
    assert lost(hall) == []
    with pytest.raises(AppointmentCancelled):
        hall.press(move, mine.id, TEN)


def test_who_books_while_a_session_is_cut_keeps_a_slot_or_stops_the_cut(hall: Hall) -> None:
    session = opened(hall, capacity=8)
    cut = replace(session, capacity=3)
    order = iter([False, False, True] * 8)

    def press(unit: Unit) -> object:
        try:
            if not next(order):
                return book(unit, TicketRequest(("BIRTH",), "web"), NINE)
            keep_appointments(unit, lambda unit: change_session(unit, cut), None)
        except (SlotFull, OrphansWaiting) as refused:
            return refused
        return None

    with another_store(hall.store) as other:
        done = press_at_once((hall.store, other), hall.code, press, 24)
    assert not [one for one in done if isinstance(one, Exception) and not isinstance(one, SlotFull | OrphansWaiting)]
    assert lost(hall) == []
    assert len(places(hall)["BIRTH", NINE]) == hall.info.sessions[0].places
