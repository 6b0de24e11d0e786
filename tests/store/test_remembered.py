"""What a press leaves to the next is never believed when somebody else has written since."""

import pytest

from commands.counters import open_counter, pause_counter
from commands.settings import set_counter_services
from queueing.refusals import CounterClosed
from store.unit import Unit
from tests.cast import KEO, Hall, another_store


def calling(unit: Unit) -> list[int]:
    return [counter.number for counter in unit.calling]


def test_a_press_knows_what_the_press_before_did(hall: Hall) -> None:
    hall.opens(1, 2)
    assert hall.press(calling) == [1, 2]
    hall.press(pause_counter, 1)
    assert hall.press(calling) == [2]


def test_what_another_process_did_to_the_counters_is_seen(hall: Hall) -> None:
    hall.opens(1)
    assert hall.press(calling) == [1]
    with another_store(hall.store) as other:
        with other.unit(hall.code, KEO) as unit:
            pause_counter(unit, 1)
            open_counter(unit, 2)
        assert hall.press(calling) == [2]
        hall.opens(1)  # its third event: the log refuses a number twice
        with other.unit(hall.code, KEO) as unit:
            assert calling(unit) == [1, 2]
            pause_counter(unit, 1)


def test_new_settings_of_a_counter_hold_from_the_next_press(hall: Hall) -> None:
    hall.opens(1)
    assert hall.press(calling) == [1]
    hall.press(set_counter_services, 1, ["INFO"])
    (counter,) = hall.press(lambda unit: unit.calling)
    assert counter.services == {"INFO"}


def test_what_was_taken_back_is_not_remembered(hall: Hall) -> None:
    hall.opens(1)

    def open_and_fail(unit: Unit) -> None:
        open_counter(unit, 2)
        assert calling(unit) == [1, 2]
        raise CounterClosed(2)

    with pytest.raises(CounterClosed):
        hall.press(open_and_fail)
    assert hall.press(calling) == [1]
    hall.opens(2)
