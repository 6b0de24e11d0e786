"""A manager's morning, in a browser: what is changed in the office is seen on the screens without touching them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from commands.access import create_user
from commands.permissions import Role
from commands.seed import seed
from composition import open_store
from config.catalogue import demonstration, load_catalogue
from server import CATALOGUE
from tests.e2e.conftest import DESK, KIOSK, LAO_FIRST, PHONE, TV, Screen, press, show, sign_in, take_ticket
from tests.e2e.test_accessibility import faults
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SOON = 5_000
BY_ITSELF = 10_000  # an unpaired screen asks every three seconds
NOTICES = {"lo": "ມື້ນີ້ເຄື່ອງພິມເສຍ", "en": "The printer is out of order today"}
SECTIONS = (
    *("waits", "notice", "services", "counters", "hours", "people", "devices", "messages", "backup", "changes"),
    "definitions",
    *("appointments", "sessions/new"),
)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A centre that is open around the clock, and no demonstration: its screens must be paired."""
    directory = tmp_path_factory.mktemp("centre")
    database = f"sqlite:///{directory}/onedoor.db"
    store = open_store(database)
    seed(store, demonstration(load_catalogue(CATALOGUE)))
    create_user(store, "keo", "a long password", Role.STAFF, "SAY")
    store.engine.dispose()
    with RunningServer(database, directory) as running:
        yield running


def go(office: Page, section: str) -> None:
    """By the office's own navigation."""
    press(office, f"section:{section}")
    expect(office.locator(f'[data-act="section:{section}"]')).to_have_attribute("aria-current", "page")


@LAO_FIRST
def test_a_managers_morning(centre: RunningServer, screen: Screen, complaints: list[str], lang: str) -> None:
    office, kiosk, tv = screen(DESK, lang), screen(KIOSK, lang), screen(TV, lang)
    sign_in(centre, office, Role.MANAGER)
    expect(office).to_have_url(f"{centre.url}/office/")
    expect(office.locator('[data-show="live"][data-state="live"]')).to_be_visible()
    _pair(centre, office, kiosk)
    tv.goto(f"{centre.url}/display/SAY")
    _notice(office, tv)
    _stop_and_resume(centre, office, kiosk, lang)
    complaints[:] = [said for said in complaints if "403" not in said and "409" not in said]  # as it was told


def _pair(centre: RunningServer, office: Page, kiosk: Page) -> None:
    kiosk.goto(f"{centre.url}/kiosk/SAY")
    code = show(kiosk, "code").get_attribute("data-value")
    assert code
    assert re.sub(r"\s", "", show(kiosk, "code").inner_text()) == code
    assert faults(kiosk) == []
    go(office, "devices")
    office.locator("#f-code").fill(code)
    press(office, "pair")
    expect(show(office, "said")).to_have_attribute("data-value", "screen-paired")
    expect(kiosk.locator('[data-act^="group:"]').first).to_be_visible(timeout=BY_ITSELF)
    office.reload()
    expect(show(office, "devices").locator('[data-role="kiosk"]').first).to_be_visible()


def _notice(office: Page, tv: Page) -> None:
    go(office, "notice")
    for code, words in NOTICES.items():
        office.locator(f"#f-notice-{code}").fill(words)
    press(office, "notice")
    expect(show(office, "said")).to_have_attribute("data-value", "notice")
    for words in NOTICES.values():
        expect(show(tv, "notice")).to_contain_text(words, timeout=SOON)
    for code in NOTICES:
        office.locator(f"#f-notice-{code}").fill("")
    press(office, "notice")
    expect(show(tv, "notice")).not_to_contain_text(NOTICES["en"], timeout=SOON)


def _stop_and_resume(centre: RunningServer, office: Page, kiosk: Page, lang: str) -> None:
    press(office, "stop", "stop:sure")
    expect(show(office, "ticketing")).to_have_attribute("data-value", "stopped")
    kiosk.goto(f"{centre.url}/kiosk/SAY")
    expect(show(kiosk, "closed")).to_be_visible()
    answer = centre.api("POST", "/centres/SAY/tickets", {"services": ["RES"]}, role="kiosk")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("#centre-closed")
    press(office, "resume")
    expect(show(office, "said")).to_have_attribute("data-value", "resumed")
    take_ticket(centre, kiosk, "civil", "RES", lang)


def _a_past(centre: RunningServer) -> None:
    """Somebody was served, somebody left, somebody waits."""
    tickets = [
        centre.api("POST", "/centres/SAY/tickets", {"services": ["INFO"]}, role="kiosk").json() for _ in range(3)
    ]
    centre.api("POST", "/centres/SAY/counters/1/open", {}, role="staff")
    called = centre.api("POST", "/centres/SAY/counters/1/next", {"finish": True}, role="staff").json()
    centre.api("POST", f"/tickets/{called['id']}/serve", {}, role="staff")
    centre.api("POST", f"/tickets/{called['id']}/finish", {}, role="staff")
    centre.api("POST", f"/tickets/{tickets[-1]['token']}/cancel", {})


@LAO_FIRST
def test_charts_are_drawn_from_the_table_beside_them(centre: RunningServer, screen: Screen, lang: str) -> None:
    _a_past(centre)
    office = screen(DESK, lang)
    sign_in(centre, office, Role.MANAGER)
    go(office, "waits")
    rows = show(office, "statistics").locator("tbody tr")
    for by in ("service", "hour", "weekday", "day"):
        press(office, f"by:{by}")
        drawn = office.locator('.chart__drawing[data-drawn="true"]')
        expect(drawn).to_have_count(2)
        expect(drawn.first.locator("svg")).to_be_visible()
        assert drawn.first.get_attribute("aria-label")
        names = rows.locator("th").all_inner_texts()
        assert names
        if by != "day":  # the chart says the table's own names, one after the other where they are long
            said = re.sub(r"\s", "", drawn.first.locator("svg").text_content() or "")
            assert re.sub(r"\s", "", names[0]) in said
    assert faults(office) == []
    with office.expect_download() as download:
        press(office, "csv")
    assert download.value.suggested_filename.endswith(".csv")


def test_figures_are_there_where_no_script_runs(centre: RunningServer, screen: Screen) -> None:
    _a_past(centre)
    office = screen(DESK, "en", java_script_enabled=False)
    sign_in(centre, office, Role.MANAGER)
    go(office, "waits")
    expect(show(office, "statistics").locator("tbody tr").first).to_be_visible()


def test_today_follows_the_floor_without_a_reload(centre: RunningServer, screen: Screen) -> None:
    office = screen(DESK, "en")
    sign_in(centre, office, Role.MANAGER)
    expect(office.locator('[data-show="live"][data-state="live"]')).to_be_visible()
    before = int(show(office, "waiting").inner_text())
    centre.api("POST", "/centres/SAY/tickets", {"services": ["INFO"]}, role="kiosk")
    expect(show(office, "waiting")).to_have_text(str(before + 1), timeout=SOON)
    centre.api("POST", "/centres/SAY/counters/2/open", {}, role="staff")
    counter = show(office, "counters").locator('[data-counter="2"]')
    expect(counter).to_have_attribute("data-state", "open", timeout=SOON)
    centre.api("POST", "/centres/SAY/counters/2/close", {}, role="staff")
    expect(counter).to_have_attribute("data-state", "closed", timeout=SOON)


@pytest.mark.parametrize("size", [DESK, PHONE])
@LAO_FIRST
def test_every_page_of_the_office_can_be_used_by_everybody(
    centre: RunningServer, screen: Screen, lang: str, size: ViewportSize
) -> None:
    _a_past(centre)
    office = screen(size, lang)
    sign_in(centre, office, Role.MANAGER)
    said = faults(office)
    for section in SECTIONS:
        office.goto(f"{centre.url}/office/SAY/{section}")
        if size is DESK:
            for folded in office.locator("main details").all():
                folded.evaluate("(details) => (details.open = true)")
        said += faults(office)
    assert said == []


def test_the_office_is_worked_by_keyboard_alone(centre: RunningServer, screen: Screen) -> None:
    office = screen(DESK, "en")
    sign_in(centre, office, Role.MANAGER)
    office.goto(f"{centre.url}/office/SAY/notice")
    office.locator('[data-act="stop"]').focus()
    office.keyboard.press("Enter")
    office.keyboard.press("Tab")
    expect(office.locator('[data-act="stop:sure"]')).to_be_focused()
    office.keyboard.press("Enter")
    expect(show(office, "ticketing")).to_have_attribute("data-value", "stopped")
    office.locator('[data-act="resume"]').focus()
    office.keyboard.press("Enter")
    expect(show(office, "ticketing")).to_have_attribute("data-value", "on")


@LAO_FIRST
def test_a_manager_is_shown_by_keyboard_alone_who_would_lose_their_time(
    centre: RunningServer, screen: Screen, complaints: list[str], lang: str
) -> None:
    service = {"lo": "MARRY", "en": "NAME"}[lang]
    *_, last = centre.api("GET", f"/centres/SAY/slots?service={service}").json()["slots"]
    asked = {"services": [service], "start": last["start"], "name": "Bounmy"}
    made = centre.api("POST", "/centres/SAY/appointments", asked).json()
    office = screen(PHONE, lang)
    sign_in(centre, office, Role.MANAGER)
    office.goto(f"{centre.url}/office/SAY/sessions/new")
    for name, text in {"date": last["start"][:10], "capacity": "0"}.items():
        office.locator(f"[name={name}]").fill(text)
    for handle, key in ((f'[value="{service}"]', "Space"), ('[data-act="save"]', "Enter")):
        office.locator(handle).focus()
        office.keyboard.press(key)
    expect(office.locator(f'[data-reference="{made["reference"]}"]')).to_be_visible()
    assert faults(office) == []
    for handle, key in (('[data-act="fate:cancel"]', "Space"), ('[data-act="decide"]', "Enter")):
        office.locator(handle).focus()
        office.keyboard.press(key)
    expect(show(office, "said")).to_have_attribute("data-value", "session-saved")
    assert centre.api("GET", f"/appointments/{made['token']}").json()["state"] == "cancelled"
    complaints[:] = [said for said in complaints if "409" not in said]  # as it was shown
