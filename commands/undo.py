"""Undoing the last press at a counter, while nothing followed: the log keeps both, the visit is what it was."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from commands.counters import find_counter
from queueing.events import Event, Kind
from queueing.refusals import NothingToUndo
from queueing.states import Act
from queueing.visit import Fold, Visit
from store.log import last_press, ticket_events
from store.unit import Unit

UNDO_WITHIN = timedelta(minutes=5)
UNDOABLE = frozenset(
    {
        Kind.CALLED,
        Kind.SERVING,
        Kind.FINISHED,
        Kind.NO_SHOW,
        Kind.ON_HOLD,
        Kind.TRANSFERRED,
        Kind.CANCELLED,
        Kind.STEPS_CHANGED,
    }
)


def undo(unit: Unit, number: int) -> list[Visit]:
    """Takes back all that the last press at a counter did; the visits, the last one first.

    Only who pressed may do it, within UNDO_WITHIN. Raises NotFound, NothingToUndo.
    """
    find_counter(unit, number)
    press = undoable_press(unit.conn, unit.centre.id, number, unit.actor, unit.now)
    if not press:
        raise NothingToUndo(number)
    folds = _folds(unit.conn, press)
    undone = [_take_back(unit, event, folds[event.ticket]) for event in press if event.ticket is not None]
    if press[-1].facts.get("quiet"):  # who was served at once has never waited
        undone = [unit.act(undone[-1], Act.CANCEL)]
    return undone


def undoable_press(conn: Connection, centre: int, counter: int, actor: str | None, now: datetime) -> list[Event]:
    """The events of the last press at a counter, newest first, when `actor` may undo it at `now`; else none."""
    press = last_press(conn, centre, counter)
    if not press or press[0].actor != actor or now > press[0].recorded_at + UNDO_WITHIN:
        return []
    if any(event.kind not in UNDOABLE for event in press):
        return []
    newest = {event.ticket: event.seq for event in reversed(press)}
    still = all(fold.last and fold.before and fold.last.seq == newest[t] for t, fold in _folds(conn, press).items())
    return press if still else []


def _folds(conn: Connection, press: Iterable[Event]) -> dict[int, Fold]:
    return {ticket: _fold(conn, ticket) for ticket in {event.ticket for event in press} if ticket is not None}


def _fold(conn: Connection, ticket: int) -> Fold:
    events = ticket_events(conn, ticket)
    fold = Fold()
    if events and events[0].kind is Kind.ISSUED:  # one that was imported begins outside the log
        for event in events:
            fold.add(event)
    return fold


def _take_back(unit: Unit, event: Event, fold: Fold) -> Visit:
    if fold.before is None:
        raise ValueError(f"event {event.seq} is the ticket's first")
    visit = unit.take_back(event, fold.before)
    fold.add(unit.announcements[-1].event)
    return visit
