"""A centre's long past, made by the database itself: many days of visits that came in and were served."""

from datetime import date

from sqlalchemy import text

from store.unit import Store
from tests.cast import Hall

BEGAN = date(2016, 1, 1)
_COUNT = (
    "with recursive visit(n) as (select cast(0 as bigint) union all select n + 1 from visit where n + 1 < :visits) "
)
_DAY = {
    "sqlite": "date('2016-01-01', '+' || (n / :per_day) || ' days')",
    "postgresql": "date '2016-01-01' + (n / :per_day)::int",
}
_TICKETS = """
    insert into tickets (id, centre_id, business_date, number, channel, priority, issued_at)
    select :centre + 1 + n, :centre, {day}, 'A' || (n % :per_day + 1), 'kiosk',
           case when n % 10 = 0 then 'ELDER' end, 1451606400000000 + n * 60000000
    from visit
"""
_STEPS = """
    insert into steps (ticket_id, position, centre_id, service, state, joined_at, joined_on, joined_hour, credit,
                       counter, first_counter, first_called_at, started_at, walk, served, held, recalls, finished_at)
    select :centre + 1 + n, 1, :centre, case n % 3 when 0 then 'RES' when 1 then 'BIRTH' else 'INFO' end,
           case n % 20 when 0 then 'no_show' else 'finished' end, 1451606400000000 + n * 60000000, {day},
           8 + n % 8, 0, 1 + n % 4, 1 + n % 4, 1451606400000000 + n * 60000000 + n % 7001 * 100000,
           1451606400000000 + n * 60000000 + n % 7001 * 100000 + 20000000, 20000000, n % 501 * 1000000, 0, 0,
           1451606400000000 + n * 60000000 + 1300000000
    from visit
"""


def has_past(hall: Hall, *, visits: int, per_day: int) -> None:
    """Gives a hall that many visits, from the first day of 2016 on."""
    kind = hall.store.engine.dialect.name
    values = {"visits": visits, "per_day": per_day, "centre": hall.centre}
    with hall.store.writing() as conn:
        if kind == "postgresql":
            conn.execute(text("set local session_replication_role = replica"))  # foreign keys hold as it is
        for statement in (_TICKETS, _STEPS):
            into, select = statement.split("select", 1)
            conn.execute(text(f"{into}{_COUNT}select{select}".format(day=_DAY[kind])), values)


def analysed(store: Store) -> None:
    """Lets the planner know what the tables hold, as autovacuum does in time."""
    with store.writing() as conn:
        conn.execute(text("analyze"))
