"""`simulate` as a manager uses it: the centre's settings in, a table out."""

import re
from pathlib import Path

import pytest
from sqlalchemy import update

from store import tables
from tests.command_line.conftest import Command, a_store, rows

HEAD = "minutes              steps      mean       P95   longest  over 1 h in target      left   no-show   expired"


def parts(text: str) -> dict[str, list[list[str]]]:
    """The table's parts by their titles, each line in words."""
    blocks = (block.splitlines() for block in text.strip().split("\n\n"))
    return {lines[0]: [line.split() for line in lines[1:]] for lines in blocks}


def test_a_centres_days_are_told_by_group_service_and_counter(process: Command, database: Path) -> None:
    before = rows(database)
    done = process("simulate", "SAY", "--days", "2", "--seed", "7")
    assert (done.status, done.stderr) == (0, "")
    told = parts(done.stdout)
    groups, services = told["priority group"], told["service"]
    steps = int(told[HEAD][0][1])
    assert steps > 100
    assert sum(int(row[1]) for row in groups) == sum(int(row[1]) for row in services) == steps
    assert [groups[0][0], groups[-1][0]] == ["none", "booked"]
    assert {"ELDER", "MONK"} & {row[0] for row in groups}
    assert {"RES", "PAY", "INFO"} <= {row[0] for row in services}
    counters = told["counter: share of its staffed time with somebody there"]
    assert [row[0] for row in counters] == [str(number) for number in range(1, 9)]
    assert rows(database) == before, "nothing is written"


def test_it_says_how_appointments_were_kept_and_what_they_cost_the_others(onedoor: Command, database: Path) -> None:
    asked = ["simulate", "SAY", "--days", "3", "--seed", "7"]
    told = onedoor(*asked).stdout
    kept = re.search(r"begun within 15 minutes of their time: ([0-9.]+)% of (\d+)", told)
    walk_ins = re.search(r"walk-ins' P95: ([0-9.]+) min; had the same people come without: ([0-9.]+) min", told)
    assert kept
    assert walk_ins
    assert (float(kept[1]) > 80, int(kept[2]) > 10) == (True, True)
    assert float(walk_ins[1]) < 1.5 * float(walk_ins[2])
    with a_store(database) as store, store.writing() as conn:
        conn.execute(update(tables.Service).values(appointment=False))
    assert "appointments" not in onedoor(*asked).stdout


def test_one_seed_has_one_result_and_more_load_longer_waits(onedoor: Command) -> None:
    asked = ["simulate", "SAY", "--days", "3"]
    first = onedoor(*asked, "--seed", "7").stdout
    assert onedoor(*asked, "--seed", "7").stdout == first
    assert onedoor(*asked, "--seed", "8").stdout != first
    light, heavy = (onedoor(*asked, "--load", load).stdout for load in ("0.3", "1.2"))
    assert float(parts(light)[HEAD][0][2]) < float(parts(heavy)[HEAD][0][2])


def test_the_settings_of_the_centre_are_what_is_simulated(onedoor: Command, database: Path) -> None:
    with a_store(database) as store, store.writing() as conn:
        conn.execute(update(tables.Counter).where(tables.Counter.number == 6).values(enabled=False))
        conn.execute(update(tables.Service).where(tables.Service.code == "RES").values(enabled=False))
        conn.execute(update(tables.PriorityGroup).where(tables.PriorityGroup.code == "MONK").values(enabled=False))
    told = parts(onedoor("simulate", "SAY", "--days", "3").stdout)
    assert "6" not in {row[0] for row in told["counter: share of its staffed time with somebody there"]}
    assert {"RES", "ENTERPR"}.isdisjoint(row[0] for row in told["service"])
    assert "MONK" not in {row[0] for row in told["priority group"]}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["NONE"], "no such centre"),
        (["SAY", "--days", "0"], "--days"),
        (["SAY", "--days", "367"], "--days"),
        (["SAY", "--days", "many"], "--days"),
        (["SAY", "--seed", "x"], "--seed"),
        (["SAY", "--load", "0"], "--load"),
        (["SAY", "--load", "nan"], "--load"),
        ([], "CENTRE"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(onedoor: Command, arguments: list[str], words: str) -> None:
    done = onedoor("simulate", *arguments)
    assert (done.status, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("table", "values", "words"),
    [
        (tables.CentreProfile, {"week": [[]] * 7}, "never open"),
        (tables.Counter, {"enabled": False}, "no counter"),
        (tables.Service, {"enabled": False}, "no counter"),
    ],
)
def test_a_centre_where_nothing_can_happen_is_said_so(
    onedoor: Command, database: Path, table: type[tables.Base], values: dict, words: str
) -> None:
    with a_store(database) as store, store.writing() as conn:
        conn.execute(update(table).values(values))
    done = onedoor("simulate", "SAY")
    assert done.status == 2
    assert words in done.stderr
