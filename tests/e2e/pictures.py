"""The pictures of docs/screens, taken anew: `make pictures`. Every page and state at its own size, in both languages.

The centre is the catalogue's, with its real hours, on one Monday: before anybody came, at twelve past ten, at lunch,
before closing, and in the evening. What is seen is listed in tests/e2e/album.py.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from answers.guards import COOKIE
from commands.permissions import Role
from tests.cast import KEO, NOY
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.e2e.afternoon import afternoon, the_afternoon_comes
from tests.e2e.album import LANGUAGES, PAGES, table
from tests.e2e.appointments import appointments
from tests.e2e.camera import FOLDER, SLOW, Camera, live
from tests.e2e.conftest import KIOSK, eventually, press, show, sign_in
from tests.e2e.morning import CALLED, CENTRE, CLERKS, FREE, SERVING, found_centre, go_home, live_until_now
from tests.servers import RunningServer

NOTICES = {"lo": "ມື້ນີ້ຊ່ອງ 7 ປິດ 15 ໂມງ", "en": "Counter 7 closes at 15:00 today"}
WEEK = "?from=2026-11-17&to=2026-11-23&by=service"
SECTIONS = ("waits", "services", "counters", "hours", "appointments", "messages", "people", "backup", "changes")


def before_the_first(camera: Camera) -> None:
    """Counters are open, and nobody has been called."""
    tv = camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}")
    live(tv)
    camera.take(tv, "tv", "empty")
    camera.take(camera.open("home"), "home", "start")
    camera.take(camera.open("phone"), "home", "start-phone")


def nobody_at_the_counters(cameras: list[Camera], server: RunningServer) -> None:
    """All counters have a break, and all are closed; then they are open again."""
    screens = [(camera, camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}")) for camera in cameras]
    for act, state in {"pause": "paused", "close": "unstaffed", "open": ""}.items():
        for number in CLERKS:
            answer = server.api("POST", f"/centres/{CENTRE}/counters/{number}/{act}", {}, role="staff")
            assert answer.status_code == 200, answer.text
        for camera, page in screens if state else ():
            expect(page.locator(f'.tv__calls[data-state="{state}"]')).to_be_attached()
            camera.take(page, "tv", state)


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
    for choice in ("transfer", "otherwise", "details"):
        press(page, choice)
        camera.take(page, "counter", choice)
        page.keyboard.press("Escape")
    page.goto(f"{camera.server.url}/counter/{CENTRE}/{SERVING}?show=aside")
    live(page)
    camera.take(page, "counter", "aside")
    page.goto(f"{camera.server.url}/counter/{CENTRE}/{FREE}?show=all")
    live(page)
    press(page, "pause")
    camera.take(page, "counter", "break")
    page.keyboard.press("Escape")
    page.locator('[data-act^="about:"]').nth(2).click()
    expect(show(page, "about")).to_be_visible()
    camera.take(page, "counter", "about")
    reception(camera, page)


def reception(camera: Camera, page: Page) -> None:
    """Where staff give tickets, print lost ones, and enter those of an outage."""
    page.goto(f"{camera.server.url}/counter/{CENTRE}/reception")
    camera.take(page, "counter", "reception")
    page.locator('[data-act^="ticket:"]').first.click()
    page.wait_for_load_state()
    camera.take(page, "counter", "reception-ticket")
    page.goto(f"{camera.server.url}/counter/{CENTRE}/paper")
    camera.take(page, "counter", "paper")


def tv(camera: Camera) -> None:
    """The waiting room before, while and after people are called."""
    page = camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}")
    live(page)
    camera.take(page, "tv", "calls", settles=1_500)
    called = [calls_next(camera.server, 5)]
    expect(show(page, "calls").locator(".call--new")).to_have_attribute("data-number", called[0]["number"])
    camera.take(page, "tv", "announcing", settles=1_500)
    pressed(camera.server, f"/tickets/{called[0]['id']}/recall")
    expect(page.locator(".call--again")).to_be_visible(timeout=SLOW)
    camera.take(page, "tv", "again")
    issued = camera.server.api("POST", f"/centres/{CENTRE}/tickets", {"services": ["INFO"]}, role="kiosk")
    assert issued.status_code == 201, issued.text
    called += [calls_next(camera.server, number) for number in (1, 8)]
    expect(page.locator('[data-part="more"]')).to_be_visible()
    camera.take(page, "tv", "many")
    for far in (4, 8):
        room = camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}&distance={far}&diagonal=55")
        live(room)
        camera.take(room, "tv", f"from-{far}m", settles=1_500)
    upright = camera.open("tv", f"/display/{CENTRE}?lang={camera.lang}", size=KIOSK)
    live(upright)
    camera.take(upright, "tv", "upright", settles=1_500)
    for ticket in called:
        pressed(camera.server, f"/tickets/{ticket['id']}/serve")
    expect(page.locator(".call--new")).to_have_count(0, timeout=SLOW)
    camera.take(page, "tv", "served")


def pressed(server: RunningServer, path: str) -> dict[str, Any]:
    """A clerk's press."""
    answer = server.api("POST", path, {"finish": True} if path.endswith("/next") else {}, role="staff")
    assert answer.status_code == 200, answer.text
    ticket: dict[str, Any] = answer.json()
    return ticket


def calls_next(server: RunningServer, counter: int) -> dict[str, Any]:
    """Whoever is at the counter is finished, and the next person is called."""
    return pressed(server, f"/centres/{CENTRE}/counters/{counter}/next")


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
    """What everybody may see, and what people are told who may not."""
    paths = {"demonstration": "/", "sign-in": "/sign-in", "not-found": "/nowhere", "used-link": f"/sign-in/{'x' * 32}"}
    for state, path in paths.items():
        camera.take(camera.open("home", path), "home", state)
    camera.take(camera.open("phone", "/sign-in"), "home", "sign-in-phone")
    page = camera.open("home", "/sign-in")
    page.locator("[name=username]").fill(KEO)
    page.locator("[name=password]").fill("rice and rain")
    press(page, "sign-in")
    expect(page.locator('[role="alert"]')).to_be_visible()
    camera.take(page, "home", "sign-in-failed")
    page = camera.signs_in("home", KEO)
    for state, path in {"sign-out": "/sign-out", "not-allowed": f"/office/{CENTRE}/people"}.items():
        page.goto(f"{camera.server.url}{path}")
        camera.take(page, "home", state)
    page.context.add_cookies([{"name": COOKIE, "value": "of-before", "url": camera.server.url}])
    page.goto(f"{camera.server.url}/sign-in")
    expect(page.get_by_role("status")).to_be_visible()
    camera.take(page, "home", "sign-in-ended")


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
        nobody_at_the_counters(cameras, server)
    tokens, waiting = live_until_now(server.database)
    with open_at(server, "10:12", "--demo"):
        shown = by_state(server, tokens, waiting)
        for camera in cameras:  # before the kiosk gives more tickets
            phone(camera, shown)
            appointments(camera)
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
    the_afternoon_comes(server.database)
    with open_at(server, "15:35", "--demo"):
        for camera in cameras:
            afternoon(camera)
    go_home(server.database)
    with open_at(server, "16:30"):
        for camera in cameras:
            closed(camera, "closed")


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
