"""What a manager changes in the middle of a day: it holds at once, is in the log, and changes nothing twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from commands.calls import call_next
from commands.moves import transfer
from commands.settings import (
    add_holiday,
    remove_holiday,
    resume_ticketing,
    set_counter_services,
    set_daily_limit,
    set_hours,
    set_notice,
    stop_ticketing,
    switch_counter,
    switch_service,
)
from commands.verify import verify
from queueing.events import PUBLIC, Kind
from queueing.hours import Closed, Lunch
from queueing.refusals import CentreClosed, CounterBusy, Invalid, NotFound, ServiceClosed
from queueing.states import CounterState
from tests.cast import KEO, MONDAY, Hall

TEXTS = {"lo": "ເຄື່ອງພິມເສຍ", "en": "The printer is out of order"}
WEEK = [[(480, 720), (780, 960)]] * 5 + [[], []]
CHANGES: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    (set_notice, (TEXTS,), {}),
    (stop_ticketing, (), {}),
    (switch_service, ("INFO",), {"on": False}),
    (switch_service, ("OLD",), {"on": True}),
    (set_daily_limit, ("INFO", 50), {}),
    (switch_counter, (2,), {"on": False}),
    (switch_counter, (9,), {"on": True}),
    (set_counter_services, (1, ["INFO"]), {}),
    (set_hours, (WEEK, Lunch(720, 780, 765)), {}),
    (add_holiday, (MONDAY + timedelta(days=9), {"en": "National Day"}), {}),
]


@pytest.mark.parametrize(("command", "args", "facts"), CHANGES)
def test_a_change_is_told_once_with_its_actor(
    hall: Hall, command: Callable[..., Any], args: tuple[Any, ...], facts: dict[str, Any]
) -> None:
    version = hall.info.version
    assert hall.press(command, *args, **facts) is True
    (event,) = hall.events()
    assert event.actor == KEO
    assert event.kind is (Kind.NOTICE if command is set_notice else Kind.CENTRE_UPDATED)
    assert hall.info.version == version + 1, "other processes read the settings anew"
    assert hall.press(command, *args, **facts) is False
    assert len(hall.events()) == 1, "what is so already changes nothing"
    assert verify(hall.store, hall.code) == []


def test_a_notice_is_public_and_goes_when_it_is_empty(hall: Hall) -> None:
    assert Kind.NOTICE in PUBLIC
    hall.press(set_notice, {"lo": f" {TEXTS['lo']} ", "en": " "})
    assert hall.info.notice == {"lo": TEXTS["lo"]}
    hall.press(set_notice, {"lo": "", "en": ""})
    assert hall.info.notice is None


@pytest.mark.parametrize(
    ("texts", "field"), [({"vi": "x"}, "notice"), ({"en": "x" * 301}, "notice-en"), ({"lo": "a\x07b"}, "notice-lo")]
)
def test_a_notice_fits_the_screens(hall: Hall, texts: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        hall.press(set_notice, texts)
    assert refused.value.field == field
    assert hall.events() == []


def test_stopped_ticketing_gives_no_tickets_until_it_goes_on(hall: Hall) -> None:
    hall.ticket()
    hall.press(stop_ticketing)
    with pytest.raises(CentreClosed) as refused:
        hall.ticket()
    assert refused.value.facts == {"why": Closed.PAUSED}
    assert hall.opens(1).press(call_next, 1) is not None, "who waits is called"
    hall.press(resume_ticketing)
    assert hall.ticket().number == "B002"


def test_a_service_that_is_off_gives_no_tickets_and_serves_who_waits(hall: Hall) -> None:
    waiting = hall.ticket("INFO")
    hall.press(switch_service, "INFO", on=False)
    with pytest.raises(ServiceClosed):
        hall.ticket("INFO")
    called = hall.opens(2).press(call_next, 2)
    assert called is not None
    assert called.id == waiting.id
    hall.press(switch_service, "INFO", on=True)
    hall.ticket("INFO")


def test_a_counter_that_is_off_is_closed_and_gone(hall: Hall) -> None:
    hall.opens(2).press(switch_counter, 2, on=False)
    assert [kind for kind, _ in hall.told()] == [Kind.COUNTER_OPENED, Kind.COUNTER_CLOSED, Kind.CENTRE_UPDATED]
    with pytest.raises(NotFound):
        hall.opens(2)
    hall.press(switch_counter, 2, on=True)
    assert hall.counter(2).state is CounterState.CLOSED


def test_a_counter_stays_while_somebody_needs_it(hall: Hall) -> None:
    hall.ticket()
    hall.opens(1).press(call_next, 1)
    with pytest.raises(CounterBusy):
        hall.press(switch_counter, 1, on=False)
    sent = hall.ticket()
    hall.press(transfer, sent.id, counter=2)
    before = hall.snapshot()
    with pytest.raises(CounterBusy) as refused:
        hall.press(switch_counter, 2, on=False)
    assert refused.value.facts["number"] == sent.number
    assert hall.snapshot() == before


def test_a_counter_serves_what_it_was_given(hall: Hall) -> None:
    hall.opens(1).press(set_counter_services, 1, ["INFO", "PAY"])
    assert hall.counter(1).services == {"INFO", "PAY"}
    for services in ([], ["NONE"]):
        with pytest.raises(Invalid):
            hall.press(set_counter_services, 1, services)


@pytest.mark.parametrize("command", [switch_service, switch_counter])
def test_what_the_centre_does_not_have_is_not_found(hall: Hall, command: Callable[..., Any]) -> None:
    with pytest.raises(NotFound):
        hall.press(command, "NONE" if command is switch_service else 77, on=True)


def test_hours_hold_at_once(hall: Hall) -> None:
    hall.press(set_hours, WEEK, Lunch(720, 780, 765))
    assert hall.info.hours.refusal(hall.at("12:30").clock.now()) is Closed.LUNCH
    assert hall.info.hours.refusal(hall.at("16:30").clock.now()) is Closed.HOURS
    hall.press(set_hours, [[(0, 1440)]] * 7, None)
    assert hall.info.hours.refusal(hall.clock.now()) is None


@pytest.mark.parametrize(
    ("monday", "lunch", "field"),
    [
        ([(600, 480)], None, "mon"),
        ([(480, 720), (700, 960)], None, "mon"),
        ([(480, 1441)], None, "mon"),
        ([], Lunch(720, 700, 710), "lunch"),
        ([], Lunch(720, 780, 800), "lunch"),
    ],
)
def test_hours_make_sense(hall: Hall, monday: list[tuple[int, int]], lunch: Lunch | None, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        hall.press(set_hours, [monday, *WEEK[1:]], lunch)
    assert refused.value.field == field
    assert hall.events() == []


def test_a_holiday_closes_its_date_until_it_is_removed(hall: Hall) -> None:
    hall.press(add_holiday, MONDAY, {"en": "National Day"})
    with pytest.raises(CentreClosed):
        hall.ticket()
    hall.press(remove_holiday, MONDAY)
    hall.ticket()
    assert hall.press(remove_holiday, MONDAY) is False
    with pytest.raises(Invalid):
        hall.press(add_holiday, MONDAY - timedelta(days=1), {})
