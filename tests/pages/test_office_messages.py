"""The office sees what was sent, what was not and why, and sends again what has failed."""

import re
from collections.abc import Callable, Iterator

import pytest

from commands.appointments import cancel
from queueing.messages import MOST_TRIES
from tests.cast import Hall, a_hall
from tests.messages.outbox import PHONE, Hand, booked, outbox, work
from tests.pages.reader import Reader
from tests.pages.test_office_settings import press, said

Readers = Callable[..., Reader]


@pytest.fixture(autouse=True)
def reach(hall: Hall) -> Iterator[None]:
    """There is a carrier, as long as the test runs."""
    hall.store.reach = frozenset({"phone", "email"})
    yield
    hall.store.reach = frozenset()


def shown(page: str) -> list[tuple[str, str]]:
    return re.findall(r'data-kind="(\w+)" data-state="(\w+)"', page)


def mine(hall: Hall) -> list[int]:
    return [row.id for row in outbox(hall) if row.centre_id == hall.centre]


def test_the_office_says_when_there_is_no_carrier_and_when_there_is_no_message(reader: Readers, hall: Hall) -> None:
    address = f"/office/{hall.code}/messages"
    page = reader("manager").get(address).text
    assert "No message has been sent yet." in page
    assert 'data-show="carrier"' not in page
    hall.store.reach = frozenset()
    assert 'data-show="carrier" data-value="none"' in reader("manager").get(address).text


def test_the_office_sees_what_was_sent_and_what_was_not_and_why(reader: Readers, hall: Hall) -> None:
    first, second = booked(hall), booked(hall)
    hall.press(cancel, second.id)
    work(hall, Hand("http-500"))
    hall.ticket(phone=PHONE)
    work(hall.opens(1).later(1), Hand())
    noy = reader("manager")
    page = noy.get(f"/office/{hall.code}/messages").text
    assert sorted(shown(page)) == [
        ("booked", "dropped"),
        ("booked", "sent"),
        ("cancelled", "sent"),
        ("near_turn", "sent"),
    ]
    assert first.reference in page
    assert "It was no longer so" in page
    assert "2 wait for their time." in page
    assert PHONE not in page
    assert shown(reader("manager", at=a_hall(hall.store)).get("/office/").text) == []


def test_what_is_tried_again_says_when_and_why(reader: Readers, hall: Hall) -> None:
    booked(hall)
    work(hall, Hand("http-503"))
    page = reader("manager").get(f"/office/{hall.code}/messages").text
    assert shown(page) == [("booked", "waiting")]
    assert "The gateway has a problem of its own (503)." in page
    assert "again at 08:00" in page


def test_what_has_failed_is_sent_again_on_a_press(reader: Readers, hall: Hall) -> None:
    booked(hall)
    for _ in range(MOST_TRIES):
        work(hall.later(60), Hand("http-401"))
    (failed, _reminder), noy = mine(hall), reader("manager")
    hall.at("8:00")
    page = noy.get(f"/office/{hall.code}/messages")
    assert "The gateway refused it (401). Password, credit, or a wrong number?" in page.text
    assert noy.has(f"again:{failed}")
    page = press(noy, hall, "messages", "messages/again")
    assert said(page) == ["message-again"]
    assert not noy.has(f"again:{failed}")
    work(hall, hand := Hand())
    assert [letter.id for letter in hand.letters] == [failed]


@pytest.mark.parametrize("message", ["", "x", "-1", "9" * 30])
def test_what_is_no_message_changes_nothing(reader: Readers, hall: Hall, message: str) -> None:
    noy = reader("manager")
    noy.get(f"/office/{hall.code}/notice")
    form = {**noy.form("notice"), "message": message}
    assert noy.post(f"/office/{hall.code}/messages/again", form).status_code == 303
