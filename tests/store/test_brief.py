"""What is remembered for a moment, and no longer."""

import pytest

from store import brief
from store.brief import Brief


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(brief, "monotonic", lambda: now[0])
    return now


def test_a_value_is_known_for_its_moment_alone(now: list[float]) -> None:
    known: Brief[str] = Brief(1.0)
    known.remember("a", "Keo")
    now[0] += 0.9
    assert known.get("a") == "Keo"
    now[0] += 0.2
    assert known.get("a") is None


def test_what_changed_is_forgotten_at_once(now: list[float]) -> None:
    known: Brief[str] = Brief(1.0)
    known.remember("a", "Keo")
    known.forget()
    assert known.get("a") is None


def test_it_does_not_grow_with_all_that_was_ever_asked(now: list[float]) -> None:
    known: Brief[int] = Brief(1.0)
    for number in range(3 * brief._MOST):
        known.remember(str(number), number)
    assert len(known._known) <= brief._MOST
