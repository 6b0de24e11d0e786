"""The statements behind the measures: counts, and percentiles on the exact values, in SQL that both databases run.

Instants and durations are whole microseconds, so every difference, sum and rank is exact, and only the last
division is not.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import BigInteger

from queueing.states import ENDED, StepState
from reports.groups import By
from store.centre import CentreInfo
from store.tables import Ticket, TicketStep

T = TypeVar("T")
_MICROSECOND = timedelta(microseconds=1)
PERCENTILES = {"median": 50, "p80": 80, "p90": 90, "p95": 95}


class Spread(StrEnum):
    """The durations that are measured."""

    WAIT = "wait"
    WALK = "walk"
    SERVICE = "service"


class iso_weekday(GenericFunction[int]):  # noqa: N801 - a function of SQL
    """The weekday of a date, Monday 1 to Sunday 7."""

    type = Integer()
    inherit_cache = True


@compiles(iso_weekday, "sqlite")
def _iso_weekday_in_sqlite(element: iso_weekday, compiler: SQLCompiler, **kw: Any) -> str:
    return f"((CAST(strftime('%w', {compiler.process(element.clauses, **kw)}) AS INTEGER) + 6) % 7 + 1)"


@compiles(iso_weekday, "postgresql")
def _iso_weekday_in_postgresql(element: iso_weekday, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST(EXTRACT(ISODOW FROM {compiler.process(element.clauses, **kw)}) AS INTEGER)"


def of_ticket(column: InstrumentedAttribute[T]) -> ScalarSelect[T]:
    """A column of a step's ticket. Looked up step by step: for a join PostgreSQL may read every ticket there is."""
    return select(column).where(Ticket.id == TicketStep.ticket_id).scalar_subquery()


_KEYS: Mapping[By | None, ColumnElement[Any]] = {
    By.SERVICE: TicketStep.service.expression,
    By.HOUR: TicketStep.joined_hour.expression,
    By.WEEKDAY: iso_weekday(TicketStep.joined_on),
    By.DAY: TicketStep.joined_on.expression,
    By.COUNTER: TicketStep.first_counter.expression,
    By.CHANNEL: of_ticket(Ticket.channel),
    By.PRIORITY: of_ticket(Ticket.priority),
    None: literal(0),
}


def _micros(column: Any) -> ColumnElement[int]:
    return type_coerce(column, BigInteger)


_CAME = and_(TicketStep.first_called_at.is_not(None), TicketStep.state != StepState.NO_SHOW)
_WAIT = _micros(TicketStep.first_called_at) - _micros(TicketStep.joined_at) - _micros(TicketStep.held)
_MEASURES = {
    Spread.WAIT: case((_CAME, _WAIT), else_=null()),
    Spread.WALK: _micros(TicketStep.walk),
    Spread.SERVICE: case((TicketStep.started_at.is_not(None), _micros(TicketStep.served)), else_=null()),
}
ENDED_IN_PERIOD = and_(
    TicketStep.centre_id == bindparam("centre"),
    TicketStep.joined_on.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
    TicketStep.state.in_(sorted(ENDED)),
)


def _ended(by: By | None, *extra: ColumnElement[Any]) -> CTE:
    """The period's ended steps with their group's key and what was measured."""
    measures = [measure.label(name) for name, measure in _MEASURES.items()]
    ended = select(_KEYS[by].label("key"), TicketStep.ticket_id, TicketStep.state, *measures, *extra)
    return ended.where(ENDED_IN_PERIOD).cte("ended")


def sum_steps(centre: CentreInfo, by: By | None) -> Select[*tuple[Any, ...]]:
    """Each group's visits and ended steps, by outcome; count, sum and maximum of each duration; waits within target.

    Takes `centre`, `first` and `last`; durations are in microseconds. Without `by`, all is one group.
    """
    targets = {code: service.target // _MICROSECOND for code, service in centre.services.items()}
    target = case(targets, value=TicketStep.service) if targets else literal(0)
    ended = _ended(by, (_MEASURES[Spread.WAIT] <= target).label("on_time"))
    outcomes = [func.count().filter(ended.c.state == state).label(state.value) for state in sorted(ENDED)]
    durations = [
        getattr(func, what)(ended.c[spread]).label(f"{spread}_{what}")
        for spread in Spread
        for what in ("count", "sum", "max")
    ]
    return select(
        ended.c.key,
        func.count(distinct(ended.c.ticket_id)).label("tickets"),
        func.count().label("steps"),
        func.count().filter(ended.c.on_time).label("on_time"),
        *outcomes,
        *durations,
    ).group_by(ended.c.key)


def pick_ranks(by: By | None) -> Select[*tuple[Any, ...]]:
    """Of each group's durations in order, those at the two ranks around each percentile; rank 0 is the shortest.

    Takes `centre`, `first` and `last`; values in microseconds.
    """
    ended = _ended(by)
    values = union_all(
        *(
            select(literal(spread.value).label("spread"), ended.c.key, ended.c[spread].label("value")).where(
                ended.c[spread].is_not(None)
            )
            for spread in Spread
        )
    ).subquery()
    group = values.c.spread, values.c.key
    ranked = select(
        *group,
        values.c.value,
        (func.row_number().over(partition_by=group, order_by=values.c.value) - 1).label("rank"),
        (func.count().over(partition_by=group) - 1).label("last"),
    ).subquery()
    lower = [ranked.c.last * percent // 100 for percent in PERCENTILES.values()]
    return select(ranked.c.spread, ranked.c.key, ranked.c.rank, ranked.c.value).where(
        or_(*(ranked.c.rank.between(rank, rank + 1) for rank in lower))
    )
