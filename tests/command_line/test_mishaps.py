"""What goes wrong around a command is told in a sentence and by the exit status, and nothing is half done."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tenacity import stop_after_delay

from store.busy import _begin_again
from tests.command_line.conftest import CATALOGUE, Command


@pytest.mark.parametrize("command", [["verify"], ["token", "create", "--role", "admin"], ["close-day"]])
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "DATABASE_URL must be"),
        ("mysql://localhost/onedoor", "DATABASE_URL must be"),
        ("sqlite:////proc/nowhere/onedoor.db", "does not open"),
        ("postgresql+psycopg://nobody@127.0.0.1:1/nothing", "does not open"),
    ],
)
def test_a_database_that_is_not_there_is_told_in_a_sentence(
    onedoor: Command, command: list[str], address: str, words: str
) -> None:
    said = onedoor(*command, "--database", address, at=None)
    assert (said.status, words in said.stderr) == (1, True), said.stderr


def test_a_file_of_another_program_is_left_alone(onedoor: Command, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.db"
    with closing(sqlite3.connect(theirs)) as conn:
        conn.execute("CREATE TABLE songs (name TEXT)")
    before = theirs.read_bytes()
    said = onedoor("verify", at=theirs)
    assert (said.status, "tables of another program" in said.stderr) == (1, True)
    assert theirs.read_bytes()[100:] == before[100:]
    with closing(sqlite3.connect(theirs)) as conn:
        assert conn.execute("SELECT name FROM sqlite_master").fetchall() == [("songs",)]


@pytest.mark.parametrize("command", [["close-day"], ["token", "create", "--role", "admin"], ["seed", str(CATALOGUE)]])
def test_a_database_that_stays_busy_is_told_by_the_exit_status(
    onedoor: Command, database: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr(_begin_again.retry, "stop", stop_after_delay(0.2))
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        said = onedoor(*command)
    assert (said.status, "kept the database busy" in said.stderr) == (1, True), said.stderr


def test_a_port_that_is_taken_is_told_before_anything_is_done(onedoor: Command, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = onedoor("run", "--demo", "--port", str(taken.getsockname()[1]), at=tmp_path / "new.db")
    assert (said.status, "cannot listen on 127.0.0.1" in said.stderr) == (1, True)
    assert not (tmp_path / "new.db").exists()
