"""The whole real month: every figure beside an independent computation, and the same file again and back."""

import csv
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from commands.history import BATCH, import_history
from queueing.events import Kind
from reports.groups import By
from reports.measures import statistics
from reports.visits_csv import visits_csv
from store.tables import LogEvent, Ticket, TicketStep
from store.unit import Store
from tests.cast import a_store
from tests.reports import plainly
from tests.reports.bank import REAL_LOG, Bank, open_bank, skip_without_real_log, the_bank

FEBRUARY = date(1999, 2, 1), date(1999, 2, 28)


@pytest.fixture(scope="module")
def lines() -> list[plainly.Line]:
    skip_without_real_log()
    with REAL_LOG.open(newline="", encoding="utf-8") as file:
        return plainly.read(file)


def _targets(bank: Bank) -> dict[str, float]:
    return {code: service.target.total_seconds() / 60 for code, service in bank.info.services.items()}


@pytest.mark.parametrize("by", By)
def test_every_figure_equals_an_independent_computation(bank: Bank, lines: list[plainly.Line], by: By) -> None:
    zone, targets = bank.info.zone, _targets(bank)
    with bank.store.reading() as conn:
        found = statistics(conn, bank.info, *FEBRUARY, by)
    groups = plainly.grouped(lines, plainly.key_of(by, zone))
    expected = {key: plainly.measures(group, targets, zone) for key, group in groups.items()}
    assert plainly.differences({group.key: asdict(group.measures) for group in found.groups}, expected) == []
    assert plainly.differences(asdict(found.total), plainly.measures(lines, targets, zone)) == []
    assert (found.first, found.last, found.by, found.total.steps) == (*FEBRUARY, by, 30_490)


def test_a_week_is_computed_from_its_own_visits(bank: Bank, lines: list[plainly.Line]) -> None:
    first, last = date(1999, 2, 8), date(1999, 2, 14)
    zone = bank.info.zone
    week = [line for line in lines if first <= line["joined_at"].astimezone(zone).date() <= last]
    with bank.store.reading() as conn:
        found = statistics(conn, bank.info, first, last, By.DAY)
    assert [group.key for group in found.groups] == [f"1999-02-{day:02}" for day in range(8, 15)]
    assert plainly.differences(asdict(found.total), plainly.measures(week, _targets(bank), zone)) == []


def test_the_whole_month_is_imported_in_small_batches(bank: Bank) -> None:
    assert (bank.report.imported, bank.report.known, bank.report.problems) == (30_490, 0, [])
    assert bank.progress == [*range(BATCH + 1, 30_491, BATCH), 30_491]
    events = select(LogEvent.facts).where(LogEvent.kind == Kind.HISTORY_IMPORTED).order_by(LogEvent.seq)
    with bank.store.reading() as conn:
        told = [len(facts["lines"]) for facts in conn.execute(events).scalars()]
    assert told == [BATCH] * (30_490 // BATCH) + [30_490 % BATCH]


def test_a_second_import_adds_nothing(sqlite_bank: Bank) -> None:
    before = _rows(sqlite_bank.store)
    with REAL_LOG.open(newline="", encoding="utf-8") as file:
        again = import_history(sqlite_bank.store, "BANK", file)
    assert (again.imported, again.known, again.problems) == (0, 30_490, [])
    assert _rows(sqlite_bank.store) == before


def _rows(store: Store) -> list[int]:
    with store.reading() as conn:
        return [
            conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (Ticket, TicketStep, LogEvent)
        ]


def test_the_export_is_the_imported_file(bank: Bank) -> None:
    with bank.store.reading() as conn:
        exported = [_plain(line) for line in csv.DictReader(visits_csv(conn, bank.info, *FEBRUARY))]
    with REAL_LOG.open(newline="", encoding="utf-8") as file:
        imported = [_plain(line) for line in csv.DictReader(file)]
    assert exported == sorted(imported, key=lambda line: (line["issued_at"], line["ticket"], line["service"]))


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    """A line with its times as instants."""
    times = {name: datetime.fromisoformat(line[name]) for name in plainly.TIMES if line.get(name)}
    return {"appointment_at": "", **line, **times}


def test_an_imported_export_has_the_same_figures_and_export(sqlite_bank: Bank, sqlite_url: str) -> None:
    period = date(1999, 2, 1), date(1999, 2, 7)
    with sqlite_bank.store.reading() as conn:
        exported = list(visits_csv(conn, sqlite_bank.info, *period))
        expected = statistics(conn, sqlite_bank.info, *period, By.COUNTER)
    with a_store(sqlite_url) as store:
        open_bank(store)
        assert import_history(store, "BANK", exported).imported == len(exported) - 1
        with store.reading() as conn:
            centre = the_bank(conn)
            assert list(visits_csv(conn, centre, *period)) == exported
            assert statistics(conn, centre, *period, By.COUNTER) == expected
