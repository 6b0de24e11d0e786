"""Several processes on one database: every number is given once, every person called once, the log has no gap."""

import subprocess
import sys
from collections.abc import Iterator, Sequence

import pytest

from queueing.events import Kind
from tests.cast import Hall
from tests.processes import ROOT, kill, spawn

EACH = 25
COUNTERS = (1, 2, 4)

Process = subprocess.Popen[bytes]


@pytest.fixture
def processes(hall: Hall) -> Iterator[list[Process]]:
    """One for each counter, all ready."""
    url = hall.store.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.store.presses", url, hall.code]
    started = [spawn(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) for _ in COUNTERS]
    for process in started:
        assert _line(process) == ["ready"]
    yield started
    for process in started:
        process.communicate(timeout=20)  # the end of its input is the end of its work
        kill(process)


def _line(process: Process) -> list[str]:
    assert process.stdout is not None
    return process.stdout.readline().decode().split()


def together(processes: Sequence[Process], orders: Sequence[str]) -> list[list[str]]:
    """What each process answers when all are told at once."""
    for process, order in zip(processes, orders, strict=True):
        assert process.stdin is not None
        process.stdin.write(f"{order}\n".encode())
        process.stdin.flush()
    return [_line(process) for process in processes]


def test_processes_give_every_number_once_and_call_every_person_once(hall: Hall, processes: list[Process]) -> None:
    issued = together(processes, [f"issue {EACH}"] * len(COUNTERS))
    people = [f"B{n:03d}" for n in range(1, len(COUNTERS) * EACH + 1)]
    assert sorted(number for kiosk in issued for number in kiosk) == people
    assert all(kiosk == sorted(kiosk) for kiosk in issued)

    hall.at("9:00").opens(*COUNTERS)
    called = together(processes, [f"next {number}" for number in COUNTERS])
    assert sorted(number for counter in called for number in counter) == people

    visits, events = hall.visits(), hall.events()
    calls = [event.ticket for event in events if event.kind is Kind.CALLED]
    assert [visits[ticket or 0].number for ticket in calls] == people, "in the order in which they were due"
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert hall.folded() == visits
