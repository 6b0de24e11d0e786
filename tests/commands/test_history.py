"""Importing history: good lines as they were, bad ones named, nothing twice."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from commands.history import BATCH, ImportReport, Problem, import_history
from commands.history_lines import LineRefused, read_header, split_line
from commands.moves import leave
from commands.verify import verify
from queueing.events import Kind
from queueing.refusals import NotFound
from queueing.visit import Visit, micros
from reports.visits_csv import visits_csv
from store.board import read_board, read_head
from store.unit import Store
from tests.cast import MONDAY, Hall, a_hall, clock

COLUMNS = "ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome,channel,priority,appointment_at"
FINISHED = {
    "ticket": "C17",
    "service": "RES",
    "issued_at": "2026-11-20T08:00:00+07:00",
    "called_at": "2026-11-20T08:10:00+07:00",
    "started_at": "2026-11-20T08:11:00+07:00",
    "finished_at": "2026-11-20T08:31:00+07:00",
    "counter": "1",
    "outcome": "finished",
    "channel": "kiosk",
    "priority": "ELDER",
    "appointment_at": "",
}
LEFT = FINISHED | {"called_at": "", "started_at": "", "counter": "", "outcome": "left"}
FRIDAY = date(2026, 11, 20)


def a_line(*changes: Mapping[str, str], **values: str) -> str:
    """Somebody of the Friday before, served at once unless something else is said."""
    line = dict(FINISHED)
    for change in (*changes, values):
        line.update(change)
    return ",".join(line.values())


def moved_to(day: str) -> dict[str, str]:
    """The line's times on another date."""
    return {name: FINISHED[name].replace("2026-11-20", day) for name in FINISHED if name.endswith("_at")}


def a_file(*lines: str, header: str = COLUMNS) -> list[str]:
    return [f"{line}\n" for line in (header, *lines)]


def imported(hall: Hall, *lines: str, header: str = COLUMNS) -> ImportReport:
    return import_history(hall.store, hall.code, a_file(*lines, header=header))


def exported(hall: Hall, first: date = date(2020, 1, 1), last: date = date(2030, 1, 1)) -> list[str]:
    with hall.reading() as conn:
        return [line.rstrip("\n") for line in visits_csv(conn, hall.info, first, last)]


def the_visits(hall: Hall, number: str = "C17") -> list[Visit]:
    return sorted((v for v in hall.visits().values() if v.number == number), key=lambda visit: visit.issued_at)


def test_a_line_is_a_visit_as_it_was(hall: Hall) -> None:
    assert imported(hall, a_line()) == ImportReport(imported=1)
    (visit,) = the_visits(hall)
    (step,) = visit.steps
    assert (visit.number, visit.channel, visit.priority, visit.business_date) == ("C17", "kiosk", "ELDER", FRIDAY)
    assert visit.issued_at == step.joined_at == clock("8:00", FRIDAY)
    assert step.first_called_at == step.last_called_at == step.called_at == clock("8:10", FRIDAY)
    assert (step.walk, step.served) == (timedelta(minutes=1), timedelta(minutes=20))
    assert (step.first_counter, step.state, step.finished_at) == (1, "finished", clock("8:31", FRIDAY))
    assert (step.joined_seq, step.due_at) == (None, None), "no place in any queue"


def test_a_visit_that_left_has_no_call(hall: Hall) -> None:
    assert imported(hall, a_line(LEFT)).imported == 1
    (step,) = the_visits(hall)[0].steps
    assert (step.first_called_at, step.walk, step.served, step.counter) == (None, None, timedelta(), None)


BROKEN = [
    (a_line(ticket=""), "ticket is empty"),
    (a_line(ticket="A" * 65), "ticket is longer than 64 characters"),
    (a_line(ticket="A\x00"), "ticket has characters that cannot be printed: 'A\\x00'"),
    (a_line(service="XX"), "unknown service 'XX'"),
    (a_line(service=""), "service is empty"),
    (a_line(counter="8"), "unknown counter '8'"),
    (a_line(counter="one"), "unknown counter 'one'"),
    (a_line(counter="1.0"), "unknown counter '1.0'"),
    (a_line(counter="٣"), "unknown counter '٣'"),
    (a_line(counter="9" * 5000), f"unknown counter '{'9' * 40}…'"),
    (a_line(outcome="served"), "unknown outcome 'served'"),
    (a_line(outcome="waiting"), "unknown outcome 'waiting'"),
    (a_line(outcome="dropped"), "unknown outcome 'dropped'"),
    (a_line(outcome=""), "outcome is empty"),
    (a_line(channel="fax"), "unknown channel 'fax'"),
    (a_line(priority="KING"), "unknown priority 'KING'"),
    (a_line(issued_at=""), "issued_at is empty"),
    (a_line(finished_at=""), "finished_at is empty"),
    (a_line(LEFT, finished_at=""), "finished_at is empty"),
    (a_line(issued_at="8:00"), "issued_at is not an RFC 3339 time with its offset: '8:00'"),
    (
        a_line(called_at="2026-11-20T08:10:00"),
        "called_at is not an RFC 3339 time with its offset: '2026-11-20T08:10:00'",
    ),
    (a_line(started_at="2026-11-20"), "started_at is not an RFC 3339 time with its offset: '2026-11-20'"),
    (a_line(appointment_at="soon"), "appointment_at is not an RFC 3339 time with its offset: 'soon'"),
    (a_line(issued_at="2026-02-30T08:00:00Z"), "issued_at is no time: '2026-02-30T08:00:00Z'"),
    (a_line(issued_at="0001-01-01T00:00:00+07:00"), "issued_at is no time: '0001-01-01T00:00:00+07:00'"),
    (a_line(finished_at="9999-12-31T23:59:59Z"), "finished_at is no time: '9999-12-31T23:59:59Z'"),
    (a_line(called_at="2026-11-20T07:59:59.999999+07:00"), "called_at is before issued_at"),
    (a_line(started_at="2026-11-20T08:09:59+07:00"), "started_at is before called_at"),
    (a_line(finished_at="2026-11-20T01:10:59Z"), "finished_at is before started_at"),
    (a_line(LEFT, finished_at="2026-11-20T07:00:00+07:00"), "finished_at is before issued_at"),
    (a_line(LEFT, outcome="finished"), "finished without called_at"),
    (a_line(LEFT, outcome="no_show"), "no_show without called_at"),
    (a_line(started_at=""), "finished without started_at"),
    (a_line(outcome="left", called_at=""), "started_at without called_at"),
    (a_line(LEFT, counter="1"), "counter without called_at"),
    (a_line() + ",", "12 values instead of 11"),
    ("C17,RES", "2 values instead of 11"),
    ('"C17', "not CSV: unexpected end of data"),
]


def test_lines_that_make_no_sense_are_named_in_order_and_the_good_ones_imported(hall: Hall) -> None:
    good = [a_line(ticket=f"C{number}") for number in range(len(BROKEN))]
    bad = [line for line, _ in BROKEN]
    report = imported(hall, *(line for pair in zip(bad, good, strict=True) for line in pair))
    assert report.problems == [Problem(2 + 2 * n, reason) for n, (_, reason) in enumerate(BROKEN)]
    assert {visit.number for visit in hall.visits().values()} == {f"C{number}" for number in range(len(BROKEN))}


def test_a_file_without_a_good_line_changes_nothing(hall: Hall) -> None:
    before = hall.snapshot()
    assert imported(hall, *(line for line, _ in BROKEN)).imported == 0
    assert hall.snapshot() == before


AS_IT_WAS = {
    "called and started in the same moment": {"started_at": FINISHED["called_at"]},
    "everything in the same moment": dict.fromkeys(("called_at", "started_at", "finished_at"), FINISHED["issued_at"]),
    "left after the call": {"outcome": "left", "started_at": ""},
    "left while set aside, after being served": {"outcome": "left"},
    "expired while set aside, after the call": {"outcome": "expired", "started_at": ""},
    "a no-show who was served before": {"outcome": "no_show"},
    "called to no known counter": {"counter": ""},
    "things that the centre no longer offers": {"service": "OLD", "counter": "9", "priority": "BRIDE"},
    "a number from elsewhere": {"ticket": "990201-AA0201-34853"},
    "a number in Lao": {"ticket": "ກ໑໒"},
    "a number that looks like a formula": {"ticket": "=1+1"},
    "a quoted number": {"ticket": '"17, second floor"'},
    "no channel": {"channel": ""},
    "a booked person who came early": {"appointment_at": "2026-11-20T08:05:00+07:00"},
    "a booked person called before the slot": {"appointment_at": "2026-11-20T09:00:00+07:00"},
    "a day to come": moved_to("2027-01-02"),
}


@pytest.mark.parametrize("values", AS_IT_WAS.values(), ids=AS_IT_WAS.keys())
def test_history_is_kept_as_it_was(hall: Hall, values: dict[str, str]) -> None:
    line = a_line(values)
    assert imported(hall, line) == ImportReport(imported=1)
    copy = a_hall(hall.store)
    assert import_history(hall.store, copy.code, exported(hall)) == ImportReport(imported=1)
    assert exported(copy) == exported(hall)
    assert imported(hall, line).known == 1
    assert import_history(hall.store, hall.code, exported(hall)).known == 1


def test_two_people_at_one_counter_at_once_are_both_imported(hall: Hall) -> None:
    assert imported(hall, a_line(), a_line(ticket="C18")).imported == 2


def test_columns_may_stand_in_any_order_and_the_last_three_be_missing(hall: Hall) -> None:
    names = ["outcome", "counter", "finished_at", "ticket", "issued_at", "started_at", "called_at", "service"]
    line = ",".join(FINISHED[name] for name in names)
    assert imported(hall, f" {line} ", "", header="\ufeff" + ", ".join(names)).imported == 1
    (visit,) = the_visits(hall)
    assert (visit.channel, visit.priority) == ("import", None)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "missing columns: ticket, service, issued_at, called_at, started_at, finished_at, counter, outcome"),
        (COLUMNS.replace("issued_at,", ""), "missing columns: issued_at"),
        (COLUMNS.replace("priority", "prioriti"), "unknown columns: 'prioriti'"),
        (COLUMNS + ",ticket", "a column is named twice"),
        (COLUMNS.replace(",", ";"), "missing columns: "),
    ],
)
def test_a_header_that_makes_no_sense_refuses_the_file(hall: Hall, header: str, reason: str) -> None:
    report = imported(hall, a_line(), header=header)
    assert (report.imported, [number for number, _ in report.problems]) == (0, [1])
    assert report.problems[0].reason.startswith(reason)


def test_an_empty_file_has_no_columns(hall: Hall) -> None:
    assert import_history(hall.store, hall.code, []).problems[0].line == 1


def test_an_unknown_centre_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        import_history(store, "NOWHERE", a_file(a_line()))


def test_a_known_line_is_not_imported_again_however_its_times_are_written(hall: Hall) -> None:
    assert imported(hall, a_line(), a_line()) == ImportReport(imported=1, known=1)
    before = hall.snapshot()
    assert imported(hall, a_line(issued_at="2026-11-20T01:00:00.000000Z")) == ImportReport(known=1)
    assert imported(hall, a_line(outcome="transferred")) == ImportReport(known=1)
    assert hall.snapshot() == before


def test_a_microsecond_makes_another_line(hall: Hall) -> None:
    assert imported(hall, a_line(), a_line(issued_at="2026-11-20T08:00:00.000001+07:00")).imported == 2


def test_lines_with_one_ticket_and_date_are_one_visit_in_any_order(hall: Hall) -> None:
    paid = a_line(
        service="PAY",
        issued_at="2026-11-20T08:31:00+07:00",
        called_at="2026-11-20T08:40:00+07:00",
        started_at="2026-11-20T08:41:00+07:00",
        finished_at="2026-11-20T08:50:00+07:00",
        counter="3",
    )
    assert imported(hall, paid, a_line()).imported == 2
    (visit,) = the_visits(hall)
    assert [step.service for step in visit.steps] == ["RES", "PAY"]
    assert visit.step.service == "PAY"
    assert imported(hall, a_line(issued_at="2026-11-19T08:00:00+07:00")).imported == 1
    assert len(the_visits(hall)) == 2, "the same number on another date is another visit"


def test_a_later_batch_appends_to_the_visit(hall: Hall) -> None:
    many = [a_line(LEFT, ticket=f"X{n}") for n in range(BATCH)]
    read: list[int] = []
    lines = a_file(a_line(), *many, a_line(service="PAY", issued_at="2026-11-20T08:01:00+07:00"))
    report = import_history(hall.store, hall.code, lines, read.append)
    assert (report.imported, read) == (BATCH + 2, [BATCH + 1, BATCH + 3])
    assert [(step.position, step.service) for step in the_visits(hall)[0].steps] == [(1, "RES"), (2, "PAY")]
    assert imported(hall, *many).known == BATCH


def test_a_visit_that_outlived_midnight_stays_one(hall: Hall) -> None:
    late = {name: f"2026-11-20T23:5{n}:00+07:00" for n, name in enumerate(["issued_at", "called_at", "started_at"])}
    first = a_line(late, finished_at="2026-11-21T00:03:00+07:00")
    then = {"issued_at": "2026-11-21T00:03:00+07:00", "finished_at": "2026-11-21T00:09:00+07:00"}
    other = a_line(LEFT, issued_at="2026-11-21T00:03:00.000001+07:00", finished_at="2026-11-21T00:09:00+07:00")
    lines = (first, a_line(LEFT, then, service="PAY"), other)
    assert imported(hall, *lines).imported == 3
    assert imported(hall, *lines).known == 3
    assert [[step.service for step in visit.steps] for visit in the_visits(hall)] == [["RES", "PAY"], ["RES"]]
    assert len({visit.business_date for visit in the_visits(hall)}) == 2


@pytest.mark.parametrize("values", [{"channel": "web"}, {"priority": ""}])
def test_one_visit_has_one_channel_and_one_priority(hall: Hall, values: dict[str, str]) -> None:
    report = imported(hall, a_line(), a_line(values, service="PAY"))
    assert report == ImportReport(1, 0, [Problem(3, "another channel or priority than the visit of C17")])


@pytest.mark.parametrize("service", ["RES", "INFO"])
def test_nothing_is_added_to_a_visit_that_happens_here(hall: Hall, service: str) -> None:
    ticket = hall.at("9:00").ticket("RES")
    before = hall.snapshot()
    line = a_line(moved_to("2026-11-23"), ticket=ticket.number, service=service, priority="")
    assert imported(hall, line).problems == [Problem(2, "another visit has the number A001 on that date here")]
    assert (hall.snapshot(), verify(hall.store, hall.code, all_days=True)) == (before, [])


def test_an_export_of_what_happened_here_is_known(hall: Hall) -> None:
    ticket = hall.at("9:00").ticket("RES")
    hall.at("9:05").press(leave, ticket.id)
    header, *lines = exported(hall)
    assert imported(hall, *lines, header=header) == ImportReport(known=1)
    assert verify(hall.store, hall.code, all_days=True) == []


def test_no_live_number_repeats_an_imported_one(hall: Hall) -> None:
    today = moved_to("2026-11-23")
    numbers = ["A007", "A0012", "A", "A-9", "=A99", "AB5", "a050", "B003"]
    lines = [a_line(today, ticket=number) for number in numbers]
    assert imported(hall, *lines, a_line(ticket="A500")).problems == []
    assert hall.ticket("RES").number == "A013"
    assert imported(hall, a_line(today, ticket="A002")).imported == 1
    assert (hall.ticket("RES").number, hall.ticket("BIRTH").number) == ("A014", "B004")


def test_tomorrows_numbers_are_not_repeated_either(hall: Hall) -> None:
    tomorrow = moved_to("2026-11-24")
    imported(hall, a_line(tomorrow, ticket="A041"))
    assert hall.ticket("RES").number == "A001"
    assert hall.at("8:00", MONDAY + timedelta(days=1)).ticket("RES").number == "A042"


def test_imported_visits_are_on_no_board_and_move_no_clock(hall: Hall) -> None:
    ticket = hall.at("9:00").ticket("RES")
    future = moved_to("2030-11-20")
    hall.at("9:01")
    imported(hall, a_line(), a_line(future, ticket="C18"))
    with hall.reading() as conn:
        head = read_head(conn, hall.store.centres, hall.code)
        board = read_board(conn, head, hall.clock.now())
    assert (list(board.calls), hall.queue()) == ([], [ticket.number])
    assert head.last_at == clock("9:00")


def test_one_event_per_batch_holds_its_lines(hall: Hall) -> None:
    imported(hall, a_line(appointment_at="2026-11-20T08:05:00+07:00"), a_line(LEFT, ticket="C18"), a_line(service="?"))
    ((kind, facts),) = hall.told()
    ids = {visit.number: visit.id for visit in hall.visits().values()}
    issued, booked, called, started, ended = (
        micros(clock(text, FRIDAY)) for text in ("8:00", "8:05", "8:10", "8:11", "8:31")
    )
    assert kind is Kind.HISTORY_IMPORTED
    assert facts["columns"] == ["ticket_id", "position", *COLUMNS.split(",")]
    served = [ids["C17"], 1, "C17", "RES", issued, called, started, ended, 1, "finished", "kiosk", "ELDER", booked]
    left = [ids["C18"], 1, "C18", "RES", issued, None, None, ended, None, "left", "kiosk", "ELDER", None]
    assert facts["lines"] == [served, left]


def test_others_write_between_two_batches(sqlite_store: Store) -> None:
    """Another process' presses get through while a file is imported."""
    hall, importing = a_hall(sqlite_store), Store(str(sqlite_store.engine.url))
    lines = a_file(*(a_line(LEFT, ticket=f"X{number}") for number in range(20 * BATCH)))
    with ThreadPoolExecutor(1) as thread:
        report = thread.submit(import_history, importing, hall.code, lines)
        while not report.done():
            hall.ticket("RES")
    importing.engine.dispose()
    assert report.result().imported == 20 * BATCH
    kinds = [kind for kind, _ in hall.told()]
    batches = [place for place, kind in enumerate(kinds) if kind is Kind.HISTORY_IMPORTED]
    assert len(batches) == 20
    assert Kind.ISSUED in kinds[batches[0] : batches[-1]]


def test_a_stray_quote_spoils_its_own_line_alone() -> None:
    with pytest.raises(LineRefused):
        split_line('"A1,RES\n')
    assert split_line('"A,1", RES\r\n') == ["A,1", "RES"]
    assert read_header(COLUMNS) == COLUMNS.split(",")
