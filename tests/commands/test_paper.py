"""Paper tickets: pads whose numbers never come twice, and what they say entered afterwards, once and whole."""

import time
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from commands.calls import call_next, finish, serve
from commands.day import end_past_days
from commands.history import import_history
from commands.paper import MOST_PAPERS, Paper, enter_papers, print_pad
from commands.verify import verify
from queueing.events import Kind
from queueing.refusals import ClockBehind, Invalid, Mistakes
from queueing.states import StepState
from reports.groups import By
from reports.measures import statistics
from reports.visits_csv import visits_csv
from store import tables
from store.unit import Store, Unit
from tests.cast import KEO, MONDAY, OFFICE_HOURS, Hall, a_hall, another_store, clock
from tests.store.test_lock import press_at_once

TUESDAY, SUNDAY = MONDAY + timedelta(days=1), MONDAY - timedelta(days=1)
FRIDAY = MONDAY - timedelta(days=3)
S = StepState


def differences(hall: Hall) -> list[str]:
    return [*verify(hall.store, hall.code), *verify(hall.store, hall.code, all_days=True)]


def a_paper(number: str = "AP001", taken: str = "8:10", *, day: date = MONDAY, **written: Any) -> Paper:
    """A ticket of paper; times are of its day."""
    times = {
        name: clock(time, day) if isinstance(time, str) else time for name, time in written.items() if name in TIMES
    }
    facts = {"line": 1, "service": "RES", "outcome": S.WAITING, **written, **times}
    return Paper(number=number, taken=clock(taken, day), **facts)


TIMES = ("called", "ended")


def served(number: str, taken: str = "8:10", called: str = "8:20", ended: str = "8:35", **written: Any) -> Paper:
    return a_paper(number, taken, called=called, ended=ended, outcome=S.FINISHED, counter=1, **written)


def enter(hall: Hall, *papers: Paper, day: date = MONDAY) -> None:
    hall.press(enter_papers, day, papers)


def mistakes(hall: Hall, *papers: Paper, day: date = MONDAY) -> list[tuple[str, str]]:
    before, told = hall.snapshot(), len(hall.store.outgoing)
    with pytest.raises(Mistakes) as refused:
        enter(hall, *papers, day=day)
    assert hall.snapshot() == before, "nothing half done"
    assert len(hall.store.outgoing) == told
    return [(mistake.field, mistake.reason) for mistake in refused.value.found]


# Pads


def test_pads_go_on_from_one_another_for_ever(hall: Hall) -> None:
    assert hall.press(print_pad, "A", 3) == ["AP001", "AP002", "AP003"]
    assert hall.press(print_pad, "B", 2) == ["BP001", "BP002"]
    assert hall.at("8:00", date(2027, 3, 1)).press(print_pad, "A", 2) == ["AP004", "AP005"]
    assert [event.facts["last"] for event in hall.events()] == ["AP003", "BP002", "AP005"]
    assert hall.events()[0].kind is Kind.CENTRE_UPDATED
    assert differences(hall) == []


def test_each_centre_has_pads_of_its_own(store: Store) -> None:
    ours, theirs = a_hall(store), a_hall(store)
    assert ours.press(print_pad, "A", 1) == theirs.press(print_pad, "A", 1) == ["AP001"]


def test_a_pad_leaves_the_numbers_of_the_machine_alone(hall: Hall) -> None:
    hall.press(print_pad, "A", 5)
    assert hall.ticket("RES").number == "A001"


@pytest.mark.parametrize(
    ("series", "count", "field"),
    [("X", 5, "series"), ("a", 5, "series"), ("A", 0, "count"), ("A", MOST_PAPERS + 1, "count")],
)
def test_a_pad_that_cannot_be_is_refused(hall: Hall, series: str, count: int, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        hall.press(print_pad, series, count)
    assert refused.value.field == field
    assert hall.events() == []


@pytest.mark.parametrize(("service", "series"), [("INFO", "AP"), ("RES", "ABC")])
def test_no_pad_has_the_numbers_of_another_series_or_too_many_letters(hall: Hall, service: str, series: str) -> None:
    with hall.store.writing() as conn:
        here = (tables.Service.centre_id == hall.centre) & (tables.Service.code == service)
        conn.execute(update(tables.Service).where(here).values(series=series))
        conn.execute(update(tables.Centre).where(tables.Centre.id == hall.centre).values(version=99))
    with pytest.raises(Invalid) as refused:
        hall.press(print_pad, "ABC" if series == "ABC" else "A", 5)
    assert refused.value.reason == "no-paper-series"


# Who still waits


def test_who_still_waits_joins_the_queue_as_of_the_time_on_the_paper(hall: Hall) -> None:
    hall.at("8:15").ticket("RES")
    hall.at("8:40")
    enter(hall, a_paper("AP002", "8:20"), a_paper("AP001", "8:10", line=2))
    assert hall.queue() == ["AP001", "A001", "AP002"]
    visit = next(visit for visit in hall.visits().values() if visit.number == "AP001")
    assert visit == hall.folded()[visit.id]
    assert (visit.channel, visit.business_date, visit.issued_at) == ("staff", MONDAY, clock("8:10"))
    assert (visit.step.joined_at, visit.step.due_at) == (clock("8:10"), clock("8:10"))
    assert [(step.service, step.state) for step in visit.steps] == [("RES", S.WAITING), ("PAY", S.PLANNED)]
    told = [event for event in hall.events() if event.ticket == visit.id]
    assert [(event.kind, event.at, event.recorded_at, event.actor) for event in told] == [
        (Kind.ISSUED, clock("8:10"), clock("8:40"), KEO)
    ]
    assert differences(hall) == []


def test_entering_does_not_move_the_centres_time(hall: Hall) -> None:
    hall.at("9:00").ticket("INFO")
    hall.at("9:30")
    enter(hall, a_paper(taken="8:10"))
    assert hall.ticket("INFO").issued_at == clock("9:30")
    hall.at("9:29:30")
    assert hall.ticket("INFO").issued_at == clock("9:30"), "no further than what happened last"


def test_a_paper_ticket_is_called_and_served_by_its_number(hall: Hall) -> None:
    hall.opens(1).at("8:30")
    enter(hall, a_paper(taken="8:10"))
    called = hall.press(call_next, 1)
    assert called is not None
    assert called.number == "AP001"
    hall.press(serve, called.id)
    assert hall.press(finish, called.id).step.service == "PAY"
    assert hall.visit(called).at(1).waited(hall.clock.now()) == timedelta(minutes=20)
    assert differences(hall) == []


def test_a_paper_ticket_that_nobody_calls_expires_at_closing(store: Store) -> None:
    office = a_hall(store, week=OFFICE_HOURS).at("9:00")
    enter(office, a_paper())
    assert office.at("16:00:20").press(end_past_days) == 1
    (visit,) = office.visits().values()
    assert (visit.state, visit.step.finished_at) == (S.EXPIRED, clock("16:00"))
    assert differences(office) == []


def test_after_a_power_cut_the_paper_is_later_than_all_that_happened(hall: Hall) -> None:
    hall.ticket("RES")
    hall.at("11:00")
    enter(hall, a_paper(taken="10:30"), served("AP002", "10:00", "10:10", "10:20", line=2))
    assert differences(hall) == []
    assert hall.ticket("RES").number == "A002"


# Who was served


def test_who_was_served_is_history_that_the_figures_count(hall: Hall) -> None:
    hall.at("9:00")
    enter(hall, served("AP001"), a_paper("AP002", outcome=S.NO_SHOW, called="8:30", counter=2, line=2))
    one, other = sorted(hall.visits().values(), key=lambda visit: visit.number)
    assert (one.state, one.step.first_counter, one.step.served) == (S.FINISHED, 1, timedelta(minutes=15))
    assert (other.state, other.step.finished_at) == (S.NO_SHOW, clock("8:30"))
    assert hall.queue() == []
    (event,) = hall.events()
    assert (event.kind, event.actor) == (Kind.HISTORY_IMPORTED, KEO)
    with hall.reading() as conn:
        total = statistics(conn, hall.info, MONDAY, MONDAY, By.SERVICE).total
    assert (total.served, total.no_show, total.wait.mean) == (1, 1, 600)
    assert differences(hall) == []


def test_what_was_entered_is_exported_and_known_to_the_import(hall: Hall) -> None:
    hall.at("9:00")
    enter(hall, served("AP001"), a_paper("AP002", line=2))
    with hall.reading() as conn:
        lines = list(visits_csv(conn, hall.info, MONDAY, MONDAY))
    assert ["AP001" in line for line in lines] == [False, True]
    report = import_history(hall.store, hall.code, lines)
    assert (report.imported, report.known, report.problems) == (0, 1, [])
    more = lines[1].replace("AP001", "AP005")
    assert import_history(hall.store, hall.code, [lines[0], more]).imported == 1
    assert differences(hall) == []


@pytest.mark.parametrize("day", [FRIDAY, SUNDAY])
def test_a_past_day_is_entered_too(store: Store, day: date) -> None:
    office = a_hall(store, week=OFFICE_HOURS).at("9:00", FRIDAY)
    office.ticket("INFO")
    office.at("9:00").press(end_past_days)
    expired = a_paper("AP002", day=day, outcome=S.EXPIRED, line=2)
    enter(office, served("AP001", day=day), expired, day=day)
    visits = {visit.number: visit for visit in office.visits().values()}
    assert {visits[number].business_date for number in ("AP001", "AP002")} == {day}
    assert visits["AP002"].step.finished_at == office.info.hours.closing(day)
    assert differences(office) == []


# Once, and all or nothing


def test_a_number_is_entered_once_whatever_is_written_beside_it(hall: Hall) -> None:
    hall.at("9:00")
    enter(hall, a_paper("AP001"), served("AP002", line=2))
    for again in (served("AP001"), a_paper("ap 1"), a_paper("AP002", "8:59"), served("AP002")):
        assert mistakes(hall, again) == [("1-number", "entered-before")]
    assert mistakes(hall, a_paper("AP003"), a_paper("AP3", line=2)) == [("2-number", "listed-twice")]
    enter(hall, served("AP001", day=FRIDAY), day=FRIDAY)
    assert differences(hall) == []


@pytest.mark.parametrize(
    ("paper", "found"),
    [
        (a_paper("A001"), [("1-number", "not-a-paper-number")]),
        (a_paper("XP001"), [("1-number", "not-a-paper-number")]),
        (a_paper("AP"), [("1-number", "not-a-paper-number")]),
        (a_paper("AP000"), [("1-number", "not-a-paper-number")]),
        (a_paper(service="NONE"), [("1-service", "required")]),
        (served("AP001", service=""), [("1-service", "required")]),
        (a_paper(outcome=S.FINISHED), [("1-called", "required"), ("1-ended", "required")]),
        (a_paper(outcome=S.NO_SHOW), [("1-called", "required")]),
        (a_paper(outcome=S.LEFT), [("1-ended", "required")]),
        (a_paper(outcome=S.LEFT, ended="8:30", counter=1), [("1-called", "required")]),
        (a_paper(outcome=S.EXPIRED), [("1-outcome", "day-goes-on")]),
        (a_paper(called="8:20"), [("1-called", "was-not-called")]),
        (a_paper(ended="8:20"), [("1-ended", "was-not-called")]),
        (a_paper(counter=1), [("1-counter", "was-not-called")]),
        (a_paper(taken="9:01"), [("1-taken", "still-to-come")]),
        (served("AP001", ended="9:01"), [("1-ended", "still-to-come")]),
        (served("AP001", called="8:09"), [("1-called", "times-backwards")]),
        (served("AP001", ended="8:19"), [("1-ended", "times-backwards")]),
        (a_paper(outcome=S.FINISHED, called="8:20", ended="8:30", counter=77), [("1-counter", "unknown")]),
    ],
)
def test_what_makes_no_sense_is_said_of_its_line(hall: Hall, paper: Paper, found: list[tuple[str, str]]) -> None:
    assert mistakes(hall.at("9:00"), paper) == found


def test_clerks_who_enter_a_number_together_enter_it_once(hall: Hall) -> None:
    hall.at("9:00")

    def slowly(unit: Unit) -> bool:
        time.sleep(0.001)
        try:
            enter_papers(unit, MONDAY, [a_paper()])
        except Mistakes:
            return False
        return True

    with another_store(hall.store) as other:
        assert sum(press_at_once([hall.store, other], hall.code, slowly, 16)) == 1
    assert hall.queue() == ["AP001"]


def test_one_wrong_line_keeps_all_out_and_every_one_is_said(hall: Hall) -> None:
    wrong: Sequence[Paper] = (a_paper("B001", line=2), a_paper("AP003", "9:30", line=3))
    found = mistakes(hall.at("9:00"), served("AP001"), *wrong)
    assert found == [("2-number", "not-a-paper-number"), ("3-taken", "still-to-come")]


@pytest.mark.parametrize(("day", "reason"), [(TUESDAY, "still-to-come"), (MONDAY - timedelta(days=8), "too-long-ago")])
def test_a_day_that_cannot_be_is_refused(hall: Hall, day: date, reason: str) -> None:
    assert ("day", reason) in mistakes(hall.at("9:00"), served("AP001", day=day), day=day)


def test_nobody_waits_any_more_for_a_day_that_is_over(store: Store) -> None:
    office = a_hall(store, week=OFFICE_HOURS).at("16:30")
    assert mistakes(office, a_paper()) == [("1-outcome", "day-is-over")]
    assert mistakes(office, a_paper(day=FRIDAY), day=FRIDAY) == [("1-outcome", "day-is-over")]


def test_an_empty_list_is_refused(hall: Hall) -> None:
    assert mistakes(hall) == [("1-number", "required")]


def test_a_clock_that_lost_its_time_enters_nothing(hall: Hall) -> None:
    hall.at("9:00").ticket()
    with pytest.raises(ClockBehind):
        enter(hall.at("8:50"), a_paper())


def test_a_pad_of_a_machine_that_is_gone_is_not_printed_again(hall: Hall) -> None:
    """The database was restored from a backup that is older than the pad."""
    hall.at("9:00")
    enter(hall, a_paper("AP040"))
    assert hall.press(print_pad, "A", 1) == ["AP041"]
    assert differences(hall) == []


def test_numbers_of_pads_are_counted_on_no_date_that_anything_looks_at(hall: Hall) -> None:
    hall.press(print_pad, "A", 7)
    with hall.reading() as conn:
        days = select(func.min(tables.NumberCount.business_date)).where(tables.NumberCount.centre_id == hall.centre)
        assert conn.execute(days).scalar_one() == date.min
    assert differences(hall) == []
