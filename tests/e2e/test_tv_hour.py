"""The TV through an hour of the real log: every call is announced, in the log's order, and the page does not grow."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy import select

from queueing.events import Kind
from store.tables import LogEvent, Ticket
from store.unit import Store
from tests.e2e.conftest import TV, Screen, eventually, show
from tests.e2e.televisions import announced, watch_tv
from tests.processes import ROOT, kill, spawn
from tests.replay.test_replay import CENTRE, Bank, cut, needs_real_log
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

SPEED = 20  # an hour in three minutes
LATEST = 330  # the hour, and as long as its last people are served
TIME, BRIEF = 5_000 // SPEED, 3_000 // SPEED
GROWTH = 1.10
RINGING = 6_000  # milliseconds until the last chime has died away
_IS_PAST = """(time) => document.querySelector('[data-show="clock"]').textContent >= time"""


@contextmanager
def replaying(log: Path, server: RunningServer, said: Path) -> Iterator[Any]:
    command = [sys.executable, "server.py", "replay", CENTRE, str(log), "--speed", str(SPEED), "--url", server.url]
    with said.open("w") as output:
        process = spawn([*command, "--database", server.database], cwd=ROOT, stdout=output, stderr=output)
        try:
            yield process
        finally:
            kill(process)


def weight(session: CDPSession) -> dict[str, int]:
    """What the page holds after everything that can go is gone."""
    session.send("HeapProfiler.collectGarbage")
    session.send("HeapProfiler.collectGarbage")  # what the first has let go of
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    counted = session.send("Memory.getDOMCounters")
    return {"heap": int(heap), "nodes": counted["nodes"], "listeners": counted["jsEventListeners"]}


def weight_at(session: CDPSession, tv: Page, time: str) -> dict[str, int]:
    """The same when the TV's clock shows that time."""
    eventually(tv, _IS_PAST, time, seconds=LATEST)
    return weight(session)


def logged_calls(store: Store) -> list[tuple[str, int | None, bool]]:
    """Number, counter and whether again, as the event log has them."""
    kinds = (Kind.CALLED, Kind.RECALLED)
    found = (
        select(Ticket.number, LogEvent.counter, LogEvent.kind)
        .join(Ticket, Ticket.id == LogEvent.ticket_id)
        .where(LogEvent.kind.in_(kinds))
        .order_by(LogEvent.seq)
    )
    with store.reading() as conn:
        return [(number, counter, kind == Kind.RECALLED) for number, counter, kind in conn.execute(found)]


@needs_real_log
def test_every_call_of_an_hour_is_announced_in_order_and_the_page_does_not_grow(
    sqlite_url: str, run_server: Callable[..., RunningServer], screen: Screen, tmp_path: Path
) -> None:
    bank = Bank(sqlite_url, run_server)
    log = cut("10:00", "11:00", tmp_path / "log.csv")
    server = bank.opens("10:00", SPEED)
    tv = screen(TV, "en")
    session = tv.context.new_cdp_session(tv)
    watch_tv(tv, f"{server.url}/display/{CENTRE}?lang=en", time=TIME, brief=BRIEF)
    expect(tv.locator("body")).to_be_visible()  # what the test itself puts into the page is there before it is weighed
    with replaying(log, server, tmp_path / "said") as process:
        at_five, at_thirty = (weight_at(session, tv, time) for time in ("10:05", "10:30"))
        weight_at(session, tv, "11:00")
        assert process.wait(120) == 0, (tmp_path / "said").read_text()
    calls = logged_calls(bank.store)
    assert len(calls) > 90
    eventually(tv, "(most) => announced.length >= most", len(calls), seconds=60)
    assert [(each["number"], each["counter"], each["again"]) for each in announced(tv)] == calls
    expect(tv.locator(".call--new")).to_have_count(0)
    tv.wait_for_timeout(RINGING)
    at_end = weight(session)
    print(f"minute five {at_five}, thirty {at_thirty}, end {at_end}")
    assert at_end["heap"] <= at_five["heap"] * GROWTH
    for what in ("nodes", "listeners"):  # the list of calls is full after a quarter of an hour
        assert at_end[what] <= at_thirty[what] * GROWTH
    expect(show(tv, "stale")).to_be_hidden()
    bank.store.engine.dispose()
