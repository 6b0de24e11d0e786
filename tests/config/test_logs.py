"""Whatever happens in a day, the log has no name, phone number, e-mail address, note, password or token in it."""

import contextlib
import logging
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from commands.access import create_token, create_user
from commands.permissions import Role
from commands.seed import seed
from config.catalogue import demonstration, load_catalogue
from config.logs import WithoutSecrets
from store.ids import appointment_token, new_id, ticket_token
from store.migrate import upgrade
from store.unit import Store
from tests.processes import ROOT
from tests.servers import RunningServer
from tests.shapes import GunicornServer

NAME, PHONE, EMAIL = "Bounmy Phommachanh", "020 5512 3477", "bounmy@example.com"
NOTE, PASSWORD, WRONG = "Bounmy waits for his aunt", "sticky rice and fish", "sticky rice and dish"
WHO = {"name": NAME, "phone": PHONE}


@pytest.fixture(params=["run", "gunicorn"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningServer]:
    """Either shape, on its own database; behind gunicorn somebody has switched an access log on."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "run" else "postgresql_url")
    _open_centre(url)
    with_access_log = {"GUNICORN_CMD_ARGS": "--access-logfile -"}
    embedded, other = RunningServer(url, tmp_path), GunicornServer(url, tmp_path, environment=with_access_log)
    with embedded if request.param == "run" else other as running:
        yield running


def _open_centre(url: str) -> None:
    store = Store(url)
    upgrade(store.engine)
    catalogue = load_catalogue(ROOT / "config" / "centres" / "odsc.toml")
    seed(store, demonstration(catalogue))
    create_user(store, "keo", PASSWORD, Role.STAFF, "SAY")
    store.engine.dispose()


def test_a_full_run_leaves_nobodys_data_in_the_log(server: RunningServer) -> None:
    with_store = Store(server.database)
    tokens = {role: create_token(with_store, role, centre="SAY") for role in (Role.KIOSK, Role.STAFF, Role.MANAGER)}
    link = create_token(with_store, Role.STAFF, centre="SAY", kind="link")
    nobodys = [ticket_token(with_store.key, new_id()), appointment_token(with_store.key, new_id())]
    with_store.engine.dispose()
    day = _Day(server, tokens)
    ticket = day.walk_in()
    booked = day.books()
    day.looks_around(ticket, booked, link, nobodys)
    day.signs_in()
    _speaks_no_http(server, ticket)
    _what_is_written_is_refused(server.database)
    day.meets_a_broken_database()
    said = _all_said(server)
    assert "unexpected error" in said, "something did go wrong"
    for secret in (*tokens.values(), link, *nobodys, ticket, booked):
        assert secret not in said
    for words in (NAME, "Phommachanh", PHONE, PHONE.replace(" ", ""), EMAIL, NOTE, "aunt", PASSWORD, WRONG):
        assert words not in said


class _Day:
    """What people and staff do, over HTTP."""

    def __init__(self, server: RunningServer, tokens: dict[Role, str]) -> None:
        self._server, self._tokens = server, tokens

    def _ask(self, method: str, path: str, body: object = None, *, role: Role | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._tokens[role]}"} if role else {}
        return self._server.api(method, path, body, headers=headers)

    def walk_in(self) -> str:
        """A ticket from door to door; its token."""
        asked = self._ask("POST", "/centres/SAY/tickets", {"services": ["RES"], **WHO}, role=Role.KIOSK)
        assert asked.status_code == 201
        ticket = asked.json()
        mine = f"/tickets/{ticket['id']}"
        assert self._ask("POST", "/centres/SAY/counters/1/open", {}, role=Role.STAFF).ok
        assert self._ask("POST", f"{mine}/hold", {"reason": NOTE}, role=Role.STAFF).ok
        assert self._ask("POST", f"{mine}/resume", {}, role=Role.STAFF).ok
        assert self._ask("POST", f"{mine}/call", {"counter": 1}, role=Role.STAFF).ok
        assert self._ask("POST", f"{mine}/serve", {}, role=Role.STAFF).ok
        assert self._ask("POST", f"{mine}/transfer", {"service": "INFO", "note": NOTE}, role=Role.STAFF).ok
        self._ask("POST", f"{mine}/details", {**WHO, "reference": "12/2026"}, role=Role.STAFF)
        assert (
            self._ask(
                "POST", "/centres/SAY/tickets", {"services": ["RES"], "phone": EMAIL}, role=Role.KIOSK
            ).status_code
            == 422
        )
        return str(ticket["token"])

    def books(self) -> str:
        """A booking that was moved; its token."""
        service = next(s for s in self._slots() if self._slots()[s])
        first, second = self._slots()[service][:2]
        asked = {"services": [service], "start": first, **WHO, "email": EMAIL}
        made = self._ask("POST", "/centres/SAY/appointments", asked)
        assert made.status_code == 201
        token = str(made.json()["token"])
        assert self._ask("PATCH", f"/appointments/{token}", {"start": second}).ok
        self._ask("POST", f"/appointments/{token}/check-in", {})
        assert self._ask("POST", "/centres/SAY/appointments", {**asked, "email": f"{EMAIL} {EMAIL}"}).status_code == 422
        return token

    def _slots(self) -> dict[str, list[str]]:
        found = {}
        for service in ("RES", "BIRTH", "MARRY", "ENTERPR"):
            answer = self._ask("GET", f"/centres/SAY/slots?service={service}")
            found[service] = [slot["start"] for slot in answer.json().get("slots", [])]
        return found

    def looks_around(self, ticket: str, booked: str, link: str, nobodys: list[str]) -> None:
        """Pages and addresses with tokens in them, good ones and others."""
        get = self._server.session.get
        paths = [f"/t/{ticket}", f"/t/{ticket}/leave", f"/a/{booked}", f"/a/{booked}.ics", f"/sign-in/{link}"]
        paths += [f"/sign-in/{link}", f"/nothing/{ticket}?name={NAME}&phone={PHONE}", "/kiosk/SAY", "/display/SAY"]
        paths += [f"/{letter}/{token}" for token in nobodys for letter in "ta"]
        for path in paths:
            get(f"{self._server.url}{path}", timeout=30, headers={"Referer": f"{self._server.url}/t/{ticket}"})
        for path in (f"/tickets/{ticket}", *(f"/tickets/{token}" for token in nobodys), f"/appointments/{booked}"):
            self._ask("GET", path)
            self._ask("POST", f"{path}/cancel", "nonsense")
            self._ask("DELETE", path)
        get(f"{self._server.url}/socket.io/?EIO=4&transport=polling&token={ticket}", timeout=30)

    def signs_in(self) -> None:
        """A clerk, first with another password."""
        for password in (WRONG, PASSWORD):
            page = self._server.session.get(f"{self._server.url}/sign-in", timeout=30)
            seal = re.search(r'name="csrf_token" value="([^"]*)"', page.text)
            fields = {"csrf_token": seal[1] if seal else "", "username": "keo", "password": password}
            self._server.session.post(page.url, data=fields, timeout=60)

    def meets_a_broken_database(self) -> None:
        """What was typed cannot be kept, and the errors are logged."""
        start = next(slots[2] for slots in self._slots().values() if len(slots) > 2)
        service = next(code for code, slots in self._slots().items() if start in slots)
        asked = {"services": [service], "start": start, **WHO, "email": EMAIL}
        assert self._ask("POST", "/centres/SAY/appointments", asked).status_code == 500
        assert (
            self._ask("POST", "/centres/SAY/tickets", {"services": ["RES"], **WHO}, role=Role.KIOSK).status_code == 500
        )


def _speaks_no_http(server: RunningServer, token: str) -> None:
    for line in (
        f"FROB\x01 /t/{token} HTTP/1.1\r\n\r\n",
        f"GET /t/{token} HTTP/9.9\r\n\r\n",
        f"GET /t/{token}\r\n\r\n",
        f"GET /t/{token} {NAME} HTTP/1.1\r\n\r\n",
        f"POST /t/{token}/leave HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n{NAME}",
        f"POST /t/{token}/leave HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{NAME}\r\n",
        f"GET /t/{token} HTTP/1.1\r\n{NAME}\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line_in:
            line_in.sendall(line.encode())
            line_in.settimeout(2)
            with contextlib.suppress(OSError):
                line_in.recv(4096)


def _what_is_written_is_refused(url: str) -> None:
    """From now on the tables of personal data take nothing."""
    refuse = "alter table {0} add constraint no_{0} check (name is null) not valid"
    if url.startswith("sqlite"):
        refuse = "create trigger no_{0} before insert on {0} begin select raise(abort, 'no'); end"
    store = Store(url)
    with store.writing() as conn:
        for table in ("bookers", "people"):
            conn.exec_driver_sql(refuse.format(table))
    store.engine.dispose()


def _all_said(server: RunningServer) -> str:
    """What it had said when it was stopped."""
    time.sleep(0.5)
    server.stop()
    return server.said()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("GET /t/Ag3kZlH2u0aS9JYqfT5bWcXn8vRmPd1oQ_e HTTP/1.1", "GET /t/… HTTP/1.1"),
        ("GET /book/SAY?name=Bounmy&phone=020 HTTP/1.1", "GET /book/SAY?… HTTP/1.1"),
        ("Invalid request from ip=::1: Invalid HTTP Header: 'Bounmy'", "Invalid request from ip=::1:…"),
        ("no row\nDETAIL:  Failing row contains (1, Bounmy).", "no row\nDETAIL: …"),
        (
            "SAY: the database was busy; its day is not ended yet",
            "SAY: the database was busy; its day is not ended yet",
        ),
    ],
)
def test_what_could_be_a_token_or_a_name_is_taken_out_of_a_line(said: str, kept: str) -> None:
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, "%s", (said,), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == kept
