"""A whole day at the counter, at reception, and one visit of three steps, as people press it."""

import pytest
from playwright.sync_api import Page, expect

from queueing.events import Kind
from tests.e2e.conftest import DESK, KIOSK, PHONE, Screen, press, show, sign_in, take_ticket
from tests.e2e.test_accessibility import faults
from tests.e2e.test_counter import BACK, is_live, key, state, tab_to, told
from tests.servers import RunningServer

# Where the demonstration takes payment, and gives information.
CASHIER, INFORMATION = 8, 1

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]


def press_key(page: Page, *codes: str) -> None:
    for code in codes:
        key(page, code, "en")


def call(page: Page, number: str) -> None:
    """Space calls, once the breath after the last call is over."""
    expect(page.locator('[data-act="next"]')).to_be_enabled()
    page.keyboard.press("Space")
    expect(show(page, "current")).to_have_text(number)


def enter(page: Page, act: str) -> None:
    tab_to(page, act)
    page.keyboard.press("Enter")


def gone(page: Page) -> None:
    expect(show(page, "current")).to_be_empty()


def serves_and_takes_back_a_press(server: RunningServer, clerk: Page, first: str) -> None:
    call(clerk, first)
    press_key(clerk, "KeyR", "KeyS")
    state(clerk, "serving")
    press_key(clerk, "KeyI")
    expect(clerk.locator('#choose-details [name="name"]')).to_be_focused()
    clerk.keyboard.type("Bounmy")
    enter(clerk, "save-details")
    expect(clerk.locator(".facts")).to_contain_text("Bounmy")
    press_key(clerk, "KeyF")
    gone(clerk)
    press_key(clerk, "KeyZ")  # that was a finger too many
    state(clerk, "serving")
    with told(server, first) as kinds:
        press_key(clerk, "KeyF")
        gone(clerk)
    assert kinds.count(Kind.FINISHED) == 2
    assert kinds.count(Kind.UNDONE) == 1


def serves_through_a_cut_line(server: RunningServer, clerk: Page, second: str, third: str) -> None:
    call(clerk, second)
    press_key(clerk, "KeyS")
    state(clerk, "serving")
    is_live(clerk)
    clerk.context.set_offline(True)
    expect(show(clerk, "stale")).to_be_visible()
    press_key(clerk, "KeyN", "KeyF")
    expect(clerk.locator('[data-part="unsent"]')).to_contain_text(second)
    clerk.wait_for_timeout(60_000)
    with told(server, second) as after, told(server, third) as other:
        clerk.context.set_offline(False)
        expect(show(clerk, "current")).to_be_empty(timeout=BACK)
        is_live(clerk)
    assert after.count(Kind.FINISHED) == 1
    assert other == [Kind.ISSUED], "nobody was called while the line was down"


def takes_a_break_and_serves_at_once(clerk: Page) -> None:
    press_key(clerk, "KeyP", "Digit1")
    state(clerk, "paused")
    clerk.keyboard.press("Space")
    state(clerk, "open")
    press_key(clerk, "KeyQ", "Digit1")
    state(clerk, "serving")
    press_key(clerk, "KeyF")
    gone(clerk)


def test_a_clerks_whole_day_by_keyboard_with_the_line_cut_for_a_minute(
    server: RunningServer, screen: Screen, complaints: list[str]
) -> None:
    kiosk, clerk = screen(KIOSK, "en"), screen(DESK, "en")
    numbers = [take_ticket(server, kiosk, "civil", "RES", "en")[0] for _ in range(4)]
    first, second, third, fourth = numbers
    sign_in(server, clerk)
    enter(clerk, "counter:3")
    is_live(clerk)
    clerk.keyboard.press("Space")
    state(clerk, "open")

    serves_and_takes_back_a_press(server, clerk, first)
    serves_through_a_cut_line(server, clerk, second, third)
    takes_a_break_and_serves_at_once(clerk)
    call(clerk, third)
    press_key(clerk, "KeyM")
    gone(clerk)
    call(clerk, fourth)
    press_key(clerk, "KeyH")
    gone(clerk)
    enter(clerk, "show:aside")
    expect(clerk.locator('[data-act="resume"]')).to_have_count(2)
    press_key(clerk, "KeyX")
    state(clerk, "closed")
    complaints[:] = [said for said in complaints if "ERR_INTERNET_DISCONNECTED" not in said]  # the line that was cut


@pytest.mark.parametrize("lang", ["lo", "en"])
def test_reception_gives_a_ticket_and_prints_a_lost_one_in_two_presses(
    server: RunningServer, screen: Screen, lang: str
) -> None:
    kiosk, clerk = screen(KIOSK, lang), screen(DESK, lang)
    lost, _ = take_ticket(server, kiosk, "civil", "RES", lang)
    sign_in(server, clerk)
    press(clerk, "reception")
    assert faults(clerk) == []
    clerk.evaluate("window.print = () => (window.printed = true)")
    press(clerk, f"ticket:{lost}")
    clerk.evaluate("window.print = () => (window.printed = true)")
    press(clerk, "print")
    assert clerk.evaluate("window.printed")
    assert faults(clerk) == []
    clerk.emulate_media(media="print")
    expect(clerk.locator(".paper__number")).to_have_text(lost)
    expect(clerk.locator(".frame")).to_be_hidden()
    clerk.emulate_media(media="screen")
    press(clerk, "done", "service:BIRTH")
    clerk.locator('[name="priority"]').select_option("ELDER")
    press(clerk, "take")
    given = show(clerk, "number").inner_text()
    assert given != lost
    press(clerk, "withdraw-priority")
    expect(clerk.locator('[data-act="priority:ELDER"]')).to_be_visible()
    press(clerk, "done")
    expect(clerk.locator(f'[data-act="ticket:{given}"]')).to_be_visible()


def misses_a_document(clerk: Page) -> None:
    press(clerk, "otherwise")
    clerk.locator('#choose-otherwise [name="missing"]').first.check()
    press(clerk, "missing")
    gone(clerk)


def test_a_visit_of_three_steps_with_a_missing_document_and_a_return(server: RunningServer, screen: Screen) -> None:
    kiosk, clerk, cashier, phone = screen(KIOSK, "en"), screen(DESK, "en"), screen(DESK, "en"), screen(PHONE, "en")
    number, address = take_ticket(server, kiosk, "civil", "RES", "en")  # payment follows by itself
    phone.goto(address)
    phone.locator("h1").click()  # a browser vibrates for nobody who has not touched the page
    sign_in(server, clerk)
    press(clerk, "counter:3", "open")
    is_live(clerk)
    call(clerk, number)
    press(clerk, "serve", "add-step")
    clerk.locator('[data-act="add-service:INFO"]').click()
    expect(clerk.locator(".visit__step")).to_have_count(3)
    misses_a_document(clerk)
    expect(show(phone, "state").first).to_have_attribute("data-value", "on_hold")
    press(clerk, "show:aside", "resume")
    expect(show(phone, "state").first).to_have_attribute("data-value", "waiting")
    clerk.wait_for_timeout(1_100)
    call(clerk, number)
    expect(show(clerk, "missing")).not_to_be_empty()
    press(clerk, "serve", "finish")
    gone(clerk)
    sign_in(server, cashier)
    for counter in (CASHIER, INFORMATION):
        cashier.goto(f"{server.url}/counter/SAY/{counter}")
        press(cashier, "open")
        is_live(cashier)
        call(cashier, number)
        press(cashier, "serve", "finish")
        gone(cashier)
    expect(show(phone, "state").first).to_have_attribute("data-value", "finished")
    expect(phone.locator('.steps__step[data-state="finished"]')).to_have_count(3)
