"""What a replay reads out of a log."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from replay.log import BrokenLog, LoggedStep, Shift, read_lines, shifts, visits
from replay.waits import p90, table

HEADER = "ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome,channel,priority"


def at(clock: str) -> str:
    return f"1999-02-01T{clock}:00+07:00" if clock else ""


def seconds(clock: str) -> float:
    return datetime.fromisoformat(at(clock)).timestamp()


def a_line(
    ticket: str,
    issued: str,
    called: str = "",
    started: str = "",
    finished: str = "",
    counter: str = "",
    outcome: str = "finished",
    service: str = "PS",
) -> str:
    return f"{ticket},{service},{at(issued)},{at(called)},{at(started)},{at(finished)},{counter},{outcome},import,PRIOR"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def written(log: Path, *lines: str) -> Path:
    log.write_text("\n".join([HEADER, *lines]) + "\n")
    return log


def test_people_come_in_order_and_take_as_long_as_they_took(log: Path) -> None:
    lines = read_lines(
        written(
            log,
            a_line("b", "09:10", "09:12", "09:13", "09:20", "1"),
            a_line("a", "09:00", "09:00", "09:00", "09:05", "1"),
        )
    )
    first, second = visits(lines)
    assert (first.ticket, first.arrives, first.priority, first.channel) == ("a", seconds("09:00"), "PRIOR", "import")
    assert second.steps == (LoggedStep("PS", None, True, 60, 420),)


def test_who_left_has_the_patience_they_had_and_would_have_taken_as_long_as_the_one_before(log: Path) -> None:
    lines = read_lines(
        written(
            log,
            a_line("a", "09:00", "09:00", "09:00", "09:05", "1"),
            a_line("b", "09:10", finished="09:14", outcome="left"),
        )
    )
    assert visits(lines)[1].steps == (LoggedStep("PS", 240, True, 0, 300),)


def test_who_did_not_come_when_called_does_not_come(log: Path) -> None:
    lines = read_lines(written(log, a_line("a", "09:00", "09:05", "", "09:07", "1", "no_show")))
    assert visits(lines)[0].steps == (LoggedStep("PS", None, False, 120, 0),)
    assert lines[0].wait is None


def test_several_lines_of_a_ticket_are_one_visit(log: Path) -> None:
    lines = read_lines(
        written(
            log,
            a_line("a", "09:00", "09:00", "09:00", "09:05", "1"),
            a_line("a", "09:05", "09:06", "09:06", "09:07", "2", service="TT"),
        )
    )
    (visit,) = visits(lines)
    assert [(step.service, step.serving) for step in visit.steps] == [("PS", 300), ("TT", 60)]


def test_a_counter_works_from_its_first_call_to_its_last_finish_without_breaks_over_half_an_hour(log: Path) -> None:
    lines = read_lines(
        written(
            log,
            a_line("a", "09:00", "09:00", "09:00", "09:05", "1"),
            a_line("b", "09:35", "09:35", "09:35", "09:40", "1"),
            a_line("c", "10:11", "10:11", "10:11", "10:12", "1"),
            a_line("d", "09:00", "09:01", "09:01", "09:02", "2"),
        )
    )
    assert shifts(lines) == [
        Shift(seconds("09:00"), seconds("09:40"), 1),
        Shift(seconds("09:01"), seconds("09:02"), 2),
        Shift(seconds("10:11"), seconds("10:12"), 1),
    ]


def test_a_clerk_who_lets_somebody_wait_is_away_until_the_next_call(log: Path) -> None:
    lines = read_lines(
        written(
            log,
            a_line("a", "09:00", "09:00", "09:00", "09:05", "1"),
            a_line("b", "09:10", "09:15", "09:15", "09:16", "1"),
            a_line("c", "09:20", finished="09:22", outcome="left"),
            a_line("d", "09:25", "09:25", "09:25", "09:26", "1"),
        )
    )
    assert shifts(lines) == [
        Shift(seconds("09:00"), seconds("09:10"), 1),
        Shift(seconds("09:15"), seconds("09:20"), 1),
        Shift(seconds("09:25"), seconds("09:26"), 1),
    ]


def test_a_clerk_who_is_busy_while_somebody_waits_is_not_away(log: Path) -> None:
    lines = read_lines(
        written(
            log,
            a_line("a", "09:00", "09:00", "09:00", "09:05", "1"),
            a_line("b", "09:01", "09:05", "09:05", "09:09", "1"),
            a_line("c", "09:20", "09:20", "09:20", "09:21", "1"),
        )
    )
    assert shifts(lines) == [Shift(seconds("09:00"), seconds("09:21"), 1)]


@pytest.mark.parametrize(
    "line",
    [
        "a,PS,yesterday,,,1999-02-01T09:00:00+07:00,,left,,",
        "a,PS,1999-02-01T09:00:00,,,1999-02-01T09:00:00+07:00,,left,,",
        "a,PS,1999-02-01T09:00:00+07:00,,,,,left,,",
        "a,PS,1999-02-01T09:00:00+07:00,,,1999-02-01T09:00:00+07:00,one,left,,",
        "a,PS,1999-02-01T09:00:00+07:00,,,1999-02-01T09:00:00+07:00,,vanished,,",
        "a,PS",
    ],
)
def test_a_line_that_makes_no_sense_is_named(log: Path, line: str) -> None:
    with pytest.raises(BrokenLog, match="line 3"):
        read_lines(written(log, a_line("b", "09:00", finished="09:14", outcome="left"), line))


def test_a_log_without_lines_is_refused(log: Path) -> None:
    with pytest.raises(BrokenLog, match="no lines"):
        read_lines(written(log))


def test_waits_are_compared_by_service_with_the_statistics_percentile() -> None:
    waits = [float(n * n % 97) for n in range(50)]
    assert p90(waits) == pytest.approx(np.percentile(waits, 90))
    rows = list(table([("PS", wait) for wait in waits], [("PS", 3.0)]))
    assert [row.split() for row in rows[1:3]] == [
        ["PS", "log", "50", f"{np.mean(waits):.1f}", f"{np.median(waits):.1f}", f"{np.percentile(waits, 90):.1f}"],
        ["replay", "1", "3.0", "3.0", "3.0"],
    ]
