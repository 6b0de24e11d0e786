"""The statistics of a centre: the measures of its ended steps, in groups and in all, from the steps of the period."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from queueing.states import StepState
from reports.figures import PERCENTILES, Spread, pick_ranks, sum_steps
from reports.groups import By, Key, label, rank
from store.centre import CentreInfo

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Durations:
    """How a duration is spread, in seconds; all but the count are None when there is none."""

    count: int = 0
    mean: float | None = None
    median: float | None = None
    p80: float | None = None
    p90: float | None = None
    p95: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class EstimateError:
    """How the waits that were announced kept to what happened; seconds and shares (0 to 1)."""

    count: int = 0
    mean: float | None = None
    mae: float | None = None
    p50_coverage: float | None = None
    p90_coverage: float | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """The measures of some ended steps. `tickets` are distinct visits, `within_target` is a share from 0 to 1."""

    tickets: int = 0
    steps: int = 0
    served: int = 0
    no_show: int = 0
    left: int = 0
    expired: int = 0
    cancelled: int = 0
    transferred: int = 0
    wait: Durations = Durations()
    walk: Durations = Durations()
    service: Durations = Durations()
    within_target: float | None = None
    estimate_error: EstimateError = EstimateError()


@dataclass(frozen=True, slots=True)
class Group:
    """The measures of the steps that share a key."""

    key: Key
    label: str
    measures: Measures


@dataclass(frozen=True, slots=True)
class Statistics:
    """The measures of the steps that joined from `first` to `last`, both included, in order of their groups."""

    first: date
    last: date
    by: By
    groups: tuple[Group, ...]
    total: Measures


def statistics(
    conn: Connection, centre: CentreInfo, first: date, last: date, by: By, *, language: str | None = None
) -> Statistics:
    """The centre's statistics, in four statements that should see one snapshot.

    Labels are in `language`, else in the centre's first.
    """
    groups = _measure(conn, centre, first, last, by)
    total = _measure(conn, centre, first, last, None)
    ordered = sorted(groups, key=lambda key: rank(centre, by, key))
    return Statistics(
        first=first,
        last=last,
        by=by,
        groups=tuple(Group(key, label(centre, by, key, language), groups[key]) for key in ordered),
        total=next(iter(total.values()), Measures()),
    )


def _measure(conn: Connection, centre: CentreInfo, first: date, last: date, by: By | None) -> dict[Key, Measures]:
    period = {"centre": centre.id, "first": first, "last": last}
    picked: defaultdict[tuple[Key, str], dict[int, int]] = defaultdict(dict)
    for spread, key, rank_, value in conn.execute(pick_ranks(by), period):
        picked[key, spread][rank_] = value
    return {
        _key(sums["key"]): _measures(sums, {spread: picked[sums["key"], spread] for spread in Spread})
        for sums in conn.execute(sum_steps(centre, by), period).mappings()
    }


def _key(value: Any) -> Key:
    return value.isoformat() if isinstance(value, date) else value


def _measures(sums: RowMapping, picked: Mapping[Spread, Mapping[int, int]]) -> Measures:
    called = sums["wait_count"]
    return Measures(
        tickets=sums["tickets"],
        steps=sums["steps"],
        served=sums[StepState.FINISHED],
        no_show=sums[StepState.NO_SHOW],
        left=sums[StepState.LEFT],
        expired=sums[StepState.EXPIRED],
        cancelled=sums[StepState.CANCELLED],
        transferred=sums[StepState.TRANSFERRED],
        wait=_durations(sums, Spread.WAIT, picked),
        walk=_durations(sums, Spread.WALK, picked),
        service=_durations(sums, Spread.SERVICE, picked),
        within_target=sums["on_time"] / called if called else None,
    )


def _durations(sums: RowMapping, spread: Spread, picked: Mapping[Spread, Mapping[int, int]]) -> Durations:
    count = sums[f"{spread}_count"]
    if not count:
        return Durations()
    return Durations(
        count=count,
        mean=int(sums[f"{spread}_sum"]) / (count * _SECOND),
        max=sums[f"{spread}_max"] / _SECOND,
        **{name: _percentile(count, percent, picked[spread]) for name, percent in PERCENTILES.items()},
    )


def _percentile(count: int, percent: int, picked: Mapping[int, int]) -> float:
    """Between the two closest ranks, linearly, in seconds: whole numbers until the one division."""
    rank_, rest = divmod((count - 1) * percent, 100)
    lower = picked[rank_]
    upper = picked[rank_ + 1] if rest else lower
    return (lower * (100 - rest) + upper * rest) / (100 * _SECOND)
