"""A throwaway PostgreSQL and Redis for the tests: on free ports, without a thought for durability."""

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import redis
from psycopg import sql

from tests.processes import free_port, spawn, stop

SUPERUSER = "postgres"


class PackageMissing(Exception):
    """The machine lacks a system package that the tests need; they do not run without it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is not installed. `make test` installs it, or run deploy/install-test-packages.")


def postgres_programs() -> Path:
    """The folder of initdb and postgres: Debian's newest, else the PATH's. Raises PackageMissing."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if debian:
        return debian[-1].parent
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    raise PackageMissing("PostgreSQL")


class PostgreSQL:
    """A PostgreSQL cluster of its own while the `with` block lasts. It refuses root, so root lends it `postgres`."""

    OPTIONS = {
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": "200",
        "shared_buffers": "64MB",
        "listen_addresses": "127.0.0.1",
        "timezone": "UTC",
    }

    def __init__(self) -> None:
        self.port = free_port()
        self._names = (f"test_{number}" for number in itertools.count(1))

    def __enter__(self) -> "PostgreSQL":
        programs = postgres_programs()
        user = SUPERUSER if os.geteuid() == 0 else None
        self._directory = Path(tempfile.mkdtemp(prefix="onedoor-postgres-"))
        if user:
            shutil.chown(self._directory, user, user)
        data = str(self._directory / "data")
        how = f"-U {SUPERUSER} -A trust -E UTF8 --locale=C.UTF-8 --no-sync".split()
        initdb = [str(programs / "initdb"), "-D", data, *how]
        subprocess.run(initdb, check=True, capture_output=True, user=user, group=user, cwd="/")
        options = [word for name, value in self.OPTIONS.items() for word in ("-c", f"{name}={value}")]
        where = ["-D", data, "-k", str(self._directory), "-p", str(self.port)]
        command = [str(programs / "postgres"), *where, *options]
        with (self._directory / "log").open("wb") as log:
            self._process = spawn(command, user=user, cwd="/", stdout=log, stderr=log)
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._process, with_signal=signal.SIGINT)  # PostgreSQL's fast shutdown
        shutil.rmtree(self._directory, ignore_errors=True)

    def _wait_until_ready(self, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while True:
            with contextlib.suppress(psycopg.OperationalError), self._connect():
                return
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("PostgreSQL did not start:\n" + (self._directory / "log").read_text()[-2000:])
            time.sleep(0.05)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host="127.0.0.1", port=self.port, user=SUPERUSER, dbname="postgres", autocommit=True)

    @contextlib.contextmanager
    def database(self, *, template: str = "template1") -> Iterator[str]:
        """The URL of a new database, a copy of `template`; it is dropped afterwards, whoever is still connected."""
        name = next(self._names)
        with self._connect() as admin:
            admin.execute(
                sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        try:
            yield f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{name}"
        finally:
            with self._connect() as admin:
                admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


class Redis:
    """A Redis of its own, in memory alone, while the `with` block lasts."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def __enter__(self) -> "Redis":
        program = shutil.which("redis-server")
        if program is None:
            raise PackageMissing("Redis")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = spawn([program, *options], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        try:
            self._wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        stop(self._process)

    def _wait_until_ready(self, seconds: float = 10) -> None:
        end = time.monotonic() + seconds
        with self._client() as client:
            while True:
                with contextlib.suppress(redis.ConnectionError):
                    client.ping()
                    return
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("Redis did not start")
                time.sleep(0.02)

    def clear(self) -> None:
        """Forgets all that a test before has left."""
        with self._client() as client:
            client.flushall()

    def _client(self) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=5)
