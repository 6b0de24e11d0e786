"""What the worker does every five seconds grows with who waits and what is due now, never with the past."""

import re

from sqlalchemy import insert

from store.messages import count_to_send, latest_messages
from store.tables import Message
from store.unit import Store
from tests.cast import Hall, a_hall, a_store
from tests.databases import PostgreSQL
from tests.messages.outbox import PHONE, Hand, booked, work
from tests.store.long_past import analyse, has_long_past
from tests.store.test_plans import explaining, rows_of_the_past, sqlite_plans

SENT = 2_000
WHOLE_PAST = re.compile(
    r"SCAN (tickets|steps|events|people|messages)\b(?! USING .*INDEX ix_(steps_queue|messages_due))"
    r"|SEARCH messages USING .*INDEX \w+ \(centre_id=\?\)"
)


def a_past(store: Store) -> Hall:
    """A centre that has seen many people and sent many messages."""
    hall = a_hall(store)
    has_long_past(hall, SENT)
    store.reach = frozenset({"phone"})
    at = {"made_at": hall.clock.now(), "due_at": hall.clock.now(), "tried_at": hall.clock.now(), "tries": 1}
    one = {"centre_id": hall.centre, "kind": "near_turn", "state": "sent", **at}
    tickets = range(hall.centre + 1, hall.centre + 1 + SENT)
    with store.writing() as conn:
        conn.execute(insert(Message), [{**one, "id": ticket, "ticket_id": ticket} for ticket in tickets])
    return hall


def a_day(hall: Hall) -> None:
    """Somebody books, somebody waits, and the worker works."""
    booked(hall)
    hall.opens(1).ticket(phone=PHONE)
    work(hall, Hand("no-answer"))


def the_office_looks(hall: Hall) -> None:
    with hall.reading() as conn:
        assert len(latest_messages(conn, hall.centre)) == 100
        assert count_to_send(conn, hall.centre) > 0


def test_sqlite_walks_through_no_message_of_the_past(sqlite_url: str) -> None:
    with a_store(sqlite_url) as store:
        hall = a_past(store)
        plans = sqlite_plans(store.engine)
        for _ in ("before the planner knows what the tables hold", "and when it does"):
            plans.clear()
            a_day(hall)
            the_office_looks(hall)
            assert [line for line in plans if WHOLE_PAST.search(line)] == []
            analyse(store)


def test_postgresql_reads_no_rows_of_the_past(postgres: PostgreSQL) -> None:
    with postgres.database() as url, explaining(url, "") as (store, plans):
        hall = a_past(store)
        analyse(store)
        plans.clear()
        a_day(hall)
        assert plans
        assert [found for plan in plans for found in rows_of_the_past(plan)] == []
