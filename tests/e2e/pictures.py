"""The pictures of docs/screens, taken anew: `make pictures`. Every page and state at its own size, in both languages.

The centre is the catalogue's, with its real hours, on one Monday: before anybody came, at twelve past ten, at lunch,
and in the evening. The list of pages below is also what docs/screens/README.md is written from.
"""

import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from commands.permissions import Role
from tests.cast import KEO, NOY
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.e2e.conftest import DESK, KIOSK, LOCALES, PHONE, TV, eventually, press, show, sign_in
from tests.e2e.morning import CALLED, CENTRE, FREE, PASSWORD, SERVING, found_centre, go_home, live_until_now
from tests.processes import ROOT
from tests.servers import RunningServer

FOLDER = ROOT / "docs" / "screens"
QUALITY = 55
LANGUAGES = {"lo": "ລາວ", "en": "English"}
SIZES = {"kiosk": KIOSK, "phone": PHONE, "tv": TV, "counter": DESK, "office": DESK, "home": DESK}
SCALES = {"phone": 2}
NOTICES = {"lo": "ມື້ນີ້ຊ່ອງ 7 ປິດ 15 ໂມງ", "en": "Counter 7 closes at 15:00 today"}
WEEK = "?from=2026-11-17&to=2026-11-23&by=service"
SLOW = 30_000
# Each page's pictures in the order of a visit, with what is seen in them.
PAGES = {
    "kiosk": {
        "services": "Choose a service",
        "group": "A group of services is open",
        "search": "A search in plain words",
        "documents": "The documents to bring, and who is called earlier",
        "ticket": "The number is given",
        "idle": "Are you still there?",
        "back": "Who may come back",
        "back-confirm": "Is this your number?",
        "back-done": "In the queue again",
        "service-off": "A service that is not given at the moment",
        "stopped": "Ticketing is stopped",
        "lunch": "Lunch break",
        "closed": "Closed",
        "no-server": "No connection",
        "pairing": "A new screen, not paired yet",
    },
    "phone": {
        "take": "Take a ticket by phone",
        "waiting": "Waiting",
        "near": "Almost one's turn",
        "next": "Next",
        "called": "Called",
        "serving": "Being served",
        "finished": "Finished",
        "later": "Finished; the result can be collected later",
        "missed": "Missed the call",
        "aside": "Set aside",
        "fetching": "Set aside until a paper is there",
        "leave": "Leave the queue?",
        "left": "Left",
        "offline": "Without a line: what was known last",
    },
    "counter": {
        "choose": "Choose a counter",
        "free": "Nobody is here, somebody is next",
        "called": "Called",
        "serving": "Serving",
        "transfer": "Transfer",
        "aside": "Who is set aside",
        "no-server": "No connection",
    },
    "tv": {
        "empty": "Nobody has been called yet",
        "announcing": "A call is announced",
        "calls": "The last calls",
        "notice": "A notice",
        "closed": "The centre is closed",
        "no-server": "No connection",
    },
    "office": {
        "today": "Today",
        "waits": "Waiting times",
        "charts": "Waiting times: the charts",
        "notice": "Notice and tickets",
        "services": "Services",
        "counters": "Counters",
        "hours": "Hours and holidays",
        "people": "People",
        "devices": "Devices: pairing a screen",
        "backup": "Backup",
        "changes": "Record of changes",
    },
    "home": {"start": "The start", "sign-in": "Sign in", "not-found": "A page that is not there"},
}
SECTIONS = ("waits", "services", "counters", "hours", "people", "backup", "changes")


class Camera:
    """Opens screens of the right size in one language, and keeps what they show."""

    def __init__(self, browser: Browser, server: RunningServer, lang: str) -> None:
        self.browser, self.server, self.lang = browser, server, lang

    def open(self, kind: str, path: str = "/") -> Page:
        """A fresh screen of that kind at an address."""
        context = self.browser.new_context(
            viewport=SIZES[kind],
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


def before_the_first(camera: Camera) -> None:
    """Counters are open, and nobody has been called."""
    tv = camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}")
    live(tv)
    camera.take(tv, "tv", "empty")


def kiosk(camera: Camera) -> None:
    """From the first page to the number."""
    page = camera.open("kiosk", f"/kiosk/{CENTRE}?lang={camera.lang}")
    camera.take(page, "kiosk", "services")
    page.locator('[data-act="search"]').fill({"lo": "ທີ່ຢູ່", "en": "residence"}[camera.lang])
    camera.take(page, "kiosk", "search")
    page.locator('[data-act="search"]').fill("")
    press(page, "group:civil")
    camera.take(page, "kiosk", "group")
    press(page, "service:RES")
    page.locator('label:has([data-act="priority:ELDER"])').click()
    camera.take(page, "kiosk", "documents")
    page.evaluate("document.querySelector('[data-part=\"idle\"]').showModal()")
    camera.take(page, "kiosk", "idle")
    press(page, "stay", "take")
    expect(show(page, "number")).to_be_visible()
    camera.take(page, "kiosk", "ticket", settles=1_000)
    page.goto(f"{camera.server.url}/kiosk/{CENTRE}/back?lang={camera.lang}")
    camera.take(page, "kiosk", "back")
    page.locator('[data-act^="back:"]').first.click()
    expect(show(page, "number")).to_be_visible()
    camera.take(page, "kiosk", "back-confirm")
    press(page, "here")
    expect(show(page, "place")).to_be_visible()
    camera.take(page, "kiosk", "back-done")
    page.goto(f"{camera.server.url}/kiosk/{CENTRE}/documents?lang={camera.lang}&services=BORDER")
    camera.take(page, "kiosk", "service-off")


def phone(camera: Camera, tokens: dict[str, str]) -> None:
    """A ticket in each of its states."""
    page = camera.open("phone", f"/book/{CENTRE}")
    camera.take(page, "phone", "take")
    for state, token in tokens.items():
        page = camera.open("phone", f"/t/{token}")
        live(page)
        camera.take(page, "phone", state)
        if state == "waiting":
            eventually(page, "() => caches.match(location.pathname).then((kept) => kept !== undefined)", seconds=30)
            page.context.set_offline(True)
            page.reload()
            expect(show(page, "stale")).to_be_visible(timeout=SLOW)
            camera.take(page, "phone", "offline")
            page.context.set_offline(False)
            live(page)
            press(page, "leave")
            page.locator('[data-act="confirm"]').scroll_into_view_if_needed()
            camera.take(page, "phone", "leave")


def counter(camera: Camera) -> None:
    """The clerk's screen at counters that do different things."""
    page = camera.signs_in("counter", KEO)
    camera.take(page, "counter", "choose")
    for state, number in {"free": FREE, "called": CALLED, "serving": SERVING}.items():
        page.goto(f"{camera.server.url}/counter/{CENTRE}/{number}")
        live(page)
        camera.take(page, "counter", state)
    press(page, "transfer")
    camera.take(page, "counter", "transfer")
    page.goto(f"{camera.server.url}/counter/{CENTRE}/{SERVING}?show=aside")
    live(page)
    camera.take(page, "counter", "aside")


def tv(camera: Camera) -> None:
    """The waiting room before, while and after somebody is called."""
    page = camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}")
    live(page)
    camera.take(page, "tv", "calls", settles=1_500)
    called = camera.server.api("POST", f"/centres/{CENTRE}/counters/5/next", {"finish": True}, role="staff")
    assert called.status_code == 200, called.text
    expect(show(page, "calls").locator(".call--new")).to_have_attribute("data-number", called.json()["number"])
    camera.take(page, "tv", "announcing", settles=1_500)


def office(camera: Camera) -> None:
    """The manager's pages; the notice is seen on the TV too."""
    page = camera.signs_in("office", NOY)
    live(page)
    camera.take(page, "office", "today")
    for section in SECTIONS:
        page.goto(f"{camera.server.url}/office/{CENTRE}/{section}{WEEK if section == 'waits' else ''}")
        camera.take(page, "office", section)
        if section == "waits":
            press(page, "by:hour")
            expect(page.locator('.chart__drawing[data-drawn="true"]')).to_have_count(2)
            page.locator(".choices--tabs").evaluate("(tabs) => tabs.scrollIntoView()")
            camera.take(page, "office", "charts")
    page.goto(f"{camera.server.url}/office/{CENTRE}/notice")
    for code, words in NOTICES.items():
        page.locator(f"#f-notice-{code}").fill(words)
    press(page, "notice")
    camera.take(page, "office", "notice")
    screen = camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}")
    live(screen)
    camera.take(screen, "tv", "notice")
    press(page, "stop", "stop:sure")
    expect(show(page, "ticketing")).to_have_attribute("data-value", "stopped")
    camera.take(camera.open("kiosk", f"/kiosk/{CENTRE}?lang={camera.lang}"), "kiosk", "stopped")
    press(page, "resume")
    for code in NOTICES:
        page.locator(f"#f-notice-{code}").fill("")
    press(page, "notice")


def home(camera: Camera) -> None:
    """What everybody may see."""
    for state, path in {"start": "/", "sign-in": "/sign-in", "not-found": "/nowhere"}.items():
        camera.take(camera.open("home", path), "home", state)


def without_server(cameras: list[Camera], server: RunningServer) -> None:
    """The screens that say so when the server is gone."""
    seen = []
    for camera in cameras:
        clerk = camera.signs_in("counter", KEO)
        clerk.goto(f"{camera.server.url}/counter/{CENTRE}/{SERVING}")
        screen = camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}")
        for page in (clerk, screen):
            live(page)
        door = camera.open("kiosk", f"/kiosk/{CENTRE}?lang={camera.lang}")
        seen.append((camera, {"counter": (clerk, "stale"), "tv": (screen, "stale"), "kiosk": (door, "lost")}))
    server.kill()
    for camera, pages in seen:
        for kind, (page, sign) in pages.items():
            expect(show(page, sign)).to_be_visible(timeout=SLOW)
            camera.take(page, kind, "no-server", settles=1_000)


def a_screen_is_paired(camera: Camera) -> None:
    """What a new kiosk shows, and where a manager types its code."""
    new = camera.open("kiosk", f"/kiosk/{CENTRE}")
    camera.take(new, "kiosk", "pairing")
    page = camera.signs_in("office", NOY)
    page.goto(f"{camera.server.url}/office/{CENTRE}/devices")
    page.locator("#f-code").fill(show(new, "code").inner_text())
    camera.take(page, "office", "devices")


def closed(camera: Camera, reason: str) -> None:
    """Outside the hours in which tickets are given."""
    page = camera.open("kiosk")
    sign_in(camera.server, page, Role.KIOSK)
    page.goto(f"{camera.server.url}/kiosk/{CENTRE}?lang={camera.lang}")
    expect(show(page, "closed")).to_be_visible()
    camera.take(page, "kiosk", reason)
    if reason == "closed":
        camera.take(camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}"), "tv", "closed")


@contextmanager
def open_at(server: RunningServer, time: str, *options: str) -> Iterator[None]:
    """The server runs, and its clock shows that time of the Monday."""
    server.arguments = ("--clock", f"2026-11-23T{time}+07:00@1", *options)
    server.start()
    yield
    server.stop()


def by_state(server: RunningServer, tokens: dict[str, str], waiting: list[str]) -> dict[str, str]:
    """The tickets to show on phones: those of the morning, and of those who wait the first, one near it, the last."""
    places = {token: server.api("GET", f"/tickets/{token}").json()["position"] for token in waiting}
    in_order = sorted(waiting, key=lambda token: places[token])
    return {"waiting": in_order[-1], "near": in_order[1], "next": in_order[0], **tokens}


def take_all(browser: Browser, server: RunningServer) -> None:
    """A Monday, from before eight until the evening."""
    cameras = [Camera(browser, server, lang) for lang in LANGUAGES]
    found_centre(server.database)
    with open_at(server, "08:01"):
        for camera in cameras:
            a_screen_is_paired(camera)
            before_the_first(camera)
    tokens, waiting = live_until_now(server.database)
    with open_at(server, "10:12", "--demo"):
        shown = by_state(server, tokens, waiting)
        for camera in cameras:  # before the kiosk gives more tickets
            phone(camera, shown)
        for camera in cameras:
            counter(camera)
            tv(camera)
            kiosk(camera)
            office(camera)
            home(camera)
        without_server(cameras, server)
    with open_at(server, "12:10"):
        for camera in cameras:
            closed(camera, "lunch")
    go_home(server.database)
    with open_at(server, "16:30"):
        for camera in cameras:
            closed(camera, "closed")


def table() -> str:
    """docs/screens/README.md: all pictures by page and state, both languages side by side."""
    lines = ["# The screens", "", "Taken by `make pictures` from a running server; see tests/e2e/pictures.py."]
    for kind, states in PAGES.items():
        lines += ["", f"## {kind.upper() if kind == 'tv' else kind.capitalize()}", ""]
        lines += ["| | " + " | ".join(LANGUAGES.values()) + " |", "|---|---|---|"]
        for state, words in states.items():
            cells = [f"![{words} ({lang})]({kind}-{state}-{lang}.webp)" for lang in LANGUAGES]
            lines.append(f"| {words} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Takes every picture anew and leaves none that is no longer taken."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        server = RunningServer(f"sqlite:///{place}/onedoor.db", Path(place))
        try:
            take_all(browser, server)
        finally:
            server.kill()
            browser.close()
    (FOLDER / "README.md").write_text(table(), encoding="utf-8")
    missing = [f"{kind}-{state}-{lang}" for kind in PAGES for state in PAGES[kind] for lang in LANGUAGES]
    assert sorted(missing) == sorted(picture.stem for picture in FOLDER.glob("*.webp")), "not every picture was taken"


if __name__ == "__main__":
    main()
