"""Undoing the last press at a counter, while nothing followed: the log keeps both, the visit is what it was."""

from datetime import timedelta

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
    press = last_press(unit.conn, unit.centre.id, number)
    folds = {event.ticket: _fold(unit, event.ticket) for event in press if event.ticket is not None}
    if not undoable(unit, press, folds):
        raise NothingToUndo(number)
    undone = [_take_back(unit, event, folds[event.ticket]) for event in press if event.ticket is not None]
    if press[-1].facts.get("quiet"):  # who was served at once has never waited
        undone = [unit.act(undone[-1], Act.CANCEL)]
    return undone


def undoable(unit: Unit, press: list[Event], folds: dict[int, Fold]) -> bool:
    """Whether a press can be undone: it was this clerk's, a short while ago, and nothing has followed."""
    if not press or press[0].actor != unit.actor or unit.now > press[0].recorded_at + UNDO_WITHIN:
        return False
    newest = {event.ticket: event.seq for event in reversed(press)}
    return all(event.kind in UNDOABLE for event in press) and all(
        fold.before is not None and fold.last is not None and fold.last.seq == newest[ticket]
        for ticket, fold in folds.items()
    )


def _fold(unit: Unit, ticket: int) -> Fold:
    events = ticket_events(unit.conn, ticket)
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
