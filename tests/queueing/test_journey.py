"""The steps of a visit, from what was asked for and what follows it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.journey import plan_steps

THEN = {"RES": ["PAY"], "MARRY": ["PAY"], "PAY": ["COLLECT"], "LAND": ["PAY", "COLLECT"]}


@pytest.mark.parametrize(
    ("asked", "steps"),
    [
        (["INFO"], ["INFO"]),
        (["INFO", "BIRTH"], ["INFO", "BIRTH"]),
        (["RES"], ["RES", "PAY", "COLLECT"]),
        (["RES", "MARRY"], ["RES", "MARRY", "PAY", "COLLECT"]),
        (["RES", "INFO"], ["RES", "INFO", "PAY", "COLLECT"]),
        (["LAND"], ["LAND", "PAY", "COLLECT"]),
        (["COLLECT"], ["COLLECT"]),
    ],
)
def test_what_follows_a_service_comes_after_all_that_was_asked_for(asked: list[str], steps: list[str]) -> None:
    assert plan_steps(asked, THEN) == steps


def test_paying_comes_once_and_last_also_when_it_was_asked_for_first() -> None:
    assert plan_steps(["PAY", "RES"], THEN) == ["RES", "PAY", "COLLECT"]


CODES = ["A", "B", "C", "D", "E", "F"]


@st.composite
def catalogues(draw: st.DrawFn) -> dict[str, list[str]]:
    """Services that lead only to later letters: no catalogue leads round in a circle."""
    return {code: draw(st.lists(st.sampled_from(CODES[n + 1 :]), unique=True)) for n, code in enumerate(CODES[:-1])}


@given(catalogues(), st.lists(st.sampled_from(CODES), min_size=1, unique=True))
def test_each_step_comes_once_and_after_all_that_lead_to_it(then: dict[str, list[str]], asked: list[str]) -> None:
    steps = plan_steps(asked, then)
    assert len(steps) == len(set(steps))
    assert set(asked) <= set(steps)
    for service in steps:
        for follower in then.get(service, ()):
            assert steps.index(service) < steps.index(follower)


@given(catalogues(), st.lists(st.sampled_from(CODES), min_size=1, unique=True))
def test_the_order_of_asking_is_kept(then: dict[str, list[str]], asked: list[str]) -> None:
    steps = plan_steps(asked, then)
    reached = {follower for service in steps for follower in then.get(service, ())}
    assert [step for step in steps if step in asked and step not in reached] == [s for s in asked if s not in reached]
