"""The export: what has a line, in which order, and that importing it gives it back."""

import csv
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.calls import call_next, finish, no_show, serve
from commands.history import import_history
from commands.moves import change_steps, leave, transfer
from reports.groups import By
from reports.measures import statistics
from reports.visit_lines import COLUMNS, disarmed, rearmed
from reports.visits_csv import visits_csv
from tests.cast import MONDAY, Hall, a_hall, clock

HEADER = ",".join(COLUMNS) + "\n"


def exported(hall: Hall, first: date = MONDAY, last: date | None = None) -> list[str]:
    with hall.reading() as conn:
        return list(visits_csv(conn, hall.info, first, last or first))


def a_day(hall: Hall) -> None:
    """A visit of two steps, one sent on to a counter, a no-show, one who left, one who still waits."""
    hall.opens(1, 2, 3)
    married = hall.at("9:00").ticket("RES", priority="MONK")
    away = hall.at("9:01").ticket("BIRTH")
    hall.at("9:02").press(leave, hall.ticket("INFO", channel="staff").id)
    hall.at("9:10").press(call_next, 1)
    hall.at("9:11").press(serve, married.id)
    hall.at("9:30").press(finish, married.id)
    hall.press(call_next, 1)
    hall.at("9:35").press(no_show, away.id)
    hall.at("9:40").press(call_next, 3)
    hall.press(serve, married.id)
    hall.at("9:45").press(transfer, married.id, service="INFO", counter=2)
    hall.press(change_steps, married.id, add=["BIRTH"])
    hall.press(leave, married.id)
    hall.at("9:50").ticket("BIRTH")


def test_every_ended_step_has_a_line_and_no_other(hall: Hall) -> None:
    a_day(hall)
    lines = [line.replace("2026-11-23T", "").replace(".000000+07:00", "") for line in exported(hall)]
    assert lines == [
        HEADER,
        "A001,RES,09:00:00,09:10:00,09:11:00,09:30:00,1,finished,kiosk,MONK,\n",
        "B001,BIRTH,09:01:00,09:30:00,,09:35:00,1,no_show,kiosk,,\n",
        "W001,INFO,09:02:00,,,09:02:00,,left,staff,,\n",
        "A001,PAY,09:30:00,09:40:00,09:40:00,09:45:00,3,transferred,kiosk,MONK,\n",
        "A001,INFO,09:45:00,,,09:45:00,,left,kiosk,MONK,\n",
    ]


def test_an_export_is_imported_as_what_was_exported(hall: Hall) -> None:
    a_day(hall)
    copy = a_hall(hall.store)
    report = import_history(hall.store, copy.code, exported(hall))
    assert (report.imported, report.problems) == (5, [])
    assert exported(copy) == exported(hall)
    for by in By:
        with hall.reading() as conn:
            assert statistics(conn, copy.info, MONDAY, MONDAY, by) == statistics(conn, hall.info, MONDAY, MONDAY, by)


def test_a_centre_knows_its_own_export(hall: Hall) -> None:
    a_day(hall)
    before = hall.snapshot()
    report = import_history(hall.store, hall.code, exported(hall))
    assert (report.imported, report.known, report.problems) == (0, 5, [])
    assert hall.snapshot() == before


def test_a_line_belongs_to_the_date_on_which_its_step_joined(hall: Hall) -> None:
    lines = [
        f"{number},RES,{issued},,,2026-11-24T00:30:00+07:00,,left,,,{booked}\n"
        for number, issued, booked in [
            ("A2", "2026-11-23T23:59:59.999999+07:00", ""),
            ("A1", "2026-11-24T00:00:00+07:00", ""),
            ("A3", "2026-11-23T23:50:00+07:00", "2026-11-24T00:10:00+07:00"),
        ]
    ]
    assert import_history(hall.store, hall.code, [HEADER, *lines]).imported == 3
    assert _numbers(exported(hall)) == ["A2"]
    assert _numbers(exported(hall, date(2026, 11, 24))) == ["A3", "A1"]
    assert _numbers(exported(hall, MONDAY, date(2026, 11, 24))) == ["A3", "A2", "A1"]


def test_lines_of_one_moment_stand_by_ticket_and_service(hall: Hall) -> None:
    moment = clock("9:00").isoformat()
    wanted = [("A-1", "RES"), ("A10", "BIRTH"), ("A10", "RES"), ("A9", "RES"), ("a1", "RES"), ("Å1", "RES")]
    lines = [f"{ticket},{service},{moment},,,{moment},,left,,,\n" for ticket, service in reversed(wanted)]
    import_history(hall.store, hall.code, [HEADER, *lines])
    assert [tuple(line.split(",")[:2]) for line in exported(hall)[1:]] == wanted


def _numbers(lines: list[str]) -> list[str]:
    return [line.split(",")[0] for line in lines[1:]]


@pytest.mark.parametrize(
    "number", ["=1+1", "+856", "-5", "@A1", "=cmd|' /C calc'!A0", "＝1", "'=1", "'A1", "A,1", 'A"1']
)
def test_a_number_is_no_formula_to_a_spreadsheet_and_comes_back_as_it_was(hall: Hall, number: str) -> None:
    moment = clock("9:00").isoformat()
    quoted = '"' + number.replace('"', '""') + '"'
    assert import_history(hall.store, hall.code, [HEADER, f"{quoted},RES,{moment},,,{moment},,left,,,\n"]).imported
    (cells,) = csv.reader(exported(hall)[1:])
    assert cells[0][0] not in "=+-@＝"
    copy = a_hall(hall.store)
    import_history(hall.store, copy.code, exported(hall))
    assert [visit.number for visit in copy.visits().values()] == [visit.number for visit in hall.visits().values()]


@given(st.text(alphabet="=+-@'A1", min_size=1))
def test_disarming_is_undone(number: str) -> None:
    assert rearmed(disarmed(number)) == rearmed(number)
    assert disarmed(rearmed(disarmed(number))) == disarmed(number)


def test_times_have_an_offset_that_rfc_3339_knows(hall: Hall) -> None:
    long_ago = "1900-01-01T08:00:00.000001+07:00"
    import_history(hall.store, hall.code, [HEADER, f"A1,RES,{long_ago},,,{long_ago},,left,,,\n"])
    (line,) = exported(hall, date(1900, 1, 1))[1:]
    assert line.split(",")[2] == "1900-01-01T01:00:00.000001+00:00"
    assert import_history(hall.store, hall.code, exported(hall, date(1900, 1, 1))).known == 1
