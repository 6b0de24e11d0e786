"""A clerk's day at the screen: by keyboard alone, through a cut line, and for everybody's eyes."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from queueing.events import Kind
from store.tables import LogEvent, Ticket
from store.unit import Store
from tests.e2e.conftest import DESK, KIOSK, LAO_FIRST, Screen, press, show, sign_in, take_ticket
from tests.e2e.test_accessibility import faults
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

BACK = 25_000
LAO = {"KeyN": "ົ", "KeyS": "ຫ", "KeyF": "ດ", "KeyH": "້", "KeyA": "ັ", "KeyT": "ະ", "KeyR": "ພ", "Digit1": "ຢ"}


def key(page: Page, code: str, lang: str) -> None:
    """Presses a place of the keyboard, as a Lao layout or an English one tells it."""
    letter = LAO.get(code, "") if lang == "lo" else code.removeprefix("Key").removeprefix("Digit").lower()
    session = page.context.new_cdp_session(page)
    for kind in ("keyDown", "keyUp"):
        session.send("Input.dispatchKeyEvent", {"type": kind, "code": code, "key": letter})
    session.detach()


def tab_to(page: Page, act: str) -> None:
    """Goes on with the tabulator until a handle has the focus."""
    while not page.locator(f'[data-act="{act}"]').evaluate("(one) => one === document.activeElement"):
        page.keyboard.press("Tab")


def state(page: Page, value: str) -> None:
    expect(page.locator('[data-part="person"]')).to_have_attribute("data-state", value)


def is_live(page: Page) -> None:
    expect(page.locator('[data-show="live"][data-state="live"]')).to_be_visible(timeout=BACK)


def at_counter(server: RunningServer, clerk: Page) -> None:
    """The clerk has opened counter 3, and the page is live."""
    sign_in(server, clerk)
    press(clerk, "counter:3", "open")
    is_live(clerk)


@contextmanager
def told(server: RunningServer, number: str) -> Iterator[list[Kind]]:
    """What the log tells of the latest ticket with that number; filled when the block is left."""
    kinds: list[Kind] = []
    yield kinds
    store = Store(server.database)
    ticket = select(Ticket.id).where(Ticket.number == number).order_by(Ticket.issued_at.desc()).limit(1)
    query = select(LogEvent.kind).where(LogEvent.ticket_id == ticket.scalar_subquery()).order_by(LogEvent.seq)
    with store.reading() as conn:
        kinds.extend(Kind(kind) for kind in conn.execute(query).scalars())
    store.engine.dispose()


@LAO_FIRST
def test_a_clerk_works_by_keyboard_alone(server: RunningServer, screen: Screen, lang: str) -> None:
    kiosk, clerk = screen(KIOSK, lang), screen(DESK, lang)
    first, second = (take_ticket(server, kiosk, "civil", "RES", lang)[0] for _ in range(2))
    sign_in(server, clerk)
    tab_to(clerk, "counter:3")
    clerk.keyboard.press("Enter")
    is_live(clerk)
    clerk.keyboard.press("Space")
    state(clerk, "open")
    expect(clerk.locator('[data-act="next"]')).to_contain_text(first)
    key(clerk, "KeyN", lang)
    expect(show(clerk, "current")).to_have_text(first)
    key(clerk, "KeyR", lang)
    expect(clerk.locator(".person__state")).to_contain_text("2")
    key(clerk, "KeyS", lang)
    state(clerk, "serving")
    with told(server, first) as kinds:
        key(clerk, "KeyA", lang)
        expect(clerk.locator('[data-act^="add-service:"]').first).to_be_focused()
        key(clerk, "Digit1", lang)
        expect(clerk.locator('[data-act^="drop:"]')).to_have_count(2)
        expect(clerk.locator("details[open][name]")).to_have_count(0)  # answered; until then its own keys press alone
        key(clerk, "KeyF", lang)
        expect(show(clerk, "current")).to_be_empty()
    assert kinds.count(Kind.STEPS_CHANGED) == kinds.count(Kind.FINISHED) == 1
    clerk.wait_for_timeout(1_100)
    clerk.keyboard.press("Space")
    expect(show(clerk, "current")).to_have_text(second)
    key(clerk, "KeyH", lang)
    expect(show(clerk, "current")).to_be_empty()
    expect(clerk.locator('[data-act="show:aside"]')).to_contain_text("1")


def test_keys_do_nothing_while_somebody_types_or_has_switched_them_off(server: RunningServer, screen: Screen) -> None:
    kiosk, clerk = screen(KIOSK), screen(DESK)
    number, _ = take_ticket(server, kiosk, "civil", "RES")
    at_counter(server, clerk)
    press(clerk, "next")
    state(clerk, "called")
    key(clerk, "KeyT", "en")
    note = clerk.locator('[name="note"]')
    note.click()
    clerk.keyboard.type("fs nm ")
    clerk.keyboard.press("Enter")
    expect(note).to_have_value("fs nm ")
    state(clerk, "called")
    take_ticket(server, kiosk, "civil", "RES")
    expect(clerk.locator('[data-act="show:mine"]')).to_contain_text("1")
    expect(note).to_have_value("fs nm ")  # the page was drawn again meanwhile
    clerk.keyboard.press("Escape")
    expect(note).to_be_hidden()
    press(clerk, "keys")
    key(clerk, "KeyS", "en")
    clerk.keyboard.press("Space")
    clerk.wait_for_timeout(300)
    state(clerk, "called")
    expect(clerk.locator("kbd:visible")).to_have_count(0)
    press(clerk, "keys")
    key(clerk, "KeyS", "en")
    state(clerk, "serving")
    expect(show(clerk, "current")).to_have_text(number)


def nothing_is_filled_in(name: Locator, seen: Locator) -> None:
    expect(name).to_have_value("")
    expect(seen).not_to_be_checked()


def test_what_is_ticked_and_typed_stays_while_others_come_and_is_gone_with_the_person(
    server: RunningServer, screen: Screen
) -> None:
    kiosk, clerk = screen(KIOSK, "en"), screen(DESK, "en")
    for _ in range(2):
        take_ticket(server, kiosk, "civil", "RES", "en")
    at_counter(server, clerk)
    press(clerk, "next", "serve", "details")
    seen, name = (
        clerk.locator('#choose-details [name="documents"]').first,
        clerk.locator('#choose-details [name="name"]'),
    )
    seen.check()
    name.fill("Bounmy")
    take_ticket(server, kiosk, "civil", "RES", "en")
    expect(clerk.locator('[data-act="show:mine"]')).to_contain_text("2")  # the page was drawn again meanwhile
    expect(seen).to_be_checked()
    expect(name).to_have_value("Bounmy")
    press(clerk, "save-details")
    expect(clerk.locator(".facts")).to_contain_text("Bounmy")
    press(clerk, "details")
    expect(name).to_have_value("Bounmy")
    name.fill("Bounmy Keo")  # not kept
    press(clerk, "back-details", "finish")
    expect(show(clerk, "current")).to_be_empty()
    clerk.wait_for_timeout(1_100)
    press(clerk, "next", "details")
    nothing_is_filled_in(name, seen)
    before = show(clerk, "current").inner_text()
    name.fill("Somsy")
    seen.check()
    press(clerk, "back-details")
    clerk.wait_for_timeout(1_100)
    press(clerk, "next")  # finishes, and calls in the same press
    expect(show(clerk, "current")).not_to_have_text(before)
    press(clerk, "details")
    nothing_is_filled_in(name, seen)


def test_a_person_is_sent_to_a_service_and_to_a_counter(server: RunningServer, screen: Screen) -> None:
    kiosk, clerk = screen(KIOSK, "en"), screen(DESK, "en")
    number, _ = take_ticket(server, kiosk, "civil", "RES", "en")
    at_counter(server, clerk)
    press(clerk, "next", "serve", "transfer")
    expect(clerk.locator('[data-act="service:BIRTH"]')).to_have_count(1)
    clerk.locator('[name="note"]').fill("Old book seen")
    press(clerk, "service:BIRTH")
    expect(show(clerk, "current")).to_be_empty()
    clerk.wait_for_timeout(1_100)
    press(clerk, "next")
    expect(show(clerk, "current")).to_have_text(number)
    expect(clerk.locator(".facts__note")).to_contain_text("Old book seen")
    press(clerk, "transfer", "send-counter:2")
    expect(show(clerk, "current")).to_be_empty()
    expect(show(clerk, "queue").locator("tr")).to_have_count(0)
    press(clerk, "show:all")
    expect(show(clerk, "queue").locator("tr")).to_have_attribute("data-number", number)
    expect(show(clerk, "queue").locator("tr")).to_contain_text("For counter 2 only")


def test_to_cancel_asks_first(server: RunningServer, screen: Screen) -> None:
    kiosk, clerk = screen(KIOSK), screen(DESK)
    number, _ = take_ticket(server, kiosk, "civil", "RES")
    at_counter(server, clerk)
    press(clerk, "next", "cancel", "back")
    state(clerk, "called")
    with told(server, number) as kinds:
        press(clerk, "cancel", "confirm")
        expect(show(clerk, "current")).to_be_empty()
    assert kinds[-1] is Kind.CANCELLED


def test_while_the_line_is_down_next_calls_nobody_and_finish_waits(
    server: RunningServer, screen: Screen, complaints: list[str]
) -> None:
    kiosk, clerk = screen(KIOSK), screen(DESK)
    number, _ = take_ticket(server, kiosk, "civil", "RES")
    waiting, _ = take_ticket(server, kiosk, "civil", "RES")
    at_counter(server, clerk)
    press(clerk, "next", "serve")
    state(clerk, "serving")
    is_live(clerk)
    clerk.context.set_offline(True)
    expect(show(clerk, "stale")).to_be_visible()
    expect(clerk.locator('[data-act="next"]')).to_be_disabled()
    expect(clerk.locator('[data-part="no-next"]')).to_be_visible()
    expect(clerk.locator('[data-part="later"]')).to_be_visible()
    key(clerk, "KeyN", "en")
    for _press in range(2):
        key(clerk, "KeyF", "en")
    expect(clerk.locator('[data-part="unsent"]')).to_contain_text(number)
    clerk.wait_for_timeout(1_000)
    with told(server, number) as before:
        pass
    assert Kind.FINISHED not in before
    with told(server, number) as after, told(server, waiting) as other:
        clerk.context.set_offline(False)
        expect(show(clerk, "current")).to_be_empty(timeout=BACK)
        is_live(clerk)
        clerk.wait_for_timeout(4_000)
    assert after.count(Kind.FINISHED) == 1
    assert other == [Kind.ISSUED], "nobody was called"
    expect(clerk.locator('[data-part="unsent"]')).to_be_hidden()
    press(clerk, "next")
    expect(show(clerk, "current")).to_have_text(waiting)
    complaints[:] = [said for said in complaints if "ERR_INTERNET_DISCONNECTED" not in said]  # the line that was cut


def test_a_finish_outlives_a_dead_server_a_reload_and_a_second_tab(server: RunningServer, screen: Screen) -> None:
    kiosk, clerk = screen(KIOSK), screen(DESK)
    number, _ = take_ticket(server, kiosk, "civil", "RES")
    at_counter(server, clerk)
    press(clerk, "next", "serve")
    state(clerk, "serving")
    other = clerk.context.new_page()
    other.goto(clerk.url)
    is_live(other)
    server.kill()
    expect(show(clerk, "stale")).to_be_visible()
    press(clerk, "finish")
    for tab in (clerk, other):
        expect(tab.locator('[data-part="unsent"]')).to_contain_text(number)
    with told(server, number) as kinds:
        clerk.goto("about:blank")  # what a reload without a server comes to
        server.start()
        clerk.goto(other.url)
        for tab in (clerk, other):
            expect(show(tab, "current")).to_be_empty(timeout=BACK)
            is_live(tab)
    assert kinds.count(Kind.FINISHED) == 1
    assert clerk.evaluate("() => Object.keys(localStorage).filter((name) => name.includes('finish'))") == []


def test_the_time_goes_on_by_the_servers_clock(server: RunningServer, screen: Screen) -> None:
    kiosk, clerk = screen(KIOSK), screen(DESK)
    take_ticket(server, kiosk, "civil", "RES")
    at_counter(server, clerk)
    clerk.evaluate("() => { Date.now = () => 0; }")  # a clock of the clerk's machine that is years behind
    press(clerk, "next", "serve")
    state(clerk, "serving")
    expect(show(clerk, "elapsed")).to_have_text("00:03", timeout=8_000)


def looked_at(clerk: Page, *choices: str) -> list[str]:
    """What is wrong with each choice while it is open."""
    said = []
    for choice in choices:
        summary = clerk.locator(f'summary[data-act="{choice}"]:visible').last
        summary.click()
        said += faults(clerk)
        clerk.keyboard.press("Escape")
    return said


@pytest.mark.parametrize("zoom", [1, 2])
@LAO_FIRST
def test_a_counter_can_be_used_by_everybody(server: RunningServer, screen: Screen, lang: str, zoom: int) -> None:
    kiosk = screen(KIOSK, lang)
    size = {"width": DESK["width"] // zoom, "height": DESK["height"] // zoom}
    clerk = screen(size, lang, device_scale_factor=zoom)
    clerk.goto(f"{server.url}/sign-in?next=/counter/")
    said = faults(clerk)
    for _person in range(3):
        take_ticket(server, kiosk, "civil", "RES", lang)
    sign_in(server, clerk)
    said += faults(clerk)
    press(clerk, "counter:3")
    is_live(clerk)
    said += faults(clerk)
    press(clerk, "open")
    state(clerk, "open")
    clerk.locator('[data-act^="about:"]').first.click()
    expect(show(clerk, "about")).to_be_visible()
    said += faults(clerk) + looked_at(clerk, "pause", "at-once")
    press(clerk, "next")
    state(clerk, "called")
    said += faults(clerk) + looked_at(clerk, "cancel")
    press(clerk, "serve")
    state(clerk, "serving")
    said += looked_at(clerk, "add-step", "otherwise", "details", "transfer")
    press(clerk, "hold", "show:aside")
    expect(show(clerk, "aside").locator("li")).to_have_count(1)
    said += faults(clerk)
    clerk.goto(f"{server.url}/sign-out")
    said += faults(clerk)
    assert said == []
