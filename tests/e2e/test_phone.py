"""A ticket on a phone: what it weighs, what it does when it is called, and what it shows without a line."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE, Screen, eventually, press, show
from tests.e2e.test_accessibility import faults
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SOON = 5_000
MOST_BYTES = 60_000
COLLECTED = (datetime.now(ZoneInfo("Asia/Vientiane")).date() + timedelta(days=9)).isoformat()
LANGUAGES = pytest.mark.parametrize("lang", ["lo", "en"])
# What a phone has and a test's browser has not: it notes what it is told to do.
_NOTES = """
window.told = { shakes: 0, tones: 0 };
navigator.vibrate = () => { window.told.shakes += 1; return true; };
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.told.tones += 1; start.call(this, at); };
"""


class Desk:
    """Keo at counter 3, by the API."""

    def __init__(self, server: RunningServer) -> None:
        self.server = server
        self._post("/centres/SAY/counters/3/open")

    def _post(self, path: str, **body: Any) -> Any:
        answer = self.server.api("POST", path, body, role="staff")
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def ticket(self, *services: str) -> dict[str, Any]:
        return self._post("/centres/SAY/tickets", services=services or ["RES"])

    def act(self, ticket: dict[str, Any], act: str, **facts: Any) -> None:
        self._post(f"/tickets/{ticket['id']}/{act}", **facts)

    def undo(self) -> None:
        self._post("/centres/SAY/counters/3/undo")

    def address(self, ticket: dict[str, Any]) -> str:
        return f"{self.server.url}/t/{ticket['token']}"


@pytest.fixture
def desk(server: RunningServer) -> Desk:
    return Desk(server)


def live(phone: Page) -> None:
    """Waits until the page hears the server."""
    expect(phone.locator('[data-show="live"][data-state="live"]')).to_be_visible()


IS_KEPT = "() => caches.match(location.pathname).then((page) => page !== undefined)"


@LANGUAGES
def test_all_that_a_phone_loads_is_under_60_kilobytes(desk: Desk, screen: Screen, lang: str) -> None:
    phone = screen(PHONE, lang)
    line, loaded, kinds = phone.context.new_cdp_session(phone), dict[str, float](), dict[str, str]()
    line.on("Network.responseReceived", lambda it: kinds.update({it["requestId"]: it["type"]}))
    line.on("Network.loadingFinished", lambda it: loaded.update({it["requestId"]: it["encodedDataLength"]}))
    line.send("Network.enable")
    phone.goto(desk.address(desk.ticket("RES", "FAMBOOK")), wait_until="networkidle")
    live(phone)
    phone.wait_for_timeout(1_000)
    weight = sum(size for request, size in loaded.items() if kinds.get(request) != "Image")
    assert 30_000 < weight < MOST_BYTES
    assert len(loaded) > 10


@LANGUAGES
def test_called_the_phone_fills_with_it_rings_and_shakes(desk: Desk, screen: Screen, lang: str) -> None:
    phone = screen(PHONE, lang)
    phone.add_init_script(_NOTES)
    ticket = desk.ticket()
    phone.goto(desk.address(ticket))
    live(phone)
    press(phone, "sound")
    assert phone.evaluate("told.tones") == 2, "it sounds once, so that one knows"
    desk.act(ticket, "call", counter=3)
    expect(show(phone, "state")).to_have_attribute("data-value", "called", timeout=SOON)
    expect(show(phone, "counter")).to_have_text("3")
    expect(phone.get_by_role("alert")).to_contain_text("3")
    assert phone.evaluate("told") == {"shakes": 1, "tones": 4}
    assert "3" in phone.title()
    head = show(phone, "state").bounding_box()
    assert head
    assert head["width"] == PHONE["width"]
    assert head["height"] > 0.8 * PHONE["height"]
    yellow = show(phone, "state").evaluate("(head) => getComputedStyle(head).backgroundColor")
    assert yellow == "rgb(244, 180, 0)"
    desk.act(ticket, "recall")
    eventually(phone, "told", wanted={"shakes": 2, "tones": 6})
    desk.act(ticket, "serve")
    expect(show(phone, "state")).to_have_attribute("data-value", "serving", timeout=SOON)
    assert phone.evaluate("told.shakes") == 2


def test_who_asked_for_sound_once_is_remembered(desk: Desk, screen: Screen) -> None:
    phone = screen(PHONE)
    phone.goto(desk.address(desk.ticket()))
    sound = phone.locator('[data-act="sound"]')
    expect(sound).to_have_attribute("aria-pressed", "false")
    sound.click()
    phone.reload()
    expect(sound).to_have_attribute("aria-pressed", "true")
    sound.click()
    phone.reload()
    expect(sound).to_have_attribute("aria-pressed", "false")


@LANGUAGES
def test_others_pass_by_one_press_and_once(desk: Desk, screen: Screen, lang: str) -> None:
    phone = screen(PHONE, lang)
    first = desk.ticket()
    desk.ticket()
    phone.goto(desk.address(first))
    live(phone)
    expect(show(phone, "position")).to_have_text("1")
    press(phone, "pass")
    expect(show(phone, "position")).to_have_text("2")
    expect(phone.locator('[data-act="pass"]')).to_be_hidden()
    expect(phone.locator('[data-part="passed"]')).to_be_visible()
    assert faults(phone) == []


@LANGUAGES
def test_who_missed_the_call_or_fetched_what_was_missing_is_here_again(desk: Desk, screen: Screen, lang: str) -> None:
    phone = screen(PHONE, lang)
    ticket = desk.ticket("RES")
    phone.goto(desk.address(ticket))
    live(phone)
    here, state = phone.locator('[data-act="here"]'), show(phone, "state")
    for act, facts in (("call", {"counter": 3}), ("no-show", {})):
        expect(here).to_be_hidden()
        desk.act(ticket, act, **facts)
    expect(here).to_be_visible(timeout=SOON)
    assert re.search(r"\d\d:\d\d\.$", phone.locator('[data-part="back-says"]').inner_text())
    assert faults(phone) == []
    here.click()
    expect(state).to_have_attribute("data-value", "waiting")
    expect(show(phone, "position")).to_have_text("1")
    desk.act(ticket, "hold", missing=["family_book"])
    expect(phone.locator('[data-part="missing"] li')).to_have_count(1, timeout=SOON)
    expect(here).to_be_hidden()  # once in each queue
    assert faults(phone) == []


def test_an_undone_call_makes_the_phone_wait_again(desk: Desk, screen: Screen) -> None:
    phone = screen(PHONE, "en")
    ticket = desk.ticket()
    phone.goto(desk.address(ticket))
    live(phone)
    desk.act(ticket, "call", counter=3)
    expect(show(phone, "state")).to_have_attribute("data-value", "called", timeout=SOON)
    desk.undo()
    expect(show(phone, "state")).to_have_attribute("data-value", "waiting", timeout=SOON)
    expect(show(phone, "position")).to_have_text("1", timeout=SOON)
    expect(show(phone, "counter")).to_be_hidden()
    expect(phone.get_by_role("alert")).to_be_empty()
    assert phone.title() == f"{ticket['number']} · OneDoor"


@LANGUAGES
def test_a_step_that_ends_says_from_when_its_result_is_there(desk: Desk, screen: Screen, lang: str) -> None:
    phone = screen(PHONE, lang)
    ticket = desk.ticket()
    phone.goto(desk.address(ticket))
    live(phone)
    for act, facts in (("call", {"counter": 3}), ("serve", {}), ("finish", {"ready_on": COLLECTED})):
        desk.act(ticket, act, **facts)
    ready = phone.locator('[data-part="ready"]').first
    expect(ready).to_be_visible(timeout=SOON)
    told = ready.inner_text()
    phone.reload()
    live(phone)
    assert ready.inner_text() == told, "the script says it as the server does"
    assert faults(phone) == []


@LANGUAGES
def test_each_state_can_be_used_by_everybody(desk: Desk, screen: Screen, lang: str) -> None:
    phone = screen(PHONE, lang)
    ticket = desk.ticket("RES")
    phone.goto(desk.address(ticket))
    live(phone)
    said = faults(phone)
    ways = [
        ("call", "called"),
        ("no-show", "no_show"),
        ("resume", "waiting"),
        ("hold", "on_hold"),
        ("resume", "waiting"),
    ]
    ways += [("call", "called"), ("serve", "serving"), ("finish", "waiting"), ("cancel", "cancelled")]
    for act, state in ways:
        desk.act(ticket, act, **({"counter": 3} if act == "call" else {}))
        expect(show(phone, "state")).to_have_attribute("data-value", state, timeout=SOON)
        said += faults(phone)
    assert said == []


@LANGUAGES
def test_what_is_pressed_is_large_enough_for_a_thumb(desk: Desk, screen: Screen, lang: str) -> None:
    phone = screen(PHONE, lang)
    phone.goto(desk.address(desk.ticket()))
    live(phone)
    press(phone, "leave")
    for target in phone.locator("button:visible, summary:visible, .ticket a:visible").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44, target.inner_text()


def test_without_a_line_the_page_can_be_opened_again_and_says_of_when_it_is(
    desk: Desk, screen: Screen, complaints: list[str]
) -> None:
    phone = screen(PHONE)
    ticket = desk.ticket()
    phone.goto(desk.address(ticket))
    live(phone)
    phone.evaluate("navigator.serviceWorker.ready")
    eventually(phone, IS_KEPT, wanted=True)
    phone.context.set_offline(True)
    phone.reload()
    expect(show(phone, "number")).to_have_text(ticket["number"])
    expect(show(phone, "position")).to_have_text("1")
    expect(show(phone, "stale")).to_be_visible(timeout=10_000)
    assert re.search(r"\d\d:\d\d", show(phone, "stale").inner_text())
    expect(phone.locator('[data-act="pass"]')).to_be_disabled()
    phone.context.set_offline(False)
    live(phone)
    expect(show(phone, "stale")).to_be_hidden()
    expect(phone.locator('[data-act="pass"]')).to_be_enabled()
    desk.act(ticket, "cancel")
    expect(show(phone, "state")).to_have_attribute("data-value", "cancelled", timeout=SOON)
    eventually(phone, IS_KEPT, wanted=False)
    complaints.clear()  # of the line that was down


def test_the_link_is_copied_where_the_phone_has_no_sheet_to_share(desk: Desk, screen: Screen) -> None:
    phone = screen(PHONE, "en", permissions=["clipboard-read", "clipboard-write"])
    phone.add_init_script("delete Navigator.prototype.share;")
    ticket = desk.ticket()
    phone.goto(desk.address(ticket))
    press(phone, "share")
    expect(phone.locator('[data-part="share"] [role="status"]')).to_have_text("The link is copied.")
    assert phone.evaluate("navigator.clipboard.readText()") == desk.address(ticket)


@LANGUAGES
def test_one_press_beside_the_demonstration_leads_to_a_counter(
    server: RunningServer, screen: Screen, lang: str
) -> None:
    visitor = screen(PHONE, lang)
    visitor.goto(f"{server.url}/")
    assert faults(visitor) == []
    press(visitor, "demonstrate:staff")
    expect(visitor).to_have_url(f"{server.url}/counter/")
