"""The waiting-room TV on a wall: calls in turn, sound, a server that dies, and everything within the screen."""

import math
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Route, ViewportSize, expect

from commands.calls import call_next
from commands.counters import open_counter
from commands.tickets import TicketRequest, issue_ticket
from display.sizes import FLOOR, LAO_LETTER, SHORTER_SIDE
from store.unit import Store
from tests.e2e.conftest import LAO_FIRST, TV, Screen, eventually, show
from tests.e2e.televisions import announced, big_centre, lost, numbers, watch_tv
from tests.e2e.test_accessibility import faults
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

SMALL_TV = ViewportSize(width=1280, height=720)
UPRIGHT_TV = ViewportSize(width=1080, height=1920)
SOON, BACK = 3_000, 25_000
CAPITAL = 0.714  # the height of a capital or a digit, of the size of the type


@contextmanager
def floor(server: RunningServer) -> Iterator[Store]:
    """The centre's database, as clerks reach it also while the server of the TV is down."""
    store = Store(server.database)
    yield store
    store.engine.dispose()


def people(server: RunningServer, count: int, *, centre: str = "SAY") -> None:
    """So many come for the same, and as many counters open for it (of eight)."""
    with floor(server) as store, store.unit(centre) as unit:
        for _ in range(count):
            issue_ticket(unit, TicketRequest(("RES",), "kiosk"))
        for counter in range(1, min(count, 8) + 1):
            open_counter(unit, counter, ["RES"])


def call(server: RunningServer, counter: int) -> dict[str, Any]:
    """The clerk of a counter presses."""
    answer = server.api("POST", f"/centres/SAY/counters/{counter}/next", {}, role="staff")
    assert answer.status_code == 200, answer.text
    ticket: dict[str, Any] = answer.json()
    return ticket


def act(server: RunningServer, ticket: dict[str, Any], name: str) -> None:
    """The clerk goes on with a person."""
    answer = server.api("POST", f"/tickets/{ticket['id']}/{name}", {}, role="staff")
    assert answer.status_code == 200, answer.text


def log_of_calls(server: RunningServer, count: int) -> list[str]:
    """The numbers of the last calls, in the order of the log."""
    calls = server.api("GET", "/centres/SAY/board").json()["calls"][:count]
    return [each["number"] for each in calls][::-1]


def wait_for(page: Page, count: int, *, seconds: float = 20) -> None:
    eventually(page, "(count) => window.announced.length >= count", count, seconds=seconds)


def live(page: Page) -> None:
    """The feed stands: what was before came by the snapshot."""
    expect(page.locator('[data-feed="live"]')).to_be_attached(timeout=BACK)
    expect(show(page, "stale")).to_be_hidden()


def test_five_calls_at_once_are_listed_at_once_and_announced_in_turn(server: RunningServer, screen: Screen) -> None:
    people(server, 5)
    server.token("staff")
    tv = screen(TV, "en")
    watch_tv(tv, f"{server.url}/display/SAY?lang=en", time=4_000)
    live(tv)
    with ThreadPoolExecutor(5) as clerks:
        list(clerks.map(lambda counter: call(server, counter), range(1, 6)))
    logged = log_of_calls(server, 5)
    rows = show(tv, "calls").locator("> *")
    for place, number in enumerate(reversed(logged)):
        expect(rows.nth(place)).to_have_attribute("data-number", number, timeout=SOON)
        expect(rows.nth(place)).to_be_visible()
    expect(tv.locator(".call--next")).to_have_count(4)  # their turn is to come
    expect(tv.locator('[data-part="more"]')).to_have_text(re.compile(r"\+4"))
    assert numbers(tv) == logged[:1]
    wait_for(tv, 5, seconds=40)
    told = announced(tv)
    assert [each["number"] for each in told] == logged
    times = [later["at"] - each["at"] for each, later in pairwise(told)]
    assert all(time > 3_900 for time in times), times
    expect(tv.locator(".call--new")).to_have_count(0, timeout=10_000)
    expect(tv.locator(".call--now")).to_have_attribute("data-number", logged[-1])
    assert rows.first.evaluate("(row) => row.classList.contains('call--now')")


def test_a_recall_joins_its_call_while_that_is_pending(server: RunningServer, screen: Screen) -> None:
    people(server, 3)
    tv = screen(TV, "en")
    watch_tv(tv, f"{server.url}/display/SAY?lang=en", time=2_500)
    live(tv)
    first, _second, third = (call(server, counter) for counter in (1, 2, 3))
    for ticket in (third, first):
        assert server.api("POST", f"/tickets/{ticket['id']}/recall", {}, role="staff").status_code == 200
    wait_for(tv, 4)
    tv.wait_for_timeout(3_000)
    told = [(each["number"], each["again"]) for each in announced(tv)]
    logged = log_of_calls(server, 3)
    # The first was being announced when it was recalled: it gets another turn. The third had its turn to come.
    assert told == [(logged[0], False), (logged[1], False), (logged[2], True), (logged[0], True)]
    expect(tv.locator(".tv__again")).to_be_visible()
    expect(tv.locator(".tv__now")).to_be_hidden()


def test_who_hears_the_page_is_told_in_both_languages(server: RunningServer, screen: Screen) -> None:
    people(server, 1)
    tv = screen(TV)
    tv.goto(f"{server.url}/display/SAY")
    live(tv)
    number = call(server, 1)["number"]
    said = tv.get_by_role("status").filter(has_text=number)
    expect(said).to_contain_text(f"ເຊີນໝາຍເລກ {number} ໄປທີ່ຊ່ອງ 1.", timeout=SOON)
    expect(said.locator('[lang="en"]')).to_have_text(f"Number {number}, please go to counter 1.")


def test_yellow_is_for_who_is_to_come(server: RunningServer, screen: Screen) -> None:
    people(server, 2)
    tv = screen(TV, "en")
    watch_tv(tv, f"{server.url}/display/SAY?lang=en", time=500)
    live(tv)
    first, second = call(server, 1), call(server, 2)
    wait_for(tv, 2)
    expect(tv.locator(".call--new")).to_have_count(0)
    expect(tv.locator(".call--comes")).to_have_count(2)
    heads = tv.get_by_role("heading", level=1)
    expect(heads).to_contain_text("Now calling")
    act(server, second, "serve")
    expect(tv.locator(".tv__now")).to_be_hidden()
    expect(tv.locator(".tv__last")).to_be_visible()
    comes = tv.locator(".call--comes")
    expect(comes).to_have_attribute("data-number", first["number"])
    tv.reload()
    live(tv)
    expect(tv.locator(".tv__last")).to_be_visible()
    expect(comes).to_have_attribute("data-number", first["number"])
    act(server, first, "no-show")
    expect(comes).to_have_count(0)


def test_the_longest_queue_is_first_whatever_happens(server: RunningServer, screen: Screen) -> None:
    people(server, 2)
    tv = screen(TV, "en")
    tv.goto(f"{server.url}/display/SAY?lang=en")
    live(tv)
    lines = tv.locator(".waits__one[data-service]:visible")
    expect(lines.first).to_have_attribute("data-service", "RES")
    with floor(server) as store, store.unit("SAY") as unit:
        for _ in range(3):
            issue_ticket(unit, TicketRequest(("INFO",), "kiosk"))
    call(server, 1)  # by its event the screen hears of those who came through another process
    expect(lines.first).to_have_attribute("data-service", "INFO")
    expect(lines.nth(1)).to_have_attribute("data-service", "RES")


# The server dies


def test_what_was_called_while_the_line_was_down_is_announced(server: RunningServer, screen: Screen) -> None:
    people(server, 4)
    tv = screen(TV, "en")
    watch_tv(tv, f"{server.url}/display/SAY?lang=en", time=1_000)
    live(tv)
    before = call(server, 1)["number"]
    wait_for(tv, 1)
    server.kill()
    expect(show(tv, "stale")).to_be_visible(timeout=SOON)
    for code in ("lo", "en"):
        expect(show(tv, "stale").locator(f'[lang="{code}"]')).to_have_text(re.compile(r"\d\d:\d\d"))
    with floor(server) as store:
        meanwhile = []
        for counter in (2, 3):
            with store.unit("SAY") as unit:
                called = call_next(unit, counter)
                assert called
                meanwhile.append(called.number)
    server.start()
    expect(show(tv, "stale")).to_be_hidden(timeout=BACK)
    wait_for(tv, 3)
    after = call(server, 4)["number"]
    wait_for(tv, 4)
    assert numbers(tv) == [before, *meanwhile, after]  # each once, in the log's order
    assert show(tv, "calls").locator("> *").first.get_attribute("data-number") == after


def navigations(page: Page) -> list[str]:
    seen: list[str] = []
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    return seen


def test_another_version_of_the_server_is_loaded_by_itself(server: RunningServer, screen: Screen) -> None:
    people(server, 2)
    tv = screen(TV, "en")
    watch_tv(tv, f"{server.url}/display/SAY?lang=en&distance=3&diagonal=55", time=500, version="of before")
    live(tv)
    call(server, 1)
    wait_for(tv, 1)
    loaded = navigations(tv)
    server.kill()
    expect(show(tv, "stale")).to_be_visible(timeout=SOON)
    with floor(server) as store, store.unit("SAY") as unit:
        missed = call_next(unit, 2)
    assert missed
    server.start()
    expect(tv.locator('[data-module="tv"]:not([data-version="of before"])')).to_be_attached(timeout=BACK)
    expect(show(tv, "stale")).to_be_hidden()
    assert loaded == [f"{server.url}/display/SAY?lang=en&distance=3&diagonal=55"]
    expect(show(tv, "calls").locator("> *").first).to_have_attribute("data-number", missed.number)
    expect(tv.locator(".tv__room--lean")).to_be_attached()


@contextmanager
def loads_again_after(page: Page, seconds: int) -> Iterator[list[str]]:
    """A TV whose page asks to be loaded again so soon; gives how often it was."""
    loaded: list[str] = []

    def sooner(route: Route, request: Request) -> None:
        answer = route.fetch()
        loaded.append(request.url)
        route.fulfill(response=answer, headers={**answer.headers, "refresh": str(seconds)})

    page.route(re.compile(r"/display/SAY$"), sooner)
    yield loaded


def test_a_page_whose_script_did_not_come_is_loaded_again(
    server: RunningServer, screen: Screen, complaints: list[str]
) -> None:
    tv = screen(TV)
    with loads_again_after(tv, 2) as loaded:
        tv.route(re.compile(r"/js/calls\.js"), lambda route: route.abort())
        tv.goto(f"{server.url}/display/SAY")
        tv.wait_for_timeout(3_000)
        assert len(loaded) > 1
        tv.unroute(re.compile(r"/js/calls\.js"))
        tv.wait_for_timeout(3_500)
        before = len(loaded)
        tv.wait_for_timeout(5_000)
        assert len(loaded) == before  # the script is there now, and the page stays
    complaints.clear()  # of the file that did not come


# Sound

_COUNTS_SOUNDS = """
window.sounds = { contexts: 0, tones: 0 };
const Real = AudioContext;
window.AudioContext = class extends Real {
  constructor() { super(); sounds.contexts += 1; }
  createOscillator() { sounds.tones += 1; return super.createOscillator(); }
};
"""


@pytest.fixture
def silent_browser(browser_type: Any, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser as it comes: it wants a press before a page may sound."""
    arguments = [each for each in browser_type_launch_args["args"] if "autoplay" not in each]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield browser
    browser.close()


def test_a_browser_that_blocks_sound_is_unblocked_by_a_press(server: RunningServer, silent_browser: Browser) -> None:
    people(server, 2)
    tv = silent_browser.new_page(viewport=TV)
    tv.add_init_script(_COUNTS_SOUNDS)
    tv.goto(f"{server.url}/display/SAY")
    sound = tv.locator('[data-act="sound"]')
    expect(sound).to_be_visible()
    live(tv)
    call(server, 1)
    expect(show(tv, "calls").locator(".call--new")).to_have_count(1)  # shown, though not heard
    sound.press("Enter")
    expect(sound).to_be_hidden()
    heard = tv.evaluate("sounds.tones")
    call(server, 2)
    eventually(tv, "(heard) => sounds.tones > heard", heard)
    assert tv.evaluate("sounds.contexts") == 1


def test_where_sound_is_allowed_each_announcement_chimes_once_and_there_is_no_button(
    server: RunningServer, screen: Screen
) -> None:
    people(server, 3)
    tv = screen(TV)
    tv.add_init_script(_COUNTS_SOUNDS)
    watch_tv(tv, f"{server.url}/display/SAY", time=300)
    live(tv)
    expect(tv.locator('[data-act="sound"]')).to_be_hidden()
    for counter in (1, 2, 3):
        call(server, counter)
    wait_for(tv, 3)
    assert tv.evaluate("sounds") == {"contexts": 1, "tones": 6}


# Within the screen


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A centre of sixteen counters, all busy, with people waiting for every service."""
    directory = tmp_path_factory.mktemp("big")
    server = RunningServer(f"sqlite:///{directory}/onedoor.db", directory)
    server.cli("seed", str(big_centre(directory / "big.toml")))
    with floor(server) as store:
        with store.unit("BIG") as unit:
            for service in [*unit.centre.services] * 2:
                issue_ticket(unit, TicketRequest((service,), "kiosk"))
            for counter in unit.centre.counters:
                open_counter(unit, counter)
        for counter in range(1, 17):
            with store.unit("BIG") as unit:
                call_next(unit, counter)
    with server:
        yield server


@pytest.mark.parametrize("size", [TV, SMALL_TV, UPRIGHT_TV])
@LAO_FIRST
def test_everything_is_within_the_screen(big: RunningServer, screen: Screen, lang: str, size: ViewportSize) -> None:
    tv = screen(size, lang)
    said = []
    for asked in ("", "&distance=2&diagonal=55", "&distance=4&diagonal=55", "&distance=8&diagonal=55"):
        tv.goto(f"{big.url}/display/BIG?lang={lang}{asked}")
        live(tv)
        said += [f"{asked}: {each}" for each in lost(tv)]
    said += faults(tv)
    assert not said, "\n".join(said)


# What is read from how far (FIELD.md): a called number seen under 0.7°, letters no lower than the distance by 200.
_HEIGHTS = """
() => {
  const panel = Math.min(innerWidth, innerHeight);
  const type = (selector) => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize) / panel;
  return { called: type(".call--now .call__number"), row: type(".call:not(.call--now) .call__number"),
           words: type(".tv__heads"), waits: type(".tv__side-head") };
}
"""


@pytest.mark.parametrize(("distance", "diagonal"), [(2, 55), (3, 55), (5, 43), (8, 55), (8, 75)])
def test_what_must_be_read_is_large_enough(big: RunningServer, screen: Screen, distance: int, diagonal: int) -> None:
    tv = screen(SMALL_TV)
    tv.goto(f"{big.url}/display/BIG?distance={distance}&diagonal={diagonal}")
    panel = diagonal * 25.4 * SHORTER_SIDE
    heights = {what: share * panel for what, share in tv.evaluate(_HEIGHTS).items()}
    assert heights["called"] * CAPITAL >= 2000 * distance * math.tan(math.radians(0.35))
    assert heights["row"] * CAPITAL >= 1000 * distance / FLOOR
    assert heights["words"] * LAO_LETTER >= 1000 * distance / FLOOR * 0.99
    assert heights["waits"] * LAO_LETTER >= 1000 * distance / FLOOR * 0.99
