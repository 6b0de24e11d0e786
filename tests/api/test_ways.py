"""Ways through the house over the API: transfers, steps added and dropped, and the hours in which tickets are given."""

import pytest

from store.unit import Store
from tests.api.conftest import on_one_database
from tests.api.desk import Desk, problem
from tests.cast import MONDAY, OFFICE_HOURS, a_hall, clock

THURSDAY = MONDAY.replace(day=26)


def called(desk: Desk, *services: str) -> dict:
    ticket = desk.issue(*services)
    desk.open(4)
    assert desk.act(ticket, "call", counter=4).status_code == 200
    return ticket


def test_transfer_to_a_service_keeps_number_and_counter_free(desk: Desk) -> None:
    ticket = called(desk, "BIRTH")
    after = desk.act(ticket, "transfer", service="INFO", note="needs a form").json
    assert (after["state"], after["service"], after["counter"], after["number"]) == (
        "waiting",
        "INFO",
        None,
        ticket["number"],
    )
    assert [(s["code"], s["state"]) for s in after["services"]] == [("BIRTH", "transferred"), ("INFO", "waiting")]
    assert desk.call(4).json["id"] == ticket["id"]


def test_transfer_to_a_counter_waits_for_that_counter_alone(desk: Desk) -> None:
    ticket = called(desk, "BIRTH")
    after = desk.act(ticket, "transfer", counter=3).json
    assert (after["state"], after["service"]) == ("waiting", "BIRTH")
    assert desk.call(4).status_code == 204
    desk.open(3)
    assert desk.call(3).json["id"] == ticket["id"]


def test_transfer_to_a_service_at_one_counter(desk: Desk) -> None:
    ticket = called(desk, "BIRTH")
    desk.open(2)
    after = desk.act(ticket, "transfer", service="INFO", counter=4).json
    assert (after["service"], after["state"]) == ("INFO", "waiting")
    assert desk.call(2).status_code == 204
    assert desk.call(4).json["id"] == ticket["id"]


@pytest.mark.parametrize(
    ("asked", "status", "slug"),
    [
        ({}, 422, "invalid"),
        ({"service": "NONE"}, 422, "invalid"),
        ({"counter": 9}, 422, "invalid"),  # not there any more
        ({"counter": 77}, 422, "invalid"),
        ({"service": "OLD"}, 409, "service-closed"),
    ],
)
def test_transfer_to_nowhere_changes_nothing(desk: Desk, asked: dict, status: int, slug: str) -> None:
    ticket = called(desk, "BIRTH")
    before = desk.hall.snapshot()
    problem(desk.act(ticket, "transfer", **asked), status, slug)
    assert desk.hall.snapshot() == before


def test_transferred_person_is_credited_with_what_the_visit_has_waited(desk: Desk) -> None:
    moved = desk.issue("BIRTH")
    desk.hall.later(5)
    first = desk.issue("INFO")
    desk.hall.later(10)
    desk.open(4, ["BIRTH"])
    desk.act(moved, "call", counter=4)
    desk.act(moved, "transfer", service="INFO")
    desk.open(2, ["INFO"])
    queue = desk.get("/centres/C/queue", by="staff").json["tickets"]
    assert [ticket["id"] for ticket in queue] == [moved["id"], first["id"]]


def test_added_steps_are_visited_and_dropped_ones_are_not(desk: Desk) -> None:
    ticket = called(desk, "BIRTH")
    after = desk.act(ticket, "services", add=["INFO", "PAY"]).json
    assert [(s["code"], s["state"]) for s in after["services"]] == [
        ("BIRTH", "called"),
        ("INFO", "planned"),
        ("PAY", "planned"),
    ]
    after = desk.act(ticket, "services", drop=["INFO"], add=[]).json
    assert [s["state"] for s in after["services"]] == ["called", "dropped", "planned"]
    desk.act(ticket, "serve")
    assert desk.act(ticket, "finish").json["service"] == "PAY"


def test_planned_payment_may_be_dropped(desk: Desk) -> None:
    ticket = called(desk, "RES")
    assert [s["code"] for s in ticket["services"]] == ["RES", "PAY"]
    assert desk.act(ticket, "services", drop=["PAY"]).status_code == 200
    desk.act(ticket, "serve")
    assert desk.act(ticket, "finish").json["state"] == "finished"


@pytest.mark.parametrize(
    ("asked", "status", "slug"),
    [
        ({}, 422, "invalid"),
        ({"add": [], "drop": []}, 422, "invalid"),
        ({"add": ["NONE"]}, 422, "invalid"),
        ({"add": ["INFO", "INFO"]}, 422, "invalid"),
        ({"drop": ["INFO"]}, 409, "wrong-state"),  # not planned
        ({"drop": ["BIRTH"]}, 409, "wrong-state"),  # under way
        ({"add": ["OLD"]}, 409, "service-closed"),
    ],
)
def test_steps_that_cannot_change_change_nothing(desk: Desk, asked: dict, status: int, slug: str) -> None:
    ticket = called(desk, "BIRTH")
    before = desk.hall.snapshot()
    problem(desk.act(ticket, "services", **asked), status, slug)
    assert desk.hall.snapshot() == before


def test_service_that_is_not_offered_gives_no_ticket(desk: Desk) -> None:
    before = desk.hall.snapshot()
    problem(desk.post("/centres/C/tickets", {"services": ["BIRTH", "OLD"]}, by="kiosk"), 409, "service-closed")
    assert desk.hall.snapshot() == before


@pytest.mark.parametrize(
    ("at", "given"),
    [
        ("7:59", False),
        ("8:00", True),
        ("11:59", True),
        ("12:00", False),  # lunch
        ("12:44", False),
        ("12:45", True),  # tickets_open, for the afternoon
        ("13:00", True),
        ("15:44", True),
        ("15:45", False),  # last_ticket_before_close_minutes
        ("16:00", False),
        ("23:00", False),
    ],
)
def test_tickets_are_given_in_opening_hours_alone(app, store: Store, at: str, given: bool) -> None:  # noqa: FBT001
    desk = Desk(app, a_hall(store, week=OFFICE_HOURS).at(at, THURSDAY))
    answer = desk.post("/centres/C/tickets", {"services": ["BIRTH"]}, by="kiosk")
    if given:
        assert answer.status_code == 201
    else:
        problem(answer, 409, "centre-closed")
        assert desk.hall.visits() == {}


@on_one_database
def test_open_now_follows_the_clock_of_the_centre(app, store: Store) -> None:
    desk = Desk(app, a_hall(store, week=OFFICE_HOURS, holidays=[THURSDAY]))
    for at, day, is_open in (
        ("7:59", MONDAY, False),
        ("8:00", MONDAY, True),
        ("12:30", MONDAY, False),
        ("9:00", MONDAY.replace(day=28), False),
        ("9:00", THURSDAY, False),
    ):
        desk.hall.at(at, day)
        assert desk.get(f"/centres/{desk.code}").json["open_now"] is is_open
    problem(desk.post("/centres/C/tickets", {"services": ["BIRTH"]}, by="kiosk"), 409, "centre-closed")


def test_clock_that_lost_its_time_gives_no_ticket_and_opens_no_counter(desk: Desk) -> None:
    desk.hall.at("9:00")
    desk.issue()
    desk.hall.clock.at = clock("8:00", MONDAY.replace(year=2000))
    problem(desk.post("/centres/C/tickets", {"services": ["BIRTH"]}, by="kiosk"), 409, "clock-behind")
    problem(desk.post("/centres/C/counters/1/open", by="staff"), 409, "clock-behind")
