"""docs/states.md, written from the code's own table of transitions: `make docs`."""

from collections.abc import Iterator

from queueing.events import EVENT_OF
from queueing.states import TRANSITIONS, Act, StepState
from tests.processes import ROOT

PAGE = ROOT / "docs" / "states.md"
ABOUT = """\
# What may happen to a ticket

Written by `make docs` from `queueing/states.py`, which the program itself goes by. Change that, not this page.

A ticket is one visit and has a step for each service. A ticket's state is that of its current step: the one that joined
a queue last.
"""
MEANS = {
    StepState.PLANNED: "follows when the step before it ends; nothing happens to it but being dropped",
    StepState.WAITING: "in a queue",
    StepState.CALLED: "asked to a counter",
    StepState.SERVING: "at a counter",
    StepState.ON_HOLD: "put aside by staff",
    StepState.FINISHED: "served to the end",
    StepState.NO_SHOW: "called and did not come; may come back within the grace period",
    StepState.LEFT: "the citizen gave the place up",
    StepState.CANCELLED: "ended by staff",
    StepState.EXPIRED: "never called by closing",
    StepState.TRANSFERRED: "went on as a new step, at another service or counter",
    StepState.DROPPED: "taken off the visit before it joined a queue",
}
NOTES = """\
- `finish` leads to `waiting` when another step is planned: that step joins its queue, and the ticket waits again.
- `transfer` ends the step; the ticket is `waiting` with a new one.
- `services` adds and drops planned steps. The current step stays as it is.
- `pass` is the citizen letting others go first: the place moves back, once for each step. A second time is refused (409
  `passed-already`).
- `expire` is the closing of the day. Whoever is called or being served then is served to the end.
- When a visit is left, cancelled or expired, what was planned is dropped.
- Every act that is not in the table is refused (409 `wrong-state`) and changes nothing.
"""


def states_page() -> str:
    """The page as it must stand in docs/."""
    means = _table(["state", "what it means"], ([f"`{state}`", MEANS[state]] for state in StepState))
    return "\n".join(
        [ABOUT, means, "## Acts\n", _acts(), NOTES, "## As a drawing\n", "```mermaid", _drawing(), "```", ""]
    )


def _acts() -> str:
    return _table(["act", *(f"`{state}`" for state in TRANSITIONS), "event"], _act_rows())


def _act_rows() -> Iterator[list[str]]:
    for act in Act:
        outcomes = [TRANSITIONS[state].get(act) for state in TRANSITIONS]
        yield [f"`{act}`", *(f"→ `{outcome}`" if outcome else "" for outcome in outcomes), f"`{EVENT_OF[act]}`"]


def _table(head: list[str], rows: Iterator[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def _drawing() -> str:
    moves = [
        f"    {state} --> {outcome}: {act}"
        for state, acts in TRANSITIONS.items()
        for act, outcome in acts.items()
        if outcome is not state
    ]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {StepState.WAITING}: issue", *moves])


if __name__ == "__main__":
    PAGE.write_text(states_page(), encoding="utf-8")
