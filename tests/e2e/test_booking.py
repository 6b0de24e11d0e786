"""The whole way on a phone, in a browser: choose, book, move, cancel, come, be called; and what it weighs."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import KIOSK, PHONE, Screen, press, show
from tests.e2e.test_accessibility import faults
from tests.e2e.test_boxes import spilled
from tests.servers import RunningServer

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

MOST_BYTES = 60_000
LENGTH = 1_800  # seconds of a slot


def in_languages(*services: str) -> pytest.MarkDecorator:
    """A service of its own for each: who is here at the soonest time must find that one free."""
    return pytest.mark.parametrize(("lang", "service"), list(zip(("lo", "en"), services, strict=True)))


def books(phone: Page, server: RunningServer, service: str) -> str:
    """The soonest time, in as few presses as there can be; the address of the appointment."""
    if time.time() % LENGTH > LENGTH - 20:
        time.sleep(20)  # a slot that begins between two presses is one no more
    phone.goto(f"{server.url}/book/SAY")
    press(phone, f"service:{service}")
    phone.locator('[data-act^="slot:"]').first.click()
    press(phone, "book")
    expect(show(phone, "reference")).to_be_visible()
    return phone.url


@in_languages("ENTERPR", "FAMBOOK")
def test_a_time_is_booked_moved_and_cancelled_by_everybody(
    server: RunningServer, screen: Screen, lang: str, service: str
) -> None:
    phone = screen(PHONE, lang)
    said: list[str] = []

    def presses(*acts: str) -> None:
        press(phone, *acts)
        phone.wait_for_load_state()
        said.extend(faults(phone) + spilled(phone))

    phone.goto(f"{server.url}/book/SAY")
    presses(f"service:{service}")
    phone.locator('[data-act^="day:"]').nth(1).click()
    phone.locator('[data-act^="slot:"]').nth(2).click()
    fills(phone, name="Somsi", phone="020 5551 2345")
    presses("book")
    reference, booked = show(phone, "reference").inner_text(), phone.locator(".when").inner_text()
    phone.reload()
    presses("move")
    phone.locator('[data-act^="slot:"]').nth(4).click()
    expect(show(phone, "reference")).to_have_text(reference)
    expect(phone.locator(".when")).not_to_have_text(booked)
    phone.goto(f"{server.url}/book/SAY")
    presses("find-again")
    fills(phone, reference=reference.lower(), phone="+856 20 5551 2345")
    press(phone, "find")
    expect(show(phone, "reference")).to_have_text(reference)
    presses("cancel")
    presses("confirm")
    expect(show(phone, "state")).to_have_attribute("data-value", "cancelled")
    assert said == []


def fills(phone: Page, /, **fields: str) -> None:
    for name, value in fields.items():
        phone.locator(f'[name="{name}"]').fill(value)


@in_languages("BIRTH", "RES")
def test_who_booked_says_that_they_are_here_and_the_phone_calls_them(
    server: RunningServer, screen: Screen, lang: str, service: str
) -> None:
    assert server.api("POST", "/centres/SAY/counters/3/open", {"services": [service]}, role="staff").ok
    phone = screen(PHONE, lang)
    address = books(phone, server, service)
    press(phone, "here")
    expect(show(phone, "number")).to_be_visible()
    assert server.api("POST", "/centres/SAY/counters/3/next", {}, role="staff").status_code == 200
    expect(show(phone, "counter")).to_have_text("3")
    expect(show(phone, "state")).to_have_attribute("data-value", "called")
    phone.goto(address)
    assert "/t/" in phone.url, "the code of the appointment is the ticket's now"


@in_languages("IDCARD", "COLLECT")
def test_who_booked_types_the_reference_at_the_kiosk(
    server: RunningServer, screen: Screen, lang: str, service: str
) -> None:
    phone, kiosk = screen(PHONE, lang), screen(KIOSK, lang)
    books(phone, server, service)
    reference = show(phone, "reference").inner_text()
    kiosk.goto(f"{server.url}/kiosk/SAY?lang={lang}")
    press(kiosk, "appointment")
    said = faults(kiosk) + spilled(kiosk)
    for letter in reference:
        kiosk.locator(f'[data-key="{letter}"]').click()
    expect(kiosk.locator('[data-act="reference"]')).to_have_value(reference)
    press(kiosk, "check-in")
    expect(show(kiosk, "number")).to_be_visible()
    assert kiosk.evaluate("history.length") == 2, "nothing of the last person remains"
    press(kiosk, "done")
    assert said == []


@in_languages("SINGLE", "MOVE")
def test_all_that_each_page_loads_is_under_60_kilobytes(
    server: RunningServer, screen: Screen, lang: str, service: str
) -> None:
    address = books(screen(PHONE, lang), server, service)
    for page in (f"{server.url}/book/SAY", f"{server.url}/book/SAY/visit?services={service}", address):
        phone = screen(PHONE, lang)
        line, loaded, kinds = phone.context.new_cdp_session(phone), dict[str, float](), dict[str, str]()
        line.on("Network.responseReceived", lambda it, kinds=kinds: kinds.update({it["requestId"]: it["type"]}))
        line.on(
            "Network.loadingFinished",
            lambda it, loaded=loaded: loaded.update({it["requestId"]: it["encodedDataLength"]}),
        )
        line.send("Network.enable")
        phone.goto(page, wait_until="networkidle")
        phone.wait_for_timeout(500)
        weight = sum(size for request, size in loaded.items() if kinds.get(request) != "Image")
        assert 10_000 < weight < MOST_BYTES
