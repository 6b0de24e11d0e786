"""What waits and no longer fits before closing: its work against the open time of the counters that serve it."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.capacity import Outlook, Waiting, outlook
from queueing.order import OpenCounter

EXPECTED = {"RES": timedelta(minutes=10), "INFO": timedelta(minutes=3), "PAY": timedelta(minutes=5)}
RES, BOTH, PAY = (OpenCounter(n, frozenset(s)) for n, s in enumerate((["RES"], ["RES", "INFO"], ["PAY"]), 1))


def waiting(*services: str, direct_to: int | None = None) -> Waiting:
    return Counter((service, direct_to) for service in services)


def seen(service: str, queue: Waiting, counters: list[OpenCounter], minutes: float) -> Outlook | None:
    return outlook(service, queue, counters, expected=EXPECTED, left=timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("queue", "counters", "minutes", "people"),
    [
        ([], [RES], 10, 0),
        (["RES", "RES"], [RES], 30, 2),
        (["RES", "RES"], [RES, BOTH], 15, 2),
        (["RES", "INFO"], [BOTH], 23, 2),
        (["RES", "PAY", "PAY"], [RES, PAY], 20, 1),
        (["RES", "INFO"], [RES], 20, 1),
    ],
)
def test_the_work_that_waits_is_shared_by_the_counters_that_serve_it(
    queue: list[str], counters: list[OpenCounter], minutes: float, people: int
) -> None:
    assert seen("RES", waiting(*queue), counters, minutes) == Outlook(people, fits=True)
    assert seen("RES", waiting(*queue), counters, minutes - 0.01) == Outlook(people, fits=False)


def test_who_was_sent_to_one_counter_waits_for_that_one_alone() -> None:
    assert seen("RES", waiting("RES", "RES", direct_to=3), [RES, PAY], 10) == Outlook(0, fits=True)
    assert seen("RES", waiting("PAY", direct_to=1), [RES, PAY], 14) == Outlook(1, fits=False)


@pytest.mark.parametrize("counters", [[], [PAY]])
def test_nothing_is_said_where_no_counter_is_open_for_it(counters: list[OpenCounter]) -> None:
    assert seen("RES", waiting("RES"), counters, 0) is None


@given(
    queue=st.lists(st.sampled_from(sorted(EXPECTED)), max_size=30),
    more=st.sampled_from(sorted(EXPECTED)),
    minutes=st.integers(0, 300),
)
def test_one_more_who_waits_or_less_time_never_makes_it_fit(queue: list[str], more: str, minutes: int) -> None:
    def fits(services: list[str], minutes: int) -> bool:
        found = seen("RES", waiting(*services), [RES, BOTH], minutes)
        assert found
        return found.fits

    if not fits(queue, minutes):
        assert not fits([*queue, more], minutes)
        assert not fits(queue, minutes - 1)
