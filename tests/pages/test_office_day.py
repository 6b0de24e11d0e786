"""What a manager changes for one day alone: it is said in the office, on the kiosk and on the phone."""

from collections.abc import Callable

import pytest

from commands.settings import set_daily_limit
from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall
from tests.pages.reader import Reader
from tests.pages.test_office_settings import press, said

Readers = Callable[..., Reader]
COME = "Please come tomorrow from 08:00."


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


def test_a_service_gives_so_many_tickets_a_day(reader: Readers, office: Hall) -> None:
    noy = reader("manager", at=office)
    office.ticket("RES")
    page = press(noy, office, "services", "services/limit", service="RES", limit="3")
    assert said(page) == ["limit"]
    assert 'name="limit" value="3"' in page.text
    assert "2 left" in page.text
    assert office.info.services["RES"].daily_limit == 3
    press(noy, office, "services", "services/limit", service="RES", limit="")
    assert office.info.services["RES"].daily_limit is None
    record = noy.get(f"/office/{office.code}/changes").text
    assert "Res: tickets a day, at most 3" in record
    assert "Res: as many tickets as come" in record


@pytest.mark.parametrize("limit", ["0", "-1", "many", "10000", "٣"])
def test_a_limit_that_is_none_is_refused_kindly(reader: Readers, office: Hall, limit: str) -> None:
    page = press(reader("manager", at=office), office, "services", "services/limit", service="RES", limit=limit)
    assert page.status_code == 422
    assert "A whole number from 1 to 9999" in page.text
    assert f'id="f-limit" name="limit" value="{limit}"' in page.text
    assert office.events() == []


def test_a_full_service_is_said_before_and_after_the_press(reader: Readers, office: Hall) -> None:
    kiosk, phone = reader("kiosk", at=office), reader(at=office)
    address, chosen = f"/kiosk/{office.code}", f"/kiosk/{office.code}/documents?services=RES&lang=en"
    kiosk.get(chosen)
    waits = kiosk.form(address)
    office.press(set_daily_limit, "RES", 1)
    office.ticket("RES")
    late = kiosk.post(address, waits)
    assert late.status_code == 409
    for page in (late, kiosk.get(chosen)):
        assert 'data-value="service-full"' in page.text
        assert "No more tickets for this service today" in page.text
        assert kiosk.show("again") == "08:00"
        assert kiosk.has("again")
    assert kiosk.get(f"{address}?lang=en").text.count("Full for today") == 1
    assert phone.get(f"/book/{office.code}").text.count("No more tickets today.") == 1
    assert f"No more tickets today. {COME}" in phone.get(f"/book/{office.code}/visit?services=RES").text
    assert not phone.has("take")
    phone.get(f"/book/{office.code}/visit?services=BIRTH")
    form = {**phone.form(f"/book/{office.code}"), "services": "RES"}
    refused = phone.post(f"/book/{office.code}", form)
    assert refused.status_code == 409
    assert f"No more tickets for Res today. {COME}" in refused.text


def test_a_program_is_told_how_many_tickets_are_left(reader: Readers, office: Hall) -> None:
    office.press(set_daily_limit, "RES", 1)
    anybody = reader(at=office)

    def left() -> dict[str, int | None]:
        services = anybody.get(f"/api/v1/centres/{office.code}/services").json
        assert services
        return {service["code"]: service["tickets_left"] for service in services["services"]}

    assert (left()["RES"], left()["BIRTH"]) == (1, None)
    office.ticket("RES")
    assert left()["RES"] == 0
    asked = anybody.browser.post(f"/api/v1/centres/{office.code}/tickets", json={"services": ["RES"]})
    assert asked.status_code == 409
    assert asked.json
    assert asked.json["type"].endswith("service-closed")
    assert "ໝົດແລ້ວ. ກະລຸນາມາມື້ອື່ນ" in asked.json["detail"]
