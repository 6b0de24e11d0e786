"""Processes that a test starts: each in a session of its own, and none outlives the test run."""

import contextlib
import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on just now."""
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def spawn(command: Sequence[str], *, user: str | None = None, **options: Any) -> subprocess.Popen[bytes]:
    """Starts `command` in its own session, as `user` when given (root only).

    Ctrl-C in the terminal does not reach it, so that fixtures stop things in order; where the test run itself is
    killed, the kernel kills it (setpriv is part of util-linux, which every Debian has).
    """
    as_user = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *as_user, "--", *command], start_new_session=True, **options
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a spawned process and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def stop(process: subprocess.Popen[bytes], *, with_signal: int = signal.SIGTERM, timeout: float = 10) -> int:
    """Asks a spawned process to end, kills it after `timeout` seconds, and gives its exit status."""
    if process.poll() is None:
        process.send_signal(with_signal)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout)
    kill(process)
    return process.returncode
