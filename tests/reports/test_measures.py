"""What is measured and what is not, told as days of a hall."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event, insert

from commands.calls import call_next, finish, no_show, recall, serve
from commands.history import import_history
from commands.moves import hold, leave, resume, transfer
from reports.groups import By
from reports.measures import Durations, Measures, Statistics, statistics
from store.ids import new_id
from store.tables import Ticket, TicketStep
from store.unit import Store
from tests.cast import MONDAY, Hall, a_hall, clock
from tests.reports import plainly

HEADER = "ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome,channel,priority,appointment_at\n"


def measured(
    hall: Hall, by: By = By.SERVICE, first: date = MONDAY, last: date | None = None, *, language: str | None = None
) -> Statistics:
    with hall.reading() as conn:
        return statistics(conn, hall.info, first, last or first, by, language=language)


def only(seconds: float) -> Durations:
    """One duration and no other."""
    return Durations(1, *[float(seconds)] * 6)


def test_a_wait_lasts_until_the_first_call_and_a_walk_from_the_last(hall: Hall) -> None:
    ticket = hall.at("9:00").ticket("BIRTH")
    hall.opens(1).at("9:10").press(call_next, 1)
    hall.at("9:12").press(recall, ticket.id)
    hall.at("9:13").press(serve, ticket.id)
    hall.at("9:33").press(finish, ticket.id)
    total = measured(hall).total
    assert (total.tickets, total.steps, total.served) == (1, 1, 1)
    assert (total.wait, total.walk, total.service) == (only(600), only(60), only(1200))


def test_time_on_hold_is_neither_waited_nor_served(hall: Hall) -> None:
    ticket = hall.at("9:00").ticket("BIRTH")
    hall.at("9:05").press(hold, ticket.id)
    hall.at("9:25").press(resume, ticket.id)
    hall.opens(1).at("9:30").press(call_next, 1)
    hall.press(serve, ticket.id)
    hall.at("9:40").press(hold, ticket.id)
    hall.at("9:50").press(resume, ticket.id)
    hall.at("9:51").press(call_next, 1)
    hall.press(serve, ticket.id)
    hall.at("9:55").press(finish, ticket.id)
    total = measured(hall).total
    assert (total.steps, total.wait, total.service) == (1, only(600), only(840))


def test_a_no_show_is_counted_and_is_not_a_wait(hall: Hall) -> None:
    ticket = hall.at("9:00").ticket("BIRTH")
    hall.opens(1).at("9:10").press(call_next, 1)
    hall.press(no_show, ticket.id)
    total = measured(hall).total
    assert total == Measures(tickets=1, steps=1, no_show=1)


def test_a_no_show_who_came_back_is_one_step_with_its_first_wait(hall: Hall) -> None:
    ticket = hall.at("9:00").ticket("BIRTH")
    hall.opens(1).at("9:10").press(call_next, 1)
    hall.press(no_show, ticket.id)
    hall.at("9:15").press(resume, ticket.id)
    assert measured(hall).total == Measures(), "it has not ended"
    hall.at("9:20").press(call_next, 1)
    hall.press(leave, ticket.id)
    total = measured(hall).total
    assert (total.steps, total.left, total.no_show, total.wait) == (1, 1, 0, only(600))


def test_one_visit_of_several_steps_is_one_ticket(hall: Hall) -> None:
    ticket = hall.at("9:00").ticket("RES")
    hall.opens(1, 3).at("9:20").press(call_next, 1)
    hall.press(serve, ticket.id)
    hall.at("9:30").press(finish, ticket.id)
    hall.at("9:35").press(call_next, 3)
    hall.at("9:36").press(transfer, ticket.id, service="INFO")
    hall.at("9:40").press(leave, ticket.id)
    found = measured(hall)
    assert [(g.key, g.measures.tickets, g.measures.steps) for g in found.groups] == [
        ("RES", 1, 1),
        ("INFO", 1, 1),
        ("PAY", 1, 1),
    ]
    assert (found.total.tickets, found.total.steps) == (1, 3)
    assert (found.total.served, found.total.transferred, found.total.left) == (1, 1, 1)
    assert (found.total.wait.count, found.total.wait.max) == (2, 1200)
    assert found.total.within_target == 0.5, "20 minutes are more than the target of 15, 5 are not"


def test_a_counter_that_first_called_has_the_step_and_null_those_never_called(hall: Hall) -> None:
    ticket = hall.at("9:00").ticket("BIRTH")
    hall.press(leave, hall.ticket("BIRTH").id)
    hall.opens(1, 2).press(call_next, 1)
    hall.press(hold, ticket.id)
    hall.press(resume, ticket.id)
    hall.press(call_next, 2)
    hall.press(leave, ticket.id)
    groups = measured(hall, By.COUNTER).groups
    assert [(g.key, g.label, g.measures.steps) for g in groups] == [(1, "Counter 1", 1), (None, "—", 1)]
    assert groups[1].measures.within_target is None


def test_a_booked_person_waits_from_the_slot_unless_they_come_after_it(hall: Hall) -> None:
    times = [("8:40", "9:00", "9:10"), ("9:05", "9:00", "9:10")]
    lines = [
        f"A00{n},RES,{at(issued)},{at(called)},{at(called)},{at('9:30')},1,finished,,,{at(slot)}\n"
        for n, (issued, slot, called) in enumerate(times)
    ]
    assert import_history(hall.store, hall.code, [HEADER, *lines]).imported == 2
    groups = measured(hall, By.HOUR).groups
    assert [(g.key, g.label, g.measures.wait.mean) for g in groups] == [(9, "09:00", 450.0)]


def at(text: str) -> str:
    return clock(text).isoformat()


def test_a_period_without_visits_has_counts_of_zero_and_no_figures(hall: Hall) -> None:
    hall.ticket()
    for by in By:
        found = measured(hall, by)
        assert (found.groups, found.total) == ((), Measures())
    assert asdict(found.total)["wait"] == {"count": 0, **dict.fromkeys(("mean", "median", "p80", "p90", "p95", "max"))}


def test_another_centre_is_not_counted(hall: Hall) -> None:
    hall.press(leave, hall.ticket().id)
    assert measured(a_hall(hall.store)).total == Measures()


def test_labels_are_names_in_the_language_asked_for(hall: Hall) -> None:
    hall.press(leave, hall.ticket("BIRTH", priority="MONK").id)

    def labels(by: By) -> list[tuple[Any, str]]:
        return [(group.key, group.label) for group in measured(hall, by, language="en").groups]

    assert labels(By.SERVICE) == [("BIRTH", "Birth")]
    assert labels(By.PRIORITY) == [("MONK", "Monk")]
    assert labels(By.CHANNEL) == [("kiosk", "kiosk")]
    assert labels(By.DAY) == [("2026-11-23", "2026-11-23")]
    assert labels(By.HOUR) == [(8, "08:00")]
    assert labels(By.WEEKDAY) == [(1, "Monday")]
    assert measured(hall, By.WEEKDAY).groups[0].label == "ວັນຈັນ", "the centre's first language"


@pytest.mark.parametrize("by", By)
def test_statistics_are_four_statements(hall: Hall, by: By) -> None:
    hall.press(leave, hall.ticket("BIRTH", priority="MONK").id)
    centre = hall.info
    with hall.reading() as conn, counted(hall.store) as statements:
        statistics(conn, centre, MONDAY, MONDAY, by)
    assert len(statements) == 4


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    statements: list[str] = []

    def listen(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(store.engine, "before_cursor_execute", listen)
    try:
        yield statements
    finally:
        event.remove(store.engine, "before_cursor_execute", listen)


FRACTIONS = """\
A1,RES,2026-11-23T08:00:00.000001+07:00,2026-11-23T08:10:00.123456+07:00,2026-11-23T08:10:30.9+07:00,2026-11-23T08:30:00.000002+07:00,1,finished,,,
A2,RES,2026-11-23T01:02:03.5Z,2026-11-23T08:15:00.000001+07:00,2026-11-23T08:15:00.000001+07:00,2026-11-23T08:15:00.000002+07:00,1,finished,,,
A3,RES,2026-11-23T08:03:59.999999+07:00,2026-11-23T08:03:59.999999+07:00,,2026-11-23T08:04:00+07:00,2,left,,,
A4,BIRTH,2026-11-23T08:59:59.999999+07:00,2026-11-23T09:14:59.999999+07:00,2026-11-23T09:15:01.25+07:00,2026-11-23T09:15:02.75+07:00,2,transferred,,MONK,
A5,BIRTH,2026-11-23T09:00:00+07:00,2026-11-23T09:15:00.000001+07:00,,2026-11-23T09:16:00+07:00,2,cancelled,web,MONK,
"""


@pytest.mark.parametrize("by", By)
def test_fractions_of_seconds_count_to_the_microsecond(hall: Hall, by: By) -> None:
    lines = [HEADER, *FRACTIONS.splitlines(keepends=True)]
    assert import_history(hall.store, hall.code, lines).problems == []
    expected, zone = plainly.read(lines), hall.info.zone
    targets = {"RES": 15, "BIRTH": 15}
    groups = {
        key: plainly.measures(group, targets, zone)
        for key, group in plainly.grouped(expected, plainly.key_of(by, zone)).items()
    }
    found = measured(hall, by)
    measures = {g.key: asdict(g.measures) for g in found.groups}
    assert plainly.differences(measures, groups, tolerance=1e-9) == []
    total = plainly.measures(expected, targets, zone)
    assert plainly.differences(asdict(found.total), total, tolerance=1e-9) == []
    assert found.total.within_target == 0.8, "a microsecond more than the target is more than the target"


def test_hours_and_dates_are_right_on_the_days_on_which_the_clocks_change(store: Store) -> None:
    hall = a_hall(store, zone="Europe/Berlin")
    instants = {
        "2026-03-28T22:59:59Z": ("2026-03-28", 23),
        "2026-03-28T23:00:00Z": ("2026-03-29", 0),
        "2026-03-29T00:59:59Z": ("2026-03-29", 1),
        "2026-03-29T01:00:00Z": ("2026-03-29", 3),
        "2026-03-29T21:59:59Z": ("2026-03-29", 23),
        "2026-03-29T22:00:00Z": ("2026-03-30", 0),
        "2026-10-24T22:00:00Z": ("2026-10-25", 0),
        "2026-10-25T00:30:00Z": ("2026-10-25", 2),
        "2026-10-25T01:30:00Z": ("2026-10-25", 2),
        "2026-10-25T22:59:59Z": ("2026-10-25", 23),
        "2026-10-25T23:00:00Z": ("2026-10-26", 0),
    }
    lines = [f"X{n},RES,{instant},,,{instant},,left,,,\n" for n, instant in enumerate(instants)]
    assert import_history(store, hall.code, [HEADER, *lines]).imported == len(instants)
    for day in sorted({day for day, _ in instants.values()}):
        found = measured(hall, By.HOUR, date.fromisoformat(day))
        hours = [hour for on, hour in instants.values() if on == day]
        assert {g.key: g.measures.steps for g in found.groups} == {hour: hours.count(hour) for hour in hours}
    weekdays = measured(hall, By.WEEKDAY, date(2026, 3, 1), date(2026, 10, 31)).groups
    assert [(g.key, g.measures.steps) for g in weekdays] == [(1, 2), (6, 1), (7, 8)]


durations = st.lists(st.integers(0, 10**10) | st.integers(0, 3), max_size=40)


@given(waits=st.lists(durations, min_size=1, max_size=3), served=durations)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_percentiles_are_numpys(hall: Hall, waits: list[list[int]], served: list[int]) -> None:
    """Each list of waits is a service's; those who were served were called by nobody."""
    codes = ["RES", "BIRTH", "INFO"][: len(waits)]
    steps = [(code, wait, None) for code, group in zip(codes, waits, strict=True) for wait in group]
    with hall.store.writing() as conn:
        _insert(conn, hall, [*steps, *(("PAY", None, one) for one in served)])
        found = statistics(conn, hall.info, MONDAY, MONDAY, By.SERVICE)
        conn.rollback()
    groups = {group.key: group.measures for group in found.groups}
    for code, group in zip(codes, waits, strict=True):
        assert _spread(groups.get(code, Measures()).wait) == _expected(group)
    assert _spread(groups.get("PAY", Measures()).service) == _expected(served)
    assert _spread(found.total.wait) == _expected([wait for group in waits for wait in group])


def _insert(conn: Connection, hall: Hall, steps: Sequence[tuple[str, int | None, int | None]]) -> None:
    """One ended step each, of one visit: a service, its wait and service time in microseconds."""
    joined, ticket = clock("8:00"), new_id()
    common = {"ticket_id": ticket, "centre_id": hall.centre, "state": "finished", "joined_at": joined}
    common |= {"joined_on": MONDAY, "joined_hour": 8, "credit": timedelta(), "held": timedelta(), "recalls": 0}
    rows = [
        common
        | {
            "position": position,
            "service": service,
            "first_called_at": None if wait is None else joined + timedelta(microseconds=wait),
            "started_at": None if served is None else joined,
            "served": timedelta(microseconds=served or 0),
        }
        for position, (service, wait, served) in enumerate(steps, 1)
    ]
    visit = {"id": ticket, "centre_id": hall.centre, "business_date": MONDAY, "number": "A001", "issued_at": joined}
    conn.execute(insert(Ticket), visit | {"channel": "kiosk"})
    if rows:
        conn.execute(insert(TicketStep), rows)


def _spread(found: Durations) -> Any:
    return pytest.approx(asdict(found), abs=1e-6)


def _expected(microseconds: list[int]) -> dict[str, Any]:
    return plainly.durations(np.array(microseconds) / 1_000_000)
