"""Many devices at once, each in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tests.processes import kill, spawn
from tests.scale.hall import CENTRE, SERVICE

PRESS = Path(__file__).with_name("press.py")
Answers = list[dict[str, Any]]


def kiosk(port: int, token: str, name: str, **work: Any) -> dict[str, Any]:
    """The work of a kiosk that issues tickets."""
    path = f"/api/v1/centres/{CENTRE}/tickets"
    return _work(port, token, name, path, {"services": [SERVICE]}, work)


def clerk(port: int, token: str, name: str, counter: int, **work: Any) -> dict[str, Any]:
    """The work of a clerk who ends the person who is there and calls the next, until nobody waits."""
    path = f"/api/v1/centres/{CENTRE}/counters/{counter}/next"
    return _work(port, token, name, path, {"finish": True}, work)


def _work(port: int, token: str, name: str, path: str, body: Any, work: Mapping[str, Any]) -> dict[str, Any]:
    usual = {"times": None, "until": None, "patient": False, "patience": 60}
    return {**usual, "port": port, "token": token, "name": name, "path": path, "body": body, **work}


class Crowd:
    """Devices that have started, wait for `go` and begin together. None is left when the `with` block ends."""

    def __init__(self, works: Iterable[Mapping[str, Any]]) -> None:
        self._devices: list[subprocess.Popen[bytes]] = []
        self._leaving = ExitStack()
        for work in works:
            device = spawn([sys.executable, str(PRESS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._leaving.callback(_end, device)
            self._devices.append(device)
            _tell(device, json.dumps(work))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.close()

    def go(self) -> None:
        """All begin."""
        for device in self._devices:
            assert device.stdout is not None
            assert device.stdout.readline() == b"ready\n"
        for device in self._devices:
            _tell(device, "go")

    def answers(self) -> list[Answers]:
        """What each device was answered, once all are done."""
        return [said["answers"] for said in self.said()]

    def said(self) -> Sequence[Mapping[str, Any]]:
        """Each device's answers and how often it had to ask again."""
        return [json.loads(device.stdout.readline()) for device in self._devices if device.stdout]


def _tell(device: subprocess.Popen[bytes], line: str) -> None:
    assert device.stdin is not None
    device.stdin.write(line.encode() + b"\n")
    device.stdin.flush()


def _end(device: subprocess.Popen[bytes]) -> None:
    kill(device)
    for pipe in (device.stdin, device.stdout):
        if pipe:
            pipe.close()


def at_once(works: Iterable[Mapping[str, Any]]) -> list[Answers]:
    """Lets the devices work and gives what each was answered."""
    with Crowd(works) as crowd:
        crowd.go()
        return crowd.answers()
