"""The feed's module on a line that loses messages or falls silent."""

import json
import re

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.conftest import DESK, KIOSK, TV, Screen, press, show, sign_in, take_ticket
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


class Line:
    """The line between a page and the server; messages from the server pass while `passes` says so."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.watches = 0
        self.answers = 0
        self.lost: list[str] = []
        self.passes = lambda _message: True
        page.route_web_socket(re.compile(r"/socket\.io/"), self._between)

    def _between(self, route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def up(message: str | bytes) -> None:
            self.watches += '"watch"' in str(message)
            server.send(message)

        def down(message: str | bytes) -> None:
            self.answers += str(message).startswith("43")  # Socket.IO's acknowledgement
            if self.passes(str(message)):
                route.send(message)
            else:
                self.lost.append(str(message))

        route.on_message(up)
        server.on_message(down)

    def watched(self) -> None:
        """Waits until the page has its first picture, however slow the machine is."""
        for _ in range(200):
            if self.answers:
                break
            self._page.wait_for_timeout(100)
        assert (self.watches, self.answers) == (1, 1)


def _kind(message: str) -> str | None:
    """The kind of a feed event in a Socket.IO message, if it is one."""
    if not message.startswith('42["event"'):
        return None
    kind: str = json.loads(message[2:])[1]["kind"]
    return kind


@pytest.mark.slow
def test_a_lost_event_is_a_gap_and_the_picture_is_taken_again(server: RunningServer, screen: Screen) -> None:
    kiosk, tv = screen(KIOSK), screen(TV)
    line = Line(tv)
    tv.goto(f"{server.url}/display/SAY")
    expect(show(tv, "stale")).to_be_hidden()
    line.watched()
    line.passes = lambda message: _kind(message) != "counter_opened"
    clerk = screen(DESK)
    sign_in(server, clerk)
    press(clerk, "counter:3", "open")
    take_ticket(server, kiosk, "civil", "RES")
    desk = tv.locator('.desks__one[data-counter="3"]')
    expect(desk).to_have_attribute("data-state", "open", timeout=5_000)
    assert len(line.lost) == 1
    assert line.watches == 2
    expect(show(tv, "waiting")).to_have_text("1")
    expect(show(tv, "stale")).to_be_hidden()


@pytest.mark.slow
def test_a_lost_last_event_is_told_by_the_next_pulse(server: RunningServer, screen: Screen) -> None:
    tv = screen(TV)
    line = Line(tv)
    tv.goto(f"{server.url}/display/SAY")
    line.watched()
    line.passes = lambda message: _kind(message) != "counter_opened"
    clerk = screen(DESK)
    sign_in(server, clerk)
    press(clerk, "counter:3", "open")
    expect(tv.locator('.desks__one[data-counter="3"]')).to_have_attribute("data-state", "open", timeout=15_000)
    assert line.watches == 2


def test_a_silent_line_is_stale_after_25_seconds(server: RunningServer, screen: Screen) -> None:
    tv = screen(TV)
    line = Line(tv)
    tv.clock.install()
    tv.goto(f"{server.url}/display/SAY")
    line.watched()
    line.passes = lambda _message: False
    tv.clock.run_for(20_000)
    expect(show(tv, "stale")).to_be_hidden()
    tv.clock.run_for(6_000)
    expect(show(tv, "stale")).to_be_visible()
