"""A press sends few statements: what it costs is mostly how often it asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import event

from commands.day import end_past_days
from store.unit import Store
from tests.cast import MONDAY, Hall, a_hall
from tests.store.busy_day import presses, readings

MOST = 15


class Count:
    """How many statements were sent to a database, BEGIN and COMMIT among them."""

    def __init__(self) -> None:
        self.sent = 0

    def __call__(self, *_: Any) -> None:
        self.sent += 1


@contextmanager
def counting(store: Store) -> Iterator[Count]:
    count, names = Count(), ["before_cursor_execute", "commit"]
    if store.engine.dialect.name == "postgresql":  # psycopg sends BEGIN by itself
        names.append("begin")
    for name in names:
        event.listen(store.engine, name, count)
    yield count
    for name in names:
        event.remove(store.engine, name, count)


def test_an_act_sends_at_most_fifteen_statements(store: Store) -> None:
    hall = a_hall(store).opens(2)
    sent: dict[str, int] = {}
    with counting(store) as count:
        for name, press in chain(presses(hall), readings(hall)):
            count.sent = 0
            press()
            if name != "next with finish when nobody waits":  # several presses
                sent[name] = max(count.sent, sent.get(name, 0))
    assert {name: times for name, times in sent.items() if times > MOST} == {}
    assert sent["issue"] <= 9


@pytest.mark.parametrize("people", [1, 20])
def test_the_end_of_a_day_sends_a_few_for_each_who_still_waits(hall: Hall, people: int) -> None:
    for _ in range(people):
        hall.ticket()
    hall.opens(1)
    with counting(hall.store) as count:
        hall.at("0:00", MONDAY.replace(day=24)).press(end_past_days)
    assert count.sent <= MOST + 3 * people
