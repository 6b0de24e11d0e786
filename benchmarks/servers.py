"""The servers that are measured, each in a process of its own on the loopback; all end with the `with` block."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commands.counters import open_counter
from commands.permissions import Role
from tests.processes import ROOT
from tests.scale.hall import CENTRE, SERVICE, ScaleHall
from tests.servers import RunningServer

CLERKS = KIOSKS = 16
PATCHED = sys.executable, "-m", "gevent.monkey", "--module"


class Reference(RunningServer):
    """benchmarks.reference on a database of its own."""

    def command(self) -> Sequence[str]:
        """It takes no options."""
        return [*PATCHED, "benchmarks.reference", str(self.port), self.database]

    def tickets(self) -> list[str]:
        """The requests of clients who take tickets."""
        return [_request("/tickets", {"services": [SERVICE]})] * KIOSKS


class Product(RunningServer):
    """OneDoor as `server.py run` starts it, with a hall of sixteen counters, each open, and a token for each device."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.file = directory / "onedoor.db"
        super().__init__(f"sqlite:///{self.file}", directory)
        hall = ScaleHall(self.database, directory, CLERKS)
        for number in range(1, CLERKS + 1):
            with hall.store.unit(CENTRE, "keo") as unit:
                open_counter(unit, number)
        self.kiosks, self.clerks = hall.tokens(Role.KIOSK, KIOSKS), hall.tokens(Role.STAFF, CLERKS)
        hall.close()

    def tickets(self, *, keyed: bool = False) -> list[str]:
        """The requests of kiosks, perhaps each with an idempotency key."""
        path = f"/api/v1/centres/{CENTRE}/tickets"
        return [_request(path, {"services": [SERVICE]}, token, keyed=keyed) for token in self.kiosks]

    def calls(self) -> list[str]:
        """The requests of clerks who end the person who is there and call the next."""
        path = f"/api/v1/centres/{CENTRE}/counters/{{}}/next"
        return [_request(path.format(n), {"finish": True}, token) for n, token in enumerate(self.clerks, 1)]


def _request(path: str, body: Any, token: str | None = None, *, keyed: bool = False) -> str:
    text = json.dumps(body)
    heads = ["Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(text)}"]
    heads += [f"Authorization: Bearer {token}"] if token else []
    heads += ["Idempotency-Key: {key}"] if keyed else []
    return "\r\n".join([f"POST {path} HTTP/1.1", *heads, "", text])


def rush(server: RunningServer, requests: Sequence[str], total: int, expect: int) -> dict[str, Any]:
    """All clients ask at once until `total` answers are here: seconds, and the latency of each."""
    work = {"port": server.port, "requests": list(requests), "total": total, "expect": expect}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"],
        cwd=ROOT,
        input=json.dumps(work),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def resident_megabytes(pid: int) -> float:
    """The memory that a process holds."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
