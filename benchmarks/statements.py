"""How many SQL statements one act sends, from the token to the answer; BEGIN is counted, COMMIT is not a statement."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from commands.permissions import Role
from composition import create_app
from config.settings import Settings
from tests.scale.hall import CENTRE, SERVICE, ScaleHall


class Desk:
    """An application in this process whose statements are counted."""

    def __init__(self, directory: Path) -> None:
        self.hall = ScaleHall(f"sqlite:///{directory}/statements.db", directory, 2)
        app, _ = create_app(Settings(), self.hall.store, public_url="http://localhost")
        self._client = app.test_client()
        (self._token,) = self.hall.tokens(Role.STAFF, 1)
        self.sent = 0
        event.listen(self.hall.store.engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.sent += 1

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Any:
        """A press by a clerk; what it was answered. Raises AssertionError for a refusal."""
        headers = {"Authorization": f"Bearer {self._token}", **({"Idempotency-Key": key} if key else {})}
        answer = self._client.post(f"/api/v1{path}", json=body or {}, headers=headers)
        assert answer.status_code < 300, answer.text
        return answer.get_json(silent=True)

    def ticket(self, key: str | None = None) -> str:
        """Takes a ticket and gives its id."""
        return str(self.post(f"/centres/{CENTRE}/tickets", {"services": [SERVICE]}, key=key)["id"])

    def next(self, *, finish: bool = False) -> str:
        """Calls the next person and gives the ticket's id."""
        return str(self.post(f"/centres/{CENTRE}/counters/1/next", {"finish": finish})["id"])

    def work(self, ticket: str, act: str, body: Any = None) -> None:
        """An act on a ticket."""
        self.post(f"/tickets/{ticket}/{act}", body)


def count_statements(directory: Path) -> dict[str, int]:
    """Statements by act, in the order of a visit."""
    desk = Desk(directory)
    desk.post(f"/centres/{CENTRE}/counters/1/open")  # reads the centre's settings, once
    counts: dict[str, int] = {}

    def counted(act: str, press: Callable[..., Any], *args: Any, **options: Any) -> Any:
        desk.sent = 0
        done = press(*args, **options)
        counts[act] = desk.sent
        return done

    for _ in range(5):
        desk.ticket()
    counted("issue", desk.ticket)
    counted("issue with a key", desk.ticket, key="first")
    counted("issue, repeated", desk.ticket, key="first")
    ticket = counted("next", desk.next)
    counted("recall", desk.work, ticket, "recall")
    counted("serve", desk.work, ticket, "serve")
    counted("finish", desk.work, ticket, "finish")
    desk.next()
    ticket = counted("next, ending the last", desk.next, finish=True)
    counted("hold", desk.work, ticket, "hold")
    counted("resume", desk.work, ticket, "resume")
    counted("call", desk.work, ticket, "call", {"counter": 1})
    counted("transfer", desk.work, ticket, "transfer", {"counter": 2, "note": "a stamp"})
    counted("add a service", desk.work, ticket, "services", {"add": [SERVICE]})
    counted("cancel", desk.work, ticket, "cancel")
    desk.hall.close()
    return counts
