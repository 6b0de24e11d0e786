"""The waits of simulated steps in figures: minutes, and shares from 0 to 1."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from queueing.simulation import Person, SimulatedStep
from queueing.states import StepState

_MINUTE = timedelta(minutes=1)
_HOUR = 60.0


@dataclass(frozen=True, slots=True)
class Waits:
    """How some steps waited. Who left or expired counts with the time waited; a no-show is no wait."""

    steps: int
    mean: float
    median: float
    p95: float
    longest: float
    over_an_hour: float
    within_target: float
    left: int
    no_show: int
    expired: int


def waits_of(steps: Sequence[SimulatedStep], targets: Mapping[str, timedelta] | None = None) -> Waits:
    """The figures of `steps`; `within_target` is of the services that have a target."""
    waited = [step for step in steps if step.state is not StepState.NO_SHOW]
    minutes = sorted(step.wait / _MINUTE for step in waited)
    known = targets or {}
    aimed = [step.wait <= known[step.service] for step in waited if step.service in known]
    return Waits(
        steps=len(steps),
        mean=_share(sum(minutes), len(minutes)),
        median=percentile(minutes, 50),
        p95=percentile(minutes, 95),
        longest=minutes[-1] if minutes else 0.0,
        over_an_hour=_share(sum(1 for wait in minutes if wait > _HOUR), len(minutes)),
        within_target=_share(sum(aimed), len(aimed)),
        left=_count(steps, StepState.LEFT),
        no_show=_count(steps, StepState.NO_SHOW),
        expired=_count(steps, StepState.EXPIRED),
    )


def _count(steps: Iterable[SimulatedStep], state: StepState) -> int:
    return sum(1 for step in steps if step.state is state)


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0


def percentile(ordered: Sequence[float], percent: float) -> float:
    """Interpolated between the closest ranks of ordered values, as in the statistics; 0 of nothing."""
    if not ordered:
        return 0.0
    below, between = divmod((len(ordered) - 1) * percent / 100, 1)
    first, second = ordered[int(below)], ordered[min(int(below) + 1, len(ordered) - 1)]
    return first + (second - first) * between


def late_share(steps: Iterable[SimulatedStep], after: timedelta) -> float:
    """The share of appointments that began, or were given up, more than `after` later than their slot."""
    booked = [
        (step.started_at or step.ended_at, step.person.slot + after)
        for step in steps
        if step.person.slot and step.position == 0 and step.state is not StepState.NO_SHOW
    ]
    return _share(sum(1 for began, latest in booked if began is None or began > latest), len(booked))


@dataclass(frozen=True, slots=True)
class Punctuality:
    """What appointments do: `kept` is the share of the `booked` people who came that began no later than `after`.

    The waits are those of the walk-ins, and of the same people on the same days when nobody has an appointment.
    """

    booked: int
    kept: float
    after: timedelta
    walk_ins: Waits
    without: Waits


def unbooked(people: Iterable[Person]) -> list[Person]:
    """The same people at the same moments, none with an appointment."""
    return [replace(person, slot=None) for person in people]


def walk_ins(people: Iterable[Person], steps: Iterable[SimulatedStep]) -> list[SimulatedStep]:
    """A day's steps of those of `people` who have no appointment."""
    numbers = {person.number for person in people if person.slot is None}
    return [step for step in steps if step.person.number in numbers]


def punctuality(
    steps: Sequence[SimulatedStep], without: Sequence[SimulatedStep], after: timedelta
) -> Punctuality | None:
    """What appointments did on some days; `without` are the walk-ins' steps on the same days without any.

    None when nobody had booked.
    """
    came = sum(1 for s in steps if s.person.slot and s.position == 0 and s.state is not StepState.NO_SHOW)
    if not came:
        return None
    with_them = [step for step in steps if step.person.slot is None]
    return Punctuality(came, 1 - late_share(steps, after), after, waits_of(with_them), waits_of(without))
