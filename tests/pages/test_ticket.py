import re
from collections.abc import Callable
from datetime import date
from gzip import decompress
from typing import Any

import numpy as np
import pytest
import zxingcpp
from sqlalchemy import update

from commands.calls import call_next, call_ticket, finish, no_show, serve
from commands.moves import cancel, change_steps, hold, leave
from queueing.events import Kind
from queueing.states import ACTIVE, StepState
from queueing.visit import Visit
from store.tables import Centre, Counter
from store.unit import Unit
from tests.cast import Hall, a_hall
from tests.pages.reader import PUBLIC_URL, Reader

Readers = Callable[..., Reader]


def painted(svg: str, scale: int = 4) -> np.ndarray:
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
    (code,) = zxingcpp.read_barcodes(painted(answer.text))
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


def missed(hall: Hall) -> Visit:
    """Somebody who was called at eight and did not come."""
    ticket = hall.opens(4).ticket("RES")
    hall.press(call_next, 4)
    return hall.press(no_show, ticket.id)


def test_who_missed_the_call_comes_back_by_one_press(reader: Readers, hall: Hall) -> None:
    ticket = missed(hall)
    phone = reader()
    address = f"/t/{phone.token_of(ticket)}"
    phone.get(address)
    assert phone.part("back-says").endswith("You can do so until 08:10.")
    assert 'data-show="state" data-value="waiting"' in phone.press(f"{address}/here").text
    assert not phone.offers("may-come-back")


def test_after_the_grace_period_the_phone_leads_to_the_staff(reader: Readers, hall: Hall) -> None:
    phone = reader()
    address = f"/t/{phone.token_of(missed(hall))}"
    phone.get(address)
    form = phone.form("/here")
    hall.later(11)
    phone.get(address)
    assert not phone.offers("may-come-back")
    assert "Please go to the staff" in phone.part("back-says")
    answer = phone.post(f"{address}/here", form)
    assert (answer.status_code, "over 10 minutes ago" in answer.text) == (409, True)


@pytest.mark.parametrize(("lang", "paper"), [("en", "Id_Card"), ("lo", "Id_Card")])
def test_on_hold_what_is_missing_is_named(reader: Readers, hall: Hall, lang: str, paper: str) -> None:
    ticket = hall.ticket("RES", language="en")
    hall.press(hold, ticket.id, missing=["id_card"])
    phone = reader(lang=lang)
    phone.get(f"/t/{phone.token_of(ticket)}")
    assert f'data-part="missing"><li>{paper}</li>' in phone.text
    assert phone.offers("may-come-back")


def test_one_comes_back_once_and_then_asks_the_staff(reader: Readers, hall: Hall) -> None:
    ticket = hall.ticket("RES")
    hall.press(hold, ticket.id)
    phone = reader()
    address = f"/t/{phone.token_of(ticket)}"
    phone.get(address)
    form = phone.form("/here")
    phone.press(f"{address}/here")
    hall.press(hold, ticket.id)
    phone.get(address)
    assert not phone.offers("may-come-back")
    assert "tell the staff" in phone.part("back-says")
    answer = phone.post(f"{address}/here", {**form, "key": "another key of a form"})
    assert (answer.status_code, "Please ask the staff" in answer.text) == (409, True)


@pytest.mark.parametrize(("lang", "said"), [("en", "Ready from 3 December 2026."), ("lo", "3 ທັນວາ 2026")])
def test_what_can_be_collected_later_says_from_when(reader: Readers, hall: Hall, lang: str, said: str) -> None:
    ticket = hall.opens(4).ticket("BIRTH")
    hall.press(call_next, 4)
    hall.press(serve, ticket.id)
    phone = reader(lang=lang)
    phone.get(f"/t/{phone.token_of(ticket)}")
    assert said not in phone.text
    assert not phone.offers("collects")
    hall.press(finish, ticket.id, ready_on=date(2026, 12, 3))
    phone.get(f"/t/{phone.token_of(ticket)}")
    assert said in phone.part("ready")
    assert phone.offers("collects")


@pytest.mark.parametrize(("act", "kind"), [("leave", Kind.LEFT), ("pass", Kind.PASSED)])
def test_a_double_press_is_done_once(reader: Readers, hall: Hall, act: str, kind: Kind) -> None:
    phone = reader()
    address = f"/t/{phone.token_of(hall.ticket('BIRTH'))}"
    phone.get(address)
    form = phone.form(f"/{act}")
    assert phone.post(f"{address}/{act}", form).status_code == 303
    assert phone.post(f"{address}/{act}", form).status_code == 303
    assert [event.kind for event in hall.events()].count(kind) == 1


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
    phone.get(f"/book/{hall.code}/visit?services=BIRTH")
    page = phone.press(f"/book/{hall.code}", services="BIRTH")
    assert phone.show("number") == "B001"
    assert page.request.path.startswith("/t/")
    (visit,) = hall.visits().values()
    assert visit.channel == "web"


def test_a_double_press_by_phone_gives_one_ticket(reader: Readers, hall: Hall) -> None:
    phone = reader()
    phone.get(f"/book/{hall.code}/visit?services=BIRTH")
    form = {**phone.form(f"/book/{hall.code}"), "services": "BIRTH"}
    addresses = {phone.post(f"/book/{hall.code}", form).headers["Location"] for _press in range(2)}
    assert len(addresses) == len(hall.visits()) == 1


def test_where_no_remote_tickets_are_given_the_page_says_to_come(reader: Readers, hall: Hall) -> None:
    strict = a_hall(hall.store, remote_tickets=False)
    phone = reader(at=strict)
    page = phone.get(f"/book/{strict.code}/visit?services=INFO")
    assert "Please come to the centre" in page.text
    assert not phone.has("take")
    assert phone.post(f"/book/{strict.code}", {"services": "BIRTH"}).status_code in (400, 401)
    assert strict.visits() == {}


def shown_when(page: str) -> set[str]:
    """The states for which a part of the page is shown now."""
    return {found for found, hidden in re.findall(r'data-when="([^"]*)"( hidden)?', page) if not hidden}


@pytest.mark.parametrize("lang", ["en", "lo"])
def test_each_state_shows_what_can_be_done_next_and_nothing_else(reader: Readers, hall: Hall, lang: str) -> None:
    hall.opens(2)
    ways: dict[str, list[Callable[[Unit, int], Visit]]] = {
        "waiting": [],
        "on_hold": [hold],
        "left": [leave],
        "cancelled": [cancel],
        "called": [_call],
        "serving": [_call, serve],
        "finished": [_call, serve, finish],
        "no_show": [_call, no_show],
    }
    for state, path in ways.items():
        visit = hall.ticket("INFO")
        for act in path:
            hall.press(act, visit.id)
        phone = reader(lang=lang)
        page = phone.get(f"/t/{phone.token_of(visit)}").text
        shown = shown_when(page)
        assert all(state in parts.split() for parts in shown), state
        assert shown or state == "serving"
        if hall.visit(visit).state in ACTIVE:
            hall.press(_home, visit.id)  # the counter is free for the next one


def _call(unit: Unit, ticket: int) -> Visit:
    return call_ticket(unit, ticket, 2)


def _home(unit: Unit, ticket: int) -> Visit:
    return finish(unit, ticket) if unit.visit(ticket).state is StepState.SERVING else cancel(unit, ticket)


def test_letting_others_pass_is_one_press_and_then_no_more(reader: Readers, hall: Hall) -> None:
    first = hall.ticket("BIRTH")
    hall.ticket("BIRTH")
    phone = reader()
    address = f"/t/{phone.token_of(first)}"
    phone.get(address)
    assert phone.show("position") == "1"
    page = phone.press(f"{address}/pass")
    assert page.status_code == 200
    assert phone.show("position") == "2"
    assert re.search(r'data-part="may-pass" hidden', page.text)
    assert re.search(r'data-part="passed">You let others go first', page.text)


def test_a_second_time_is_kindly_refused_and_leads_back(reader: Readers, hall: Hall) -> None:
    phone, old = reader(), reader()
    address = f"/t/{phone.token_of(hall.ticket('BIRTH'))}"
    old.get(address)
    phone.get(address)
    phone.press(f"{address}/pass")
    before = hall.snapshot()
    said = old.press(f"{address}/pass")
    assert said.status_code == 409
    assert "has let others go first once" in said.text
    assert address in said.text
    assert hall.snapshot() == before


def test_a_later_step_names_its_counter_when_there_is_only_one(reader: Readers, hall: Hall) -> None:
    quiet = a_hall(hall.store)
    with quiet.store.writing() as conn:
        conn.execute(
            update(Counter).where(Counter.number == 4, Counter.centre_id == quiet.centre).values(enabled=False)
        )
        conn.execute(update(Centre).where(Centre.id == quiet.centre).values(version=2))
    phone = reader(at=quiet)
    page = phone.get(f"/t/{phone.token_of(quiet.ticket('RES'))}").text
    steps = re.findall(r'data-state="(\w+)">.*?data-part="word">([^<]*)', page.partition("<template")[0])
    assert steps == [("waiting", "waiting"), ("planned", "Counter 3")]


def test_an_ended_step_says_when_and_a_dropped_one_is_not_told(reader: Readers, hall: Hall) -> None:
    visit = hall.opens(4).ticket("RES", "INFO")
    hall.press(change_steps, visit.id, drop=["PAY"])
    hall.press(call_ticket, visit.id, 4)
    hall.press(serve, visit.id)
    hall.at("9:21").press(finish, visit.id)
    phone = reader()
    page = phone.get(f"/t/{phone.token_of(visit)}").text
    steps = re.findall(r'data-state="(\w+)">.*?data-part="word">([^<]*)', page.partition("<template")[0])
    assert steps == [("finished", "finished 09:21"), ("waiting", "waiting")]


@pytest.mark.parametrize(("ahead", "hint"), [(0, "next"), (1, "near"), (3, "near"), (4, "far")])
def test_who_is_near_is_told_to_be_near(reader: Readers, hall: Hall, ahead: int, hint: str) -> None:
    for _person in range(ahead):
        hall.ticket("BIRTH")
    phone = reader()
    page = phone.get(f"/t/{phone.token_of(hall.ticket('BIRTH'))}").text
    assert f'data-part="hint" data-value="{hint}"' in page


def test_the_keeper_of_pages_may_rule_tickets_alone(reader: Readers) -> None:
    answer = reader().get("/t/worker.js", buffered=True)
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert "Service-Worker-Allowed" not in answer.headers


def test_what_a_phone_loads_is_compressed_and_can_be_asked_for_again(reader: Readers, hall: Hall) -> None:
    phone = reader()
    small_too: dict[str, Any] = {"headers": {"Accept-Encoding": "gzip"}, "buffered": True}
    for address in ("/static/css/house.css", "/static/js/feed.js", f"/t/{phone.token_of(hall.ticket())}"):
        plain, small = phone.get(address, buffered=True), phone.get(address, **small_too)
        assert "Accept-Encoding" in small.headers["Vary"]
        assert "Content-Encoding" not in plain.headers
        assert small.headers["Content-Encoding"] == "gzip"
        assert len(small.data) < len(plain.data) / 2
    style = phone.get("/static/css/house.css", **small_too)
    assert decompress(style.data) == phone.get("/static/css/house.css", buffered=True).data
    small_too["headers"]["If-None-Match"] = style.headers["ETag"]
    again = phone.get("/static/css/house.css", **small_too)
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("address", ["/", "/sign-in", "/book/{code}"])
def test_pages_that_repeat_what_was_asked_beside_a_secret_are_not_compressed(
    reader: Readers, hall: Hall, address: str
) -> None:
    page = reader().get(address.format(code=hall.code), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page.headers
