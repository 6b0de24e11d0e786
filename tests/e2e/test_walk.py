"""One visit through the door, seen by everybody at once: kiosk, phone, counter and TV, in both languages."""

import io
import re

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import DESK, KIOSK, PHONE, TV, Screen, press, show, sign_in, take_ticket
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

SOON = 3_000
BACK = 20_000  # a screen asks again at most every five seconds or so


def reads(code: Locator) -> str:
    """What a phone's camera reads."""
    code.evaluate("(image) => image.decode()")  # it has come and is painted
    picture = Image.open(io.BytesIO(code.screenshot())).convert("L")
    (found,) = zxingcpp.read_barcodes(np.asarray(picture))
    return found.text


def navigations(page: Page) -> list[str]:
    """The addresses that a page goes to from now on."""
    seen: list[str] = []
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    return seen


@pytest.mark.parametrize("lang", ["lo", "en"])
def test_a_visit_is_seen_by_everybody_without_a_reload(server: RunningServer, screen: Screen, lang: str) -> None:
    kiosk, phone, tv, clerk = screen(KIOSK, lang), screen(PHONE, lang), screen(TV, lang), screen(DESK, lang)
    number, address = take_ticket(server, kiosk, "civil", "RES", lang)
    assert re.fullmatch(r"A\d{3}", number)
    assert reads(show(kiosk, "qr")) == address
    expect(kiosk.locator("html")).to_have_attribute("lang", lang)
    phone.goto(address)
    tv.goto(f"{server.url}/display/SAY")
    expect(show(phone, "position")).to_have_text("1")
    sign_in(server, clerk)
    assert clerk.url == f"{server.url}/counter/"
    press(clerk, "counter:3", "open")
    expect(show(clerk, "queue").locator(f'[data-number="{number}"]')).to_be_visible()
    expect(clerk.locator('[data-show="live"][data-state="live"]')).to_be_visible()
    elsewhere = navigations(phone), navigations(tv), navigations(clerk)
    press(clerk, "next")
    expect(show(clerk, "current")).to_have_text(number)
    newest = show(tv, "calls").locator("> *").first
    expect(newest).to_have_attribute("data-number", number, timeout=SOON)
    expect(newest).to_have_attribute("data-counter", "3")
    expect(show(phone, "state")).to_have_attribute("data-value", "called", timeout=SOON)
    expect(show(phone, "counter")).to_contain_text("3")
    press(clerk, "serve")
    expect(show(phone, "state")).to_have_attribute("data-value", "serving", timeout=SOON)
    press(clerk, "finish")
    expect(show(clerk, "current")).to_be_empty()
    expect(show(phone, "state")).to_have_attribute("data-value", "waiting", timeout=SOON)  # the cashier is next
    expect(show(phone, "position")).to_have_text("1", timeout=5_000)
    assert elsewhere == ([], [], [])
    press(kiosk, "done")
    expect(kiosk.locator('[data-act="group:civil"]')).to_be_visible()


@pytest.mark.slow
def test_screens_say_that_they_are_stale_and_recover(server: RunningServer, screen: Screen) -> None:
    kiosk, phone, tv, clerk = screen(KIOSK), screen(PHONE), screen(TV), screen(DESK)
    number, address = take_ticket(server, kiosk, "civil", "RES")
    sign_in(server, clerk)
    press(clerk, "counter:3", "open")
    phone.goto(address)
    tv.goto(f"{server.url}/display/SAY")
    for page in (phone, tv, clerk):
        expect(show(page, "stale")).to_be_hidden()
    expect(clerk.locator('[data-show="live"][data-state="live"]')).to_be_visible()
    server.kill()
    for page in (phone, tv, clerk):
        expect(show(page, "stale")).to_be_visible(timeout=SOON)
        assert show(page, "stale").inner_text().strip()
    next_ = clerk.locator('[data-act="next"]')
    expect(next_).to_be_disabled()
    expect(clerk.locator('[data-part="no-next"]')).to_be_visible()
    next_.evaluate("(button) => button.form.requestSubmit()")  # a key, a script: it is not sent, now or later
    server.start()
    for page in (phone, tv, clerk):
        expect(show(page, "stale")).to_be_hidden(timeout=BACK)
    expect(show(clerk, "queue").locator("tr")).to_have_attribute("data-number", number)
    expect(next_).to_be_enabled()
    press(clerk, "next")
    expect(show(clerk, "current")).to_have_text(number)
    expect(show(phone, "state")).to_have_attribute("data-value", "called", timeout=SOON)
    expect(show(tv, "calls").locator("> *").first).to_have_attribute("data-number", number, timeout=SOON)


# A finger that goes on pressing while the answer comes, and a moment after it has come.
_IMPATIENT = """
() => {
  const press = () => document.querySelector('[data-act="next"]').form.requestSubmit();
  const called = () => document.querySelector('[data-show="current"]').textContent !== "";
  new MutationObserver((_, seen) => {
    if (!called()) return;
    seen.disconnect();
    press();
    setTimeout(press, 100);
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
  press();
  press();
}
"""


@pytest.mark.slow
def test_an_impatient_finger_calls_one_person(server: RunningServer, screen: Screen) -> None:
    kiosk, clerk = screen(KIOSK), screen(DESK)
    first, _ = take_ticket(server, kiosk, "civil", "RES")
    second, _ = take_ticket(server, kiosk, "civil", "RES")
    sign_in(server, clerk)
    press(clerk, "counter:3", "open")
    expect(clerk.locator('[data-show="live"][data-state="live"]')).to_be_visible()
    expect(clerk.locator('[data-act="next"]')).to_be_enabled()
    clerk.evaluate(_IMPATIENT)
    expect(show(clerk, "current")).to_have_text(first)
    clerk.wait_for_timeout(500)
    expect(show(clerk, "current")).to_have_text(first)
    expect(show(clerk, "queue").locator("tr")).to_have_attribute("data-number", second)
    press(clerk, "next")  # meant this time
    expect(show(clerk, "current")).to_have_text(second)


@pytest.mark.slow
def test_who_was_signed_out_is_led_to_sign_in(server: RunningServer, screen: Screen, complaints: list[str]) -> None:
    clerk = screen(DESK)
    sign_in(server, clerk)
    press(clerk, "counter:3")
    expect(clerk.locator('[data-show="live"][data-state="live"]')).to_be_visible()
    clerk.context.clear_cookies()
    # The page may notice by itself before the press.
    clerk.evaluate("document.querySelector('[data-act=\"open\"]')?.click()")
    expect(clerk.locator("input[name=username]")).to_be_visible()
    complaints.clear()  # of the press that was refused


@pytest.mark.slow
def test_a_citizen_leaves_the_queue_and_the_counter_sees_it(server: RunningServer, screen: Screen) -> None:
    kiosk, phone, clerk = screen(KIOSK), screen(PHONE), screen(DESK)
    number, address = take_ticket(server, kiosk, "civil", "RES")
    sign_in(server, clerk)
    press(clerk, "counter:3")
    waiting = show(clerk, "queue").locator(f'[data-number="{number}"]')
    expect(waiting).to_be_visible()
    phone.goto(address)
    press(phone, "leave", "confirm")
    expect(show(phone, "state")).to_have_attribute("data-value", "left")
    expect(waiting).to_have_count(0, timeout=SOON)


def test_the_walk_works_where_no_script_runs(server: RunningServer, screen: Screen) -> None:
    kiosk, clerk = screen(KIOSK, java_script_enabled=False), screen(DESK, java_script_enabled=False)
    number, address = take_ticket(server, kiosk, "civil", "RES")
    sign_in(server, clerk)
    press(clerk, "counter:3", "open", "next")
    expect(show(clerk, "current")).to_have_text(number)
    phone = screen(PHONE, java_script_enabled=False)
    phone.goto(address)
    expect(show(phone, "counter")).to_contain_text("3")
