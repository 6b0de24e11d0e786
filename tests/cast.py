"""The cast and their centre: Keo works a counter, Noy manages, Somchai is from another centre. Builders are phrases.

hall = a_hall(store)                       # a one-door centre, on a Monday at eight
ticket = hall.at("9:05").ticket("RES")     # somebody takes a ticket
hall.opens(1)
hall.at("9:10").press(call_next, 1)        # Keo presses
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Concatenate, ParamSpec, Self, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select

from commands.counters import open_counter
from commands.tickets import TicketRequest, issue_ticket
from queueing.events import Event, Kind
from queueing.visit import Fold, Visit
from store import tables
from store.ids import new_id
from store.keys import create_signing_key
from store.queue import CounterNow, counters_now, waiting_steps
from store.unit import Store, Unit
from store.visits import read_visits

KEO, NOY, SOMCHAI = "keo", "noy", "somchai"
VIENTIANE = ZoneInfo("Asia/Vientiane")
MONDAY = date(2026, 11, 23)
OFFICE_HOURS = [[[480, 720], [780, 960]]] * 5 + [[], []]  # 08:00-12:00, 13:00-16:00
ROUND_THE_CLOCK = [[[0, 1440]]] * 7
LUNCH = {"start": 720, "end": 780, "tickets_open": 765}
RULES = {
    "ticket_digits": 3,
    "recall_times": 2,
    "recall_cooldown_seconds": 20,
    "no_show_grace_minutes": 10,
    "max_credit_minutes": 60,
    "appointment_credit_minutes": 60,
    "appointment_late_minutes": 15,
    "near_turn_ahead": 3,
    "target_percent": 80,
    "remote_tickets": True,
    "retention_days_personal": 30,
    "last_ticket_before_close_minutes": 15,
    "appointment_slot_minutes": 30,
    "appointment_max_days_ahead": 14,
    "appointment_early_minutes": 30,
}
SLOTS = {"RES": 2, "BIRTH": 5}  # appointments in one slot
# code: series, what follows; OLD is not offered any more
SERVICES = {"RES": "A", "BIRTH": "B", "MARRY": "C", "INFO": "W", "PAY": "Q", "OLD": "Z"}
DOCUMENTS = {"RES": ["form", "id_card"]}
THEN = {"RES": ["PAY"], "MARRY": ["PAY", "OLD"]}
# number: services; 9 is not there any more
COUNTERS = {
    1: ["RES", "BIRTH"],
    2: ["BIRTH", "INFO"],
    3: ["PAY"],
    4: ["RES", "BIRTH", "MARRY", "INFO", "PAY"],
    9: ["RES"],
}
GROUPS = {"ELDER": 30, "MONK": 20, "BRIDE": 30}  # BRIDE is not given any more
GONE = {"OLD", 9, "BRIDE"}

_codes = (f"T{number}" for number in itertools.count(1))
P = ParamSpec("P")
R = TypeVar("R")


def clock(text: str, day: date = MONDAY, zone: ZoneInfo = VIENTIANE) -> datetime:
    """`9:05` of a day, on the centre's wall."""
    return datetime.combine(day, time.fromisoformat(text if text[1:2].isdigit() else f"0{text}"), zone)


class HandClock:
    """A clock that is turned by hand."""

    speed = 1.0

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at.astimezone(UTC)


@contextmanager
def a_store(url: str) -> Iterator[Store]:
    """The database of a running product, new."""
    store = Store(url, HandClock(clock("8:00")))
    tables.Base.metadata.create_all(store.engine)
    with store.writing() as conn:
        create_signing_key(conn)
    yield store
    store.engine.dispose()


@contextmanager
def another_store(store: Store) -> Iterator[Store]:
    """The same database as another process sees it: another engine, other locks."""
    other = Store(store.engine.url.render_as_string(hide_password=False), store.clock)
    yield other
    other.engine.dispose()


class Hall:
    """A centre as people in it see it: what they press, what the clock shows, and what stands in the database."""

    def __init__(self, store: Store, code: str, centre: int) -> None:
        self.store, self.code, self.centre = store, code, centre
        assert isinstance(store.clock, HandClock)
        self.clock = store.clock

    def at(self, text: str, day: date = MONDAY) -> Self:
        """Turns the clock to `9:05`."""
        self.clock.at = clock(text, day, self.info.zone)
        return self

    def later(self, minutes: float = 0, *, seconds: float = 0) -> Self:
        """Turns the clock on."""
        self.clock.at = self.clock.now() + timedelta(minutes=minutes, seconds=seconds)
        return self

    def press(self, command: Callable[Concatenate[Unit, P], R], *args: P.args, **facts: P.kwargs) -> R:
        """Keo presses a button: one unit."""
        with self.store.unit(self.code, KEO) as unit:
            return command(unit, *args, **facts)

    def ticket(self, *services: str, channel: str = "kiosk", **asked: Any) -> Visit:
        """Somebody takes a ticket, for BIRTH when it does not matter for what."""
        return self.press(issue_ticket, TicketRequest(services or ("BIRTH",), channel, **asked))

    def opens(self, *counters: int, services: Sequence[str] | None = None) -> Self:
        """Clerks open their counters."""
        for number in counters:
            self.press(open_counter, number, services)
        return self

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.store.reading() as conn:
            yield conn

    @property
    def info(self) -> Any:
        """The centre's settings."""
        with self.reading() as conn:
            row = conn.execute(select(tables.Centre.version).where(tables.Centre.id == self.centre)).one()
            return self.store.centres.get(conn, self.centre, row.version)

    def visits(self) -> dict[int, Visit]:
        """Every visit, from its rows."""
        with self.reading() as conn:
            ids = conn.execute(select(tables.Ticket.id).where(tables.Ticket.centre_id == self.centre)).scalars().all()
            return read_visits(conn, ids)

    def visit(self, ticket: Visit) -> Visit:
        """Where a visit stands in its rows."""
        return self.visits()[ticket.id]

    def counter(self, number: int) -> CounterNow:
        with self.reading() as conn:
            return next(c for c in counters_now(conn, self.info) if c.number == number)

    def queue(self) -> list[str]:
        """Who waits, by due time."""
        with self.reading() as conn:
            visits = self.visits()
            return [visits[step.ticket].number for step in waiting_steps(conn, self.centre)]

    def events(self) -> list[Event]:
        """The centre's log, from its rows."""
        log = tables.LogEvent.__table__
        query = select(*[column for column in log.c if column.name != "centre_id"])
        with self.reading() as conn:
            rows = conn.execute(query.where(log.c.centre_id == self.centre).order_by(log.c.seq))
            return [_event(row._mapping) for row in rows]

    def told(self) -> list[tuple[Kind, Mapping[str, Any]]]:
        """What the log tells, without its instants."""
        return [(event.kind, event.facts) for event in self.events()]

    def folded(self) -> dict[int, Visit]:
        """Every visit, from the log alone."""
        folds: dict[int, Fold] = {}
        for event in self.events():
            if event.ticket is not None:
                folds.setdefault(event.ticket, Fold()).add(event)
        return {ticket: fold.visit for ticket, fold in folds.items() if fold.visit}

    def snapshot(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows in which the centre's presses can be seen."""
        mine = select(tables.Ticket.id).where(tables.Ticket.centre_id == self.centre)
        rows: dict[str, list[tuple[Any, ...]]] = {}
        with self.reading() as conn:
            for table in _PRESSED:
                here = next(table.c[name] for name in ("centre_id", "ticket_id", "id") if name in table.c)
                of_us = here.in_(mine) if here.name == "ticket_id" else here == self.centre
                rows[table.name] = sorted(map(tuple, conn.execute(select(table).where(of_us))))
        return rows


_PRESSED = [
    tables.Base.metadata.tables[name]
    for name in (
        "centres",
        "counters",
        "number_counts",
        "tickets",
        "steps",
        "events",
        "people",
        "notes",
        "appointments",
        "sessions",
        "messages",
    )
]


def _event(row: Mapping[Any, Any]) -> Event:
    facts = {**row, "kind": Kind(row["kind"]), "ticket": row["ticket_id"]}
    del facts["ticket_id"]
    return Event(**facts)


def a_hall(
    store: Store,
    *,
    week: list[list[list[int]]] = ROUND_THE_CLOCK,
    zone: str = "Asia/Vientiane",
    holidays: Sequence[date] = (),
    code: str | None = None,
    **rules: Any,
) -> Hall:
    """A centre on a Monday at eight, all counters closed; open around the clock unless a test is about hours."""
    code, centre = code or next(_codes), new_id()
    if week is ROUND_THE_CLOCK:
        rules = {"last_ticket_before_close_minutes": 0, **rules}
    with store.writing() as conn:
        conn.execute(insert(tables.Centre), {"id": centre, "code": code, "seq": 0, "version": 1, "waiting": {}})
        conn.execute(insert(tables.CentreProfile), _profile(centre, zone, week, {**RULES, **rules}))
        conn.execute(insert(tables.Service), [_service(centre, *pair) for pair in enumerate(SERVICES)])
        conn.execute(insert(tables.Counter), [_counter(centre, number) for number in COUNTERS])
        conn.execute(insert(tables.PriorityGroup), [_group(centre, *pair) for pair in enumerate(GROUPS)])
        for day in holidays:
            conn.execute(insert(tables.Holiday), {"centre_id": centre, "day": day, "names": {}})
    hall = Hall(store, code, centre)
    hall.clock.at = clock("8:00")
    return hall


def _profile(centre: int, zone: str, week: list[list[list[int]]], rules: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "centre_id": centre,
        "position": 1,
        "names": {"lo": "ໄຊເສດຖາ", "en": "Saysettha"},
        "details": {},
        "time_zone": zone,
        "languages": ["lo", "en"],
        "week": week,
        "lunch": LUNCH if week is OFFICE_HOURS else None,
        "rules": rules,
        "notice": None,
    }


def _service(centre: int, position: int, code: str) -> dict[str, Any]:
    return {
        "centre_id": centre,
        "code": code,
        "position": position,
        "series": SERVICES[code],
        "names": {"en": code.title()},
        "group_names": {},
        "target_minutes": 15,
        "expected_minutes": 5,
        "documents": [{"code": d, "names": {"en": d.title()}} for d in DOCUMENTS.get(code, [])],
        "then": THEN.get(code, []),
        "appointment": code in SLOTS,
        "slot_capacity": SLOTS.get(code, 0),
        "details": {},
        "enabled": code not in GONE,
    }


def _counter(centre: int, number: int) -> dict[str, Any]:
    return {
        "centre_id": centre,
        "number": number,
        "names": {"en": f"Counter {number}"},
        "accessible": False,
        "services": COUNTERS[number],
        "enabled": number not in GONE,
        "state": "closed",
    }


def _group(centre: int, position: int, code: str) -> dict[str, Any]:
    return {
        "centre_id": centre,
        "code": code,
        "position": position,
        "names": {"en": code.title()},
        "weight_minutes": GROUPS[code],
        "details": {},
        "enabled": code not in GONE,
    }
