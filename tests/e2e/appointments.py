"""The pictures of booking: from the list of services to the ticket at the kiosk, and on the way with a phone."""

from playwright.sync_api import expect

from tests.e2e.camera import Camera, live
from tests.e2e.conftest import press, show
from tests.e2e.morning import CENTRE


def appointments(camera: Camera) -> None:
    """A time is chosen, booked, moved and found again; who comes with it types the reference."""
    page = camera.open("phone", f"/book/{CENTRE}")
    camera.take(page, "phone", "take")
    press(page, "service:BIRTH")
    camera.take(page, "phone", "bring")
    page.locator("h2").nth(1).evaluate("(head) => head.scrollIntoView()")
    camera.take(page, "phone", "times")
    page.locator('[data-act^="day:"]').nth(1).click()
    page.locator('[data-act^="slot:"]').first.click()
    camera.take(page, "phone", "check")
    press(page, "book")
    reference = show(page, "reference").inner_text()
    camera.take(page, "phone", "booked")
    press(page, "move")
    camera.take(page, "phone", "move")
    page.goto(f"{camera.server.url}/book/{CENTRE}/find")
    camera.take(page, "phone", "find")
    way = camera.open("phone", f"/book/{CENTRE}/visit?services=INFO")
    press(way, "take-from-afar")
    live(way)
    camera.take(way, "phone", "on-the-way")
    kiosk = camera.open("kiosk", f"/kiosk/{CENTRE}?lang={camera.lang}")
    press(kiosk, "appointment")
    for letter in reference:
        kiosk.locator(f'[data-key="{letter}"]').click()
    camera.take(kiosk, "kiosk", "appointment")
    press(kiosk, "check-in")
    expect(show(kiosk, "closed")).to_be_visible()
    camera.take(kiosk, "kiosk", "not-today")
