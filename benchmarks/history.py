"""A centre's past, written straight into SQLite: visits of many years as if each had been issued, called and served."""

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

PER_DAY = 400
COUNTERS = 16
EVENTS = 4  # of each visit: issued, called, serving, finished
_DAY = 86_400_000_000
_OPENS = 1 * 3_600_000_000  # 08:00 in Vientiane, in microseconds of the UTC day
_GAP = 60_000_000  # a ticket a minute
_WAIT, _WALK, _SERVED = 600_000_000, 20_000_000, 300_000_000

# The nth visit: its day, its place in the day, when it was issued and at which counter it was served.
_VISITS = f"""
with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n + 1 < :people),
visits as (
    select n, n / {PER_DAY} as day, n % {PER_DAY} as place, n % {COUNTERS} + 1 as counter,
        :first_day + (n / {PER_DAY}) * {_DAY} + {_OPENS} + (n % {PER_DAY}) * {_GAP} as at,
        date(:first, '+' || (n / {PER_DAY}) || ' days') as day_name
    from numbers)
"""
_TICKETS = (
    "insert into tickets (id, centre_id, business_date, number, channel, priority, language, issued_at) "
    + _VISITS
    + "select n + 1, :centre, day_name, printf('A%03d', place + 1), 'kiosk', null, 'lo', at from visits"
)
_STEPS = (
    """insert into steps (ticket_id, position, centre_id, service, state, joined_at, joined_on, joined_hour, joined_seq,
        joined_as, credit, due_at, counter, first_counter, first_called_at, called_at, last_called_at,
        recalls, started_at, serving_since, walk, served, held, finished_at) """
    + _VISITS
    + f"""select n + 1, 1, :centre, :service, 'finished', at, day_name, 8 + place / 60, :seq + {EVENTS} * n + 1,
        'arrival', 0, at, counter, counter, at + {_WAIT}, at + {_WAIT}, at + {_WAIT}, 0,
        at + {_WAIT + _WALK}, null, {_WALK}, {_SERVED}, 0, at + {_WAIT + _WALK + _SERVED} from visits"""
)
_FACTS = """json_object('number', printf('A%03d', place + 1), 'business_date', day_name, 'channel', 'kiosk', 'priority',
    null, 'language', 'lo', 'services', json_array(:service), 'place',
    json_object('step', 1, 'as', 'arrival', 'credit', 0, 'due_at', at, 'not_before', null))"""
# The counters' own numbers go on after those that their openings took.
_EVENTS = (
    """insert into events (centre_id, seq, kind, at, recorded_at, ticket_id, ticket_seq, counter, counter_seq, actor,
        facts) """
    + _VISITS.rstrip()
    + f""", kinds(k, kind, later) as (values (1, 'issued', 0), (2, 'called', {_WAIT}), (3, 'serving', {_WAIT + _WALK}),
        (4, 'finished', {_WAIT + _WALK + _SERVED}))
    select :centre, :seq + {EVENTS} * n + k, kind, at + later, at + later, n + 1, k, iif(k > 1, counter, null),
        iif(k > 1, :counter_seq + (n / {COUNTERS}) * 3 + k - 1, null), iif(k > 1, 'keo', 'kiosk:1'),
        case k when 1 then {_FACTS} when 2 then json_object('service', :service) else '{{}}' end
    from visits cross join kinds"""
)


def write_past(file: Path, centre: str, service: str, people: int) -> None:
    """Adds `people` past visits to a centre of an SQLite database; today begins after them, as in its tenth year.

    The log stays without a gap and every index is in use; only the order of the days' events is simpler than in life.
    """
    first = date.today() - timedelta(days=people // PER_DAY + 2)  # noqa: DTZ011 - two days to spare for any zone
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("pragma synchronous=off")
        database.execute("pragma cache_size=-200000")
        centre_id, seq = database.execute("select id, seq from centres where code = ?", (centre,)).fetchone()
        named = "select coalesce(max(counter_seq), 0) from events where centre_id = ?"
        values = {
            "people": people,
            "first": first.isoformat(),
            "first_day": (first - date(1970, 1, 1)).days * _DAY,
            "centre": centre_id,
            "service": service,
            "seq": seq,
            "counter_seq": database.execute(named, (centre_id,)).fetchone()[0],
        }
        for statement in (_TICKETS, _STEPS, _EVENTS):
            database.execute(statement, values)
        database.execute("update centres set seq = seq + ? where id = ?", (EVENTS * people, centre_id))
    with closing(sqlite3.connect(file)) as database:
        database.execute("analyze")
        database.execute("pragma wal_checkpoint(truncate)")
