"""What became of appointments, by service and period."""

from datetime import date, timedelta
from typing import Any

import pytest

from commands.appointments import book, cancel, check_in, move
from commands.day import end_past_days
from commands.tickets import TicketRequest
from queueing.appointments import HOLD, Appointment
from reports.attendance import Attendance, attendance
from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall, clock

TUESDAY = MONDAY + timedelta(days=1)
NINE = clock("9:00")


def booked(hall: Hall, start: Any = NINE, service: str = "BIRTH", **how: Any) -> Appointment:
    return hall.press(book, TicketRequest((service,), "web"), start, **how)


def counted(hall: Hall, first: date = MONDAY, last: date = MONDAY, language: str = "en") -> list[Attendance]:
    with hall.reading() as conn:
        return attendance(conn, hall.info, first, last, language)


@pytest.fixture
def office(hall: Hall) -> Hall:
    return a_hall(hall.store, week=OFFICE_HOURS)


def test_each_appointment_is_counted_once_by_what_became_of_it(office: Hall) -> None:
    came, late, gone, _missed = (booked(office) for _ in range(4))
    booked(office, service="RES")
    office.press(cancel, gone.id)
    office.at("8:50").press(check_in, came.id, "web")
    office.at("9:15").press(check_in, booked(office, clock("9:30")).id, "web")
    office.at("9:15", MONDAY)
    office.later(seconds=1).press(check_in, late.id, "web")
    birth = Attendance("Birth", came=3, late=1, cancelled=1, ahead=1)
    assert counted(office) == [Attendance("Res", ahead=1), birth]
    assert (birth.booked, birth.missed_share) == (5, 0)
    office.at("16:00").press(end_past_days)
    res, birth = counted(office)
    assert (res.missed, res.ahead, res.missed_share) == (1, 0, 1)
    assert (birth.missed, birth.ahead, birth.booked, birth.missed_share) == (1, 0, 5, 0.25)


def test_a_day_has_its_own_and_no_others(office: Hall) -> None:
    booked(office)
    booked(office, NINE + timedelta(days=1))
    assert [line.booked for line in counted(office)] == [1]
    assert [line.booked for line in counted(office, MONDAY, TUESDAY)] == [2]
    assert counted(office, TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=9)) == []
    assert counted(a_hall(office.store)) == []


def test_one_that_was_moved_counts_on_its_new_day(office: Hall) -> None:
    mine = booked(office)
    office.at("16:00").press(end_past_days)
    assert counted(office) == [Attendance("Birth", missed=1)]
    office.press(move, mine.id, NINE + timedelta(days=1))
    assert counted(office) == []
    assert counted(office, TUESDAY, TUESDAY) == [Attendance("Birth", ahead=1)]


def test_what_was_only_held_is_no_appointment(office: Hall) -> None:
    for _ in range(2):
        booked(office, service="RES", hold=True)
    assert counted(office) == []
    office.later(seconds=HOLD.total_seconds())
    booked(office, service="RES")
    assert counted(office) == [Attendance("Res", ahead=1)]
    assert counted(office)[0].missed_share is None


def test_it_is_said_in_the_readers_language_or_the_centres(office: Hall) -> None:
    booked(office)
    assert [line.label for line in counted(office, language="lo")] == ["Birth"]
