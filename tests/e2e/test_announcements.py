"""The line of announcements and the memory of what was told, tried in a browser without a socket or a screen."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.processes import ROOT

pytestmark = pytest.mark.e2e
Steps = Callable[..., list[Any]]

_ANNOUNCE = """
async ([source, steps]) => {
  const { Announcements } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const told = [];
  let timer = null;
  const line = new Announcements({
    begin: ({ ticket, counter, recalled }, more) =>
      told.push(`${ticket}>${counter}${recalled ? " again" : ""} +${more}`),
    rest: () => told.push("rest"),
    changed: (more) => told.push(`+${more}`),
    time: 5,
    brief: 3,
    later: (work, milliseconds) => (timer = { work, milliseconds }),
    never: () => (timer = null),
  });
  for (const [act, ticket, counter, recalls] of steps) {
    if (act === "turn") {
      told.push(`after ${timer.milliseconds}`);
      timer.work();
    } else if (act === "drop") line.drop(ticket);
    else line[act]({ key: ticket, ticket, counter, recalls: recalls ?? 0, recalled: false });
  }
  return told;
}
"""

_MISSED = """
async ([source, rounds]) => {
  const { Told } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const page = (at, calls = []) => new Told("tv", { at, calls, storage });
  let told = null;
  return rounds.map(({ opened, at, calls }) => {
    if (opened) told = page(at, calls);
    const missed = told.missed(calls, at);
    for (const call of missed) told.tell(call);
    return missed.map(({ ticket, recalled }) => `${ticket}${recalled ? " again" : ""}`);
  });
}
"""


@pytest.fixture
def announced(page: Page) -> Steps:
    """What is announced when these things happen: `("add", ticket, counter)`, `("turn",)` when a time is over."""
    source = (ROOT / "static/js/announcements.js").read_text(encoding="utf-8")
    return lambda *steps: page.evaluate(_ANNOUNCE, [source, [list(step) for step in steps]])


@pytest.fixture
def missed(page: Page) -> Steps:
    """What each snapshot gives to announce."""
    source = (ROOT / "static/js/told.js").read_text(encoding="utf-8")
    return lambda *rounds: page.evaluate(_MISSED, [source, list(rounds)])


def add(ticket: str, counter: int = 1) -> tuple[Any, ...]:
    return "add", ticket, counter


TURN = ("turn",)


def test_five_calls_at_once_are_announced_in_order_each_for_its_time(announced: Steps) -> None:
    said = announced(*(add(ticket) for ticket in "abcde"), *[TURN] * 5)
    assert [each for each in said if ">" in each] == ["a>1 +0", "b>1 +3", "c>1 +2", "d>1 +1", "e>1 +0"]
    assert said[1:5] == ["+1", "+2", "+3", "+4"]
    assert [each for each in said if "after" in each] == ["after 5"] * 5
    assert said[-1] == "rest"


def test_a_long_line_gives_each_a_shorter_time(announced: Steps) -> None:
    said = announced(*(add(f"t{n}") for n in range(9)), *[TURN] * 9)
    assert [each for each in said if "after" in each] == ["after 5", "after 3", "after 3", *["after 5"] * 6]


def test_after_a_rest_a_call_is_announced_at_once(announced: Steps) -> None:
    assert announced(add("a"), TURN, add("b")) == ["a>1 +0", "after 5", "rest", "b>1 +0"]


def test_a_recall_joins_a_call_that_is_still_pending(announced: Steps) -> None:
    said = announced(add("a"), add("b", 2), add("c"), ("recall", "b", 2, 1), TURN, TURN, TURN)
    assert [each for each in said if ">" in each] == ["a>1 +0", "b>2 again +1", "c>1 +0"]


def test_a_recall_of_who_was_announced_already_is_announced_in_its_turn(announced: Steps) -> None:
    said = announced(add("a"), add("b"), ("recall", "a", 1, 1), TURN, TURN, TURN)
    assert [each for each in said if ">" in each] == ["a>1 +0", "b>1 +1", "a>1 again +0"]


def test_a_second_call_of_a_person_is_announced_too(announced: Steps) -> None:
    """Sent to another counter meanwhile: none is merged, and a recall is of the last."""
    said = announced(add("x"), add("a", 1), add("a", 2), ("recall", "a", 2, 1), TURN, TURN, TURN)
    assert [each for each in said if ">" in each] == ["x>1 +0", "a>1 +1", "a>2 again +0"]


def test_a_call_that_was_taken_back_is_never_announced(announced: Steps) -> None:
    said = announced(add("a"), add("b"), add("c"), ("drop", "b"), TURN, TURN)
    assert [each for each in said if ">" in each] == ["a>1 +0", "c>1 +0"]
    assert said[-1] == "rest"


def test_a_call_that_is_taken_back_while_it_is_announced_gives_its_turn_to_the_next(announced: Steps) -> None:
    said = announced(add("a"), add("b"), ("drop", "a"), TURN, add("c"), ("drop", "c"))
    assert said == ["a>1 +0", "+1", "b>1 +0", "after 5", "rest", "c>1 +0", "rest"]


def test_the_line_is_bounded(announced: Steps) -> None:
    said = announced(*(add(f"t{n}") for n in range(300)))
    assert said[-1] == "+100"


# What was missed


def call(ticket: str, at: str, recalls: int = 0) -> dict[str, Any]:
    return {"ticket": ticket, "called_at": f"2026-11-23T{at}+07:00", "recalls": recalls}


def seen(at: str, *calls: dict[str, Any], opened: bool = False) -> dict[str, Any]:
    return {"at": f"2026-11-23T{at}+07:00", "calls": list(calls), "opened": opened}


A, B, C = call("a", "09:00:00"), call("b", "09:01:00"), call("c", "09:03:30")


def test_what_was_called_before_the_screen_was_there_is_not_announced(missed: Steps) -> None:
    assert missed(seen("09:01:10", B, A, opened=True)) == [[]]


def test_what_was_called_meanwhile_is_announced_oldest_first_and_once(missed: Steps) -> None:
    now = seen("09:01:30", B, A)
    assert missed(seen("08:59:00", opened=True), now, now) == [[], ["a", "b"], []]


def test_what_is_older_than_two_minutes_is_not(missed: Steps) -> None:
    assert missed(seen("08:59:00", opened=True), seen("09:03:40", C, B, A)) == [[], ["c"]]


def test_a_recall_that_was_missed_is_announced_as_one(missed: Steps) -> None:
    again = {**A, "recalls": 1}
    assert missed(seen("09:00:10", A, opened=True), seen("09:01:00", again), seen("09:01:10", again)) == [
        [],
        ["a again"],
        [],
    ]


def test_a_recall_that_nobody_can_date_is_not_announced(missed: Steps) -> None:
    assert missed(seen("09:00:10", A, opened=True), seen("09:05:00", {**A, "recalls": 1})) == [[], []]


def test_who_stood_at_the_counter_already_is_not_announced_later_either(missed: Steps) -> None:
    quiet = {**B, "quiet": True}
    assert missed(seen("08:59:00", opened=True), seen("09:01:30", quiet, A)) == [[], ["a"]]


def test_a_page_that_was_loaded_again_goes_on(missed: Steps) -> None:
    again = seen("09:01:20", B, A, opened=True)
    assert missed(seen("08:59:00", opened=True), seen("09:00:10", A), again) == [[], ["a"], ["b"]]
