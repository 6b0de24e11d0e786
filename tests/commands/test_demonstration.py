"""The demonstration's past: made up, the same everywhere, before today, and without a mistake."""

from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from commands.demonstration import DAYS, demo_past, past_lines
from commands.seed import seed
from commands.tickets import TicketRequest, issue_ticket
from commands.verify import verify
from config.catalogue import Catalogue, demonstration, load_catalogue
from queueing.hours import Hours
from queueing.states import StepState
from store.tables import NumberCount, Ticket, TicketStep
from store.unit import Store
from tests.cast import MONDAY, VIENTIANE, HandClock, a_store, clock
from tests.processes import ROOT


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT / "config" / "centres" / "odsc.toml")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Iterator[Store]:
    """A demonstration that begins on a Monday at eight."""
    with a_store(f"sqlite:///{tmp_path_factory.mktemp('demonstration')}/onedoor.db") as store:
        seed(store, demonstration(catalogue))
        report = demo_past(store, catalogue, "SAY")
        assert (report.known, report.problems) == (0, [])
        assert report.imported > 2000
        yield store


def lines(catalogue: Catalogue, today: date) -> list[str]:
    centre = next(centre for centre in catalogue.centres if centre.code == "SAY")
    hours = Hours(centre.timezone, centre.hours.days, holidays=frozenset(day.date for day in catalogue.holidays))
    return list(past_lines(catalogue, centre, hours, today))


def test_the_past_is_four_weeks_of_working_days_before_today(store: Store) -> None:
    with store.reading() as conn:
        joined = conn.execute(select(TicketStep.joined_on).distinct().order_by(TicketStep.joined_on)).scalars()
        days = [day for day in joined if day is not None]
        last = conn.execute(select(func.max(TicketStep.finished_at))).scalar_one()
    assert last
    assert MONDAY - timedelta(days=DAYS) <= days[0]
    assert days[-1] == MONDAY - timedelta(days=3), "the Friday before"
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}
    assert last.astimezone(VIENTIANE).date() < MONDAY


def test_every_day_has_people_and_most_are_served(store: Store) -> None:
    with store.reading() as conn:
        ended = Tally(conn.execute(select(TicketStep.state)).scalars())
        past = select(func.count()).select_from(Ticket).where(Ticket.business_date < MONDAY)
        people = conn.execute(past.group_by(Ticket.business_date)).scalars().all()
    assert min(people) > 30
    assert {StepState.FINISHED, StepState.NO_SHOW, StepState.LEFT} <= set(ended)
    assert ended[StepState.FINISHED] > 0.8 * ended.total()


def test_today_is_empty_and_its_numbers_begin_at_one(store: Store) -> None:
    with store.reading() as conn:
        today = select(func.count()).select_from(Ticket).where(Ticket.business_date >= MONDAY)
        assert conn.execute(today).scalar_one() == 0
        counts = select(func.count()).select_from(NumberCount).where(NumberCount.business_date >= MONDAY)
        assert conn.execute(counts).scalar_one() == 0
    with suppress(ZeroDivisionError), store.unit("SAY") as unit:
        assert issue_ticket(unit, TicketRequest(("RES",), "kiosk")).number.endswith("001")
        assert unit.now == clock("8:00"), "an import does not move the centre's time"
        raise ZeroDivisionError  # the other tests find today empty too


def test_the_tables_are_what_the_log_says(store: Store) -> None:
    assert verify(store, all_days=True) == []


def test_the_same_days_have_the_same_past_everywhere(catalogue: Catalogue) -> None:
    monday, tuesday = lines(catalogue, MONDAY), lines(catalogue, MONDAY + timedelta(days=1))
    assert monday == lines(catalogue, MONDAY)
    assert set(monday) & set(tuesday) > {monday[0]}


@pytest.mark.parametrize("today", [date(1999, 2, 1), date(2026, 4, 20), date(2026, 1, 2)])
def test_whenever_it_begins_no_line_of_it_is_refused(
    tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue, today: date
) -> None:
    with a_store(f"sqlite:///{tmp_path_factory.mktemp('then')}/onedoor.db") as store:
        store.clock = HandClock(clock("0:01", today))
        seed(store, demonstration(catalogue))
        report = demo_past(store, catalogue, "SAY")
        assert report.problems == []
        with store.reading() as conn:
            assert conn.execute(select(func.max(Ticket.business_date))).scalar_one() < today
