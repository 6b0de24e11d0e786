"""Taking a ticket: its number, its steps, its place, and when none is given."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from commands.counters import open_counter
from commands.tickets import TicketRequest, issue_ticket
from queueing.events import Kind
from queueing.order import Joined
from queueing.refusals import CentreClosed, ClockBehind, Invalid, NotFound, ServiceClosed
from queueing.states import StepState
from store.tables import Person, Ticket
from store.unit import Store, Unit
from tests.cast import KEO, MONDAY, OFFICE_HOURS, Hall, a_hall, clock

TUESDAY = MONDAY + timedelta(days=1)


def services(visit: Any) -> list[tuple[str, StepState]]:
    return [(step.service, step.state) for step in visit.steps]


def test_each_series_counts_for_itself(hall: Hall) -> None:
    numbers = [hall.ticket(service).number for service in ("RES", "BIRTH", "RES", "PAY", "BIRTH", "RES")]
    assert numbers == ["A001", "B001", "A002", "Q001", "B002", "A003"]


def test_each_centre_counts_for_itself(store: Store) -> None:
    ours, theirs = a_hall(store), a_hall(store)
    assert [hall.ticket("RES").number for hall in (ours, theirs, ours)] == ["A001", "A001", "A002"]


def test_numbers_begin_again_with_the_business_date(hall: Hall) -> None:
    assert [hall.at("23:59:59").ticket("RES").number, hall.at("0:00", TUESDAY).ticket("RES").number] == ["A001", "A001"]
    assert hall.ticket("RES").business_date == TUESDAY


def test_a_number_that_was_not_given_is_not_lost(hall: Hall) -> None:
    hall.ticket("RES")
    with pytest.raises(RuntimeError, match="printer"):
        hall.press(_issue_and_fail)
    assert hall.ticket("RES").number == "A002"


def _issue_and_fail(unit: Unit) -> None:
    assert issue_ticket(unit, TicketRequest(("RES",), "kiosk")).number == "A002"
    raise RuntimeError("printer")


def test_the_number_is_of_the_first_step_series(hall: Hall) -> None:
    assert hall.ticket("PAY", "RES").number == "A001"


def test_a_visit_has_a_step_for_each_service_and_for_what_follows(hall: Hall) -> None:
    visit = hall.ticket("RES", "INFO", "MARRY")
    assert services(visit) == [
        ("RES", StepState.WAITING),
        ("INFO", StepState.PLANNED),
        ("MARRY", StepState.PLANNED),
        ("PAY", StepState.PLANNED),
    ]
    assert services(hall.visit(visit)) == services(visit)


def test_what_follows_is_planned_only_when_it_is_offered(hall: Hall) -> None:
    assert "OLD" not in [step.service for step in hall.ticket("MARRY").steps]


def test_a_walk_in_is_due_when_it_joins(hall: Hall) -> None:
    step = hall.at("9:05").ticket().step
    assert (step.joined_as, step.joined_at, step.due_at) == (Joined.ARRIVAL, clock("9:05"), clock("9:05"))


def test_a_priority_group_has_its_head_start(hall: Hall) -> None:
    elder, monk = hall.at("9:05").ticket(priority="ELDER"), hall.ticket(priority="MONK")
    assert (elder.step.due_at, monk.step.due_at) == (clock("8:35"), clock("8:45"))
    assert elder.priority == "ELDER"


def test_a_head_start_is_capped(store: Store) -> None:
    assert a_hall(store, max_credit_minutes=10).at("9:05").ticket(priority="ELDER").step.due_at == clock("8:55")


def test_the_log_tells_what_was_asked_for(hall: Hall) -> None:
    visit = hall.ticket("RES", language="lo", priority="ELDER", channel="web")
    (event,) = hall.events()
    assert (event.seq, event.kind, event.ticket, event.ticket_seq, event.actor) == (1, Kind.ISSUED, visit.id, 1, KEO)
    assert event.at == event.recorded_at == clock("8:00")
    wanted = {"number": "A001", "services": ["RES", "PAY"], "language": "lo", "priority": "ELDER", "channel": "web"}
    assert wanted.items() <= dict(event.facts).items()


def test_name_and_phone_are_kept_apart_and_never_logged(hall: Hall) -> None:
    visit = hall.ticket(name="Bounmy", phone="+856 20 5551-2345")
    with hall.reading() as conn:
        row = conn.execute(select(Person.name, Person.phone).where(Person.ticket_id == visit.id)).one()
    assert tuple(row) == ("Bounmy", "+856 20 5551-2345")
    told = str(hall.events())
    assert "Bounmy" not in told
    assert "5551-2345" not in told


def test_who_says_nothing_of_themselves_leaves_no_personal_data(hall: Hall) -> None:
    hall.ticket()
    assert hall.snapshot()["people"] == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"services": ()}, "services"),
        ({"services": ("RES", "RES")}, "services"),
        ({"services": ("NONE",)}, "services"),
        ({"services": ("res",)}, "services"),
        ({"priority": "NONE"}, "priority"),
        ({"priority": "BRIDE"}, "priority"),
        ({"priority": ""}, "priority"),
        ({"language": "xx"}, "language"),
        ({"channel": "pigeon"}, "channel"),
        ({"name": "n" * 201}, "name"),
        ({"phone": "020 5551 CALL"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"phone": " + - "}, "phone"),
        ({"phone": "0" * 41}, "phone"),
        ({"phone": "٠٢٠٥٥٥"}, "phone"),
        ({"phone": "020555\n"}, "phone"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field_and_changes_nothing(
    hall: Hall, asked: dict[str, Any], field: str
) -> None:
    before = hall.snapshot()
    with pytest.raises(Invalid) as refused:
        hall.press(issue_ticket, TicketRequest(**{"services": ("RES",), "channel": "kiosk", **asked}))
    assert refused.value.field == field
    assert hall.snapshot() == before


@pytest.mark.parametrize("asked", [{"name": "n" * 200}, {"name": "ທ້າວ ບຸນມີ 🙏"}, {"phone": "0" * 40}, {"phone": "1"}])
def test_names_and_phones_of_all_kinds_are_taken(hall: Hall, asked: dict[str, Any]) -> None:
    hall.ticket(**asked)
    assert len(hall.snapshot()["people"]) == 1


def test_a_service_that_is_not_offered_any_more_is_closed(hall: Hall) -> None:
    with pytest.raises(ServiceClosed):
        hall.ticket("OLD")
    with pytest.raises(ServiceClosed):
        hall.ticket("RES", "OLD")
    assert hall.visits() == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [("7:59:59", "hours"), ("12:00", "lunch"), ("12:44:59", "lunch"), ("15:45", "last_ticket"), ("16:00", "hours")],
)
def test_no_ticket_while_the_centre_is_closed(store: Store, text: str, why: str) -> None:
    hall = a_hall(store, week=OFFICE_HOURS).at(text)
    with pytest.raises(CentreClosed) as refused:
        hall.ticket()
    assert refused.value.facts == {"why": why}
    assert hall.visits() == {}


@pytest.mark.parametrize("text", ["8:00", "11:59:59", "12:45", "15:44:59"])
def test_tickets_while_the_centre_is_open_and_from_the_end_of_lunch(store: Store, text: str) -> None:
    assert a_hall(store, week=OFFICE_HOURS).at(text).ticket().number == "B001"


def test_no_ticket_on_a_holiday(store: Store) -> None:
    with pytest.raises(CentreClosed):
        a_hall(store, week=OFFICE_HOURS, holidays=[MONDAY]).at("9:00").ticket()


def test_the_business_date_is_the_centres_own(store: Store) -> None:
    hall = a_hall(store, zone="America/New_York").at("23:30")
    assert hall.ticket().business_date == MONDAY
    with hall.reading() as conn:
        row = conn.execute(select(Ticket.business_date, Ticket.issued_at).where(Ticket.centre_id == hall.centre)).one()
    assert (row.business_date, row.issued_at.date()) == (MONDAY, TUESDAY)


def test_a_clock_that_lost_its_time_gives_no_tickets_and_opens_no_counter(hall: Hall) -> None:
    hall.at("9:00").ticket()
    hall.at("8:58")
    with pytest.raises(ClockBehind):
        hall.ticket()
    with pytest.raises(ClockBehind):
        hall.press(open_counter, 1)
    assert hall.at("9:01").ticket().number == "B002"


def test_a_clock_set_back_a_little_stands_still_in_the_log(hall: Hall) -> None:
    hall.at("9:00").ticket()
    assert hall.at("8:59:30").ticket().issued_at == clock("9:00")
    assert [event.at for event in hall.events()] == [clock("9:00")] * 2
    assert [event.recorded_at for event in hall.events()] == [clock("9:00"), clock("8:59:30")]


def test_there_is_no_ticket_from_a_centre_that_does_not_exist(store: Store) -> None:
    with pytest.raises(NotFound), store.unit("NOWHERE") as unit:
        open_counter(unit, 1)
