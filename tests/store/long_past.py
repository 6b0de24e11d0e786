"""A centre that has seen many people: past visits with their log, made by the database itself."""

from datetime import timedelta

from sqlalchemy import text, update

from store.tables import Centre
from store.unit import Store
from tests.cast import MONDAY, Hall, clock

PER_DAY, EVENTS = 100, 3
_DAY = {
    "sqlite": "date('2026-11-22', '-' || (n / 100) || ' days')",
    "postgresql": "date '2026-11-22' - (n / 100)::int",
}
_JSON = {"sqlite": "", "postgresql": "::json"}
_VISITS = (
    "with recursive visit(n) as (select cast(0 as bigint) union all select n + 1 from visit where n + 1 < :visits)"
)
_TICKETS = """
    insert into tickets (id, centre_id, business_date, number, channel, issued_at)
    {visits} select :centre + 1 + n, :centre, {day}, 'B' || (n % 100 + 1), 'kiosk', :at + n from visit
"""
_STEPS = """
    insert into steps (ticket_id, position, centre_id, service, state, joined_at, joined_on, joined_hour, joined_seq,
                       joined_as, credit, due_at, counter, first_counter, first_called_at, called_at,
                       last_called_at, recalls, started_at, walk, served, held, finished_at)
    {visits} select :centre + 1 + n, 1, :centre, 'BIRTH',
             case n % 20 when 0 then 'no_show' when 1 then 'expired' else 'finished' end,
             :at + n, {day}, 8, 3 * n + 1, 'arrival', 0, :at + n, 1 + n % 4, 1 + n % 4,
             :at + n, :at + n, :at + n, 0, :at + n, 0, 0, 0, :at + n from visit
"""
_EVENTS = """
    insert into events (centre_id, seq, kind, at, recorded_at, ticket_id, ticket_seq, counter, counter_seq, facts)
    {visits}, told(k, kind, named) as (select 1, 'issued', null union all select 2, 'called', 1
                                       union all select 3, 'finished', 1)
    select :centre, 3 * n + k, kind, :at + n, :at + n, :centre + 1 + n, k,
           (1 + n % 4) * named, (2 * (n / 4) + k - 1) * named,
           (case k when 2 then '{{"service":"BIRTH"}}' else '{{}}' end){json} from visit cross join told
"""


def has_long_past(hall: Hall, visits: int) -> None:
    """Gives a hall that many visits on days before this Monday, and a log of three events each."""
    kind = hall.store.engine.dialect.name
    began = int((clock("8:00") - timedelta(days=300)).timestamp() * 1_000_000)
    with hall.store.writing() as conn:
        for statement in (_TICKETS, _STEPS, _EVENTS):
            sql = statement.format(visits=_VISITS, day=_DAY[kind], json=_JSON[kind])
            conn.execute(text(sql), {"visits": visits, "centre": hall.centre, "at": began})
        then = {"seq": EVENTS * visits, "last_at": clock("7:00"), "ended_on": MONDAY - timedelta(days=1)}
        conn.execute(update(Centre).where(Centre.id == hall.centre).values(then))


def analyse(store: Store) -> None:
    """Lets the planner know what the tables hold, as autovacuum does in time."""
    with store.writing() as conn:
        conn.execute(text("analyze"))
