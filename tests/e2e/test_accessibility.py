"""What axe finds on each page (WCAG 2.2 A and AA), and that no screen scrolls sideways or loses its Lao."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from commands.permissions import Role
from tests.e2e.conftest import DESK, KIOSK, LAO_FIRST, PHONE, TV, Screen, press, show, sign_in, take_ticket
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def faults(page: Page) -> list[str]:
    """What axe finds wrong, and whether the page must be scrolled sideways.

    It looks from the end of the page and from its beginning: what can be pressed may be cut by the edge in one of them,
    or lie under a bar that stays, and is at fault when it is in both.
    """
    page.wait_for_load_state()
    ends = page.evaluate("document.fonts.ready.then(() => [document.documentElement.scrollHeight, 0])")
    seen = []
    for top in ends:
        page.evaluate("(top) => scrollTo(0, top)", top)
        found = Axe().run(page, options=RULES).response["violations"]
        seen.append([f"{page.url} {fault['id']}: {node['html'][:120]}" for fault in found for node in fault["nodes"]])
        if not seen[-1]:
            break
    said = [fault for fault in seen[-1] if fault in seen[0]]
    if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
        said.append(f"{page.url} scrolls sideways")
    return said


@LAO_FIRST
def test_citizens_screens_can_be_used_by_everybody(server: RunningServer, screen: Screen, lang: str) -> None:
    kiosk, phone = screen(KIOSK, lang), screen(PHONE, lang)
    _number, address = take_ticket(server, kiosk, "civil", "RES", lang)
    said = faults(kiosk)
    press(kiosk, "done")
    press(kiosk, f"language:{lang}", "group:civil", "service:BIRTH")
    said += faults(kiosk)
    for page in (address, f"{server.url}/book/SAY", f"{server.url}/sign-in", f"{server.url}/"):
        phone.goto(page)
        said += faults(phone)
    assert said == []


@LAO_FIRST
def test_staff_screens_can_be_used_by_everybody(server: RunningServer, screen: Screen, lang: str) -> None:
    kiosk, clerk, tv = screen(KIOSK, lang), screen(DESK, lang), screen(TV, lang)
    for service in ("RES", "RES", "MOVE"):
        take_ticket(server, kiosk, "civil", service, lang)
    sign_in(server, clerk, Role.MANAGER)
    expect(clerk).to_have_url(f"{server.url}/office/")
    said = faults(clerk)
    for page in (
        "/office/SAY/hours",
        "/office/SAY/services",
        "/counter/SAY/paper",
        "/counter/SAY/reception",
        "/counter/",
    ):
        clerk.goto(f"{server.url}{page}")
        said += faults(clerk)
    press(clerk, "counter:3", "open", "next")
    expect(show(clerk, "current")).not_to_be_empty()
    press(clerk, "transfer")
    said += faults(clerk)
    tv.goto(f"{server.url}/display/SAY?lang={lang}")
    said += faults(tv)
    assert said == []
