"""The kiosk as people use it: three presses, by keyboard alone, with a clock, a printer and a line that may fail."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from commands.permissions import Role
from commands.seed import seed
from composition import open_store
from config.catalogue import load_catalogue
from server import CATALOGUE
from tests.e2e.conftest import KIOSK, LAO_FIRST, Screen, eventually, loaded, press, show, sign_in
from tests.e2e.test_accessibility import faults
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]

# A printer that counts, instead of the browser's.
PRINTS = "window.prints = 0; window.print = () => { window.prints += 1; };"
PRINTS_WELL = PRINTS + "{ const say = (what) => dispatchEvent(new Event(what));"
PRINTS_WELL += "window.print = () => { window.prints += 1; say('beforeprint'); say('afterprint'); }; }"
LETTERS = "document.documentElement.style.fontSize = '200%'"
SMALL_TARGETS = """
() => [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden])")]
  .filter((target) => target.checkVisibility() && !target.classList.contains("skip"))
  .map((target) => [(target.closest("label") ?? target).getBoundingClientRect(), target])
  .filter(([box]) => box.width < 80 || box.height < 80)
  .map(([box, target]) => `${target.outerHTML.slice(0, 120)} ${box.width} x ${box.height}`)
"""


@pytest.fixture
def kiosk(server: RunningServer, screen: Screen) -> Page:
    """A kiosk at its first page; it has a printer that says nothing."""
    page = screen(KIOSK)
    page.add_init_script(PRINTS)
    page.goto(f"{server.url}/kiosk/SAY")
    return page


@pytest.mark.parametrize("lang", ["lo", "en"])
def test_three_presses_give_a_ticket_and_done_leads_to_the_start(server: RunningServer, kiosk: Page, lang: str) -> None:
    press(kiosk, f"language:{lang}", "group:civil", "service:RES")
    expect(kiosk.locator('[data-act="take"]')).to_have_count(1)
    press(kiosk, "take")
    expect(show(kiosk, "number")).to_have_text(re.compile(r"^A\d{3}$"))
    expect(kiosk.locator("html")).to_have_attribute("lang", lang)
    eventually(kiosk, "window.prints === 1")
    assert kiosk.evaluate("document.querySelectorAll('[data-show=\"qr\"]').length") == 1
    press(kiosk, "done")
    expect(kiosk).to_have_url(f"{server.url}/kiosk/SAY")
    expect(kiosk.locator("html")).to_have_attribute("lang", "lo")
    assert kiosk.evaluate("history.length") == 2, "about:blank and the kiosk: nothing to go back to"
    assert not kiosk.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length")


def test_the_ticket_is_printed_once_also_when_it_is_loaded_again(kiosk: Page) -> None:
    press(kiosk, "group:civil", "service:RES", "take")
    expect(show(kiosk, "number")).to_be_visible()
    eventually(kiosk, "window.prints === 1")
    expect(kiosk.locator('[data-act="printed"]')).to_be_hidden()
    kiosk.reload()
    expect(show(kiosk, "number")).to_be_visible()
    kiosk.wait_for_timeout(700)
    assert kiosk.evaluate("window.prints") == 0
    press(kiosk, "print")
    assert kiosk.evaluate("window.prints") == 1


def test_a_printer_that_says_nothing_is_asked_about(kiosk: Page) -> None:
    press(kiosk, "group:civil", "service:RES", "take")
    expect(kiosk.locator('[data-act="not-printed"]')).to_be_visible(timeout=9_000)
    press(kiosk, "not-printed")
    expect(kiosk.locator('[data-for="without"]')).to_be_visible()


def test_a_printer_that_prints_is_not_asked_about(server: RunningServer, screen: Screen) -> None:
    kiosk = screen(KIOSK)
    kiosk.add_init_script(PRINTS_WELL)
    kiosk.goto(f"{server.url}/kiosk/SAY")
    press(kiosk, "group:civil", "service:RES", "take")
    expect(kiosk.locator('[data-for="printed"]')).to_be_visible()
    kiosk.wait_for_timeout(4_500)
    expect(kiosk.locator('[data-act="not-printed"]')).to_be_hidden()


def test_an_impatient_finger_takes_one_ticket(server: RunningServer, kiosk: Page) -> None:
    def waiting() -> int:
        return int(server.api("GET", "/centres/SAY/board").json()["waiting"]["total"])

    press(kiosk, "group:civil", "service:RES")
    kiosk.locator('[data-act="take"]').dblclick()
    expect(show(kiosk, "number")).to_be_visible()
    assert waiting() == 1


@LAO_FIRST
def test_a_ticket_is_taken_by_keyboard_alone(kiosk: Page, lang: str) -> None:
    def tab_to(act: str) -> None:
        for _press in range(40):
            if kiosk.evaluate("document.activeElement?.dataset.act ?? ''") == act:
                return
            kiosk.keyboard.press("Tab")
        raise AssertionError(f"{act} is not reached")

    tab_to(f"language:{lang}")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator("html")).to_have_attribute("lang", lang)
    for act in ("group:civil", "service:BIRTH", "take"):
        expect(kiosk.locator(f'[data-act="{act}"]')).to_be_visible()
        tab_to(act)
        kiosk.keyboard.press("Enter")
    expect(show(kiosk, "number")).to_have_text(re.compile(r"^B\d{3}$"))
    tab_to("done")
    kiosk.keyboard.press("Enter")
    expect(kiosk.locator('[data-act="group:civil"]')).to_be_visible()


@pytest.mark.parametrize(("words", "found"), [("birth reg", "BIRTH"), ("ເກີດ", "BIRTH"), ("ນຳໃຊ້ທີດິນ", "LAND")])
def test_a_service_is_found_in_plain_words_while_they_are_typed(kiosk: Page, words: str, found: str) -> None:
    kiosk.locator('[data-act="search"]').press_sequentially(words)
    expect(kiosk.locator(f'[data-act="service:{found}"]')).to_be_visible()
    expect(kiosk.locator("[data-words]:visible")).to_have_count(1)
    kiosk.locator('[data-act="search"]').fill("")
    expect(kiosk.locator('[data-act="group:civil"]')).to_be_visible()
    expect(kiosk.locator("[data-words]:visible")).to_have_count(0)
    kiosk.locator('[data-act="search"]').fill(words.replace("\u0eb3", "\u0ecd\u0eb2"))
    press(kiosk, f"service:{found}", "take")
    expect(show(kiosk, "number")).to_be_visible()


def test_a_search_without_a_find_says_what_to_do(kiosk: Page) -> None:
    kiosk.locator('[data-act="search"]').fill("xyz")
    expect(show(kiosk, "found")).to_have_text(kiosk.locator("[data-none]").get_attribute("data-none") or "?")


def test_several_things_are_gathered_into_one_ticket(kiosk: Page) -> None:
    press(kiosk, "group:civil", "service:BIRTH", "more", "group:general", "service:INFO")
    expect(kiosk.locator(".papers")).to_have_count(2)
    kiosk.locator('label:has([data-act="priority:ELDER"])').click()
    press(kiosk, "take")
    expect(show(kiosk, "number")).to_be_visible()


def test_a_screen_left_alone_asks_counts_down_and_forgets(server: RunningServer, screen: Screen) -> None:
    kiosk = screen(KIOSK)
    kiosk.clock.install()
    kiosk.goto(f"{server.url}/kiosk/SAY")
    press(kiosk, "language:en", "group:civil", "service:RES")
    expect(kiosk.locator('[data-act="take"]')).to_be_visible()
    loaded(kiosk)  # the time counts from when its script is there
    kiosk.clock.fast_forward(61_000)
    stay = kiosk.locator('[data-act="stay"]')
    for _more_time in range(3):  # as often as somebody needs
        expect(stay).to_be_visible()
        assert int(show(kiosk, "left").inner_text()) >= 25
        kiosk.clock.fast_forward(5_000)
        press(kiosk, "stay")
        expect(stay).to_be_hidden()
        kiosk.clock.fast_forward(59_000)
        expect(stay).to_be_hidden()
        kiosk.clock.fast_forward(2_000)
    expect(stay).to_be_visible()
    kiosk.clock.fast_forward(31_000)
    expect(kiosk).to_have_url(f"{server.url}/kiosk/SAY")
    expect(kiosk.locator('[data-act="group:civil"]')).to_be_visible()
    assert kiosk.evaluate("history.length") == 2


def test_a_screen_that_nobody_touched_asks_nobody(server: RunningServer, screen: Screen) -> None:
    kiosk = screen(KIOSK)
    kiosk.clock.install()
    kiosk.goto(f"{server.url}/kiosk/SAY")
    expect(kiosk.locator('[data-act="group:civil"]')).to_be_visible()
    kiosk.clock.fast_forward(200_000)
    expect(kiosk.locator('[data-act="stay"]')).to_be_hidden()


def set_aside(server: RunningServer) -> str:
    """Somebody on hold; gives the number."""
    ticket = server.api("POST", "/centres/SAY/tickets", {"services": ["RES"]}, role="staff").json()
    assert server.api("POST", f"/tickets/{ticket['id']}/hold", {}, role="staff").status_code == 200
    return str(ticket["number"])


@pytest.mark.parametrize("lang", ["lo", "en"])
def test_who_is_back_is_in_the_queue_again_after_three_presses(
    server: RunningServer, screen: Screen, lang: str
) -> None:
    number = set_aside(server)
    kiosk = screen(KIOSK)
    kiosk.goto(f"{server.url}/kiosk/SAY?lang={lang}")
    said = checked(kiosk)
    press(kiosk, "back")
    expect(show(kiosk, "returning")).to_be_visible()
    said += checked(kiosk)
    press(kiosk, f"back:{number}")
    expect(show(kiosk, "number")).to_have_text(number)
    said += checked(kiosk)
    press(kiosk, "here")
    expect(show(kiosk, "place")).to_contain_text("1")
    expect(show(kiosk, "number")).to_have_text(number)
    said += checked(kiosk)
    press(kiosk, "done")
    expect(kiosk).to_have_url(f"{server.url}/kiosk/SAY")
    assert kiosk.evaluate("history.length") == 2
    assert said == []


def test_numbers_do_not_stay_on_the_screen_of_the_next_person(server: RunningServer, screen: Screen) -> None:
    number = set_aside(server)
    kiosk = screen(KIOSK)
    kiosk.clock.install()
    kiosk.goto(f"{server.url}/kiosk/SAY")
    press(kiosk, "back", f"back:{number}")
    expect(kiosk.locator('[data-act="here"]')).to_be_visible()
    loaded(kiosk)
    kiosk.clock.fast_forward(61_000)
    expect(kiosk.locator('[data-act="stay"]')).to_be_visible()
    kiosk.clock.fast_forward(31_000)
    expect(kiosk).to_have_url(f"{server.url}/kiosk/SAY")
    expect(kiosk.locator('[data-act="group:civil"]')).to_be_visible()


def test_a_lost_line_is_said_and_the_person_goes_on_when_it_is_back(server: RunningServer, kiosk: Page) -> None:
    press(kiosk, "group:civil", "service:RES")
    expect(kiosk.locator('[data-act="take"]')).to_be_visible()
    loaded(kiosk)
    server.kill()
    expect(show(kiosk, "lost")).to_be_visible(timeout=8_000)
    kiosk.keyboard.press("Escape")
    kiosk.keyboard.press("Escape")
    expect(show(kiosk, "lost")).to_be_visible()
    server.start()
    expect(show(kiosk, "lost")).to_be_hidden(timeout=15_000)
    press(kiosk, "take")
    expect(show(kiosk, "number")).to_be_visible()


def test_a_number_stays_readable_while_the_line_is_lost_but_not_for_the_next_person(
    server: RunningServer, screen: Screen
) -> None:
    kiosk = screen(KIOSK)
    kiosk.add_init_script(PRINTS)
    kiosk.clock.install()
    kiosk.goto(f"{server.url}/kiosk/SAY")
    press(kiosk, "group:civil", "service:RES", "take")
    expect(show(kiosk, "number")).to_be_visible()
    loaded(kiosk)  # a page whose script did not come knows nothing of the line
    server.kill()
    kiosk.clock.fast_forward(10_000)
    kiosk.wait_for_timeout(500)
    expect(show(kiosk, "lost")).to_be_hidden()
    expect(show(kiosk, "number")).to_be_visible()
    kiosk.clock.fast_forward(46_000)
    kiosk.clock.fast_forward(31_000)
    expect(show(kiosk, "lost")).to_be_visible()
    expect(show(kiosk, "number")).to_have_count(0)
    server.start()
    kiosk.clock.resume()
    expect(kiosk.locator('[data-act="group:civil"]')).to_be_visible(timeout=15_000)


def checked(page: Page) -> list[str]:
    """What is wrong with the state shown, at its own size and with letters twice as large."""
    said = [*faults(page), *page.evaluate(SMALL_TARGETS)]
    page.evaluate(LETTERS)
    said += [*faults(page), *page.evaluate(SMALL_TARGETS)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return said


@LAO_FIRST
def test_every_state_can_be_used_by_everybody(server: RunningServer, kiosk: Page, lang: str) -> None:
    press(kiosk, f"language:{lang}")
    said = checked(kiosk)
    press(kiosk, "group:civil")
    said += checked(kiosk)
    press(kiosk, "service:RES", "more")
    kiosk.locator('[data-act="search"]').fill("xyz")
    said += checked(kiosk)
    press(kiosk, "back")
    said += checked(kiosk)
    for part in ("idle", "lost"):
        kiosk.evaluate(f"document.querySelector('[data-part=\"{part}\"]').showModal()")
        said += checked(kiosk)
        kiosk.evaluate(f"document.querySelector('[data-part=\"{part}\"]').close()")
    press(kiosk, "take")
    expect(kiosk.locator('[data-act="not-printed"]')).to_be_visible(timeout=9_000)
    said += checked(kiosk)
    kiosk.goto(f"{server.url}/kiosk/SAY?lang={lang}&look=large&look=contrast&look=low")
    said += checked(kiosk)
    kiosk.goto(f"{server.url}/kiosk/SAY?lang={lang}&q=card")
    said += checked(kiosk)
    assert said == []


@pytest.fixture
def office(tmp_path: Path) -> Iterator[RunningServer]:
    """A centre with office hours, in its lunch break."""
    clock = ("--clock", "2026-11-23T12:10+07:00@1")
    office = RunningServer(f"sqlite:///{tmp_path}/office.db", tmp_path, *clock)
    store = open_store(office.database)
    seed(store, load_catalogue(CATALOGUE))
    store.engine.dispose()
    with office as running:
        yield running


def test_a_closed_screen_can_be_read_by_everybody(office: RunningServer, screen: Screen) -> None:
    kiosk = screen(KIOSK)
    sign_in(office, kiosk, Role.KIOSK)
    for lang in ("lo", "en"):
        kiosk.goto(f"{office.url}/kiosk/SAY?lang={lang}")
        expect(show(kiosk, "closed")).to_have_attribute("data-value", "lunch")
        expect(show(kiosk, "again")).to_have_text("12:45")
        assert checked(kiosk) == []
