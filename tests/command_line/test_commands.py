"""The command line as an operator uses it, judged by its words and its exit status.

A command of its own takes seconds to begin, so most are run in this process; `process` runs those that must be seen
from outside: what a script reads from standard output, what a shell gets as status, and the server.
"""

import re
import shutil
import socket
import sys
import time
from datetime import date
from pathlib import Path

import pytest
import requests
from sqlalchemy import select, text, update

from commands.access import find_caller, sign_in
from commands.permissions import Role
from commands.tickets import TicketRequest, issue_ticket
from store import tables
from store.clock import SimulatedClock
from store.ids import ticket_token
from store.unit import Store
from store.visits import read_visit
from tests.cast import HandClock, clock
from tests.command_line.conftest import CATALOGUE, COLUMNS, PASSWORD, Command, a_store, environment, rows
from tests.processes import ROOT, free_port, spawn, stop


def test_every_command_of_the_contract_is_there_and_says_what_it_is(onedoor: Command) -> None:
    said = onedoor("--help", at=None).stdout
    commands = "run seed token user sign-in-link import-history replay simulate print-pad verify close-day erase backup"
    commands += " restore upgrade"
    for command in commands.split(" "):
        assert re.search(rf"^  {command} +[A-Z]", said, re.MULTILINE), command


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0", "--clock", "1999-02-01T07:00+07:00@60"], "loopback"),  # noqa: S104 - refused
        (["--host", "192.0.2.7", "--clock", "1999-02-01T07:00+07:00@60"], "loopback"),
        (["--clock", "1999-02-01T07:00@60"], "offset"),
        (["--clock", "yesterday"], "START@SPEED"),
        (["--clock", "1999-02-01T07:00+07:00@0"], "SPEED"),
        (["--clock", "1999-02-01T07:00+07:00@fast"], "START@SPEED"),
    ],
)
def test_simulated_clock_runs_on_loopback_alone(
    onedoor: Command, tmp_path: Path, arguments: list[str], words: str
) -> None:
    untouched = tmp_path / "new.db"
    done = onedoor("run", *arguments, at=untouched)
    assert done.status == 2
    assert words in done.stderr
    assert not untouched.exists()


def test_seed_creates_centres_and_is_safe_to_repeat(onedoor: Command, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    first = onedoor("seed", str(CATALOGUE), at=new)
    assert (first.status, first.stdout) == (0, "SAY: created\nLPB: created\n"), first.stderr
    before = rows(new)
    assert onedoor("seed", str(CATALOGUE), at=new).status == 0
    assert rows(new) == before


def test_seed_with_a_mistake_names_file_table_and_key_and_changes_nothing(
    onedoor: Command, database: Path, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.toml"
    catalogue = CATALOGUE.read_text()
    wrong.write_text(catalogue.replace("weight_minutes = 30\n", "weight_minuts = 30\n", 1))
    before = rows(database)
    done = onedoor("seed", str(wrong))
    assert done.status == 1
    assert all(word in done.stderr for word in ("wrong.toml", "priorities", "weight_minuts", "nothing was changed"))
    assert rows(database) == before


def test_token_is_printed_alone_and_opens_the_centre(process: Command, database: Path) -> None:
    done = process("token", "create", "--role", "staff", "--centre", "SAY", "--counter", "3")
    assert done.status == 0
    (token,) = done.stdout.split()
    with a_store(database) as store, store.reading() as conn:
        caller = find_caller(conn, token)
    assert caller is not None
    assert (caller.role, caller.centre, caller.counter, caller.kind) == (Role.STAFF, "SAY", 3, "device")
    assert token not in repr(rows(database))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--role", "staff"], "centre"),
        (["--role", "staff", "--centre", "NONE"], "no such centre"),
        (["--role", "staff", "--centre", "SAY", "--counter", "99"], "no such counter"),
        (["--role", "admin", "--counter", "1"], "no such counter"),
        (["--role", "boss", "--centre", "SAY"], "boss"),
        (["--centre", "SAY"], "--role"),
    ],
)
def test_token_for_nobody_is_not_made(onedoor: Command, database: Path, arguments: list[str], words: str) -> None:
    before = rows(database)
    done = onedoor("token", "create", *arguments)
    assert done.status != 0
    assert done.stdout == ""
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert rows(database) == before


def test_user_is_created_with_the_password_of_standard_input(onedoor: Command, database: Path) -> None:
    made = onedoor("user", "create", "keo", "--role", "manager", "--centre", "SAY", typed=f"{PASSWORD}\n")
    assert made.status == 0, made.stderr
    assert PASSWORD not in made.stdout + made.stderr
    with a_store(database) as store:
        assert sign_in(store, "keo", PASSWORD, lambda work, *args: work(*args))
        assert sign_in(store, "keo", PASSWORD + "\n", lambda work, *args: work(*args)) is None
    again = onedoor("user", "create", "keo", "--role", "staff", "--centre", "LPB", typed=f"{PASSWORD}\n")
    assert again.status == 1
    assert "taken" in again.stderr
    short = onedoor("user", "create", "noy", "--role", "staff", "--centre", "SAY", typed="short\n")
    assert short.status == 1
    assert "password" in short.stderr


def test_sign_in_link_begins_with_the_public_address(onedoor: Command) -> None:
    public = {"PUBLIC_URL": "https://queue.example.la/"}
    done = onedoor("sign-in-link", "--role", "admin", env=public)
    assert re.fullmatch(r"https://queue\.example\.la/sign-in/[A-Za-z0-9_-]{20,}\n", done.stdout)
    assert onedoor("sign-in-link", "--role", "staff").status == 1


def a_ticket(database: Path, at: str = "8:00") -> int:
    """Somebody took a ticket at SAY, on a Monday of November."""
    store = Store(f"sqlite:///{database}", SimulatedClock(clock(at), 1))
    with store.unit("SAY") as unit:
        visit = issue_ticket(unit, TicketRequest((next(iter(unit.centre.services)),), "kiosk"))
    store.engine.dispose()
    return visit.id


def test_verify_fails_when_the_rows_are_not_what_the_log_says(
    onedoor: Command, process: Command, database: Path
) -> None:
    a_ticket(database, "9:00")
    clean = onedoor("verify")
    assert clean.status == 0, clean.stdout
    with a_store(database) as store, store.writing() as conn:
        conn.execute(text("update steps set state = 'finished'"))
    broken = process("verify")
    assert broken.status == 1
    assert "SAY" in broken.stdout
    assert re.search(r"\d+ difference", broken.stdout)
    assert onedoor("verify", "SAY").stdout == broken.stdout
    unknown = onedoor("verify", "NONE")
    assert (unknown.status, "no such centre" in unknown.stderr) == (1, True)


def test_close_day_expires_who_still_waits_of_past_days(onedoor: Command, database: Path) -> None:
    ticket = a_ticket(database)
    assert onedoor("close-day", "NONE").status == 1
    done = onedoor("close-day", "SAY")
    assert done.status == 0
    assert re.search(r"SAY.* 1 expired", done.stdout)
    with a_store(database) as store, store.reading() as conn:
        visit = read_visit(conn, ticket)
    assert visit is not None
    assert visit.step.finished_at == clock("16:00")
    assert "expired" not in onedoor("close-day").stdout


def test_backup_restores_everything_on_another_machine_alone(onedoor: Command, database: Path, tmp_path: Path) -> None:
    ticket = a_ticket(database)
    copy, elsewhere = tmp_path / "copy.db", tmp_path / "elsewhere" / "onedoor.db"
    assert onedoor("backup", str(copy)).status == 0
    assert oct(copy.stat().st_mode)[-3:] == "600"
    restored = onedoor("restore", str(copy), at=elsewhere)
    assert restored.status == 0, restored.stderr
    assert rows(elsewhere) == rows(database)
    with a_store(elsewhere) as there, a_store(database) as here:
        assert ticket_token(there.key, ticket) == ticket_token(here.key, ticket)


def test_backup_overwrites_nothing_and_restore_fills_no_database_with_a_centre(
    onedoor: Command, database: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "taken.db"
    taken.write_text("a letter")
    refused = onedoor("backup", str(taken))
    assert refused.status == 1
    assert taken.read_text() == "a letter"
    assert str(taken) in refused.stderr
    before = rows(database)
    backup = Path(shutil.copy(database, tmp_path / "copy.db"))
    refused = onedoor("restore", str(backup))
    assert refused.status == 1
    assert "centre" in refused.stderr
    assert rows(database) == before
    assert onedoor("restore", str(taken), at=tmp_path / "new.db").status == 1


def test_erase_says_what_was_erased(onedoor: Command, database: Path) -> None:
    with a_store(database) as store:
        store.clock = HandClock(clock("9:00", date(2025, 3, 3)))
        with store.writing() as conn:  # as if it had been seeded then
            conn.execute(update(tables.LogEvent).values(at=store.clock.now()))
        with store.unit("SAY") as unit:
            issue_ticket(unit, TicketRequest(("RES",), "kiosk", name="Bounmy"))
    assert onedoor("erase", "SAY").stdout == "SAY: erased 1 people, 0 notes, 0 bookers\n"
    assert rows(database)["people"] == []
    assert "SAY: erased 0 people, 0 notes, 0 bookers\n" in onedoor("erase").stdout
    refused = onedoor("erase", "NOWHERE")
    assert (refused.status, "no such centre" in refused.stderr) == (1, True)


def test_upgrade_brings_tables_up_to_date(onedoor: Command, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    assert onedoor("upgrade", at=new).status == 0
    assert set(rows(new)) == set(tables.Base.metadata.tables)


def test_import_says_by_its_exit_status_whether_a_line_was_refused(
    onedoor: Command, database: Path, tmp_path: Path
) -> None:
    with a_store(database) as store, store.reading() as conn:
        service = conn.execute(select(tables.Service.code).limit(1)).scalar_one()
    line = f"A001,{service},2026-10-01T08:00:00+07:00,2026-10-01T08:05:00+07:00,2026-10-01T08:06:00+07:00,"
    good = tmp_path / "good.csv"
    good.write_text(f"{COLUMNS}\n{line}2026-10-01T08:10:00+07:00,1,finished\n")
    done = onedoor("import-history", "SAY", str(good))
    assert (done.status, done.stdout) == (0, "1 imported, 0 known before, 0 refused\n"), done.stderr
    assert "1 known" in onedoor("import-history", "SAY", str(good)).stdout
    bad = tmp_path / "bad.csv"
    bad.write_text(good.read_text() + f"A002,{service},whenever,,,,,left\n")
    done = onedoor("import-history", "SAY", str(bad))
    assert (done.status, done.stdout) == (1, "0 imported, 1 known before, 1 refused\n")
    assert re.search(r"line 3.*issued_at", done.stderr)
    assert onedoor("import-history", "NONE", str(good)).status == 1


def test_database_is_that_of_the_environment_unless_said(onedoor: Command, database: Path, tmp_path: Path) -> None:
    there = {"DATABASE_URL": f"sqlite:///{database}"}
    asked = ["token", "create", "--role", "staff", "--centre", "SAY"]
    assert onedoor(*asked, at=None, env=there).status == 0
    assert onedoor(*asked, at=tmp_path / "new.db", env=there).status == 1


def test_demo_says_its_addresses_and_a_link_for_each_role_and_follows_its_clock(tmp_path: Path) -> None:
    port = free_port()
    command = [
        sys.executable,
        "server.py",
        "run",
        "--demo",
        "--port",
        str(port),
        "--clock",
        "1999-02-01T07:00+07:00@60",
    ]
    log = (tmp_path / "log").open("w+")
    process = spawn([*command, "--database", f"sqlite:///{tmp_path}/new.db"], cwd=ROOT, env=environment(), stdout=log)
    try:
        said = wait_for(tmp_path / "log", "admin: ")
        base = f"http://localhost:{port}"
        wait_until_it_listens(port)
        assert f"{base}/kiosk/SAY" in said
        assert "this machine alone" in said
        links = dict(re.findall(r"(\w+): (http\S+/sign-in/\S+)", said))
        assert list(links) == [role.value for role in Role]
        signed_in = requests.get(links["staff"], timeout=20)
        assert (signed_in.status_code, signed_in.url) == (200, f"{base}/counter/")
        board = requests.get(f"{base}/api/v1/centres/SAY/board", timeout=20).json()
        assert board["at"].startswith("1999-02-01T07:")
        ticket = requests.post(f"{base}/api/v1/centres/SAY/tickets", json={"services": ["RES"]}, timeout=20).json()
        assert ticket["issued_at"].startswith("1999-02-01T07:")
    finally:
        stop(process)
        log.close()


def wait_for(file: Path, words: str) -> str:
    for _ in range(600):
        if words in file.read_text():
            return file.read_text()
        time.sleep(0.1)
    raise AssertionError(file.read_text())


def wait_until_it_listens(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"nobody listens on {port}")
