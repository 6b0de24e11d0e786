"""What people and clerks of a replay do, on a log that is short enough to be followed with a finger."""

import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from commands.access import create_token
from commands.permissions import Role
from replay.run import replay
from store.tables import TicketStep
from store.unit import Store
from tests.display.receivers import eventually
from tests.servers import RunningServer

SPEED = 60
LOG = """\
ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome,channel,priority
served,INFO,{09:00:00},{09:00:00},{09:00:30},{09:05:00},1,finished,kiosk,ELDER
left,INFO,{09:01:00},,,{09:02:00},,left,web,
absent,BIRTH,{09:02:00},{09:05:00},,{09:06:00},1,no_show,,
twice,INFO,{09:03:00},{09:06:00},{09:06:00},{09:07:00},1,finished,,
twice,BIRTH,{09:07:00},{09:07:00},{09:07:00},{09:08:00},1,finished,,
"""


@pytest.fixture
def say(sqlite_url: str, run_server: Callable[..., RunningServer]) -> Iterator["Say"]:
    say = Say(sqlite_url, run_server(sqlite_url, "--demo", "--clock", f"1999-02-01T08:52+07:00@{SPEED}"))
    yield say
    say.store.engine.dispose()


class Say:
    """The demonstration centre in the morning, with a kiosk and a clerk, and what stands in its database."""

    def __init__(self, url: str, server: RunningServer) -> None:
        self.server, self.store = server, Store(url)
        self.kiosk, self.staff = (create_token(self.store, role, centre="SAY") for role in (Role.KIOSK, Role.STAFF))

    def post(self, path: str, body: object, token: str) -> int:
        return self.server.api("POST", path, body, headers={"Authorization": f"Bearer {token}"}).status_code

    def steps(self) -> list[tuple[str, str]]:
        with self.store.reading() as conn:
            today = select(TicketStep.service, TicketStep.state).where(TicketStep.joined_on == date(1999, 2, 1))
            rows = conn.execute(today.order_by(TicketStep.joined_at))
            return [(row.service, row.state) for row in rows]

    def times_of_first(self, service: str) -> tuple[float, float]:
        """Walk and serving time of the first who was served there."""
        here = TicketStep.service == service, TicketStep.joined_on == date(1999, 2, 1)
        times = select(TicketStep.walk, TicketStep.served).where(*here)
        with self.store.reading() as conn:
            walk, served = conn.execute(times.order_by(TicketStep.joined_at).limit(1)).one()
        assert walk is not None
        return walk.total_seconds(), served.total_seconds()


def pause_while_somebody_is_served(say: Say, over: threading.Event) -> None:
    """A clerk at another screen pauses counter 1; the replay's clerk finds it closed and opens it again."""
    if eventually(lambda: over.is_set() or ("INFO", "serving") in say.steps(), seconds=60):
        assert say.post("/centres/SAY/counters/1/pause", {}, say.staff) == 200


@pytest.mark.slow
def test_everybody_does_what_the_log_says_and_a_stranger_is_served_too(
    say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.csv"
    log.write_text(LOG.replace("{", "1999-02-01T").replace("}", "+07:00"))
    assert say.post("/centres/SAY/tickets", {"services": ["COLLECT"]}, say.kiosk) == 201
    over = threading.Event()
    pausing = threading.Thread(target=pause_while_somebody_is_served, args=(say, over))
    pausing.start()
    status = replay("SAY", log, speed=SPEED, url=say.server.url, kiosk=say.kiosk, staff=say.staff)
    over.set()
    pausing.join()
    said = capsys.readouterr().out
    assert status == 0, said
    assert sorted(say.steps()) == [
        ("BIRTH", "finished"),
        ("BIRTH", "no_show"),
        ("COLLECT", "finished"),
        ("INFO", "finished"),
        ("INFO", "finished"),
        ("INFO", "left"),
    ]
    assert "replay: 4 people; 2 finished, 1 left, 1 no_show" in said
    assert "1 more people came who are not in the log" in said
    assert "nobody is missing" in said
    walk, served = say.times_of_first("INFO")
    assert walk == pytest.approx(30, abs=15)
    assert walk + served == pytest.approx(300, abs=20)
