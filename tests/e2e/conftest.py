"""A running demonstration and its screens, each in a browser of its own that minds what it complains about."""

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize
from sqlalchemy import select

from commands.access import create_token
from commands.calls import finish
from commands.counters import set_closed
from commands.moves import cancel, resume
from commands.permissions import Role
from queueing.states import ACTIVE, StepState
from store.set_aside import read_set_aside
from store.tables import TicketStep
from store.unit import Store, Unit
from tests.servers import RunningServer

KIOSK = ViewportSize(width=1080, height=1920)
TV = ViewportSize(width=1920, height=1080)
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1366, height=768)
LOCALES = {"lo": "lo-LA", "en": "en-GB"}
# Where the other language takes as long again and the layout is the same.
LAO_FIRST = pytest.mark.parametrize("lang", ["lo", pytest.param("en", marks=pytest.mark.slow)])
# What a browser says of a server that is not there is no fault of the page.
_NOT_THERE = re.compile(r"ERR_CONNECTION_|ERR_SOCKET_|WebSocket connection to|ERR_EMPTY_RESPONSE")

Screen = Callable[..., Page]


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One running demonstration per test process: starting one takes longer than most tests."""
    directory = tmp_path_factory.mktemp("demonstration")
    with RunningServer(f"sqlite:///{directory}/onedoor.db", directory, "--demo") as running:
        yield running


@pytest.fixture
def server(demonstration: RunningServer) -> RunningServer:
    """The demonstration with nobody in it and all counters closed."""
    store = Store(demonstration.database)
    with store.unit("SAY") as unit:
        _send_home(unit)
    store.engine.dispose()
    return demonstration


def _send_home(unit: Unit) -> None:
    here = select(TicketStep.ticket_id).where(TicketStep.centre_id == unit.centre.id, TicketStep.state.in_(ACTIVE))
    for ticket in unit.conn.execute(here).scalars().all():
        if unit.visit(ticket).state is StepState.SERVING:
            finish(unit, ticket)
        if unit.visit(ticket).state in ACTIVE:
            cancel(unit, ticket)
    since = unit.now - unit.centre.rules.no_show_grace
    for away in read_set_aside(unit.conn, unit.centre.id, unit.today, since):  # who may come back from a missed call
        cancel(unit, resume(unit, away.ticket).id)
    for counter in unit.centre.counters:
        set_closed(unit, counter)


@pytest.fixture
def complaints() -> list[str]:
    """What the browsers' consoles said that they should not have to say."""
    return []


@pytest.fixture
def screen(browser: Browser, complaints: list[str]) -> Iterator[Screen]:
    """`screen(PHONE, "lo")` is a fresh browser of that size and language; nobody's console may complain."""
    contexts = []

    def fresh(size: ViewportSize, lang: str = "lo", **options: Any) -> Page:
        context = browser.new_context(viewport=size, locale=LOCALES[lang], timezone_id="Asia/Vientiane", **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        return page

    yield fresh
    for context in contexts:
        context.close()
    assert [said for said in complaints if not _NOT_THERE.search(said)] == []


def sign_in(server: RunningServer, page: Page, role: Role = Role.STAFF) -> None:
    """Follows a one-time link, as `sign-in-link` prints it."""
    store = Store(server.database)
    page.goto(f"{server.url}/sign-in/{create_token(store, role, centre='SAY', kind='link')}")
    store.engine.dispose()


def press(page: Page, *acts: str) -> None:
    """Presses one handle after the other."""
    for act in acts:
        page.locator(f'[data-act="{act}"]').click()


def show(page: Page, handle: str) -> Any:
    """The element that is read by a handle."""
    return page.locator(f'[data-show="{handle}"]')


def eventually(page: Page, question: str, asked: object = None, *, wanted: object = True, seconds: float = 15) -> None:
    """Waits until what is asked of the page has that answer.

    Not wait_for_function(): it compiles its words within the page, and the pages' policy allows no such thing.
    """
    end = time.monotonic() + seconds
    while page.evaluate(question, asked) != wanted:
        assert time.monotonic() < end, question
        page.wait_for_timeout(50)


def loaded(page: Page) -> None:
    """Waits until the scripts of the page shown now have run; Playwright's own wait may be of the one before."""
    eventually(page, "document.readyState", wanted="complete")


def take_ticket(server: RunningServer, kiosk: Page, group: str, service: str, lang: str = "lo") -> tuple[str, str]:
    """Takes a ticket at the kiosk; gives its number and the address behind its code."""
    kiosk.goto(f"{server.url}/kiosk/SAY")
    press(kiosk, f"language:{lang}", f"group:{group}", f"service:{service}", "take")
    number = show(kiosk, "number").inner_text()
    code = show(kiosk, "qr").get_attribute("src")
    assert code
    return number, f"{server.url}{code.removesuffix('/qr.svg')}"
