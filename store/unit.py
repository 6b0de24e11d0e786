"""The unit: one press is one transaction on one centre, under its lock, with its events.

    with store.unit("SAY") as unit:      # begins, locks the centre, then reads the clock
        visit = call_next(unit, 3)       # reads and writes; never commits
    # committed; the events are in the centre's outgoing line, in order

Every write is serial per centre. SQLite: an in-process lock around `BEGIN IMMEDIATE`, because greenlets share the
thread that the database would stop. PostgreSQL: an in-process lock per centre, so that events reach the outgoing line
in the order of their commits, around a row lock that other processes respect.
"""

import threading
from collections import Counter as Tally
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, insert, select, update
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError

from queueing.events import EVENT_OF, Event, Kind
from queueing.order import OpenCounter
from queueing.refusals import ClockBehind, NotFound, WrongState
from queueing.states import Act, StepState, allowed
from queueing.visit import Visit, apply
from store.brief import Brief
from store.busy import begin
from store.centre import CentreCache, CentreInfo
from store.clock import Clock, SystemClock
from store.engine import is_sqlite, open_engine
from store.keys import signing_key
from store.queue import calling_counters
from store.remembered import Memory, Remembered
from store.tables import Centre, LogEvent
from store.visits import insert_visit, read_visit, update_visit

# A clock that was set back a little (NTP) is normal; one that lost its time with the power is years behind.
CLOCK_TOLERANCE = timedelta(minutes=1)
# A token that another process has ended is good for so much longer; one that this process has ended is not.
CALLERS_SECONDS = 1.0
# So many that two centres seldom share one. Not one per code: anybody may ask for centres that there are not.
_LOCKS = 1024

LOCK_CENTRE = (
    select(Centre.id, Centre.code, Centre.seq, Centre.last_at, Centre.version, Centre.ended_on, Centre.waiting)
    .where(Centre.code == bindparam("code"))
    .with_for_update(key_share=True)  # FOR NO KEY UPDATE: rows that refer to the centre may still be inserted
)
# Not max(): PostgreSQL reads all that a counter ever did for it while it does not know how much that is.
_COUNTER_SEQ = (
    select(LogEvent.counter_seq)
    .where(LogEvent.centre_id == bindparam("centre"), LogEvent.counter == bindparam("counter"))
    .order_by(LogEvent.counter_seq.desc())
    .limit(1)
)
_ANY_CENTRE = select(Centre.id).limit(1)
_CENTRE = select(Centre.id).where(Centre.code == bindparam("code"))
_UPDATE_CENTRE = (
    update(Centre)
    .where(Centre.id == bindparam("centre"), Centre.seq == bindparam("was"))
    .values(seq=bindparam("to"), last_at=bindparam("last"), waiting=bindparam("queue"), ended_on=bindparam("ended"))
)
_INSERT_EVENT = insert(LogEvent)

_MOVES_COUNTERS = frozenset({Kind.COUNTER_OPENED, Kind.COUNTER_PAUSED, Kind.COUNTER_CLOSED})


def counter_seq(conn: Connection, centre: int, counter: int) -> int:
    """How many events have named a counter."""
    return conn.execute(_COUNTER_SEQ, {"centre": centre, "counter": counter}).scalar() or 0


@dataclass(frozen=True, slots=True)
class Announcement:
    """A committed event with what its receivers need to know without asking: the visit after it and who waits."""

    centre: CentreInfo
    event: Event
    visit: Visit | None
    waiting: Mapping[str, int]


class Unit:
    """One transaction on one locked centre. Commands read and write through it and never commit."""

    def __init__(
        self,
        conn: Connection,
        row: Row[Any],
        centre: CentreInfo,
        clock: datetime,
        actor: str | None,
        *,
        remembered: Remembered,
    ) -> None:
        self.conn, self.centre, self.clock, self.actor = conn, centre, clock, actor
        self.last_at: datetime | None = row.last_at
        self.now = max(clock, row.last_at) if row.last_at else clock
        self.ended_on: date | None = row.ended_on
        self.waiting = Tally(row.waiting)
        self.announcements: list[Announcement] = []
        self.reach: frozenset[str] = frozenset()  # as the store's
        self._seq = self._was = row.seq
        self._version = row.version
        self._changed: dict[int, Visit] = {}
        self._remembered = remembered

    @property
    def today(self) -> date:
        """The centre's business date now."""
        return self.centre.hours.business_date(self.now)

    @property
    def calling(self) -> list[OpenCounter]:
        """The counters that call people now."""
        if self._remembered.calling is None:
            self._remembered.calling = calling_counters(self.conn, self.centre)
        return self._remembered.calling

    def refuse_lost_clock(self) -> None:
        """Raises ClockBehind when the machine's clock is behind what was already recorded."""
        if self.last_at is not None and self.clock < self.last_at - CLOCK_TOLERANCE:
            raise ClockBehind(self.clock, self.last_at)

    def visit(self, ticket: int) -> Visit:
        """The visit of a ticket of this centre: the lock is on no other. Raises NotFound."""
        # Its events of this unit are not in the log yet: what was changed here is known here alone.
        visit = self._changed.get(ticket) or read_visit(self.conn, ticket, self.centre.id)
        if visit is None:
            raise NotFound("ticket")
        return visit

    def check(self, visit: Visit, act: Act) -> None:
        """Raises WrongState when the table of transitions does not allow `act` now."""
        if not allowed(visit.state, act):
            raise WrongState(visit.number, visit.state, act)

    def act(
        self, visit: Visit, act: Act, *, counter: int | None = None, at: datetime | None = None, **facts: Any
    ) -> Visit:
        """Does `act` to a visit as the table of transitions allows. Raises WrongState.

        `counter` is the counter that the event names (default: where the person is now called or served).
        """
        self.check(visit, act)
        named = counter if counter is not None else visit.step.at_counter
        event = self._event(EVENT_OF[act], at, facts, visit=visit, counter=named)
        after = apply(visit, event)
        update_visit(self.conn, self.centre.id, self.centre.zone, visit, after)
        self._announce(event, visit, after)
        return after

    def take_back(self, event: Event, before: Visit) -> Visit:
        """Makes a visit again what it was before its last event; the log keeps both. Raises NotFound."""
        visit = self.visit(before.id)
        facts = {"seq": event.seq, "kind": event.kind.value}
        undone = self._event(Kind.UNDONE, None, facts, visit=visit, counter=event.counter)
        after = replace(before, seq=visit.seq + 1)
        update_visit(self.conn, self.centre.id, self.centre.zone, visit, after)
        self._announce(undone, visit, after)
        return after

    def issue(self, ticket: int, *, at: datetime | None = None, **facts: Any) -> Visit:
        """Begins a visit; `at` is now unless its ticket was given before, on paper."""
        event = self._event(Kind.ISSUED, at, facts, ticket=ticket)
        visit = apply(None, event)
        insert_visit(self.conn, self.centre.id, self.centre.zone, visit)
        self._announce(event, None, visit)
        return visit

    def tell(
        self, kind: Kind, *, counter: int | None = None, at: datetime | None = None, live: bool = True, **facts: Any
    ) -> Event:
        """Records an event that changes no visit; one that is not `live` (an import) leaves the centre's time."""
        event = self._event(kind, at, facts, counter=counter, live=live)
        if kind in _MOVES_COUNTERS:
            self._remembered.calling = None
        self._announce(event, None, None)
        return event

    def end_day(self, day: date, at: datetime) -> None:
        """Records that a business date has ended."""
        self.ended_on = day
        self.tell(Kind.DAY_ENDED, at=at, day=day.isoformat())

    def _event(
        self,
        kind: Kind,
        at: datetime | None,
        facts: Mapping[str, Any],
        *,
        visit: Visit | None = None,
        ticket: int | None = None,
        counter: int | None = None,
        live: bool = True,
    ) -> Event:
        self._seq += 1
        happened = at or self.now
        if live and (self.last_at is None or happened > self.last_at):
            self.last_at = happened
        return Event(
            seq=self._seq,
            kind=kind,
            at=happened,
            recorded_at=self.clock,
            ticket=visit.id if visit else ticket,
            ticket_seq=visit.seq + 1 if visit else (1 if ticket else None),
            counter=counter,
            counter_seq=self._next_counter_seq(counter) if counter is not None else None,
            actor=self.actor,
            facts=facts,
        )

    def _next_counter_seq(self, counter: int) -> int:
        known = self._remembered.counter_seqs
        if counter not in known:
            known[counter] = counter_seq(self.conn, self.centre.id, counter)
        known[counter] += 1
        return known[counter]

    def _announce(self, event: Event, before: Visit | None, after: Visit | None) -> None:
        if before is not None and before.state is StepState.WAITING:
            self.waiting[before.step.service] -= 1
        if after is not None and after.state is StepState.WAITING:
            self.waiting[after.step.service] += 1
        if after is not None:
            self._changed[after.id] = after
        self.announcements.append(Announcement(self.centre, event, after, {s: n for s, n in self.waiting.items() if n}))

    def write_log(self) -> None:
        """Writes the unit's events and the centre's row: the last statements of the transaction."""
        if not self.announcements:
            return
        events = [announcement.event for announcement in self.announcements]
        self.conn.execute(_INSERT_EVENT, [_row(self.centre.id, event) for event in events])
        values = {
            "centre": self.centre.id,
            "was": self._was,
            "to": self._seq,
            "last": self.last_at,
            "queue": dict(self.announcements[-1].waiting),
            "ended": self.ended_on,
        }
        if self.conn.execute(_UPDATE_CENTRE, values).rowcount != 1:
            raise RuntimeError(f"the log of {self.centre.code} moved on without its lock")

    def remember(self, memory: Memory) -> None:
        """Keeps what is known of the counters for the next unit; only what is committed may be.

        It was known with the settings at which the unit began: a unit that has changed them leaves nothing.
        """
        memory.keep(self.centre.id, self._seq, self._version, self._remembered)


def _row(centre_id: int, event: Event) -> dict[str, Any]:
    return {
        "centre_id": centre_id,
        "seq": event.seq,
        "kind": event.kind.value,
        "at": event.at,
        "recorded_at": event.recorded_at,
        "ticket_id": event.ticket,
        "ticket_seq": event.ticket_seq,
        "counter": event.counter,
        "counter_seq": event.counter_seq,
        "actor": event.actor,
        "facts": dict(event.facts),
    }


class Store:
    """The database of one process: its engine, clock, signing key, locks, and the line of committed events."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self.url = url
        self.engine = open_engine(url)
        self.clock = clock or SystemClock()
        self.centres = CentreCache()
        self.outgoing: deque[Announcement] = deque()
        self.on_commit: Callable[[], None] = lambda: None
        self.callers: Brief[object] = Brief(CALLERS_SECONDS)
        self.reach: frozenset[str] = frozenset()  # by what messages reach people: "phone", "email"
        self._key: bytes | None = None
        self._memory = Memory()
        self._writers: list[Connection] = []
        listen(self.engine, "engine_disposed", self._close_writers)
        self._locks = [threading.RLock() for _ in range(_LOCKS)]

    @property
    def key(self) -> bytes:
        """The signing key of ticket tokens. A database without a centre may still be restored, with another key."""
        if self._key is not None:
            return self._key
        with self.reading() as conn:
            key = signing_key(conn)
            if conn.execute(_ANY_CENTRE).first() is not None:
                self._key = key
        return key

    @contextmanager
    def reading(self, engine: Engine | None = None) -> Iterator[Connection]:
        """A connection on one unchanging snapshot of the database."""
        engine = engine or self.engine
        level = {} if is_sqlite(engine) else {"isolation_level": "REPEATABLE READ"}
        with engine.connect().execution_options(**level) as conn, conn.begin():
            yield conn

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """A connection for one statement that reads: it sees one snapshot without a transaction around it."""
        how = {"begin": None} if is_sqlite(self.engine) else {"isolation_level": "AUTOCOMMIT"}
        with self.engine.connect().execution_options(**how) as conn:
            yield conn

    @contextmanager
    def reading_apart(self) -> Iterator[Connection]:
        """As `reading`, for long work in a real thread: on a connection of its own, since the pool is the loop's."""
        engine = open_engine(self.url, pooled=False)
        try:
            with self.reading(engine) as conn:
                yield conn
        finally:
            engine.dispose()

    @contextmanager
    def settled(self, code: str) -> Iterator[Connection]:
        """As `reading`, when what this process has committed at a centre is in the outgoing line or was sent."""
        with ExitStack() as until_read:
            with self._lock("" if is_sqlite(self.engine) else code):  # before a connection, as a unit has it
                conn = until_read.enter_context(self.reading())
                conn.execute(_CENTRE, {"code": code})  # a snapshot is of its first statement
            yield conn

    @contextmanager
    def writing(self, scope: str = "") -> Iterator[Connection]:
        """A write transaction; `scope` (a centre's code) is serial within this process. Raises Busy."""
        if is_sqlite(self.engine):
            with self._lock(""), self._sqlite_writer() as conn, begin(conn):
                yield conn
        else:
            with self._lock(scope), self.engine.connect() as conn, begin(conn):
                yield conn

    @contextmanager
    def _sqlite_writer(self) -> Iterator[Connection]:
        """A connection that is kept from press to press: the pool's way out and back costs as much as a statement."""
        kept = self._writers
        conn = kept.pop() if kept else self.engine.connect().execution_options(begin="BEGIN IMMEDIATE")
        try:
            yield conn
        except DBAPIError:  # whatever state it is in, the next press has a new one
            conn.invalidate()
            raise
        finally:
            if conn.invalidated:
                conn.close()
            else:
                kept.append(conn)

    def _close_writers(self, _engine: Engine) -> None:
        """The last connection that closes leaves all of SQLite's data in the one file."""
        while self._writers:
            conn = self._writers.pop()
            conn.invalidate()
            conn.close()

    @contextmanager
    def unit(self, code: str, actor: str | None = None) -> Iterator[Unit]:
        """A unit on a centre. Raises NotFound for an unknown one and Busy when the database stays locked."""
        with self._lock("" if is_sqlite(self.engine) else code):
            with self.writing(code) as conn:
                unit = self._open(conn, code, actor)
                yield unit
                unit.write_log()
            unit.remember(self._memory)
            self.outgoing.extend(unit.announcements)
        if any(said.visit is None for said in unit.announcements):
            self.callers.forget()  # perhaps a device was revoked or somebody's role changed
        if unit.announcements:
            self.on_commit()

    def _open(self, conn: Connection, code: str, actor: str | None) -> Unit:
        row = conn.execute(LOCK_CENTRE, {"code": code}).one_or_none()
        if row is None:
            raise NotFound("centre")
        centre = self.centres.get(conn, row.id, row.version)
        remembered = self._memory.take(row.id, row.seq, row.version)
        unit = Unit(conn, row, centre, self.clock.now(), actor, remembered=remembered)
        unit.reach = self.reach
        return unit

    def _lock(self, scope: str) -> threading.RLock:
        return self._locks[hash(scope) % _LOCKS]
