"""The waiting-room TV when a press is taken back, and when nobody has to be called."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from commands.undo import undo
from queueing.events import Kind
from store.tables import LogEvent
from tests.e2e.conftest import TV, Screen, show
from tests.e2e.televisions import numbers, watch_tv
from tests.e2e.test_tv import BACK, SOON, call, floor, live, people, wait_for
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]


def test_an_undone_call_is_taken_off_the_screen_and_never_announced(server: RunningServer, screen: Screen) -> None:
    people(server, 3)
    tv = screen(TV, "en")
    watch_tv(tv, f"{server.url}/display/SAY?lang=en", time=2_500)
    live(tv)
    first, second, third = (call(server, counter) for counter in (1, 2, 3))
    wait_for(tv, 1)
    for counter in (2, 1):  # one whose turn is to come, and the one that is announced just now
        assert server.api("POST", f"/centres/SAY/counters/{counter}/undo", {}, role="staff").status_code == 200
    rows = show(tv, "calls")
    for undone in (first, second):
        expect(rows.locator(f'[data-number="{undone["number"]}"]')).to_have_count(0, timeout=SOON)
    expect(tv.locator(".call--now")).to_have_attribute("data-number", third["number"])
    expect(tv.locator('.desks__one[data-counter="2"]')).to_have_attribute("data-at", "")
    again = call(server, 2)
    wait_for(tv, 3)
    tv.wait_for_timeout(3_000)
    assert numbers(tv) == [first["number"], third["number"], again["number"]]


def test_a_call_that_was_undone_while_the_line_was_down_is_not_announced(server: RunningServer, screen: Screen) -> None:
    people(server, 3)
    tv = screen(TV, "en")
    watch_tv(tv, f"{server.url}/display/SAY?lang=en", time=20_000)
    live(tv)
    first, second, third = (call(server, counter) for counter in (1, 2, 3))
    rows = show(tv, "calls")
    expect(rows.locator(f'[data-number="{third["number"]}"]')).to_be_attached(timeout=SOON)
    server.kill()
    with floor(server) as store:
        with store.reading() as conn:
            clerk = conn.execute(select(LogEvent.actor).where(LogEvent.kind == Kind.CALLED.value)).scalars().all()[-1]
        with store.unit("SAY", clerk) as unit:
            undo(unit, 2)
    server.start()
    expect(show(tv, "stale")).to_be_hidden(timeout=BACK)
    expect(rows.locator(f'[data-number="{second["number"]}"]')).to_have_count(0, timeout=BACK)
    wait_for(tv, 2)
    assert numbers(tv) == [first["number"], third["number"]]


def test_who_is_served_at_once_is_shown_without_an_announcement(server: RunningServer, screen: Screen) -> None:
    people(server, 2)
    tv = screen(TV, "en")
    watch_tv(tv, f"{server.url}/display/SAY?lang=en", time=500)
    live(tv)
    called = call(server, 1)
    wait_for(tv, 1)
    served = server.api("POST", "/centres/SAY/counters/2/quick-serve", {"services": ["RES"]}, role="staff").json()
    expect(show(tv, "calls").locator("> *").first).to_have_attribute("data-number", served["number"], timeout=SOON)
    expect(tv.locator('.desks__one[data-counter="2"]')).to_have_attribute("data-at", served["number"])
    tv.wait_for_timeout(1_500)
    assert numbers(tv) == [called["number"]]
    tv.reload()
    live(tv)
    expect(tv.locator(".call--now")).to_have_attribute("data-number", called["number"])
    assert numbers(tv) == []
