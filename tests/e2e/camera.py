"""A camera for the pages: screens of the right size in one language, and the pictures of docs/screens."""

import io
import re

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.album import PAGES
from tests.e2e.conftest import DESK, KIOSK, LOCALES, PHONE, TV
from tests.e2e.morning import PASSWORD
from tests.processes import ROOT
from tests.servers import RunningServer

FOLDER = ROOT / "docs" / "screens"
QUALITY = 55
SIZES = {"kiosk": KIOSK, "phone": PHONE, "tv": TV, "counter": DESK, "office": DESK, "home": DESK}
SCALES = {"phone": 2}
SLOW = 30_000


class Camera:
    """Opens screens of the right size in one language, and keeps what they show."""

    def __init__(self, browser: Browser, server: RunningServer, lang: str) -> None:
        self.browser, self.server, self.lang = browser, server, lang

    def open(self, kind: str, path: str = "/", *, size: ViewportSize | None = None) -> Page:
        """A fresh screen of that kind at an address."""
        context = self.browser.new_context(
            viewport=size or SIZES[kind],
            device_scale_factor=SCALES.get(kind, 1),
            locale=LOCALES[self.lang],
            timezone_id="Asia/Vientiane",
        )
        page = context.new_page()
        page.add_init_script("window.print = () => {}")
        page.goto(f"{self.server.url}{path}")
        return page

    def take(self, page: Page, kind: str, state: str, *, settles: int = 500) -> None:
        """Keeps the picture once its letters have come and nothing moves."""
        assert state in PAGES[kind], f"docs/screens/README.md would not show {kind}-{state}"
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(settles)
        picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        picture.save(FOLDER / f"{kind}-{state}-{self.lang}.webp", quality=QUALITY, method=6)

    def signs_in(self, kind: str, name: str) -> Page:
        """A screen of somebody who came in by name and password."""
        page = self.open(kind, "/sign-in")
        page.locator("[name=username]").fill(name)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("main form button").click()
        page.wait_for_url(re.compile("/(counter|office)/"))
        return page


def live(page: Page) -> None:
    """The feed stands."""
    expect(page.locator('[data-feed="live"], [data-show="live"][data-state="live"]')).to_be_attached(timeout=SLOW)
