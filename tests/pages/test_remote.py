"""On the way with a phone: the place is kept, one at a time, until "I am here"."""

from collections.abc import Callable

from commands.remote import ALWAYS
from queueing.states import StepState
from tests.cast import Hall
from tests.commands.test_remote import on_the_way
from tests.pages.reader import Reader

Readers = Callable[..., Reader]


def path(phone: Reader) -> str:
    assert phone.page
    return phone.page.request.path


def joins(phone: Reader, **chosen: str) -> int:
    address = f"/book/{phone.hall.code}"
    phone.get(f"{address}/visit?services=BIRTH")
    return phone.press(address, where="way", **chosen).status_code


def test_who_is_on_the_way_says_by_one_press_that_they_are_here(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    phone = reader()
    joins(phone)
    assert 'data-value="on_hold"' in phone.text
    assert "You are on your way. Your place is kept." in phone.text
    assert phone.part("back-says").startswith("Please come soon."), "nobody is before them"
    phone.press(f"{path(phone)}/here")
    assert 'data-value="waiting"' in phone.text
    assert phone.show("position") == "1"


def test_by_when_to_be_here_is_said_while_others_are_before(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    for _person in range(3):
        hall.ticket()
    phone = reader()
    joins(phone)
    assert phone.part("back-says").startswith("Please be here by 08:15.")


def test_one_phone_is_on_the_way_once_at_a_time(reader: Readers, hall: Hall) -> None:
    phone = reader()
    joins(phone)
    first = phone.show("number")
    joins(phone)
    assert phone.show("number") == first
    assert len(hall.visits()) == 1
    phone.press(f"{path(phone)}/here")
    joins(phone)
    assert phone.show("number") != first


def test_a_ticket_taken_at_the_centre_waits_at_once(reader: Readers, hall: Hall) -> None:
    phone, address = reader(), f"/book/{hall.code}"
    phone.get(f"{address}/visit?services=BIRTH")
    phone.press(address, where="here")
    (visit,) = hall.visits().values()
    assert visit.state is StepState.WAITING


def test_when_the_places_by_phone_are_gone_the_page_says_what_to_do(reader: Readers, hall: Hall) -> None:
    for _person in range(ALWAYS):
        on_the_way(hall)
    phone = reader()
    assert joins(phone) == 409
    assert "The other places are kept for people in the centre." in phone.text
    assert phone.has("take")
    assert len(hall.visits()) == ALWAYS


def test_who_has_come_says_so_at_the_kiosk_and_sees_the_place(reader: Readers, hall: Hall) -> None:
    number = on_the_way(hall).number
    kiosk, address = reader("kiosk"), f"/kiosk/{hall.code}/back"
    kiosk.get(f"{address}?number={number}&lang=en")
    page = kiosk.press(address, number=number)
    assert page.status_code == 200
    assert 'data-show="place"' in page.text


def test_staff_and_kiosk_see_who_is_on_the_way(reader: Readers, hall: Hall) -> None:
    number = on_the_way(hall).number
    assert "on the way" in reader("staff").get(f"/counter/{hall.code}/1?show=aside").text
    assert f'data-act="back:{number}"' in reader("kiosk").get(f"/kiosk/{hall.code}/back").text
