"""One counter's day in four figures, by the definitions of the statistics: what its clerk has done so far."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from queueing.states import StepState
from reports.figures import Spread, sum_steps
from reports.groups import By
from store.centre import CentreInfo

_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class CounterDay:
    """The ended steps first called at a counter. Mean wait is in seconds, the share 0 to 1; None without a call."""

    served: int = 0
    no_shows: int = 0
    mean_wait: float | None = None
    within_target: float | None = None


def counter_day(conn: Connection, centre: CentreInfo, number: int, day: date) -> CounterDay:
    """What a counter has done on a business date: one statement over the steps of that date."""
    counters = sum_steps(centre, By.COUNTER).subquery()
    mine = select(counters).where(counters.c.key == bindparam("counter"))
    values = {"centre": centre.id, "first": day, "last": day, "counter": number}
    sums = conn.execute(mine, values).mappings().first()
    if sums is None:
        return CounterDay()
    waits = sums[f"{Spread.WAIT}_count"]
    return CounterDay(
        served=sums[StepState.FINISHED],
        no_shows=sums[StepState.NO_SHOW],
        mean_wait=int(sums[f"{Spread.WAIT}_sum"]) / (waits * _SECOND) if waits else None,
        within_target=sums["on_time"] / waits if waits else None,
    )
