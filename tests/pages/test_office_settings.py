"""What a manager changes in the office: by forms that say what they did, refuse kindly, and stand in the record."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from limits import RateLimitItemPerMinute
from sqlalchemy import select

from answers.guards import COOKIE
from answers.pairing import SCREEN_COOKIE
from commands.access import create_user, sign_in
from commands.people import read_people
from commands.permissions import Role
from queueing.events import Kind
from queueing.refusals import CentreClosed
from store.ids import new_id
from store.tables import Holiday, IdempotencyKey
from tests.cast import Hall
from tests.pages.reader import Reader

Readers = Callable[..., Reader]
PASSWORD = "ຂ້ອຍມັກເຂົ້າໜຽວ"


def press(noy: Reader, hall: Hall, section: str, act: str, **chosen: Any) -> Any:
    """Opens a page of the office and presses one of its forms; the page that comes then."""
    noy.get(f"/office/{hall.code}/{section}")
    return noy.press(f"/office/{hall.code}/{act}", **chosen)


def said(page: Any) -> list[str]:
    return re.findall(r'data-show="said" data-value="([^"]*)"', page.text)


def test_a_notice_is_put_up_and_taken_down(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    texts = {"notice-lo": "ເຄື່ອງພິມເສຍ", "notice-en": "Printer <broken>"}
    page = press(noy, hall, "notice", "notice", **texts)
    assert said(page) == ["notice"]
    assert "Printer &lt;broken&gt;" in page.text
    assert hall.info.notice == {"lo": "ເຄື່ອງພິມເສຍ", "en": "Printer <broken>"}
    assert hall.events()[-1].kind is Kind.NOTICE
    assert "ເຄື່ອງພິມເສຍ" in reader().get(f"/display/{hall.code}").text
    assert said(press(noy, hall, "notice", "notice", **dict.fromkeys(texts, ""))) == ["no-notice"]
    assert hall.info.notice is None


def test_what_does_not_fit_is_said_and_kept(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    page = press(noy, hall, "notice", "notice", **{"notice-lo": "", "notice-en": "x" * 301})
    assert page.status_code == 422
    assert "<title>Error:" in page.text
    assert "At most 300 characters." in page.text
    assert "x" * 301 in page.text, "what was typed is kept"


def test_stopped_ticketing_is_said_everywhere(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    page = press(noy, hall, "notice", "ticketing/stop")
    assert said(page) == ["stopped"]
    assert 'data-show="paused"' in noy.get("/office/").text
    kiosk = reader("kiosk").get(f"/kiosk/{hall.code}")
    assert 'data-show="closed"' in kiosk.text
    assert "has stopped giving tickets for now" in kiosk.text
    assert "None" not in kiosk.text
    with pytest.raises(CentreClosed):
        hall.ticket()
    assert said(press(noy, hall, "notice", "ticketing/resume")) == ["resumed"]
    hall.ticket()


def test_a_phone_is_told_that_ticketing_is_stopped(reader: Readers, hall: Hall) -> None:
    phone = reader()
    phone.get(f"/book/{hall.code}/visit?services=RES")
    form = {**phone.form(f"/book/{hall.code}"), "services": "RES"}
    press(reader("manager"), hall, "notice", "ticketing/stop")
    page = phone.post(f"/book/{hall.code}", form)
    assert page.status_code == 409
    assert "has stopped giving tickets for now" in page.text


def test_services_are_switched(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    assert said(press(noy, hall, "services", "services/off", service="INFO")) == ["service-off"]
    assert not hall.info.services["INFO"].enabled
    assert said(press(noy, hall, "services", "services/on", service="INFO")) == ["service-on"]
    noy.get(f"/office/{hall.code}/services")
    form = noy.form("/services/off")
    assert noy.post(f"/office/{hall.code}/services/off", {**form, "service": "NONE"}).status_code == 404


def test_counters_are_taken_away_and_given_other_services(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    assert said(press(noy, hall, "counters", "counters/2/off")) == ["counter-off"]
    assert said(press(noy, hall, "counters", "counters/2/on")) == ["counter-on"]
    page = press(noy, hall, "counters", "counters/1/services", services=["PAY", "INFO"])
    assert said(page) == ["counter-services"]
    assert set(hall.info.counters[1].services) == {"PAY", "INFO"}
    assert press(noy, hall, "counters", "counters/1/services", services=[]).status_code == 422


def test_a_busy_counter_is_not_taken_away(reader: Readers, hall: Hall) -> None:
    from commands.calls import call_next

    hall.ticket("RES")
    hall.opens(1).press(call_next, 1)
    page = press(reader("manager"), hall, "counters", "counters/1/off")
    assert page.status_code == 409
    assert "Counter 1 still has ticket A001." in page.text


def week(**changed: str) -> dict[str, str]:
    days = {f"{day}-1-{which}": time for day in ("mon", "tue") for which, time in (("from", "8:00"), ("to", "24:00"))}
    return {**days, **{name.replace("_", "-"): value for name, value in changed.items()}}


def test_hours_are_set(reader: Readers, hall: Hall) -> None:
    typed = week(mon_1_to="12:00", mon_2_from="13:00", mon_2_to="16:30", lunch_from="12:00", lunch_to="13:00")
    page = press(reader("manager"), hall, "hours", "hours", **typed)
    assert said(page) == ["hours"]
    hours = hall.info.hours
    assert hours.week == (((480, 720), (780, 990)), ((480, 1440),), (), (), (), (), ())
    assert (hours.lunch.start, hours.lunch.end, hours.lunch.tickets_open) == (720, 780, 780)
    assert 'value="16:30"' in page.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"mon_1_to": "25:00"}, "A time is written as 08:30"),
        ({"mon_1_to": ""}, "A time is written as 08:30"),
        ({"mon_1_to": "07:00"}, "The end must be later than the beginning."),
        ({"mon_2_from": "09:00", "mon_2_to": "10:00"}, "The second hours begin before the first ones end."),
        ({"lunch_from": "12:00"}, "A time is written as 08:30"),
    ],
)
def test_hours_that_make_no_sense_are_refused_by_their_day(
    reader: Readers, hall: Hall, changed: dict[str, str], words: str
) -> None:
    page = press(reader("manager"), hall, "hours", "hours", **week(**changed))
    assert page.status_code == 422
    assert words in page.text
    assert ('href="#f-lunch"' if "lunch_from" in changed else 'href="#f-mon"') in page.text
    assert hall.events() == []


def test_holidays_come_and_go(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    names = {"name-lo": "ວັນຊາດ", "name-en": "National Day"}
    page = press(noy, hall, "hours", "holidays/add", day="2026-12-02", **names)
    assert said(page) == ["holiday-on"]
    assert "National Day" in page.text
    with hall.reading() as conn:
        query = select(Holiday.names).where(Holiday.centre_id == hall.centre)
        assert conn.execute(query).scalar_one() == {"lo": "ວັນຊາດ", "en": "National Day"}
    assert said(press(noy, hall, "hours", "holidays/remove", day="2026-12-02")) == ["holiday-off"]
    for day in ("2026-11-22", "soon"):
        assert press(noy, hall, "hours", "holidays/add", day=day, **names).status_code == 422


def signs_in(hall: Hall, name: str, password: str = PASSWORD) -> bool:
    return sign_in(hall.store, name, password, lambda work, *args: work(*args)) is not None


def added(noy: Reader, hall: Hall, **typed: str) -> tuple[str, Any]:
    form = {"name": f"keo {new_id()}", "role": "staff", "password": PASSWORD, "again": PASSWORD, **typed}
    return form["name"], press(noy, hall, "people", "people/add", **form)


def test_somebody_is_added_with_a_password_that_is_nowhere_stored(reader: Readers, hall: Hall) -> None:
    name, page = added(reader("manager"), hall)
    assert said(page) == ["person-added"]
    assert name in page.text
    assert PASSWORD not in page.text
    assert signs_in(hall, name)


def test_a_used_form_with_another_password_hides_what_it_was(reader: Readers, hall: Hall) -> None:
    """Not even a hash of a fast kind: the key remembers the other fields alone."""
    noy = reader("manager")
    noy.get(f"/office/{hall.code}/people")
    typed = {**noy.form("/people/add"), "name": f"keo {new_id()}", "role": "staff"}
    address = f"/office/{hall.code}/people/add"
    hashes = []
    for password in (PASSWORD, PASSWORD * 2):
        assert noy.post(address, {**typed, "password": password, "again": password}).status_code == 303
        with hall.reading() as conn:
            hashes.append(conn.execute(select(IdempotencyKey.body_hash)).scalars().all())
    assert hashes[0] == hashes[1]
    assert signs_in(hall, typed["name"]), "the second press is answered with what the first one did"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"again": "something else"}, "The two passwords are not the same."),
        ({"password": "short", "again": "short"}, "At least 12 characters."),
        ({"name": " "}, "This is needed."),
        ({"role": "admin"}, "You can&#39;t choose this."),
        ({"role": "kiosk"}, "You can&#39;t choose this."),
        ({"role": "king"}, "You can&#39;t choose this."),
    ],
)
def test_who_cannot_be_added_is_refused_kindly(reader: Readers, hall: Hall, typed: dict[str, str], words: str) -> None:
    _, page = added(reader("manager"), hall, **typed)
    assert page.status_code == 422
    assert words in page.text
    with hall.reading() as conn:
        assert read_people(conn, hall.centre) == []


def test_a_person_is_changed_and_let_in_no_more(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    name, _ = added(noy, hall)
    with hall.reading() as conn:
        person = str(read_people(conn, hall.centre)[0].id)
    new = {"password": "another long one", "again": "another long one"}
    for act, chosen, message in (
        ("password", new, "person-password"),
        ("role", {"role": "manager"}, "person-role"),
        ("off", {}, "person-off"),
        ("on", {}, "person-on"),
    ):
        assert said(press(noy, hall, "people", f"people/{act}", person=person, **chosen)) == [message]
        assert signs_in(hall, name, "another long one") is (act != "off")
    elsewhere = {"person": "123"}
    noy.get(f"/office/{hall.code}/people")
    form = noy.form("/people/off")
    assert noy.post(f"/office/{hall.code}/people/off", {**form, **elsewhere}).status_code == 404


def test_a_manager_cannot_lock_themselves_out(app: Flask, reader: Readers, hall: Hall) -> None:
    create_user(hall.store, name := f"noy {new_id()}", PASSWORD, Role.MANAGER, hall.code)
    noy = reader()
    token = sign_in(hall.store, name, PASSWORD, lambda work, *args: work(*args))
    assert token
    noy.browser.set_cookie(COOKIE, token)
    added(noy, hall)
    page = noy.get(f"/office/{hall.code}/people")
    assert page.text.count(f'action="/office/{hall.code}/people/off"') == 1
    with hall.reading() as conn:
        me = next(person for person in read_people(conn, hall.centre) if person.name == name)
    form = {**noy.form("/people/off"), "person": str(me.id)}
    assert noy.post(f"/office/{hall.code}/people/off", form).status_code == 422
    assert noy.get("/office/").status_code == 200


def test_a_screen_is_paired_without_being_touched(reader: Readers, hall: Hall) -> None:
    screen, noy = reader(), reader("manager")
    page = screen.get(f"/kiosk/{hall.code}")
    assert page.status_code == 403
    code = re.search(r'data-show="code" data-value="(\d{6})"', page.text)
    assert code
    assert screen.get("/pairing").json == {"state": "waiting"}
    again = screen.get(f"/kiosk/{hall.code}").text
    assert code[1] in again, "a page that is drawn again shows the same code"
    typed = f"{code[1][:3]} {code[1][3:]}"
    assert said(press(noy, hall, "devices", "devices/pair", code=typed, role="kiosk", counter="")) == ["screen-paired"]
    assert screen.get("/pairing").json == {"state": "accepted"}
    assert screen.get(f"/kiosk/{hall.code}").status_code == 302
    assert screen.get(f"/kiosk/{hall.code}").status_code == 200
    assert screen.get("/pairing").json == {"state": "gone"}
    assert 'data-role="kiosk" data-on="true"' in noy.get(f"/office/{hall.code}/devices").text
    assert press(noy, hall, "devices", "devices/pair", code=code[1], role="staff", counter="").status_code == 422


def test_the_code_alone_makes_nobody_a_device(reader: Readers, hall: Hall) -> None:
    screen, stranger = reader(), reader()
    code = re.search(r'data-value="(\d{6})"', screen.get(f"/kiosk/{hall.code}").text)
    assert code
    stranger.get(f"/kiosk/{hall.code}")
    press(reader("manager"), hall, "devices", "devices/pair", code=code[1], role="kiosk", counter="")
    assert stranger.get(f"/kiosk/{hall.code}").status_code == 403
    cookie = screen.browser.get_cookie(SCREEN_COOKIE)
    assert cookie
    assert cookie.http_only
    assert cookie.value not in screen.get(f"/kiosk/{hall.code}").text


def test_codes_cannot_be_guessed_without_end(reader: Readers, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("office.devices._TRIES", RateLimitItemPerMinute(2))
    noy = reader("manager")
    tries = [press(noy, hall, "devices", "devices/pair", code=f"00000{n}", role="kiosk", counter="") for n in range(3)]
    assert [page.status_code for page in tries] == [422, 422, 429]


def test_codes_are_not_shown_without_end(reader: Readers, hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("answers.pairing._NEW_CODES", RateLimitItemPerMinute(2))
    pages = [reader().get(f"/kiosk/{hall.code}") for _browser in range(3)]
    assert ['data-show="code"' in page.text for page in pages] == [True, True, False]
    assert [page.status_code for page in pages] == [403] * 3


@pytest.mark.parametrize("chosen", [{"role": "manager"}, {"role": ""}, {"role": "kiosk", "counter": "x"}])
def test_no_screen_is_paired_as_what_it_cannot_be(reader: Readers, hall: Hall, chosen: dict[str, str]) -> None:
    code = re.search(r'data-value="(\d{6})"', reader().get(f"/kiosk/{hall.code}").text)
    assert code
    page = press(reader("manager"), hall, "devices", "devices/pair", code=code[1], **{"counter": "", **chosen})
    assert page.status_code == 422


def test_a_device_is_shut_out(reader: Readers, hall: Hall) -> None:
    kiosk, noy = reader("kiosk"), reader("manager")
    page = noy.get(f"/office/{hall.code}/devices").text
    (device,) = re.findall(r'data-device="(\d+)" data-role="kiosk"', page)
    assert said(press(noy, hall, "devices", "devices/revoke", device=device)) == ["device-revoked"]
    assert kiosk.get(f"/kiosk/{hall.code}").status_code == 403


def test_every_change_is_in_the_record_with_its_actor(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    name, _ = added(noy, hall)
    press(noy, hall, "notice", "notice", **{"notice-lo": "ສະບາຍດີ", "notice-en": "Hello"})
    press(noy, hall, "services", "services/off", service="INFO")
    page = noy.get(f"/office/{hall.code}/changes").text
    assert re.findall(r'data-what="([\w-]+)"', page) == ["service", "notice", "person-added"]
    for words in ("Info off", "Notice: Hello", f"{name} added"):
        assert words in page
    assert page.count(f"<td>{hall.events()[-1].actor}</td>") == 3


def test_a_double_press_of_a_form_is_one_change(reader: Readers, hall: Hall) -> None:
    noy = reader("manager")
    noy.get(f"/office/{hall.code}/people")
    typed = {"name": f"keo {new_id()}", "role": "staff", "password": PASSWORD, "again": PASSWORD}
    form = {**noy.form("/people/add"), **typed}
    answers = [noy.post(f"/office/{hall.code}/people/add", form) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(hall.events()) == 1
