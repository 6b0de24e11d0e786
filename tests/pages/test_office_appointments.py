"""The week of appointments and its sessions, as a manager works with them: nothing is lost without being asked."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from commands.appointments import book
from commands.sessions import add_sessions
from commands.settings import add_holiday, switch_service
from commands.tickets import TicketRequest
from queueing.appointments import Appointment, AppointmentState
from store import tables
from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall, clock
from tests.commands.test_appointments import TUESDAY, stands
from tests.commands.test_appointments import places as taken_places
from tests.commands.test_sessions import opened
from tests.pages.reader import Reader
from tests.pages.test_booking import books, slots
from tests.pages.test_office_settings import press, said
from tests.queueing.test_sessions import a_session

Readers = Callable[..., Reader]
NINE = clock("9:00")
FORM = {"from": "9:00", "to": "11:00", "services": ["BIRTH"], "length": "30", "capacity": "4"}
FORM |= {"kept": "", "lead": "", "days_ahead": "", "cut_off": ""}


@pytest.fixture
def office(hall: Hall) -> Hall:
    """Open from eight to twelve and from one to four, Monday to Friday."""
    return a_hall(hall.store, week=OFFICE_HOURS)


def booked(office: Hall, text: str = "9:00", service: str = "BIRTH", **who: Any) -> Appointment:
    return office.press(book, TicketRequest((service,), "web", **who), clock(text))


def the_week(page: Any) -> dict[str, str]:
    """What the page has of each day."""
    return dict(re.findall(r'data-day="([-0-9]+)"(.*?)</li>\s*(?=<li class="days__one|</ol>)', page, re.S))


def places(day: str) -> dict[str, str]:
    return dict(re.findall(r'data-at="([:0-9]+)">.*?(\d+/\d+)</span></span>', day, re.S))


def open_week(reader: Reader, office: Hall, **asked: Any) -> dict[str, str]:
    return the_week(reader.get(f"/office/{office.code}/appointments", query_string=asked).text)


def test_the_week_says_what_is_booked_at_each_time_and_for_what(reader: Readers, office: Hall) -> None:
    for service in ("BIRTH", "BIRTH", "RES"):
        booked(office, service=service)
    noy = reader("manager", at=office)
    week = open_week(noy, office)
    assert list(week) == [str(MONDAY + timedelta(days=n)) for n in range(7)]
    monday = places(week[str(MONDAY)])
    assert (monday["08:00"], monday["09:00"], len(monday)) == ("0/7", "3/7", 14)
    assert re.findall(r'days__service">([^<]*)<', week[str(MONDAY)]) == ["Res 1/2", "Birth 2/5"]
    assert "3 of 98 booked" in week[str(MONDAY)]
    assert 'aria-current="date"' in noy.text
    assert "closed" in week["2026-11-28"]
    assert places(open_week(noy, office, service="RES")[str(MONDAY)])["09:00"] == "1/2"


def test_the_weeks_are_in_the_address(reader: Readers, office: Hall) -> None:
    noy = reader("manager", at=office)
    assert "2026-11-30" in open_week(noy, office, week="2026-12-02")
    assert f"/office/{office.code}/appointments?week=2026-11-23" in noy.text
    assert f"/office/{office.code}/appointments?week=2026-12-07" in noy.text
    assert "2026-11-23" in open_week(noy, office, week="2026-11-29", service="NONE")
    for text in ("soon", "0001-01-01", "20261202"):
        assert noy.get(f"/office/{office.code}/appointments?week={text}").status_code == 422


def test_a_holiday_is_said_by_its_name(reader: Readers, office: Hall) -> None:
    office.press(add_holiday, TUESDAY, {"en": "National Day"})
    assert "National Day" in open_week(reader("manager", at=office), office)[str(TUESDAY)]


def test_a_centre_without_appointments_says_so(reader: Readers, office: Hall) -> None:
    with office.store.writing() as conn:
        here = tables.Service.centre_id == office.centre
        conn.execute(update(tables.Service).where(here).values(appointment=False))
        conn.execute(update(tables.Centre).where(tables.Centre.id == office.centre).values(version=2))
    noy = reader("manager", at=office)
    assert open_week(noy, office) == {}
    assert "No service gives appointments." in noy.text
    assert "No session yet" in noy.text


def test_a_session_is_added_on_several_weekdays_changed_and_removed(reader: Readers, office: Hall) -> None:
    noy = reader("manager", at=office)
    asked = {**FORM, "weekdays": ["1", "3"], "kept": "25", "cut_off": "60"}
    page = press(noy, office, "sessions/new", "sessions/new", **asked)
    assert said(page) == ["session-saved"]
    assert [session.weekday for session in office.info.sessions] == [1, 3]
    monday = office.info.sessions[0]
    assert (monday.start, monday.end, monday.places, monday.cut_off, monday.days_ahead) == (540, 660, 3, 60, None)
    assert "every 30 minutes, 3 places of 4" in page.text
    week = open_week(noy, office, service="BIRTH")
    assert list(places(week[str(MONDAY)])) == ["09:00", "09:30", "10:00", "10:30"]
    assert "no appointments" in week[str(TUESDAY)]
    address = f"sessions/{monday.id}"
    page = press(noy, office, address, address, **{**FORM, "length": "60", "days_ahead": "5"})
    assert said(page) == ["session-saved"]
    assert (office.info.sessions[0].length, office.info.sessions[0].days_ahead) == (60, 5)
    assert said(press(noy, office, "appointments", f"{address}/remove")) == ["session-removed"]
    assert [session.weekday for session in office.info.sessions] == [3]
    record = noy.get(f"/office/{office.code}/changes").text
    assert re.findall(r"Session \w+ 09:00–11:00: \w+", record) == [
        "Session Monday 09:00–11:00: removed",
        "Session Monday 09:00–11:00: changed",
        "Session Wednesday 09:00–11:00: added",
        "Session Monday 09:00–11:00: added",
    ]


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"weekdays": []}, "date", "Choose weekdays, or one date."),
        ({"date": "2026-11-24"}, "date", "Choose weekdays, or one date."),
        ({"weekdays": [], "date": "soon"}, "date", "A date is written as 2026-11-24."),
        ({"from": "9"}, "from", "A time is written as 08:30"),
        ({"to": "8:00"}, "from", "The end must be later than the beginning."),
        ({"services": []}, "services", "Choose at least one."),
        ({"length": ""}, "length", "A whole number from 5 to 480."),
        ({"capacity": "many"}, "capacity", "A whole number from 0 to 999."),
        ({"kept": "101"}, "kept", "A whole number from 0 to 100."),
        ({"days_ahead": "-1"}, "days_ahead", "A whole number from 0 to 366."),
    ],
)
def test_what_does_not_fit_is_said_by_its_field_and_kept(
    reader: Readers, office: Hall, changed: dict[str, Any], field: str, words: str
) -> None:
    noy = reader("manager", at=office)
    page = press(noy, office, "sessions/new", "sessions/new", **{**FORM, "weekdays": ["5"], "cut_off": "77", **changed})
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    assert words in page.text
    assert f'href="#f-{field}"' in page.text
    assert f'id="f-{field}"' in page.text
    assert 'value="77"' in page.text, "what was typed is kept"
    assert office.info.sessions == ()


def test_an_edit_shows_the_orphans_first_then_moves_them(reader: Readers, office: Hall) -> None:
    session = opened(office)
    mine = booked(office, name="Bounmy", phone="020 5555")
    noy = reader("manager", at=office)
    address = f"sessions/{session.id}"
    page = press(noy, office, address, address, **{**FORM, "from": "10:00"})
    assert page.status_code == 409
    assert f'data-reference="{mine.reference}"' in page.text
    for word in ("Bounmy", "020 5555", "09:00", "Birth", "Nothing was changed yet."):
        assert word in page.text
    assert office.info.sessions == (session,)
    assert noy.form(address)["from"] == "10:00", "what was typed goes on"
    page = noy.press(f"/office/{office.code}/{address}", fate="move")
    assert said(page) == ["session-saved"]
    assert stands(office, mine).start == clock("10:00")
    assert office.info.sessions[0].start == 600


def test_without_a_choice_it_is_asked_again_and_a_cancelling_cancels(reader: Readers, office: Hall) -> None:
    session = opened(office)
    mine = booked(office)
    noy = reader("manager", at=office)
    address = f"/office/{office.code}/sessions/{session.id}"
    press(noy, office, f"sessions/{session.id}", f"sessions/{session.id}", **{**FORM, "capacity": "0"})
    assert noy.press(address, fate="forget").status_code == 409
    assert said(noy.press(address, fate="cancel")) == ["session-saved"]
    assert stands(office, mine).state is AppointmentState.CANCELLED


def test_where_no_later_time_is_free_the_form_says_so(reader: Readers, office: Hall) -> None:
    session = opened(office, days_ahead=0)
    mine = booked(office, "10:30")
    noy = reader("manager", at=office)
    asked = {**FORM, "to": "10:30", "days_ahead": "0"}
    press(noy, office, f"sessions/{session.id}", f"sessions/{session.id}", **asked)
    page = noy.press(f"/office/{office.code}/sessions/{session.id}", fate="move")
    assert page.status_code == 409
    assert f"No later time is free for appointment {mine.reference}." in page.text
    assert 'value="10:30"' in page.text
    assert stands(office, mine) == mine


@pytest.mark.parametrize(
    ("section", "act", "typed"),
    [
        ("hours", "holidays/add", {"day": "2026-11-23"}),
        ("hours", "early/add", {"early": "2026-11-23", "time": "8:30"}),
        ("hours", "hours", {"mon-1-from": "8:00", "mon-1-to": "8:30"}),
    ],
)
def test_hours_and_holidays_ask_first_too(
    reader: Readers, office: Hall, section: str, act: str, typed: dict[str, str]
) -> None:
    mine = booked(office)
    noy = reader("manager", at=office)
    page = press(noy, office, section, act, **typed)
    assert page.status_code == 409
    assert mine.reference in page.text
    assert office.info.hours.sessions(MONDAY) != []
    assert noy.press(f"/office/{office.code}/{act}", fate="cancel").status_code == 200
    assert stands(office, mine).state is AppointmentState.CANCELLED


def test_appointments_that_lost_their_time_elsewhere_are_counted_and_settled(reader: Readers, office: Hall) -> None:
    lost = [booked(office, name="Bounmy"), booked(office, "13:00")]
    kept = booked(office, "10:00", "RES")
    office.press(add_sessions, [a_session(weekday=2)])  # elsewhere, as by a program
    noy = reader("manager", at=office)
    page = noy.get(f"/office/{office.code}/appointments")
    assert noy.show("lost-count") == "2"
    assert "Bounmy" in page.text
    page = noy.press(f"/office/{office.code}/appointments/settle", fate="move", shown=[str(lost[0].id)])
    assert said(page) == ["settled"]
    assert stands(office, lost[0]).start == clock("9:00", TUESDAY)
    assert noy.show("lost-count") == "1"
    assert stands(office, kept) == kept


def test_appointments_of_a_service_that_is_off_are_counted_and_can_still_be_kept(reader: Readers, office: Hall) -> None:
    mine = booked(office)
    noy = reader("manager", at=office)
    assert said(press(noy, office, "services", "services/off", service="BIRTH")) == ["service-off"]
    noy.get(f"/office/{office.code}/appointments")
    assert noy.show("lost-count") == "1"
    office.press(switch_service, "BIRTH", on=True)
    assert "lost-count" not in noy.get(f"/office/{office.code}/appointments").text
    assert stands(office, mine) == mine


def test_no_session_of_another_centre_can_be_touched(reader: Readers, office: Hall, hall: Hall) -> None:
    theirs = opened(hall)
    noy = reader("manager", at=office)
    assert noy.get(f"/office/{office.code}/sessions/{theirs.id}").status_code == 404
    noy.get(f"/office/{office.code}/sessions/new")
    form = noy.form("/sessions/new")
    assert noy.post(f"/office/{office.code}/sessions/{theirs.id}", {**form, **FORM}).status_code == 404
    assert noy.post(f"/office/{office.code}/sessions/{theirs.id}/remove", form).status_code == 404
    assert hall.info.sessions == (theirs,)


def test_past_the_cut_off_the_phone_says_so_and_offers_no_change(reader: Readers, office: Hall) -> None:
    opened(office, cut_off=30)
    phone = reader(at=office)
    address = books(phone)
    assert "until Monday 23 November, 08:30" in phone.show("until")
    assert phone.has("move")
    form = phone.form(f"{address}/cancel")
    office.at("8:30")
    phone.get(address)
    assert "tell the staff" in phone.show("too-late")
    assert not phone.has("move")
    assert not phone.has("cancel")
    assert phone.get(f"{address}/move").status_code == 302
    page = phone.post(f"{address}/cancel", form)
    assert page.status_code == 409
    assert "until 08:30 on 23 November 2026" in page.text
    assert list(taken_places(office)) == [("BIRTH", NINE)]


def test_the_phone_books_as_far_ahead_as_the_session_says(reader: Readers, office: Hall) -> None:
    opened(office, days_ahead=28)
    phone = reader(at=office)
    page = phone.get(f"/book/{office.code}/visit?services=BIRTH&day=2026-12-21").text
    assert slots(page) == [f"2026-12-21T{time}:00+07:00" for time in ("09:00", "09:30", "10:00", "10:30")]
