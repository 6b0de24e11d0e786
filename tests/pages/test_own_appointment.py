"""One's own appointment in the calendar, and found again."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar

from booking.calendar_file import calendar_file
from tests.cast import Hall
from tests.commands.test_appointments import booked
from tests.pages.reader import PUBLIC_URL, Reader
from tests.pages.test_booking import Readers, books, holds, office, phone, slots

__all__ = ["office", "phone"]


def calendar_of(phone: Reader, address: str) -> tuple[Calendar, str]:
    answer = phone.get(f"{address}.ics")
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.data), answer.text


def test_the_calendar_file_has_zone_uid_and_a_sequence_that_rises(reader: Readers, office: Hall) -> None:
    phone = reader(at=office, lang="lo")
    address = books(phone)
    calendar, text = calendar_of(phone, address)
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Vientiane"))
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=30)
    assert "DTSTART;TZID=Asia/Vientiane:20261123T090000" in text
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Vientiane"]
    assert (event["sequence"], str(event["status"]), str(calendar["method"])) == (0, "CONFIRMED", "PUBLISH")
    assert str(event["url"]) == f"{PUBLIC_URL}{address}"
    page = phone.get(f"{address}/move").text
    phone.press(f"{address}/move", start=slots(page)[0])
    moved = calendar_of(phone, address)[0].walk("VEVENT")[0]
    assert (moved["uid"], moved["sequence"]) == (event["uid"], 1)
    phone.get(address)
    phone.press(f"{address}/cancel")
    ended, _text = calendar_of(phone, address)
    (event,) = ended.walk("VEVENT")
    assert (event["uid"], event["sequence"], str(event["status"]), str(ended["method"])) == (
        moved["uid"], 2, "CANCELLED", "CANCEL",
    )  # fmt: skip


def test_its_lines_are_folded_by_octets_and_within_no_letter(office: Hall) -> None:
    long = "ສູນບໍລິການຜ່ານປະຕູດຽວ " * 9
    centre = replace(office.info, names={"lo": long})
    file = calendar_file(centre, booked(office), f"{PUBLIC_URL}/a/x", "lo", office.clock.now())
    lines = file.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert sum(line.startswith(b" ") for line in lines) > 5
    assert all(line.decode() == line.decode("utf-8", "replace") for line in lines)
    (event,) = Calendar.from_ical(file).walk("VEVENT")
    assert str(event["location"]) == long


def test_a_kept_time_is_tentative_in_the_calendar(phone: Reader, office: Hall) -> None:
    address = holds(phone, "2026-11-23T09:00:00+07:00")
    (event,) = calendar_of(phone, address)[0].walk("VEVENT")
    assert str(event["status"]) == "TENTATIVE"


def test_it_is_found_again_by_reference_and_telephone_however_they_are_typed(phone: Reader, office: Hall) -> None:
    address = books(phone, phone="020 5551 2345")
    reference = phone.show("reference")
    find = f"/book/{office.code}/find"
    for typed, number in ((reference, "020 5551 2345"), (f" {reference.lower()} ", "+856 20 55512345")):
        phone.get(find)
        assert phone.press(find, reference=typed, phone=number).request.path == address
    for typed, number in ((reference, "020 5551 9999"), (reference, ""), ("XXXXXX", "020 5551 2345")):
        phone.get(find)
        page = phone.press(find, reference=typed, phone=number)
        assert page.status_code == 422
        assert "No appointment here has this reference" in page.text


def test_without_a_telephone_nobody_finds_it_by_the_reference_alone(phone: Reader, office: Hall) -> None:
    books(phone)
    reference = phone.show("reference")
    phone.get(f"/book/{office.code}/find")
    assert phone.press(f"/book/{office.code}/find", reference=reference, phone="").status_code == 422


def test_who_guesses_telephones_is_stopped(phone: Reader, office: Hall) -> None:
    books(phone, phone="020 5551 2345")
    reference, find = phone.show("reference"), f"/book/{office.code}/find"
    phone.get(find)
    form = phone.form(find)
    answers = [
        phone.post(find, {**form, "reference": reference, "phone": f"2055512{n:03d}"}).status_code for n in range(21)
    ]
    assert answers == [422] * 20 + [429]
