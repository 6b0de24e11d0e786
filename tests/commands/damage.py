"""A centre with a past, and what can be done to its rows and its log behind the product's back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Connection, Date, String, delete, select, update

from commands.calls import call_next, call_ticket, finish, no_show, recall, serve
from commands.counters import close_counter, pause_counter
from commands.day import end_past_days
from commands.history import import_history
from commands.moves import cancel, change_steps, hold, leave, let_others_pass, resume, transfer
from commands.verify import verify
from queueing.states import StepState
from queueing.visit import Visit
from store.migrate import upgrade
from store.tables import Centre, LogEvent
from store.types import Duration, Instant
from store.unit import Store
from tests.cast import MONDAY, Hall, HandClock, a_hall, clock

NOON = clock("12:00", MONDAY + timedelta(days=1)).astimezone(UTC)
FRIDAY, SUNDAY, TUESDAY = MONDAY - timedelta(days=3), MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
HISTORY = """\
ticket,service,issued_at,called_at,started_at,finished_at,counter,outcome,channel,priority,appointment_at
X1,RES,{sunday}T08:00:00+07:00,{sunday}T08:10:00+07:00,{sunday}T08:11:00+07:00,{sunday}T08:20:00.5+07:00,1,finished,,MONK,
X1,PAY,{sunday}T08:20:00.5+07:00,{sunday}T08:30:00+07:00,{sunday}T08:31:00+07:00,{sunday}T08:40:00+07:00,3,finished,,MONK,
X2,BIRTH,{sunday}T08:05:00+07:00,,,{sunday}T08:50:00+07:00,,left,kiosk,,{sunday}T08:30:00+07:00
X3,BIRTH,{tuesday}T08:00:00+07:00,{tuesday}T08:50:00+07:00,,{tuesday}T08:55:00+07:00,2,no_show,kiosk,,
X4,BIRTH,{tuesday}T08:01:00+07:00,{tuesday}T08:50:00+07:00,,{tuesday}T08:52:00+07:00,2,no_show,kiosk,,
A900,RES,{tuesday}T08:02:00+07:00,,,{tuesday}T08:03:00+07:00,,left,web,,
"""


@dataclass(frozen=True)
class Scene:
    """A centre with a day that was ended, an open one, and imported history; its visits by what became of them."""

    hall: Hall
    past: Visit
    waiting: Visit
    held: Visit
    served: Visit
    moved: Visit
    gone: Visit

    @property
    def store(self) -> Store:
        return self.hall.store

    @contextmanager
    def damaged(self, damage: "Damage") -> Iterator[None]:
        """As the database would be after `damage`, which is taken back afterwards."""
        with self.store.writing() as conn:
            damage(conn, self)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(self.store, "reading", lambda: _same(conn))
                yield
            conn.rollback()


Damage = Callable[[Connection, Scene], object]


@contextmanager
def _same(conn: Connection) -> Iterator[Connection]:
    yield conn


def scene_in(url: str) -> Iterator[Scene]:
    store = Store(url, HandClock(clock("8:00")))
    try:
        upgrade(store.engine)
        a_hall(store, code="LPB").ticket("RES")
        yield _two_days(a_hall(store, code="SAY"))
    finally:
        store.engine.dispose()


def _two_days(hall: Hall) -> Scene:
    past = hall.at("9:00", FRIDAY).ticket("RES", "INFO", priority="MONK")
    expired = hall.ticket("INFO")
    hall.opens(1, 2).later(10).press(call_next, 1)
    hall.later(1).press(finish, hall.press(serve, past.id).id)
    hall.at("9:00", MONDAY).press(end_past_days)
    hall.ticket("INFO")
    hall.at("9:00", TUESDAY).press(end_past_days)
    assert hall.visit(expired).state is StepState.EXPIRED
    lines = HISTORY.format(sunday=SUNDAY, tuesday=TUESDAY).splitlines()
    assert import_history(hall.store, hall.code, lines).problems == []
    return _open_day(hall, past)


def _open_day(hall: Hall, past: Visit) -> Scene:
    back = next(visit for visit in hall.visits().values() if visit.number == "X3")
    hall.press(resume, back.id)
    hall.opens(1, 2, 3).opens(4, services=["RES", "MARRY"])
    served, moved, held, gone, shown, absent = (hall.ticket("RES", priority="ELDER") for _ in range(6))
    hall.later(3).press(call_ticket, served.id, 1)
    hall.later(1).press(recall, served.id)
    hall.later(1).press(serve, served.id)
    hall.press(hold, held.id, "ໄປເຮັດສຳເນົາ")
    hall.press(transfer, moved.id, service="BIRTH", counter=2)
    hall.later(4).press(resume, held.id)
    hall.press(hold, held.id)
    hall.press(call_ticket, gone.id, 4)
    hall.press(leave, gone.id)
    hall.press(call_ticket, absent.id, 4)
    hall.later(1).press(no_show, absent.id)
    hall.later(1).press(resume, absent.id)
    hall.press(cancel, shown.id)
    hall.press(change_steps, absent.id, add=["INFO"], drop=["PAY"])
    hall.press(pause_counter, 4)
    hall.press(close_counter, 3)
    waiting = hall.later(20).ticket("RES", "INFO", language="lo")
    waiting = hall.press(let_others_pass, waiting.id)
    return Scene(hall, past, waiting, hall.visit(held), hall.visit(served), hall.visit(moved), hall.visit(gone))


def other_value(column: Any, value: Any, scene: Scene) -> Any:
    """A value that a column could have instead."""
    if column.name == "centre_id":
        return centre_id(scene, "LPB")
    if column.name == "service":
        return "INFO"
    if isinstance(column.type, String):
        return "x"
    if isinstance(column.type, Date):
        return (value or NOON.date()) - timedelta(days=1)
    if isinstance(column.type, Instant):
        return (value or NOON) + timedelta(microseconds=1)
    if isinstance(column.type, Duration):
        return (value or timedelta()) + timedelta(microseconds=1)
    return {Boolean: not value, JSON: ["form"]}.get(type(column.type)) or (value or 0) + 1


def centre_id(scene: Scene, code: str) -> int:
    with scene.hall.reading() as conn:
        return conn.execute(select(Centre.id).where(Centre.code == code)).scalar_one()


def change_event(ticket: int | None, number: int, **values: Any) -> Damage:
    """Changes the event of a ticket that has this number among its own."""
    mine = LogEvent.ticket_id == ticket, LogEvent.ticket_seq == number
    return lambda conn, _: conn.execute(update(LogEvent).where(*mine).values(values))


def change(table: Any, *where: Any, **values: Any) -> Damage:
    return lambda conn, scene: conn.execute(update(table).where(_here(table, scene), *where).values(values))


def drop(table: Any, *where: Any) -> Damage:
    return lambda conn, scene: conn.execute(delete(table).where(_here(table, scene), *where))


def _here(table: Any, scene: Scene) -> Any:
    return (table.id if table is Centre else table.centre_id) == scene.hall.centre


def all_of(*damages: Damage) -> Damage:
    return lambda conn, scene: [damage(conn, scene) for damage in damages]


def found_in(scene: Scene, damage: Damage, *, all_days: bool = False) -> list[str]:
    with scene.damaged(damage):
        return verify(scene.store, all_days=all_days)


def value_of(scene: Scene, column: Any, *where: Any) -> Any:
    with scene.hall.reading() as conn:
        return conn.execute(select(column).where(*where)).scalar()


def seq_of(scene: Scene, visit: Visit, number: int) -> int:
    return next(e.seq for e in scene.hall.events() if (e.ticket, e.ticket_seq) == (visit.id, number))


def facts_of(scene: Scene, visit: Visit) -> dict[str, Any]:
    return dict(next(event.facts for event in scene.hall.events() if event.ticket == visit.id))


def numbered(scene: Scene, number: str) -> Visit:
    return next(visit for visit in scene.hall.visits().values() if visit.number == number)
