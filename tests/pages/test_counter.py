from collections.abc import Callable

from commands.calls import call_next, serve
from commands.moves import cancel
from queueing.states import CounterState, StepState
from tests.cast import Hall, a_hall
from tests.pages.reader import Reader

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
    assert clerk.has("resume")
    clerk.press(f"{address}/resume")
    assert clerk.queue() == ["B001"]


def test_a_missed_call_can_be_brought_back_within_the_grace(reader: Readers, hall: Hall) -> None:
    hall.opens(1)
    hall.ticket("BIRTH")
    hall.press(call_next, 1)
    clerk, address = at_counter(reader, hall, 1)
    clerk.press(f"{address}/no-show")
    assert clerk.has("resume")
    hall.later(11)
    clerk.get(address)
    assert not clerk.has("resume")


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


def test_the_queue_shows_this_counters_people_before_the_others(reader: Readers, hall: Hall) -> None:
    hall.ticket("PAY")
    hall.ticket("RES")
    hall.ticket("INFO")
    hall.ticket("BIRTH")
    clerk, _address = at_counter(reader, hall, 1)
    assert clerk.queue() == ["A001", "B001", "Q001", "W001"]


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
