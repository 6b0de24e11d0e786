"""A running server sends by itself; killed in the middle of it, it says the same again, under the same id."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from messages.carriers import Gateways
from messages.worker import CLAIMED_FOR, Worker
from store.unit import Store
from tests.cast import HandClock
from tests.messages.gateway import Gateway
from tests.servers import DidNotStart, RunningServer

PHONE = "020 5551 2345"
Run = Callable[..., RunningServer]


def books(server: RunningServer) -> str:
    """Somebody books the first time that is free; the token of the appointment."""
    slots = server.api("GET", "/centres/SAY/slots?service=RES").json()["slots"]
    asked = {"services": ["RES"], "start": slots[-1]["start"], "phone": PHONE, "name": "Bounmy"}
    made = server.api("POST", "/centres/SAY/appointments", asked)
    assert made.status_code == 201, made.text
    token: str = made.json()["token"]
    return token


def hears(server: RunningServer, words: str) -> str:
    """All that the server has said, once it has said this."""
    end = time.monotonic() + 30
    while words not in server.said():
        assert time.monotonic() < end, server.said()
        time.sleep(0.1)
    return server.said()


def test_a_running_server_tells_who_has_booked(sqlite_url: str, run_server: Run, gateway: Gateway) -> None:
    server = run_server(sqlite_url, "--demo", environment={"ONEDOOR_MESSAGES": gateway.address})
    token = books(server)
    assert gateway.came.wait(30)
    (taken,) = gateway.taken
    assert taken["to"] == "02055512345"
    assert taken["message"].endswith(f"{server.url}/a/{token}")
    said = server.said()
    for personal in (PHONE, "2345", "Bounmy", token):
        assert personal not in said


def test_a_demonstration_prints_messages_and_nothing_of_anybody(sqlite_url: str, run_server: Run) -> None:
    server = run_server(sqlite_url, "--demo")
    token = books(server)
    said = hears(server, "to …45: ")
    for personal in (PHONE, "2345", "Bounmy", token):
        assert personal not in said


def test_a_carrier_that_cannot_be_is_refused_at_the_start(sqlite_url: str, run_server: Run) -> None:
    for carrier, words in {
        "nosuch://user:s3cret@{phone}": "address 1 in ONEDOOR_MESSAGES",
        "json://user:s3cret@gateway/sms": r"each hold {phone} or {email}",
    }.items():
        with pytest.raises(DidNotStart, match=words) as refused:
            run_server(sqlite_url, "--demo", environment={"ONEDOOR_MESSAGES": carrier})
        assert "s3cret" not in str(refused.value)
        assert "Traceback" not in str(refused.value)


@pytest.mark.slow
def test_a_server_that_is_killed_while_it_sends_says_the_same_again_under_the_same_id(
    database_url: str, run_server: Run, gateway: Gateway
) -> None:
    gateway.may_answer.clear()
    server = run_server(database_url, "--demo", environment={"ONEDOOR_MESSAGES": gateway.address})
    books(server)
    assert gateway.came.wait(30)
    server.kill()  # the gateway has it, and nobody has recorded that
    gateway.may_answer.set()
    later = HandClock(datetime.now(UTC) + CLAIMED_FOR + timedelta(minutes=1))
    store = Store(database_url, later)
    Worker(store, Gateways([gateway.address]), server.url).work()
    Worker(store, Gateways([gateway.address]), server.url).work()
    store.engine.dispose()
    first, second = gateway.taken
    assert first == second
