"""The API as other programs meet it, without a network: requests in the contract's words, by anybody of the cast.

desk.post("/centres/C/tickets", {"services": ["BIRTH"]}, by="kiosk")     # C is the hall's own centre
desk.get("/centres/C/board")                                             # nobody in particular asks
"""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from commands.access import create_token
from commands.permissions import Role
from store import tables
from store.unit import Store
from tests.cast import Hall

API = "/api/v1"
Answer = Any  # werkzeug's TestResponse, whose `json` is taken for granted by tests
ROLES = ("none", "display", "kiosk", "staff elsewhere", "staff", "manager elsewhere", "manager", "admin")
_addresses = (f"10.{n // 65536}.{n // 256 % 256}.{n % 256}" for n in itertools.count(1))


class Desk:
    """Whoever speaks to the API of one hall; each desk has an address of its own, so limits are not shared."""

    def __init__(self, app: Flask, hall: Hall, elsewhere: Hall | None = None) -> None:
        self.app, self.hall, self.elsewhere = app, hall, elsewhere
        self.address, self.began = next(_addresses), datetime.now(UTC)
        self.client = self.browser()
        self._tokens: dict[str, str] = {}

    @property
    def code(self) -> str:
        return self.hall.code

    def browser(self) -> FlaskClient:
        """A browser of its own at this desk, without cookies."""
        client = self.app.test_client()
        client.environ_base["REMOTE_ADDR"] = self.address
        return client

    def token(self, role: str) -> str:
        """A token of a role: `staff`, `staff elsewhere`, or `staff#2` for a second device."""
        if role not in self._tokens:
            named = Role(role.partition("#")[0].partition(" ")[0])
            hall = self.elsewhere if role.endswith("elsewhere") else self.hall
            assert hall, "this test has no other centre"
            centre = None if named is Role.ADMIN else hall.code
            self._tokens[role] = create_token(self.hall.store, named, centre=centre)
        return self._tokens[role]

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Answer:
        """One request to the API."""
        said = dict(headers or {})
        if by and by != "none":
            said["Authorization"] = f"Bearer {self.token(by)}"
        if key is not None:
            said["Idempotency-Key"] = key
        if body is not None:
            options |= {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.open(self.path(path), method=method, headers=said, **options)

    def path(self, path: str) -> str:
        """The contract's `/centres/C/…` at the hall's own centre."""
        return API + path.replace("/centres/C/", f"/centres/{self.code}/")

    def get(self, path: str, **options: Any) -> Answer:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.ask("POST", path, {} if body is None else body, **options)

    def issue(self, *services: str, by: str = "kiosk", **asked: Any) -> dict[str, Any]:
        """Somebody takes a ticket, for BIRTH when it does not matter for what."""
        answer = self.post("/centres/C/tickets", {"services": services or ["BIRTH"], **asked}, by=by)
        assert answer.status_code == 201, answer.text
        return answer.json

    def book(self, start: str = "2026-11-23T09:00:00+07:00", **asked: Any) -> dict[str, Any]:
        """Somebody books a time by phone."""
        answer = self.post("/centres/C/appointments", {"services": ["BIRTH"], "start": start, **asked})
        assert answer.status_code == 201, answer.text
        return answer.json

    def act(self, ticket: dict[str, Any], act: str, **facts: Any) -> Answer:
        """Keo does something to a ticket."""
        return self.post(f"/tickets/{ticket['id']}/{act}", facts, by="staff")

    def show(self, ticket: dict[str, Any]) -> dict[str, Any]:
        """A ticket as its holder sees it now."""
        answer = self.get(f"/tickets/{ticket['token']}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def open(self, number: int, services: list[str] | None = None) -> None:
        """Keo opens a counter."""
        answer = self.post(f"/centres/C/counters/{number}/open", {"services": services} if services else {}, by="staff")
        assert answer.status_code == 200, answer.text

    def call(self, number: int, **asked: Any) -> Answer:
        """Keo presses next."""
        return self.post(f"/centres/C/counters/{number}/next", asked, by="staff")

    def board(self) -> dict[str, Any]:
        return self.get("/centres/C/board").json


def everything(store: Store) -> dict[str, list[str]]:
    """All rows of all tables."""
    with store.reading() as conn:
        return {
            table.name: sorted(repr(tuple(row)) for row in conn.execute(select(table)))
            for table in tables.Base.metadata.sorted_tables
        }


def problem(answer: Answer, status: int, slug: str) -> dict[str, Any]:
    """The problem document of an answer, which says the same everywhere."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:300]}"
    return a_problem(answer, slug)


def a_problem(answer: Answer, slug: str = "") -> dict[str, Any]:
    """A whole problem document (RFC 9457) of whatever status."""
    assert answer.mimetype == "application/problem+json", answer.text[:300]
    said: dict[str, Any] = answer.json
    assert said["status"] == answer.status_code
    assert said["type"].endswith(f"#{slug}" if slug else ""), said
    assert all(said[part] for part in ("type", "title", "detail")), said
    assert not any(trace in answer.text for trace in ("Traceback", 'File "', "psycopg", "sqlite3"))
    return said
