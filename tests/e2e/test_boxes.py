"""Words stay within their boxes on every page, in Lao too, whose words are longer and broken elsewhere."""

import pytest
from playwright.sync_api import Page, expect

from commands.permissions import Role
from tests.e2e.conftest import DESK, KIOSK, LAO_FIRST, PHONE, TV, Screen, press, show, sign_in, take_ticket
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

OFFICE = (
    *("waits", "notice", "services", "counters", "hours", "people", "devices", "messages", "backup", "changes"),
    "definitions",
    *("appointments", "sessions/new"),
)
# A line of text that goes over the left or right edge of the block that it stands in.
SPILLED = """
() => document.fonts.ready.then(() => {
  const spilled = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    let box = text.parentElement;
    if (!text.data.trim() || !box.checkVisibility()) continue;
    while (getComputedStyle(box).display === "inline") box = box.parentElement;
    const edge = box.getBoundingClientRect();
    if (edge.width < 2) continue;  // for those who hear the page
    const range = document.createRange();
    range.selectNodeContents(text);
    const over = [...range.getClientRects()].some((line) => line.right > edge.right + 1 || line.left < edge.left - 1);
    if (over) spilled.push(`${text.data.trim().slice(0, 60)} in ${box.outerHTML.slice(0, 80)}`);
  }
  return spilled;
})
"""


def spilled(page: Page) -> list[str]:
    """What is too long for its place."""
    return [f"{page.url}: {text}" for text in page.evaluate(SPILLED)]


def test_a_word_that_is_too_long_is_found(server: RunningServer, screen: Screen) -> None:
    phone = screen(PHONE, "lo")
    phone.goto(f"{server.url}/")
    assert spilled(phone) == []
    phone.evaluate("""() => {
      const head = document.querySelector("h1");
      head.style.whiteSpace = "nowrap";
      head.textContent = "ກ".repeat(200);
    }""")
    assert len(spilled(phone)) == 1


@LAO_FIRST
def test_words_of_the_citizens_screens_stay_within_their_boxes(
    server: RunningServer, screen: Screen, lang: str
) -> None:
    kiosk, phone, tv = screen(KIOSK, lang), screen(PHONE, lang), screen(TV, lang)
    _number, address = take_ticket(server, kiosk, "civil", "RES", lang)
    said = spilled(kiosk)
    press(kiosk, "done")
    said += spilled(kiosk)
    press(kiosk, f"language:{lang}", "group:civil")
    said += spilled(kiosk)
    press(kiosk, "service:BIRTH")
    expect(kiosk.locator('[data-act="take"]')).to_be_visible()
    said += spilled(kiosk)
    for page in (address, f"{server.url}/book/SAY?lang={lang}", f"{server.url}/sign-in", f"{server.url}/"):
        phone.goto(page)
        said += spilled(phone)
    tv.goto(f"{server.url}/display/SAY?lang={lang}")
    assert said + spilled(tv) == []


@LAO_FIRST
def test_words_of_the_staffs_screens_stay_within_their_boxes(server: RunningServer, screen: Screen, lang: str) -> None:
    kiosk, desk = screen(KIOSK, lang), screen(DESK, lang)
    for service in ("RES", "MOVE"):
        take_ticket(server, kiosk, "civil", service, lang)
    sign_in(server, desk, Role.MANAGER)
    said = spilled(desk)
    for page in OFFICE:
        desk.goto(f"{server.url}/office/SAY/{page}")
        expect(desk.locator("h1")).to_be_visible()
        said += spilled(desk)
    for page in ("/counter/SAY/paper", "/counter/SAY/reception", "/counter/"):
        desk.goto(f"{server.url}{page}")
        said += spilled(desk)
    press(desk, "counter:3", "open", "next")
    expect(show(desk, "current")).not_to_be_empty()
    said += spilled(desk)
    press(desk, "transfer")
    assert said + spilled(desk) == []
