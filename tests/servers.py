"""The product as its users meet it: a server in a process of its own, spoken to over HTTP and the command line."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import requests

from tests.processes import ROOT, free_port, kill, spawn, stop

# Settings of the machine that the tests run on must not reach the product.
SETTINGS = ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "ONEDOOR_")


class DidNotStart(Exception):
    """The server ended, or did not answer in time; the message carries the end of its log."""


class RunningServer:
    """`server.py run` on a free port and its own database. `kill()` and `start()` again keep the database."""

    def __init__(
        self, database: str, directory: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.database, self.arguments = database, arguments
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = directory / f"server-{self.port}.log"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
        self.environment = {**kept, "PUBLIC_URL": self.url, "PYTHONUNBUFFERED": "1", **(environment or {})}
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy between a test and the loopback
        self._process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[tuple[str, str | None], str] = {}

    def command(self) -> Sequence[str]:
        """What is started; another shape (gunicorn) says its own."""
        address = ["--host", "127.0.0.1", "--port", str(self.port)]
        return [sys.executable, "server.py", "run", *address, "--database", self.database, *self.arguments]

    def start(self, *, seconds: float = 40) -> Self:
        """Starts it and waits until /healthz answers. Raises DidNotStart."""
        with self.log.open("ab") as log:
            self._process = spawn(self.command(), cwd=ROOT, env=self.environment, stdout=log, stderr=log)
        end = time.monotonic() + seconds
        while not self._is_healthy():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise DidNotStart(self.said()[-2000:])
            time.sleep(0.05)
        return self

    def _is_healthy(self) -> bool:
        try:
            return self.session.get(f"{self.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """As a power cut does: SIGKILL, to it and all that it started."""
        if self._process:
            kill(self._process)
            self.session.close()

    def stop(self) -> int:
        """As an operator does: SIGTERM. Gives the exit status."""
        assert self._process, "never started"
        self.session.close()
        return stop(self._process)

    def __enter__(self) -> Self:
        return self if self._process else self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """The process's number, as long as it runs or has just ended."""
        assert self._process, "never started"
        return self._process.pid

    def said(self) -> str:
        """All that it wrote to its standard output and error so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def cli(self, *arguments: str, check: bool = True, **options: Any) -> subprocess.CompletedProcess[str]:
        """Another `server.py` command on the same database; with `check`, a failure is told with its words."""
        command = [sys.executable, "server.py", *arguments, "--database", self.database]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False, timeout=120, **options
        )
        assert not check or done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done

    def token(self, role: str, centre: str | None = "SAY") -> str:
        """A token of `role`, made once; `staff#2` is a second device of the same role."""
        if (role, centre) not in self._tokens:
            at = ["--centre", centre] if centre and role != "admin" else []
            made = self.cli("token", "create", "--role", role.partition("#")[0], *at)
            self._tokens[role, centre] = made.stdout.strip()
        return self._tokens[role, centre]

    def api(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: str | None = None,
        key: str | None = None,
        **options: Any,
    ) -> requests.Response:
        """A request to `/api/v1{path}` by `role`, with an idempotency key where the caller wants one."""
        headers = options.pop("headers", {})
        if role:
            headers["Authorization"] = f"Bearer {self.token(role)}"
        if key:
            headers["Idempotency-Key"] = key
        return self.session.request(
            method,
            f"{self.url}/api/v1{path}",
            json=body,
            headers=headers,
            timeout=options.pop("timeout", 30),
            **options,
        )
