import re
from collections.abc import Callable

import numpy as np
import pytest
import zxingcpp

from commands.calls import call_next, finish, no_show, serve
from commands.moves import hold
from queueing.events import Kind
from queueing.states import StepState
from tests.cast import Hall, a_hall
from tests.pages.reader import PUBLIC_URL, Reader

Readers = Callable[..., Reader]


def _painted(svg: str, scale: int = 4) -> np.ndarray:
    """The picture that a browser makes of our QR codes: white, with dark runs of one row each."""
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])  # type: ignore[index]
    picture = np.full((size, size), 255, np.uint8)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        picture[int(y), int(x) : int(x) + int(length)] = 0
    return np.kron(picture, np.ones((scale, scale), np.uint8))


def test_the_code_opens_the_tickets_own_address(reader: Readers, hall: Hall) -> None:
    phone = reader()
    token = phone.token_of(hall.ticket("RES"))
    answer = phone.get(f"/t/{token}/qr.svg", headers={"Host": "evil.example"})
    assert answer.mimetype == "image/svg+xml"
    assert "immutable" in answer.headers["Cache-Control"]
    (code,) = zxingcpp.read_barcodes(_painted(answer.text))
    assert code.text == f"{PUBLIC_URL}/t/{token}"


def test_a_ticket_says_its_number_state_and_place(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    hall.ticket("BIRTH")
    phone = reader()
    page = phone.get(f"/t/{phone.token_of(hall.ticket('BIRTH'))}")
    assert phone.show("number") == "B002"
    assert 'data-show="state" data-value="waiting"' in page.text
    assert phone.show("position") == "2"
    assert phone.show("counter") == ""


def test_nobody_keeps_or_indexes_a_ticket(reader: Readers, hall: Hall) -> None:
    phone = reader()
    page = phone.get(f"/t/{phone.token_of(hall.ticket('BIRTH'))}")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in page.text


def test_a_called_ticket_says_where_to_go(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 2)
    phone = reader()
    page = phone.get(f"/t/{phone.token_of(ticket)}")
    assert 'data-show="state" data-value="called"' in page.text
    assert phone.show("counter") == "2"


@pytest.mark.parametrize("lang", ["en", "lo"])
def test_every_state_has_its_sentence(reader: Readers, hall: Hall, lang: str) -> None:
    hall.opens(2)
    phone = reader(lang=lang)
    acts = {"waiting": [], "called": [], "serving": [serve], "finished": [serve, finish], "no_show": [no_show]}
    for state, path in acts.items():
        ticket = hall.ticket("INFO")
        if state != "waiting":
            hall.press(call_next, 2, finish=True)
        for act in path:
            hall.press(act, ticket.id)
        page = phone.get(f"/t/{phone.token_of(ticket)}")
        if state == "waiting":
            hall.press(hold, ticket.id)  # out of the next one's way
        assert f'data-value="{state}"' in page.text
        said = re.search(r'data-part="says">([^<]*)', page.text)
        assert said
        assert said[1].strip()


def test_leaving_asks_first_and_then_leaves(reader: Readers, hall: Hall) -> None:
    ticket = hall.ticket("BIRTH")
    phone = reader()
    phone.get(f"/t/{phone.token_of(ticket)}")
    assert phone.has("leave")
    assert phone.has("confirm")
    page = phone.press(f"/t/{phone.token_of(ticket)}/leave")
    assert 'data-show="state" data-value="left"' in page.text
    assert hall.visit(ticket).state is StepState.LEFT


def test_leaving_twice_is_leaving_once(reader: Readers, hall: Hall) -> None:
    phone = reader()
    address = f"/t/{phone.token_of(hall.ticket('BIRTH'))}"
    phone.get(address)
    form = phone.form("/leave")
    assert phone.post(f"{address}/leave", form).status_code == 303
    assert phone.post(f"{address}/leave", form).status_code == 303
    assert [event.kind for event in hall.events()].count(Kind.LEFT) == 1


def test_who_is_served_cannot_leave_and_is_told(reader: Readers, hall: Hall) -> None:
    hall.opens(2)
    ticket = hall.ticket("BIRTH")
    phone = reader()
    address = f"/t/{phone.token_of(ticket)}"
    phone.get(address)
    hall.press(call_next, 2)
    hall.press(serve, ticket.id)
    said = phone.press(f"{address}/leave")
    assert said.status_code == 409
    assert address in said.text
    assert hall.visit(ticket).state is StepState.SERVING


@pytest.mark.parametrize("address", ["/t/xyz", "/t/xyz/qr.svg", "/a/xyz", "/a/xyz.ics"])
@pytest.mark.parametrize("lang", ["en", "lo"])
def test_what_nobody_holds_is_kindly_not_found(reader: Readers, hall: Hall, address: str, lang: str) -> None:
    page = reader(lang=lang).get(address)
    assert page.status_code == 404
    assert f'<html lang="{lang}">' in page.text


def test_a_ticket_taken_by_phone_leads_to_its_page(reader: Readers, hall: Hall) -> None:
    phone = reader()
    phone.get(f"/book/{hall.code}")
    page = phone.press(f"/book/{hall.code}", services="BIRTH")
    assert phone.show("number") == "B001"
    assert page.request.path.startswith("/t/")
    (visit,) = hall.visits().values()
    assert visit.channel == "web"


def test_a_double_press_by_phone_gives_one_ticket(reader: Readers, hall: Hall) -> None:
    phone = reader()
    phone.get(f"/book/{hall.code}")
    form = {**phone.form(f"/book/{hall.code}"), "services": "BIRTH"}
    addresses = {phone.post(f"/book/{hall.code}", form).headers["Location"] for _press in range(2)}
    assert len(addresses) == len(hall.visits()) == 1


def test_where_no_remote_tickets_are_given_the_page_says_to_come(reader: Readers, hall: Hall) -> None:
    strict = a_hall(hall.store, remote_tickets=False)
    phone = reader(at=strict)
    page = phone.get(f"/book/{strict.code}")
    assert "Please come to the centre" in page.text
    assert not phone.has("take")
    assert phone.post(f"/book/{strict.code}", {"services": "BIRTH"}).status_code in (400, 401)
    assert strict.visits() == {}
