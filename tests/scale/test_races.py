"""Every number once and every ticket called once, however many press at the same moment."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from commands.counters import open_counter
from commands.permissions import Role
from queueing.numbering import ticket_number
from tests.scale.crowd import Answers, at_once, clerk, kiosk
from tests.scale.hall import CENTRE, SERIES, ScaleHall
from tests.servers import RunningServer
from tests.shapes import GunicornServer

AT_SIZE = pytest.param(16, 100, id="16x100", marks=[pytest.mark.slow, pytest.mark.timeout(600)])
SMALL = pytest.param(4, 15, id="4x15")


class DawdlingServer(RunningServer):
    """A server whose presses take their time, with its locks `kept` or taken `out`."""

    def __init__(self, database: str, directory: Path, locks: str) -> None:
        super().__init__(database, directory)
        self._locks = locks

    def command(self) -> Sequence[str]:
        python, _, *rest = super().command()
        return [python, "-m", "gevent.monkey", "--module", "tests.scale.unlocked", self._locks, *rest]


@pytest.fixture
def hall(database_url: str, tmp_path: Path) -> Iterator[ScaleHall]:
    hall = ScaleHall(database_url, tmp_path, counters=16)
    yield hall
    hall.close()


def everybody_takes_tickets(hall: ScaleHall, port: int, clients: int, each: int) -> None:
    """The race for numbers, and what must come of it."""
    tokens = hall.tokens(Role.KIOSK, clients)
    answers = at_once(kiosk(port, token, f"kiosk{n}", times=each) for n, token in enumerate(tokens))
    given = [answer for device in answers for answer in device]
    assert {answer["status"] for answer in given} == {201}
    total = clients * each
    every_number = sorted(ticket_number(SERIES, n, digits=3) for n in range(1, total + 1))
    assert sorted(answer["number"] for answer in given) == every_number
    assert sorted(hall.numbers()) == every_number
    assert len({answer["id"] for answer in given}) == total
    assert hall.log() == (total + 16, total + 16, total + 16)  # the counters' openings among them


def all_counters_call(hall: ScaleHall, port: int, clerks: int, people: int) -> None:
    """The race for people, and what must come of it."""
    tokens = hall.tokens(Role.STAFF, clerks)
    answers = at_once(clerk(port, token, f"clerk{n}", n) for n, token in enumerate(tokens, 1))
    assert {device[-1]["status"] for device in answers} == {204}
    calls = sorted((answer for device in answers for answer in device[:-1]), key=lambda answer: answer["called_at"])
    assert {answer["status"] for answer in calls} == {200}
    assert len({answer["id"] for answer in calls}) == people
    assert [answer["id"] for answer in calls] == [ticket for ticket, _ in hall.called()] == hall.calls_in_log()
    due = [due for _, due in hall.called()]
    assert due == sorted(due)
    _nobody_called_again_while_with_a_clerk(answers)


def _nobody_called_again_while_with_a_clerk(answers: Sequence[Answers]) -> None:
    for device in answers:
        times = [answer["called_at"] for answer in device[:-1]]
        assert times == sorted(times)


def open_counters(hall: ScaleHall) -> None:
    for number in range(1, hall.counters + 1):
        with hall.store.unit(CENTRE, "keo") as unit:
            open_counter(unit, number)


@pytest.mark.parametrize(("clients", "each"), [SMALL, AT_SIZE])
def test_every_number_is_given_once_and_every_ticket_called_once_in_due_order(
    hall: ScaleHall, run_server: Callable[..., RunningServer], clients: int, each: int
) -> None:
    open_counters(hall)
    server = run_server(hall.url)
    everybody_takes_tickets(hall, server.port, clients, each)
    all_counters_call(hall, server.port, clients, clients * each)
    assert server.cli("verify").returncode == 0
    assert "Traceback" not in server.said()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_same_holds_behind_gunicorn(hall: ScaleHall, tmp_path: Path) -> None:
    open_counters(hall)
    with GunicornServer(hall.url, tmp_path) as server:
        everybody_takes_tickets(hall, server.port, 16, 100)
        all_counters_call(hall, server.port, 16, 1600)
        assert server.cli("verify").returncode == 0


@pytest.mark.slow
def test_server_that_dawdles_under_its_lock_does_no_harm(hall: ScaleHall, tmp_path: Path) -> None:
    open_counters(hall)
    with DawdlingServer(hall.url, tmp_path, "kept") as server:
        everybody_takes_tickets(hall, server.port, 8, 10)
        all_counters_call(hall, server.port, 8, 80)


@pytest.mark.slow
def test_without_the_lock_the_race_for_numbers_is_seen(hall: ScaleHall, tmp_path: Path) -> None:
    open_counters(hall)
    with DawdlingServer(hall.url, tmp_path, "out") as server, pytest.raises(AssertionError):
        everybody_takes_tickets(hall, server.port, 8, 10)


@pytest.mark.slow
def test_without_the_lock_the_race_for_people_is_seen(hall: ScaleHall, tmp_path: Path) -> None:
    open_counters(hall)
    hall.fill(80)
    with DawdlingServer(hall.url, tmp_path, "out") as server, pytest.raises(AssertionError):
        all_counters_call(hall, server.port, 8, 80)
