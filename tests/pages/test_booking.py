"""A time booked on a phone: chosen, kept, confirmed, moved, cancelled, found again, and checked in with."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import zxingcpp
from sqlalchemy import select

from queueing.appointments import AppointmentState
from queueing.states import StepState
from store import tables
from store.ids import appointment_of_token
from tests.cast import MONDAY, OFFICE_HOURS, SLOTS, Hall, a_hall, clock
from tests.commands.test_appointments import booked, places
from tests.pages.reader import PUBLIC_URL, Reader
from tests.pages.test_ticket import painted

Readers = Callable[..., Reader]
_ROWS = tables.Appointment.__table__
S = AppointmentState
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def office(hall: Hall) -> Hall:
    """Open from eight to four on weekdays; it is Monday, eight o'clock."""
    return a_hall(hall.store, week=OFFICE_HOURS).at("8:00")


@pytest.fixture
def phone(reader: Readers, office: Hall) -> Reader:
    return reader(at=office)


def slots(page: str) -> list[str]:
    """The times that can be pressed."""
    return re.findall(r'data-act="slot:([^"]+)"', page)


def holds(phone: Reader, start: str, service: str = "BIRTH") -> str:
    """Chooses a service and presses a time; the address of what is kept."""
    code = phone.hall.code
    phone.get(f"/book/{code}/visit?services={service}&day={start[:10]}")
    page = phone.press(f"/book/{code}/hold", start=start)
    assert page.status_code == 200, page.text
    return page.request.path


def books(phone: Reader, start: str = "2026-11-23T09:00:00+07:00", /, **person: str) -> str:
    """All the way; the address of the appointment."""
    address = holds(phone, start)
    phone.press(f"{address}/confirm", **person)
    return address


def made(phone: Reader, address: str) -> int:
    number = appointment_of_token(phone.hall.store.key, address.rpartition("/")[2])
    assert number is not None
    return number


def row(phone: Reader, address: str) -> Any:
    with phone.hall.reading() as conn:
        return conn.execute(select(_ROWS).where(_ROWS.c.id == made(phone, address))).one()


def test_three_presses_book_a_time_and_nothing_need_be_filled_in(phone: Reader, office: Hall) -> None:
    assert phone.get(f"/book/{office.code}").status_code == 200
    assert phone.has("service:BIRTH")
    visit = re.search(r'href="([^"]*)" data-act="service:BIRTH"', phone.text)
    assert visit
    page = phone.get(visit[1]).text
    first = slots(page)[0]
    assert first == "2026-11-23T08:30:00+07:00"
    held = phone.press(f"/book/{office.code}/hold", start=first)
    assert phone.has("book")
    assert phone.show("kept-until") == "We keep this time for you until 08:10."
    phone.press(f"{held.request.path}/confirm")
    assert phone.show("reference")
    assert row(phone, held.request.path).state == S.BOOKED
    assert places(office) == {("BIRTH", clock("8:30")): [1]}


def test_what_to_bring_and_what_it_takes_is_said_before_a_time_is_chosen(phone: Reader, office: Hall) -> None:
    page = phone.get(f"/book/{office.code}/visit?services=RES").text
    assert page.index("Please bring") < page.index("When do you want to come?")
    assert page.count('type="checkbox"') == 2
    assert "Afterwards, with the same ticket:" in page


def test_the_calendar_has_free_full_and_closed_days(phone: Reader, office: Hall) -> None:
    for start in (clock("8:00", TUESDAY) + timedelta(minutes=30 * n) for n in range(16)):
        if start.hour != 12:
            for _place in range(SLOTS["BIRTH"]):
                booked(office, start)
    page = phone.get(f"/book/{office.code}/visit?services=BIRTH").text
    assert phone.has("day:2026-11-23")
    assert not phone.has("day:2026-11-24"), "full"
    assert page.count("data-full") == 1
    assert phone.has("day:2026-11-25")
    assert not phone.has("day:2026-11-28"), "a Saturday"
    assert phone.has("day:2026-12-07"), "14 days ahead"
    assert not phone.has("day:2026-12-08")


def test_a_day_that_is_chosen_has_its_own_times(phone: Reader, office: Hall) -> None:
    page = phone.get(f"/book/{office.code}/visit?services=BIRTH&day=2026-11-25").text
    assert {start[:10] for start in slots(page)} == {"2026-11-25"}
    assert len(slots(page)) == 14


@pytest.mark.parametrize("asked", ["day=x", "day=2026-11-28", "day=1999-01-01", "week=9999-12-31", "week=0001-01-01"])
def test_a_day_that_cannot_be_is_the_next_free_one(phone: Reader, office: Hall, asked: str) -> None:
    page = phone.get(f"/book/{office.code}/visit?services=BIRTH&{asked}")
    assert page.status_code == 200
    assert slots(page.text)[0] == "2026-11-23T08:30:00+07:00"


def test_a_calendar_of_many_weeks_is_turned(reader: Readers, hall: Hall) -> None:
    far = a_hall(hall.store, week=OFFICE_HOURS, appointment_max_days_ahead=60).at("8:00")
    phone = reader(at=far)
    phone.get(f"/book/{far.code}/visit?services=BIRTH")
    assert not phone.has("earlier")
    later = re.search(r'href="([^"#]*)#calendar" data-act="later"', phone.text)
    assert later
    phone.get(later[1].replace("&amp;", "&"))
    assert phone.has("earlier")
    assert phone.has("day:2026-12-28")
    assert not phone.has("day:2026-11-25")


def test_when_nothing_is_free_the_page_says_so_and_what_to_do(reader: Readers, hall: Hall) -> None:
    today = a_hall(hall.store, week=OFFICE_HOURS, appointment_max_days_ahead=0).at("15:45")
    page = reader(at=today).get(f"/book/{today.code}/visit?services=BIRTH").text
    assert 'data-show="none-free"' in page
    assert 'data-act="take"' not in page
    assert "No tickets are given now." in page


def test_a_time_that_somebody_took_meanwhile_is_said_beside_the_others(phone: Reader, office: Hall) -> None:
    nine = "2026-11-23T09:00:00+07:00"
    phone.get(f"/book/{office.code}/visit?services=BIRTH")
    form = phone.form(f"/book/{office.code}/hold")
    for _place in range(SLOTS["BIRTH"]):
        booked(office)
    page = phone.post(f"/book/{office.code}/hold", {**form, "start": nine})
    assert page.status_code == 409
    assert "Somebody else was first." in page.text
    assert nine not in slots(page.text)
    assert len(slots(page.text)) == 12


@pytest.mark.parametrize(
    "start", ["", "soon", "2026-11-23T09:00", "2026-11-23T09:07:00+07:00", "2026-11-28T09:00:00+07:00"]
)
def test_a_time_that_no_button_has_changes_nothing(phone: Reader, office: Hall, start: str) -> None:
    phone.get(f"/book/{office.code}/visit?services=BIRTH")
    page = phone.post(f"/book/{office.code}/hold", {**phone.form("/hold"), "start": start})
    assert page.status_code in (409, 422)
    assert slots(page.text)
    assert places(office) == {}


def test_another_time_chosen_by_the_same_phone_gives_the_first_one_back(phone: Reader, office: Hall) -> None:
    holds(phone, "2026-11-23T09:00:00+07:00")
    holds(phone, "2026-11-23T10:00:00+07:00")
    assert places(office) == {("BIRTH", clock("10:00")): [1]}
    books(phone, "2026-11-23T11:00:00+07:00")
    holds(phone, "2026-11-23T13:00:00+07:00")
    assert set(places(office)) == {("BIRTH", clock("11:00")), ("BIRTH", clock("13:00"))}, "what is booked stays"


def test_a_double_press_keeps_one_place_and_books_it_once(phone: Reader, office: Hall) -> None:
    phone.get(f"/book/{office.code}/visit?services=BIRTH")
    form = {**phone.form("/hold"), "start": "2026-11-23T09:00:00+07:00"}
    (address,) = {phone.post(f"/book/{office.code}/hold", form).headers["Location"] for _press in range(2)}
    phone.get(address)
    form = phone.form("/confirm")
    assert [phone.post(f"{address}/confirm", form).status_code for _press in range(2)] == [303, 303]
    assert [event.facts["booking"]["state"] for event in office.events() if "booking" in event.facts] == [
        "held",
        "booked",
    ]


def test_who_went_back_and_presses_a_page_from_before_is_shown_it_anew(phone: Reader, office: Hall) -> None:
    phone.get(f"/book/{office.code}/visit?services=BIRTH")
    form = phone.form("/hold")
    phone.post(f"/book/{office.code}/hold", {**form, "start": "2026-11-23T09:00:00+07:00"})
    again = phone.post(f"/book/{office.code}/hold", {**form, "services": "BIRTH", "start": "2026-11-23T10:00:00+07:00"})
    assert again.headers["Location"] == f"/book/{office.code}/visit?services=BIRTH"


@pytest.mark.parametrize("reach", [{"phone"}, {"email"}, set()])
def test_a_message_is_promised_where_one_can_be_sent(
    phone: Reader, office: Hall, monkeypatch: pytest.MonkeyPatch, reach: set[str]
) -> None:
    monkeypatch.setattr(office.store, "reach", frozenset(reach))
    holds(phone, "2026-11-23T09:00:00+07:00")
    assert {by for by in ("phone", "email") if f'data-show="told-by:{by}"' in phone.text} == reach


def test_a_mistake_in_the_contact_is_said_and_what_was_typed_stays(phone: Reader, office: Hall) -> None:
    address = holds(phone, "2026-11-23T09:00:00+07:00")
    page = phone.press(f"{address}/confirm", name="Somsi", phone="no number")
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    assert "A phone number has digits" in page.text
    assert 'value="Somsi"' in page.text
    assert row(phone, address).state == S.HELD


def test_a_time_that_was_kept_too_long_is_free_again_and_the_way_on_is_said(phone: Reader, office: Hall) -> None:
    address = holds(phone, "2026-11-23T09:00:00+07:00")
    form = phone.form("/confirm")
    office.later(10)
    page = phone.post(f"{address}/confirm", form)
    assert page.status_code == 409
    assert "The ten minutes are over" in page.text
    assert phone.has("again")
    assert "The ten minutes are over" in phone.get(address).text


def test_what_was_given_is_in_its_own_table_and_comes_with_the_ticket(phone: Reader, office: Hall) -> None:
    address = books(phone, name="Somsi", phone="020 5551 2345", email="somsi@example.la")
    with office.reading() as conn:
        given = conn.execute(
            select(tables.Booker.__table__).where(tables.Booker.appointment_id == made(phone, address))
        ).one()
    assert (given.name, given.phone, given.email) == ("Somsi", "020 5551 2345", "somsi@example.la")
    assert "Somsi" not in phone.get(address).text, "whoever has the link does not see who comes"


def test_it_is_moved_and_the_old_time_stands_until_then(phone: Reader, office: Hall) -> None:
    address = books(phone)
    page = phone.get(f"{address}/move?day=2026-11-25").text
    assert "this time stays yours" in page
    assert places(office) == {("BIRTH", clock("9:00")): [1]}
    phone.press(f"{address}/move", start=slots(page)[0])
    assert places(office) == {("BIRTH", clock("8:00", date(2026, 11, 25))): [1]}
    assert "Wednesday 25 November" in phone.text


def test_a_move_to_a_full_time_is_refused_and_says_so(phone: Reader, office: Hall) -> None:
    address = books(phone)
    for _place in range(SLOTS["BIRTH"]):
        booked(office, clock("10:00"))
    phone.get(f"{address}/move")
    page = phone.press(f"{address}/move", start="2026-11-23T10:00:00+07:00")
    assert page.status_code == 409
    assert "Somebody else was first." in page.text
    assert ("BIRTH", clock("9:00")) in places(office)


def test_it_is_cancelled_after_a_question_and_can_be_booked_anew(phone: Reader, office: Hall) -> None:
    address = books(phone)
    assert phone.has("cancel")
    assert phone.has("confirm")
    phone.press(f"{address}/cancel")
    assert 'data-value="cancelled"' in phone.text
    assert phone.has("again")
    assert places(office) == {}
    assert phone.get(f"{address}/move").status_code == 302, "nothing is left to move"


def test_a_name_that_no_database_takes_is_a_mistake(phone: Reader, office: Hall) -> None:
    address = holds(phone, "2026-11-23T09:00:00+07:00")
    for person in ({"name": "So\0msi"}, {"email": "so\0msi@example.la"}):
        assert phone.press(f"{address}/confirm", **person).status_code == 422
    assert row(phone, address).state == S.HELD


def test_who_comes_late_is_told_where_they_stand(phone: Reader, office: Hall) -> None:
    address = books(phone)
    assert 'data-show="late"' not in phone.get(address).text
    office.at("9:16")
    assert 'data-show="late"' in phone.get(address).text
    assert phone.has("here")


def test_who_is_here_says_so_on_the_phone_and_the_link_becomes_the_ticket(phone: Reader, office: Hall) -> None:
    address = books(phone)
    assert not phone.has("here")
    assert phone.show("opens") == "You can say that you are here from 08:30 on that day, on this page or at the kiosk."
    office.at("8:30")
    phone.get(address)
    page = phone.press(f"{address}/here")
    assert page.request.path == address, "and from there to the ticket"
    ticket = phone.get(page.headers["Location"])
    assert ticket.request.path.startswith("/t/")
    (visit,) = office.visits().values()
    assert (visit.state, visit.channel) == (StepState.WAITING, "web")


def test_too_early_is_said_and_changes_nothing(phone: Reader, office: Hall) -> None:
    address = books(phone)
    page = phone.post(f"{address}/here", {**phone.form("/cancel")})
    assert page.status_code == 409
    assert "You can check in from 08:30 on." in page.text
    assert office.visits() == {}


def test_who_missed_it_may_take_another_time_once(phone: Reader, office: Hall) -> None:
    address = books(phone)
    office.at("16:01")
    assert 'data-value="missed"' in phone.get(address).text
    page = phone.get(f"{address}/move").text
    phone.press(f"{address}/move", start=slots(page)[0])
    assert 'data-value="booked"' in phone.text
    office.at("16:01", TUESDAY)
    assert 'data-value="missed"' in phone.get(address).text
    assert not phone.has("move")
    assert phone.has("again")


def test_where_clocks_change_the_repeated_hour_is_told_apart(reader: Readers, hall: Hall) -> None:
    autumn = date(2026, 10, 25)  # 03:00 becomes 02:00
    berlin = a_hall(hall.store, week=[[[0, 1440]]] * 7, zone="Europe/Berlin").at("0:10", autumn)
    page = reader(at=berlin).get(f"/book/{berlin.code}/visit?services=BIRTH").text
    walls = re.findall(r'data-act="slot:[^"]*"><span class="time__at">([^<]*)<', page)
    assert [wall for wall in walls if wall.startswith("02:")] == [
        "02:00 (CEST)",
        "02:30 (CEST)",
        "02:00 (CET)",
        "02:30 (CET)",
    ]


def test_several_services_are_one_visit_at_a_time_of_the_first_that_can_be_booked(reader: Readers, hall: Hall) -> None:
    phone = reader(at=hall)
    page = phone.get(f"/book/{hall.code}/visit?services=INFO&services=BIRTH").text
    form = {**phone.form("/hold"), "services": ["INFO", "BIRTH"], "start": slots(page)[0]}
    held = phone.post(f"/book/{hall.code}/hold", form).headers["Location"]
    assert row(phone, held).services == ["BIRTH", "INFO"]


def test_the_poster_for_the_door_opens_the_centre_on_a_phone(phone: Reader, office: Hall) -> None:
    page = phone.get(f"/book/{office.code}/poster").text
    address = f"{PUBLIC_URL}/book/{office.code}"
    assert address in page
    (code,) = zxingcpp.read_barcodes(painted(phone.get(f"/book/{office.code}/qr.svg").text))
    assert code.text == address
    assert phone.get("/book/NOWHERE/qr.svg").status_code == 404


def test_nobody_keeps_or_indexes_an_appointment(phone: Reader, office: Hall) -> None:
    address = books(phone)
    for page in (phone.get(address), phone.get(f"{address}/move"), phone.get(f"{address}.ics")):
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Robots-Tag"] == "noindex"
