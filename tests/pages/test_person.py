"""The person at a counter: how long it takes, what the visit has done, and where it goes on."""

import re
from collections.abc import Callable

from commands.calls import call_next, finish, serve
from commands.moves import hold, resume
from queueing.states import StepState
from tests.cast import Hall
from tests.pages.reader import Reader
from tests.pages.test_counter import at_counter

Readers = Callable[..., Reader]


def test_a_person_is_sent_to_another_service(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    hall.press(serve, ticket.id)
    clerk, address = at_counter(reader, hall, 1)
    assert clerk.has("transfer")
    assert clerk.has("service:INFO")
    assert not clerk.has("service:BIRTH"), "there the person is already"
    clerk.press(f"{address}/transfer", service="INFO")
    assert hall.visit(ticket).step.service == "INFO"


def test_the_time_with_a_person_stands_against_what_is_expected(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.later(4).press(call_next, 1)
    hall.later(1).press(serve, ticket.id)
    hall.later(4, seconds=7)
    clerk, address = at_counter(reader, hall, 1)
    assert clerk.show("elapsed") == "04:07"
    assert 'data-pace="within">of 5 min expected<' in clerk.text
    assert re.search(r"4 min</span> <span[^>]*>· target 15 min", clerk.text), "what was waited"
    hall.later(2)
    clerk.get(address)
    assert clerk.show("elapsed") == "06:07"
    assert 'data-pace="over">2 min over the 5 expected<' in clerk.text


def test_time_served_before_a_hold_counts_and_time_on_hold_does_not(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    hall.press(serve, ticket.id)
    hall.later(2).press(hold, ticket.id)
    hall.later(30).press(resume, ticket.id)
    hall.press(call_next, 1)
    hall.press(serve, ticket.id)
    hall.later(1)
    clerk, _address = at_counter(reader, hall, 1)
    assert clerk.show("elapsed") == "03:00"


def test_a_step_is_added_and_a_planned_one_dropped(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    assert clerk.has("add-service:INFO")
    assert not clerk.has("add-service:BIRTH"), "it is being done"
    clerk.press(f"{address}/steps", add="INFO")
    assert clerk.has("drop:INFO")
    assert not clerk.has("add-service:INFO"), "it is planned"
    assert [step.state for step in hall.visit(ticket).steps] == [StepState.CALLED, StepState.PLANNED]
    clerk.press(f"{address}/steps")
    assert hall.visit(ticket).steps[1].state is StepState.DROPPED
    assert not clerk.has("drop:INFO")


def test_what_the_visit_has_done_is_told_at_the_next_counter(reader: Readers, hall: Hall) -> None:
    hall.opens(1, 3)
    ticket = hall.ticket("RES")
    hall.press(call_next, 1)
    hall.press(serve, ticket.id)
    hall.later(6).press(finish, ticket.id)
    hall.press(call_next, 3)
    clerk, _address = at_counter(reader, hall, 3)
    assert re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", clerk.text.partition('class="visit"')[2])).startswith(
        "> Res ✓ done · counter 1 · 08:00–08:06 Pay "
    )


def test_a_person_is_sent_to_one_counter_with_a_note(reader: Readers, hall: Hall) -> None:
    hall.opens(1, 2)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    hall.press(serve, ticket.id)
    clerk, address = at_counter(reader, hall, 1)
    assert clerk.has("send-counter:2")
    assert not clerk.has("send-counter:1")
    clerk.press(f"{address}/transfer", counter="2", note="Old card <seen>")
    assert hall.visit(ticket).step.direct_to == 2
    hall.press(call_next, 2)
    at_two = clerk.get(f"/counter/{hall.code}/2")
    assert "Old card &lt;seen&gt; " in at_two.text
    assert "(counter 1)" in at_two.text


def test_a_note_that_is_too_long_is_refused_on_the_page(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    ticket = hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    page = clerk.press(f"{address}/transfer", counter="2", note="x" * 501)
    assert page.status_code == 422
    assert "At most 500 characters." in page.text
    assert hall.visit(ticket).state is StepState.CALLED
