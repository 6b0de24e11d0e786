"""What a manager changes for one day alone: it is said in the office, on the kiosk and on the phone."""

from collections.abc import Callable

import pytest

from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall
from tests.pages.reader import Reader
from tests.pages.test_office_settings import press, said

Readers = Callable[..., Reader]


@pytest.fixture
def office(hall: Hall) -> Hall:
    """Open from eight to four on weekdays; it is Monday, nine o'clock."""
    return a_hall(hall.store, week=OFFICE_HOURS).at("9:00")


def test_a_centre_closes_early_and_every_screen_says_so(reader: Readers, office: Hall) -> None:
    noy, kiosk, phone = (reader(role, at=office) for role in ("manager", "kiosk", None))
    page = press(noy, office, "hours", "early/add", early=str(MONDAY), time="14:30")
    assert said(page) == ["early-on"]
    assert "closes at 14:30" in page.text
    words = "Today we close at 14:30."
    assert words in kiosk.get(f"/kiosk/{office.code}?lang=en").text
    assert words in phone.get(f"/book/{office.code}").text
    centre = phone.get(f"/api/v1/centres/{office.code}").json
    assert centre
    assert centre["early_closings"] == [{"day": str(MONDAY), "closes_at": "14:30"}]
    office.at("14:31")
    page = kiosk.get(f"/kiosk/{office.code}?lang=en")
    assert 'data-show="closed" data-value="hours"' in page.text
    assert words in page.text
    assert kiosk.show("again") == "08:00"
    assert 'data-state="closed"' in reader(at=office).get(f"/display/{office.code}").text


def test_an_early_closing_is_taken_back(reader: Readers, office: Hall) -> None:
    noy = reader("manager", at=office)
    press(noy, office, "hours", "early/add", early=str(MONDAY), time="14:30")
    page = press(noy, office, "hours", "early/remove", early=str(MONDAY))
    assert said(page) == ["early-off"]
    assert 'data-show="early"' not in page.text
    assert "Today we close" not in reader("kiosk", at=office).get(f"/kiosk/{office.code}?lang=en").text
    record = noy.get(f"/office/{office.code}/changes").text
    assert "Mon 23 Nov: closes early, at 14:30" in record
    assert "Mon 23 Nov: closes at its usual time" in record


@pytest.mark.parametrize(
    ("day", "time", "words"),
    [
        (str(MONDAY), "8:30", "This time is past. Choose a later one."),
        (str(MONDAY), "16:00", "The centre is not open then."),
        (str(MONDAY), "soon", "A time is written as 08:30"),
        ("2026-11-22", "14:30", "This day is past."),
        ("soon", "14:30", "A date is written as"),
    ],
)
def test_an_early_closing_that_cannot_be_is_refused_kindly(
    reader: Readers, office: Hall, day: str, time: str, words: str
) -> None:
    page = press(reader("manager", at=office), office, "hours", "early/add", early=day, time=time)
    assert page.status_code == 422
    assert words in page.text
    assert f'name="time" value="{time}"' in page.text, "what was typed is kept"
    assert office.events() == []
