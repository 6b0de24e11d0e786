"""Every press and every reading of a day, each under its name, so that what it costs can be looked at."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from commands.calls import call_next, call_ticket, finish, no_show, recall, serve
from commands.counters import close_counter, open_counter, pause_counter
from commands.day import end_past_days
from commands.moves import cancel, change_steps, hold, leave, resume, transfer
from commands.paper import Paper, enter_papers, print_pad
from commands.settings import set_daily_limit
from queueing.order import QueuedStep
from queueing.states import StepState
from queueing.visit import Visit
from reports.counter_day import counter_day
from store.board import read_board, read_head
from store.floor import count_waiting
from store.idempotency import KeyedRequest, forget_old_keys, keep_answer, recall_answer
from store.limits import tickets_left
from store.notes import read_notes
from store.queue import calling_counters, count_ahead, waiting_steps
from store.set_aside import read_set_aside
from store.visits import centre_of, read_visit, read_visits
from tests.cast import MONDAY, Hall, clock

Press = tuple[str, Callable[[], Any]]
PAPERS = [
    Paper(1, "AP001", "PAY", clock("7:30"), StepState.WAITING),
    Paper(2, "AP002", "RES", clock("7:30"), StepState.FINISHED, called=clock("7:40"), ended=clock("7:50")),
]


def presses(hall: Hall) -> Iterator[Press]:
    """Each act of the contract at least once, with somebody else waiting all the time."""
    hall.press(set_daily_limit, "BIRTH", 999)
    first: Visit = hall.ticket("RES", name="Bounmy")
    others = [hall.ticket("BIRTH") for _ in range(3)]
    yield "issue with a daily limit", lambda: hall.ticket("BIRTH")
    yield "issue", lambda: hall.ticket("RES", "INFO", name="Bounmy", phone="020 5555 1234")
    yield "open", lambda: hall.press(open_counter, 4)
    yield "next", lambda: hall.press(call_next, 4)
    yield "recall", lambda: hall.press(recall, first.id)
    yield "serve", lambda: hall.press(serve, first.id)
    yield "change steps", lambda: hall.press(change_steps, first.id, add=["INFO"], drop=[])
    yield "finish with a planned step", lambda: hall.press(finish, first.id)
    yield "hold", lambda: hall.press(hold, first.id, "fetches a copy")
    yield "resume", lambda: hall.press(resume, first.id)
    yield "call", lambda: hall.press(call_ticket, first.id, 4)
    yield "next with finish", lambda: hall.press(call_next, 4, finish=True)
    yield "no-show", lambda: hall.press(no_show, others[0].id)
    yield "come back", lambda: hall.press(resume, others[0].id)
    yield "transfer", lambda: hall.press(transfer, others[0].id, service="INFO", note="brings the book")
    yield "leave", lambda: hall.press(leave, others[1].id)
    yield "cancel", lambda: hall.press(cancel, others[2].id, "comes tomorrow")
    yield "next", lambda: hall.press(call_next, 4)
    yield "next with finish of who was only called", lambda: hall.press(call_next, 4, finish=True)
    yield "next with finish when nobody waits", lambda: _until_nobody_waits(hall)
    yield "print a pad", lambda: hall.press(print_pad, "A", 50)
    yield "enter paper tickets", lambda: hall.press(enter_papers, MONDAY, PAPERS)
    yield "pause", lambda: hall.press(pause_counter, 4)
    yield "close", lambda: hall.press(close_counter, 4)


def _until_nobody_waits(hall: Hall) -> None:
    while hall.press(call_next, 4, finish=True):
        pass


def readings(hall: Hall) -> Iterator[Press]:
    """What screens, phones and the feed read, with people waiting, on hold and at a counter."""
    visits = [hall.ticket("BIRTH") for _ in range(5)]
    hall.opens(1).press(call_next, 1)
    hall.press(hold, visits[1].id)
    now, ids = hall.clock.now(), [visit.id for visit in visits]
    with hall.reading() as conn:
        head = read_head(conn, hall.store.centres, hall.code)
        waiting: QueuedStep = waiting_steps(conn, hall.centre)[-1]
        counters = calling_counters(conn, head.info)
        yield "board", lambda: read_board(conn, read_head(conn, hall.store.centres, hall.code), now)
        yield "queue", lambda: waiting_steps(conn, hall.centre)
        yield "place", lambda: count_ahead(conn, hall.centre, waiting, counters, now)
        yield "place without a counter", lambda: count_ahead(conn, hall.centre, waiting, [], now)
        yield "how many wait", lambda: count_waiting(conn, hall.centre)
        yield "tickets left", lambda: tickets_left(conn, head.info, MONDAY)
        yield "ticket", lambda: (read_visit(conn, ids[0]), centre_of(conn, ids[0]))
        yield "tickets", lambda: read_visits(conn, ids)
        yield "set aside", lambda: read_set_aside(conn, hall.centre, MONDAY, now - timedelta(minutes=10))
        yield "notes", lambda: read_notes(conn, hall.centre, ids[1])
        yield "a counter's day", lambda: counter_day(conn, head.info, 4, MONDAY)
        yield "kept answer", lambda: recall_answer(conn, _a_key())
    yield "keep an answer", lambda: _keep_and_forget(hall)


def _a_key() -> KeyedRequest:
    return KeyedRequest.of("keo", "POST", "/", "key", b"")


def _keep_and_forget(hall: Hall) -> None:
    with hall.store.writing() as conn:
        keep_answer(conn, _a_key(), 201, {})
        forget_old_keys(conn)
        conn.rollback()


def day_ends(hall: Hall) -> Iterator[Press]:
    """With people waiting, on hold and at a counter; then once more with nothing to do."""
    hall.clock.at = clock("0:00", MONDAY + timedelta(days=1))
    yield "day ends", lambda: hall.press(end_past_days)
    yield "day has ended", lambda: hall.press(end_past_days)
    yield "finish after the day", lambda: hall.press(call_next, 1, finish=True)
