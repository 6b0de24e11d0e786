"""So many tickets a day for a service: counted under the centre's lock, begun again with each business date."""

from datetime import timedelta

import pytest

from commands.calls import call_next, finish, serve
from commands.moves import leave, transfer
from commands.settings import set_daily_limit, set_hours
from queueing.refusals import Invalid, NotFound, ServiceClosed, ServiceFull
from store.limits import tickets_left
from store.unit import Store, Unit
from tests.cast import MONDAY, OFFICE_HOURS, Hall, a_hall, another_store, clock
from tests.store.test_lock import PRESSES, press_at_once, slowly_issue

TUESDAY = MONDAY + timedelta(days=1)
THREE = 3


def test_a_service_gives_as_many_tickets_as_it_may_and_again_the_next_day(hall: Hall) -> None:
    hall.press(set_daily_limit, "INFO", THREE)
    for _person in range(THREE):
        hall.ticket("INFO")
    before = hall.snapshot()
    for asked in (["INFO"], ["RES", "INFO"]):
        with pytest.raises(ServiceFull) as refused:
            hall.ticket(*asked)
        assert refused.value.facts == {"service": "INFO"}
    assert hall.snapshot() == before
    hall.ticket("RES")
    hall.at("0:00", TUESDAY).ticket("INFO")


def test_the_refusal_says_when_to_come_again(store: Store) -> None:
    office = a_hall(store, week=OFFICE_HOURS, holidays=[TUESDAY]).at("9:00")
    office.press(set_daily_limit, "INFO", 1)
    office.ticket("INFO")
    with pytest.raises(ServiceFull) as refused:
        office.ticket("INFO")
    assert (refused.value.again, refused.value.today) == (clock("8:00", MONDAY + timedelta(days=2)), MONDAY)
    office.press(set_hours, [[(480, 960)], *[[]] * 6], None)
    assert ServiceFull.slug == ServiceClosed.slug == "service-closed"


def test_whatever_became_of_a_ticket_it_was_given(hall: Hall) -> None:
    hall.press(set_daily_limit, "BIRTH", THREE)
    first = hall.ticket()
    hall.press(leave, first.id)
    hall.opens(1)
    served = hall.ticket()
    hall.press(call_next, 1)
    hall.press(serve, served.id)
    hall.press(finish, served.id)
    assert left(hall) == {"BIRTH": 1}


def left(hall: Hall) -> dict[str, int]:
    with hall.reading() as conn:
        return tickets_left(conn, hall.info, MONDAY)


def test_who_is_planned_for_a_service_or_sent_to_it_counts_and_is_not_refused(hall: Hall) -> None:
    hall.press(set_daily_limit, "PAY", 2)
    hall.ticket("RES")  # payment follows
    other = hall.ticket("INFO")
    hall.press(transfer, other.id, service="PAY")
    assert left(hall) == {"PAY": 0}
    with pytest.raises(ServiceFull):
        hall.ticket("PAY")
    hall.ticket("RES")
    assert left(hall) == {"PAY": 0}


def test_a_limit_below_what_was_given_takes_nothing_back(hall: Hall) -> None:
    visits = [hall.ticket("INFO") for _person in range(THREE)]
    hall.press(set_daily_limit, "INFO", 1)
    assert hall.queue() == [visit.number for visit in visits]
    assert left(hall) == {"INFO": 0}
    hall.press(set_daily_limit, "INFO", None)
    hall.ticket("INFO")


@pytest.mark.parametrize("limit", [0, -1, 10_000])
def test_a_limit_that_is_none_is_refused(hall: Hall, limit: int) -> None:
    with pytest.raises(Invalid) as refused:
        hall.press(set_daily_limit, "INFO", limit)
    assert refused.value.field == "limit"
    with pytest.raises(NotFound):
        hall.press(set_daily_limit, "NONE", 5)
    assert hall.events() == []


def test_however_many_press_at_once_no_more_are_given(hall: Hall) -> None:
    hall.press(set_daily_limit, "BIRTH", 10)

    def issue(unit: Unit) -> object:
        try:
            return slowly_issue(unit)
        except ServiceFull as full:
            return full

    with another_store(hall.store) as other:
        outcomes = press_at_once([hall.store, other], hall.code, issue, PRESSES)
    assert sum(isinstance(outcome, ServiceFull) for outcome in outcomes) == PRESSES - 10
    assert len(hall.visits()) == 10
