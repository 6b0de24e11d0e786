"""Undoing the last press: what it did is as if it had never been, and the log keeps both."""

from collections.abc import Callable

import pytest

from commands.calls import call_next, finish, no_show, quick_serve, serve
from commands.counters import pause_counter
from commands.moves import change_steps, hold, leave, transfer
from commands.tickets import TicketRequest
from commands.undo import UNDO_WITHIN, undo
from commands.verify import verify
from queueing.events import Kind
from queueing.refusals import NothingToUndo
from queueing.states import CounterState, StepState
from queueing.visit import Visit
from store.board import read_board, read_head
from tests.cast import KEO, SOMCHAI, Hall

PRESSES: dict[str, Callable[[Hall, Visit], object]] = {
    "no-show": lambda hall, visit: hall.press(no_show, visit.id),
    "serve": lambda hall, visit: hall.press(serve, visit.id),
    "hold": lambda hall, visit: hall.press(hold, visit.id, "a copy", missing=["form"]),
    "transfer": lambda hall, visit: hall.press(transfer, visit.id, service="INFO"),
    "another step": lambda hall, visit: hall.press(change_steps, visit.id, add=["INFO"]),
    "next": lambda hall, _visit: hall.press(call_next, 1, finish=True),
}


def standing(hall: Hall) -> object:
    """All visits, but for how many events name them; and who is at the counters, and who waits."""
    visits = {ticket: (visit.steps, visit.priority) for ticket, visit in hall.visits().items()}
    return visits, hall.counter(1), hall.queue()


@pytest.fixture
def called(hall: Hall) -> Visit:
    """Somebody at counter 1 with a step planned, and one who waits."""
    visit = hall.opens(1).ticket("RES")
    hall.ticket("BIRTH")
    hall.later(1).press(call_next, 1)
    hall.later(1)
    return visit


@pytest.mark.parametrize("press", PRESSES)
def test_a_press_is_undone_as_if_it_had_never_been(hall: Hall, called: Visit, press: str) -> None:
    before = standing(hall)
    PRESSES[press](hall, called)
    assert standing(hall) != before
    hall.later(seconds=20).press(undo, 1)
    assert standing(hall) == before
    assert hall.visits() == hall.folded()
    assert verify(hall.store, hall.code, all_days=True) == []


def test_the_end_of_a_step_is_undone_with_the_place_of_the_next(hall: Hall, called: Visit) -> None:
    hall.press(serve, called.id)
    before = standing(hall.later(1))
    hall.press(finish, called.id)
    hall.press(undo, 1)
    assert standing(hall) == before
    hall.later(1).press(finish, called.id)
    assert hall.visit(called).step.service == "PAY"
    assert verify(hall.store, hall.code, all_days=True) == []


def test_both_may_go_on_after_it(hall: Hall, called: Visit) -> None:
    hall.press(call_next, 1, finish=True)
    hall.press(undo, 1)
    assert hall.later(1).press(serve, called.id).state is StepState.SERVING
    second = hall.press(call_next, 1, finish=True)
    assert second is not None
    assert second.number == "B001"
    assert verify(hall.store, hall.code, all_days=True) == []


def test_an_undone_call_is_taken_off_the_board(hall: Hall, called: Visit) -> None:
    def calls() -> list[str]:
        with hall.reading() as conn:
            board = read_board(conn, read_head(conn, hall.store.centres, hall.code), hall.clock.now())
        return [call.number for call in board.calls]

    hall.press(call_next, 1, finish=True)
    assert calls() == ["B001", "A001"]
    hall.press(undo, 1)
    assert calls() == ["A001"]
    hall.press(call_next, 1, finish=True)
    assert calls() == ["B001", "A001"]


def test_the_log_says_what_was_undone(hall: Hall, called: Visit) -> None:
    hall.press(serve, called.id)
    hall.press(undo, 1)
    serving, undone = hall.events()[-2:]
    assert (undone.kind, undone.counter, undone.facts) == (Kind.UNDONE, 1, {"seq": serving.seq, "kind": "serving"})


def test_who_was_served_at_once_by_mistake_waits_for_nobody(hall: Hall) -> None:
    visit = hall.opens(1).press(quick_serve, 1, TicketRequest(("INFO",), "staff"))
    hall.press(undo, 1)
    assert hall.visit(visit).state is StepState.CANCELLED
    assert hall.counter(1).ticket is None
    assert verify(hall.store, hall.code, all_days=True) == []


def refuses(hall: Hall, actor: str = KEO) -> None:
    before = hall.snapshot()
    with pytest.raises(NothingToUndo), hall.store.unit(hall.code, actor) as unit:
        undo(unit, 1)
    assert hall.snapshot() == before


def test_nothing_is_undone_where_nothing_was_pressed(hall: Hall) -> None:
    refuses(hall)


def test_opening_and_breaks_are_not_undone(hall: Hall) -> None:
    refuses(hall.opens(1))
    hall.press(pause_counter, 1)
    refuses(hall)
    assert hall.counter(1).state is CounterState.PAUSED


def test_nothing_is_undone_twice(hall: Hall, called: Visit) -> None:
    hall.press(serve, called.id)
    hall.press(undo, 1)
    refuses(hall)


def test_nothing_is_undone_after_five_minutes(hall: Hall, called: Visit) -> None:
    hall.press(serve, called.id)
    hall.later(seconds=UNDO_WITHIN.total_seconds() + 1)
    refuses(hall)


def test_nobody_undoes_what_another_has_pressed(hall: Hall, called: Visit) -> None:
    hall.press(serve, called.id)
    refuses(hall, SOMCHAI)


def test_nothing_is_undone_once_something_followed(hall: Hall, called: Visit) -> None:
    hall.press(call_next, 1, finish=True)
    hall.press(leave, called.id)  # who was finished goes instead of paying
    refuses(hall)
