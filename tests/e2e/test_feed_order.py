"""The ordering of the feed's module, tried in a browser without a socket: events in order, holes seen, refreshments."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.processes import ROOT

pytestmark = pytest.mark.e2e
Told = Callable[..., list[Any]]
GRACE = ["wait"]  # as long as an event may come early

_TRY = """
async ([source, steps]) => {
  const { TopicOrder } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const told = [];
  let waiting = null;
  const order = new TopicOrder({
    deliver: (event) => told.push(event.seq),
    refresh: (event) => told.push(`${event.seq} again`),
    lose: () => told.push("lost"),
    later: (work) => (waiting = work),
    never: () => (waiting = null),
  });
  for (const [act, value] of steps) {
    if (act === "wait") {
      const work = waiting;
      waiting = null;
      work?.();
    } else order[act](act === "event" && typeof value === "number" ? { seq: value, kind: "called" } : value);
  }
  return told;
}
"""


@pytest.fixture
def told(page: Page) -> Told:
    """What a receiver is told of a topic when these things come."""
    source = (ROOT / "static/js/order.js").read_text(encoding="utf-8")
    return lambda *steps: page.evaluate(_TRY, [source, [list(step) for step in steps]])


def begin(seq: int) -> list[Any]:
    return ["begin", seq]


def event(seq: int) -> list[Any]:
    return ["event", seq]


def refreshed(seq: int) -> list[Any]:
    return ["event", {"seq": seq, "kind": "refreshed"}]


def pulse(seq: int) -> list[Any]:
    return ["pulse", seq]


def test_events_after_the_snapshot_are_told_in_order(told: Told) -> None:
    assert told(begin(7), event(8), event(9), event(10)) == [8, 9, 10]


def test_what_the_snapshot_knows_already_is_not_told_again(told: Told) -> None:
    assert told(event(6), event(7), event(8), begin(7), event(5)) == [8]


def test_an_event_that_comes_early_is_held_until_its_turn(told: Told) -> None:
    assert told(begin(7), event(9), event(10), event(8)) == [8, 9, 10]


def test_a_hole_that_is_not_filled_in_time_is_a_gap(told: Told) -> None:
    assert told(begin(7), event(9), GRACE) == ["lost"]


def test_a_hole_that_is_filled_in_time_is_none(told: Told) -> None:
    assert told(begin(7), event(9), event(8), GRACE) == [8, 9]


def test_a_second_hole_has_its_own_time(told: Told) -> None:
    assert told(begin(7), event(9), event(11), event(8), GRACE) == [8, 9, "lost"]


def test_after_a_gap_all_is_held_until_the_next_snapshot(told: Told) -> None:
    assert told(begin(7), event(9), GRACE, event(10), event(11), GRACE, begin(9)) == ["lost", 10, 11]


def test_a_pulse_ahead_of_what_came_is_a_gap_after_the_grace(told: Told) -> None:
    assert told(begin(7), pulse(8), GRACE) == ["lost"]
    assert told(begin(7), pulse(8), event(8), GRACE) == [8]


def test_a_pulse_that_says_what_is_known_is_no_gap(told: Told) -> None:
    assert told(begin(7), pulse(7), GRACE, pulse(6), GRACE) == []


def test_the_same_number_again_only_refreshes(told: Told) -> None:
    assert told(begin(7), refreshed(7), event(8), refreshed(8), refreshed(7)) == ["7 again", 8, "8 again"]


def test_a_refreshment_of_an_event_that_did_not_come_is_no_event(told: Told) -> None:
    assert told(begin(7), refreshed(8), GRACE) == ["lost"]
    assert told(begin(7), refreshed(8), event(8), GRACE) == [8]


def test_a_snapshot_of_an_older_backup_is_believed(told: Told) -> None:
    assert told(begin(90), pulse(95), ["doubt", None], begin(40), GRACE, event(41)) == [41]


def test_what_is_held_while_no_snapshot_comes_is_bounded(told: Told) -> None:
    hour = [event(seq) for seq in range(1, 2_001)]
    assert told(*hour, begin(0), GRACE) == ["lost"]  # the oldest are gone, and the screen knows
    assert told(*hour, begin(1_500)) == list(range(1_501, 2_001))


def test_whatever_the_order_each_event_is_told_once_and_in_turn(told: Told) -> None:
    order = random.Random(7)
    for _try in range(30):
        coming = list(range(1, 21))
        for place in range(0, 20, 4):  # as far as two greenlets may mix them
            part = coming[place : place + 4]
            order.shuffle(part)
            coming[place : place + 4] = part
        doubled = [seq for seq in coming for _again in range(order.choice([1, 1, 2]))]
        said = told(begin(0), *map(event, doubled), GRACE)
        assert [seq for seq in said if isinstance(seq, int)] == list(range(1, 21))
        assert "lost" not in said


def test_whatever_is_lost_is_noticed(told: Told) -> None:
    for lost in range(1, 20):
        said = told(begin(0), *(event(seq) for seq in range(1, 21) if seq != lost), GRACE)
        assert said == [*range(1, lost), "lost"]
