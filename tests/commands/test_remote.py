"""Joining from afar: the place is kept, nobody is called who is not here, and people in the building keep theirs."""

import pytest

from commands.appointments import check_in
from commands.calls import call_next
from commands.moves import come_back, hold
from commands.outlook import be_here_by
from commands.remote import ALWAYS, join_by_phone, join_from_afar
from commands.tickets import TicketRequest
from commands.verify import verify
from queueing.order import Joined
from queueing.refusals import CentreClosed, RemoteDayFull, RemoteFull, RemoteTooLate
from queueing.states import StepState
from queueing.visit import Visit
from tests.cast import OFFICE_HOURS, Hall, a_hall, clock
from tests.commands.test_appointments import booked


def on_the_way(hall: Hall, service: str = "BIRTH") -> Visit:
    return hall.press(join_from_afar, TicketRequest((service,), "web"))


def test_who_is_on_the_way_is_called_by_nobody(hall: Hall) -> None:
    coming = on_the_way(hall)
    assert (coming.number, coming.state, coming.step.joined_as) == ("B001", StepState.ON_HOLD, Joined.ON_WAY)
    hall.opens(2)
    assert hall.press(call_next, 2) is None
    assert verify(hall.store, hall.code) == []


def test_who_has_come_stands_as_of_when_the_ticket_was_taken(hall: Hall) -> None:
    coming = on_the_way(hall)
    hall.later(5)
    hall.ticket()
    hall.later(20)
    here = hall.press(come_back, coming.id)
    assert here.step.joined_as is Joined.HERE
    assert here.step.due_at == coming.issued_at
    assert hall.queue() == ["B001", "B002"]
    assert verify(hall.store, hall.code) == []


def test_the_way_is_credited_up_to_the_cap_and_no_more(hall: Hall) -> None:
    coming = on_the_way(hall)
    hall.later(90)
    here = hall.press(come_back, coming.id)
    assert here.step.due_at == hall.clock.now() - hall.info.rules.max_credit


def test_the_way_is_no_wait_in_the_centre(hall: Hall) -> None:
    coming = on_the_way(hall)
    hall.later(20)
    hall.press(come_back, coming.id)
    hall.later(3)
    hall.opens(2)
    called = hall.press(call_next, 2)
    assert called is not None
    assert called.waited(hall.clock.now()).total_seconds() == 180


def test_after_it_one_may_come_back_by_oneself_once_as_everybody(hall: Hall) -> None:
    coming = on_the_way(hall)
    hall.press(come_back, coming.id)
    hall.press(hold, coming.id)
    hall.later(10)
    assert hall.press(come_back, coming.id).step.joined_as is Joined.HOLD


def test_a_share_is_kept_for_people_in_the_building(hall: Hall) -> None:
    for _person in range(ALWAYS):
        on_the_way(hall)
    with pytest.raises(RemoteFull):
        on_the_way(hall)
    for _person in range(ALWAYS + 1):
        hall.ticket()
    last = on_the_way(hall)
    with pytest.raises(RemoteFull):
        on_the_way(hall)
    hall.press(come_back, last.id)
    on_the_way(hall)


def test_who_never_comes_keeps_nobody_out(hall: Hall) -> None:
    for _person in range(ALWAYS):
        on_the_way(hall)
    hall.later(59)
    with pytest.raises(RemoteFull):
        on_the_way(hall)
    hall.later(1)
    on_the_way(hall)


def test_those_on_the_way_count_until_closing_too(hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS, remote_share_percent=100).at("15:30").opens(2)
    for _person in range(6):
        on_the_way(office)
    with pytest.raises(RemoteTooLate):
        on_the_way(office)


def test_a_day_gives_so_many_tickets_by_phone(hall: Hall) -> None:
    few = a_hall(hall.store, remote_tickets_a_day=2)
    few.press(come_back, on_the_way(few).id)
    few.press(join_by_phone, TicketRequest(("BIRTH",), "web"))
    for join in (join_from_afar, join_by_phone):
        with pytest.raises(RemoteDayFull):
            few.press(join, TicketRequest(("BIRTH",), "web"))
    assert len(few.visits()) == 2
    few.ticket()


def test_who_booked_and_says_so_by_phone_takes_nobodys_ticket_of_the_day(hall: Hall) -> None:
    few = a_hall(hall.store, remote_tickets_a_day=1)
    made = booked(few, clock("8:30"))
    few.press(check_in, made.id, "web")
    on_the_way(few)


def test_it_stops_when_what_waits_reaches_closing(hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS).at("15:00").opens(2)
    on_the_way(office)
    for _person in range(12):
        office.ticket()
    before = office.snapshot()
    with pytest.raises(RemoteTooLate):
        on_the_way(office)
    assert office.snapshot() == before
    office.ticket()


def test_outside_opening_hours_nobody_joins(hall: Hall) -> None:
    office = a_hall(hall.store, week=OFFICE_HOURS).at("17:00")
    with pytest.raises(CentreClosed):
        on_the_way(office)


def test_by_when_to_be_here_follows_who_was_in_line_before(hall: Hall) -> None:
    hall.opens(2)
    for _person in range(3):
        hall.ticket()
    coming = on_the_way(hall)
    for _person in range(5):
        hall.later(seconds=1).ticket()
    expected = hall.info.services["BIRTH"].expected
    with hall.reading() as conn:
        assert be_here_by(conn, hall.info, coming, hall.clock.now()) == hall.clock.now() + 3 * expected
        hall.at("9:30")
        assert be_here_by(conn, hall.info, coming, hall.clock.now()) == clock("9:30"), "later than what is credited"


def test_without_an_open_counter_nobody_knows_by_when(hall: Hall) -> None:
    coming = on_the_way(hall)
    with hall.reading() as conn:
        assert be_here_by(conn, hall.info, coming, hall.clock.now()) is None
