"""One press is one transaction: all of it or nothing, and told only when it is done."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from commands.calls import call_next, serve
from commands.counters import open_counter
from commands.moves import hold, transfer
from commands.tickets import TicketRequest, issue_ticket
from queueing.events import Kind
from queueing.refusals import NotFound, WrongState
from queueing.states import Act
from queueing.visit import Visit
from store.unit import Store, Unit
from tests.cast import KEO, MONDAY, Hall, a_hall, clock

AN_HOUR_AGO = clock("7:00")


class PowerCutError(Exception):
    """Something broke in the middle of a press."""


def issue(unit: Unit) -> Visit:
    return issue_ticket(unit, TicketRequest(("RES",), "kiosk", name="Bounmy"))


def issue_and_break(unit: Unit) -> None:
    issue(unit)
    raise PowerCutError


def open_call_and_break(unit: Unit) -> None:
    open_counter(unit, 1)
    assert call_next(unit, 1) is not None
    raise PowerCutError


def hold_with_a_note_and_break(unit: Unit) -> None:
    visit = issue(unit)
    hold(unit, visit.id, "fetches a copy")
    raise PowerCutError


@pytest.mark.parametrize("press", [issue_and_break, open_call_and_break, hold_with_a_note_and_break])
def test_an_error_leaves_nothing_and_tells_nobody(hall: Hall, press: Callable[[Unit], None]) -> None:
    hall.ticket("RES")
    before, told = hall.snapshot(), len(hall.store.outgoing)
    hall.store.on_commit = pytest.fail
    with pytest.raises(PowerCutError):
        hall.press(press)
    hall.store.on_commit = lambda: None
    assert hall.snapshot() == before
    assert len(hall.store.outgoing) == told
    assert hall.ticket("RES").number == "A002"
    assert [event.seq for event in hall.events()] == [1, 2]


def test_a_refusal_in_the_middle_undoes_what_went_before(hall: Hall) -> None:
    visit = hall.ticket()
    before = hall.snapshot()
    with pytest.raises(WrongState):
        hall.press(lambda unit: (transfer(unit, visit.id, service="INFO"), serve(unit, visit.id)))
    assert hall.snapshot() == before


def test_a_press_is_told_once_after_it_is_committed(hall: Hall) -> None:
    seen: list[list[str]] = []
    hall.store.on_commit = lambda: seen.append(hall.queue())
    hall.ticket("RES")
    assert seen == [["A001"]]
    assert [a.event.kind for a in hall.store.outgoing] == [Kind.ISSUED]


def test_a_press_that_changes_nothing_tells_nothing(hall: Hall) -> None:
    hall.opens(1)
    before = hall.snapshot()
    hall.store.on_commit = pytest.fail
    hall.opens(1)
    assert hall.press(call_next, 1) is None
    hall.store.on_commit = lambda: None
    assert hall.snapshot() == before


def test_commands_compose_in_one_unit(hall: Hall) -> None:
    with hall.store.unit(hall.code, KEO) as unit:
        visit = issue(unit)
        open_counter(unit, 1)
        assert call_next(unit, 1) == unit.visit(visit.id)
        serve(unit, visit.id)
    assert [kind for kind, _ in hall.told()] == [Kind.ISSUED, Kind.COUNTER_OPENED, Kind.CALLED, Kind.SERVING]
    assert hall.folded() == hall.visits()


def test_the_log_has_no_gap_and_says_who_did_what(hall: Hall) -> None:
    hall.ticket()
    with hall.store.unit(hall.code, "noy") as unit:
        open_counter(unit, 1)
    with hall.store.unit(hall.code) as unit:
        call_next(unit, 1)
    assert [(event.seq, event.actor) for event in hall.events()] == [(1, "keo"), (2, "noy"), (3, None)]


def test_each_centre_has_its_own_log(store: Store) -> None:
    ours, theirs = a_hall(store), a_hall(store)
    for hall in (ours, theirs, ours):
        hall.ticket()
    assert [event.seq for event in ours.events()] == [1, 2]
    assert [event.seq for event in theirs.events()] == [1]


def test_times_never_run_backwards(hall: Hall) -> None:
    visit = hall.at("9:00").ticket()
    hall.at("8:59:40").press(hold, visit.id)
    hall.at("8:59:59").press(lambda unit: unit.act(unit.visit(visit.id), Act.CANCEL))
    assert [event.at for event in hall.events()] == [clock("9:00")] * 3
    assert hall.visit(visit).step.finished_at == clock("9:00")


def test_the_clock_is_read_once_and_after_the_lock(hall: Hall) -> None:
    class TickingClock:
        speed = 1.0
        reads = 0

        def now(self):
            self.reads += 1
            return clock("9:00") + timedelta(seconds=self.reads)

    ticking = TickingClock()
    hall.store.clock = ticking
    with hall.store.unit(hall.code) as unit:
        issue(unit)
        issue(unit)
        assert unit.now == clock("9:00:01")
    assert ticking.reads == 1
    assert {event.at for event in hall.events()} == {clock("9:00:01")}


def test_what_is_told_of_the_past_leaves_the_centres_time(hall: Hall) -> None:
    hall.at("9:00").ticket()
    hall.press(lambda unit: unit.tell(Kind.HISTORY_IMPORTED, live=False, at=clock("9:00", MONDAY.replace(year=2030))))
    assert hall.at("9:01").ticket().issued_at == clock("9:01")


def test_an_event_may_tell_of_an_earlier_moment(hall: Hall) -> None:
    visit = hall.ticket()
    hall.press(lambda unit: unit.act(unit.visit(visit.id), Act.EXPIRE, at=AN_HOUR_AGO))
    assert [event.at for event in hall.events()] == [clock("8:00"), AN_HOUR_AGO]
    assert hall.at("8:00").ticket().issued_at == clock("8:00")


def test_an_unknown_centre_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound), store.unit("NOWHERE"):
        pytest.fail("there is no such centre")


def test_names_that_no_centre_has_leave_nothing_behind(store: Store) -> None:
    before = len(store._locks)
    for number in range(100):
        with pytest.raises(NotFound), store.unit(f"NOWHERE{number}"):
            pytest.fail("there is no such centre")
    assert len(store._locks) == before


def test_a_unit_knows_the_business_date_of_its_centre(store: Store) -> None:
    hall = a_hall(store, zone="America/New_York")
    hall.at("23:30")
    with store.unit(hall.code) as unit:
        assert unit.today == MONDAY
