import re
from collections.abc import Callable

import pytest

from answers.guards import COOKIE
from commands.calls import call_next, finish, no_show, serve
from commands.moves import cancel
from queueing.events import Kind
from queueing.states import CounterState, StepState
from tests.cast import MONDAY, Hall, a_hall
from tests.pages.reader import Reader
from tests.store.test_statements import counting

Readers = Callable[..., Reader]


def at_counter(reader: Readers, hall: Hall, number: int, **options: str) -> tuple[Reader, str]:
    """A clerk before their counter, and its address."""
    clerk = reader("staff", **options)
    address = f"/counter/{hall.code}/{number}"
    clerk.get(address)
    return clerk, address


def test_a_clerk_chooses_a_counter_of_their_centre(reader: Readers, hall: Hall) -> None:
    clerk = reader("staff")
    clerk.get("/counter/")
    assert clerk.has("counter:1")
    assert not clerk.has("counter:9"), "it is not there any more"


def test_who_works_everywhere_chooses_a_centre_first(reader: Readers, hall: Hall) -> None:
    a_hall(hall.store)
    admin = reader("admin")
    admin.get("/counter/")
    assert admin.has(f"centre:{hall.code}")
    admin.get(f"/counter/?centre={hall.code}")
    assert admin.has("counter:1")


def test_a_visit_from_door_to_door(reader: Readers, hall: Hall) -> None:
    ticket = hall.ticket("RES")
    clerk, address = at_counter(reader, hall, 1)
    assert clerk.queue() == ["A001"]
    clerk.press(f"{address}/open")
    assert clerk.show("current") == ""
    clerk.press(f"{address}/next")
    assert clerk.show("current") == "A001"
    assert clerk.queue() == []
    clerk.press(f"{address}/serve")
    clerk.press(f"{address}/finish")
    assert clerk.show("current") == ""
    assert hall.visit(ticket).step.service == "PAY"
    clerk.press(f"{address}/close")
    assert hall.counter(1).state is CounterState.CLOSED


def test_a_double_press_of_next_calls_one_person(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    hall.ticket("RES")
    hall.ticket("RES")
    clerk, address = at_counter(reader, hall, 1)
    form = clerk.form(f"{address}/next")
    for _press in range(2):
        assert clerk.post(f"{address}/next", form).status_code == 303
    assert hall.counter(1).ticket_number == "A001"
    assert hall.queue() == ["A002"]


def test_next_finishes_whom_the_clerk_saw_and_calls_the_next(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    first = hall.ticket("BIRTH")
    hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    clerk.press(f"{address}/next")
    assert clerk.show("current") == "B002"
    assert hall.visit(first).state is StepState.FINISHED


def test_next_finishes_nobody_whom_the_clerk_did_not_see(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    clerk, address = at_counter(reader, hall, 1)
    hall.press(call_next, 1)
    page = clerk.press(f"{address}/next")
    assert page.status_code == 409
    assert clerk.show("current") == "B001", "the page shows how things stand now"
    assert hall.visit(ticket).state is StepState.CALLED


def test_next_says_when_nobody_waits(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    clerk, address = at_counter(reader, hall, 1)
    assert "Nobody waits for this counter." in clerk.press(f"{address}/next").text


def test_a_refusal_is_said_on_the_clerks_own_page(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    hall.press(cancel, ticket.id)
    page = clerk.press(f"{address}/serve")
    assert page.status_code == 409
    assert "this can&#39;t be done to it now" in page.text
    assert clerk.has("next")


def test_who_is_set_aside_can_be_brought_back(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    clerk.press(f"{address}/hold")
    assert clerk.show("current") == ""
    clerk.get(f"{address}?show=aside")
    assert clerk.has("resume")
    clerk.press(f"{address}/resume?show=aside")
    assert not clerk.has("resume")
    clerk.get(address)
    assert clerk.queue() == ["B001"]


def test_a_missed_call_can_be_brought_back_within_the_grace(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    clerk.press(f"{address}/no-show")
    page = clerk.get(f"{address}?show=aside")
    assert clerk.has("resume")
    assert "may come back until 08:10" in page.text
    hall.later(11)
    clerk.get(f"{address}?show=aside")
    assert not clerk.has("resume")


def test_the_queue_shows_this_counters_people_and_on_request_all(reader: Readers, hall: Hall) -> None:
    for service in ("PAY", "RES", "INFO", "BIRTH"):
        hall.ticket(service)
    clerk, address = at_counter(reader, hall, 1)
    assert clerk.queue() == ["A001", "B001"]
    clerk.get(f"{address}?show=all")
    assert clerk.queue() == ["Q001", "A001", "W001", "B001"]
    clerk.get(f"{address}?show=nonsense")
    assert clerk.queue() == ["A001", "B001"]


def test_a_press_leaves_the_list_that_the_clerk_looks_at(reader: Readers, hall: Hall) -> None:
    hall.ticket("PAY")
    clerk, address = at_counter(reader, hall, 1)
    clerk.get(f"{address}?show=all")
    clerk.press(f"{address}/open?show=all")
    assert clerk.queue() == ["Q001"]


def test_the_button_says_whom_it_calls_and_calls_them(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    hall.ticket("BIRTH")
    hall.later(3).ticket("RES", priority="ELDER")
    hall.later(15)
    clerk, address = at_counter(reader, hall, 1)
    assert re.search(r"A001 · Elder · <span[^>]*>waiting 15 min<", clerk.text)
    assert clerk.queue() == ["A001", "B001"]
    assert re.findall(r'data-number="(\w+)" class="line line--next"', clerk.text) == ["A001"]
    clerk.press(f"{address}/next")
    assert clerk.show("current") == "A001"


def test_the_button_says_whom_it_calls_also_when_the_others_are_shown(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    hall.ticket("PAY")
    hall.ticket("BIRTH")
    clerk, address = at_counter(reader, hall, 1)
    clerk.get(f"{address}?show=aside")
    assert "B001 · <span" in clerk.text
    clerk.get(f"{address}?show=all")
    assert re.findall(r'data-number="(\w+)" class="line line--next"', clerk.text) == ["B001"]


def test_who_waits_past_the_target_is_late_in_words(reader: Readers, hall: Hall) -> None:
    hall.ticket("BIRTH")
    hall.later(15)
    clerk, address = at_counter(reader, hall, 1)
    assert ">15 min<" in clerk.text
    hall.later(1)
    clerk.get(address)
    assert 'data-pace="over">16 min, late<' in clerk.text


def test_to_cancel_asks_first_and_then_ends_the_visit(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    assert clerk.has("cancel")
    assert clerk.has("confirm")
    clerk.press(f"{address}/cancel", reason="comes tomorrow")
    assert hall.visit(ticket).state is StepState.CANCELLED


def test_who_is_served_cannot_be_cancelled(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    hall.press(serve, ticket.id)
    clerk, _address = at_counter(reader, hall, 1)
    assert not clerk.has("cancel")


@pytest.mark.parametrize(("first", "then"), [(1, 4), (4, 4)], ids=["elsewhere", "here"])
def test_a_finish_that_comes_late_ends_no_other_serving(reader: Readers, hall: Hall, first: int, then: int) -> None:
    hall.opens(first, then)
    ticket = hall.ticket("BIRTH", "INFO")
    hall.press(call_next, first)
    hall.press(serve, ticket.id)
    clerk, address = at_counter(reader, hall, first)
    late = clerk.form(f"{address}/finish")
    hall.press(finish, ticket.id)
    hall.press(call_next, then)
    hall.press(serve, ticket.id)
    assert clerk.post(f"{address}/finish", late).status_code == 409
    assert hall.visit(ticket).state is StepState.SERVING


def test_a_finish_that_is_sent_again_is_answered_and_not_done_again(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    hall.press(serve, ticket.id)
    clerk, address = at_counter(reader, hall, 1)
    form = clerk.form(f"{address}/finish")
    assert [clerk.post(f"{address}/finish", form).status_code for _send in range(3)] == [303] * 3
    assert [event.kind for event in hall.events()].count(Kind.FINISHED) == 1


def test_nothing_is_done_to_somebody_at_another_counter(reader: Readers, hall: Hall) -> None:
    hall.opens(1, 2)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    for act in ("recall", "serve", "no-show", "hold", "transfer", "steps"):
        form = {**clerk.form(f"{address}/{act}"), "service": "INFO", "add": "INFO"}
        elsewhere = clerk.post(f"/counter/{hall.code}/2/{act}", form)
        assert elsewhere.status_code == 409, act
        clerk.get(address)
    assert hall.visit(ticket).state is StepState.CALLED


def test_the_day_of_the_counter_stands_in_four_figures(reader: Readers, hall: Hall) -> None:
    hall.opens(1, 4)
    for wait in (10, 10):
        ticket = hall.ticket("BIRTH")
        hall.later(wait).press(call_next, 1)
        hall.press(serve, ticket.id)
        hall.press(finish, ticket.id)
    late = hall.ticket("BIRTH")
    hall.later(20).press(call_next, 1)
    hall.press(serve, late.id)
    hall.press(finish, late.id)
    missed = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    hall.press(no_show, missed.id)
    hall.ticket("MARRY")
    hall.press(call_next, 4)
    clerk, _address = at_counter(reader, hall, 1)
    figures = [clerk.show(name) for name in ("served", "mean-wait", "within-target", "no-shows")]
    assert figures == ["3", "13 min", "67 %", "1"]
    hall.at("8:00", MONDAY.replace(day=24))
    clerk, _address = at_counter(reader, hall, 1)
    assert [clerk.show(name) for name in ("served", "mean-wait")] == ["0", "–"]


def test_the_cards_say_the_state_who_is_there_and_who_waits(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    hall.ticket("BIRTH")
    hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk = reader("staff")
    clerk.get("/counter/")
    cards = [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", card)).strip() for card in _cards(clerk.text)]
    assert cards[0] == "1 Counter 1 Open · B001 is here 1 waiting"
    assert cards[2] == "3 Counter 3 Closed nobody waits"


def _cards(page: str) -> list[str]:
    return re.findall(r'<a class="counter-card".*?</a>', page, re.S)


@pytest.mark.parametrize("lang", ["en", "lo"])
def test_a_counter_reads_few_statements_however_many_wait(reader: Readers, hall: Hall, lang: str) -> None:
    hall.opens(1)
    for _person in range(30):
        hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1, lang=lang)
    with counting(hall.store) as count:
        clerk.get(address)
    assert count.sent <= 15


def test_an_ended_session_leads_kindly_to_sign_in(reader: Readers, hall: Hall) -> None:
    keo = reader("staff")
    address = f"/counter/{hall.code}/1"
    keo.get(address)
    keo.browser.set_cookie(COOKIE, "of-a-session-that-has-ended")
    answer = keo.get(address)
    assert answer.status_code == 302
    page = keo.get(answer.headers["Location"])
    assert "Your session has ended." in page.text
    assert f'name="next" value="{address}"' in page.text
    assert "Your session has ended." not in reader().get(f"/sign-in?next={address}").text


def test_a_ticket_of_another_centre_is_unknown_here(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    hall.ticket("BIRTH")
    hall.press(call_next, 1)
    elsewhere = a_hall(hall.store).opens(1)
    ticket = elsewhere.ticket("BIRTH")
    elsewhere.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    answer = clerk.post(f"{address}/serve", {**clerk.form(f"{address}/serve"), "ticket": str(ticket.id)})
    assert answer.status_code == 404
    assert elsewhere.visit(ticket).state is StepState.CALLED
