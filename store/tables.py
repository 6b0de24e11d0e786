"""The tables. Settings and live rows (what a press changes) are apart, so that a press writes little."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from store import schema
from store.schema import partial

Base = schema.Base

WAITING = text("state = 'waiting'")
AT_COUNTER = text("state in ('called', 'serving')")
ACTIVE = text("state in ('waiting', 'called', 'serving', 'on_hold')")
UNENDED = text("state in ('waiting', 'on_hold')")
# Not `in`: SQLite proves that an index holds all rows asked for from the terms of an `or` alone.
CALLS = text("kind = 'called' or kind = 'recalled' or kind = 'undone'")
CHANGES = text("kind = 'notice' or kind = 'centre_updated'")


class Centre(Base):
    """One row per centre: what the lock holds and what every press changes."""

    __tablename__ = "centres"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    seq: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=0)  # rises with each change of the centre's settings
    ended_on: Mapped[date | None]  # the last business date that was ended
    waiting: Mapped[dict[str, Any]] = mapped_column(default=dict)  # people waiting now, by service


class CentreProfile(Base):
    """What a centre is: names, hours, rules. Read once per version."""

    __tablename__ = "centre_profiles"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True, autoincrement=False)
    position: Mapped[int]
    names: Mapped[dict[str, Any]]
    details: Mapped[dict[str, Any]]  # level, short and province names
    time_zone: Mapped[str] = mapped_column(String(64))
    languages: Mapped[list[Any]]
    week: Mapped[list[Any]]  # seven lists of [from, until], minutes since midnight, Monday first
    lunch: Mapped[dict[str, Any] | None]
    rules: Mapped[dict[str, Any]]  # queue and appointment rules, by their catalogue keys
    notice: Mapped[dict[str, Any] | None]  # by language
    paused: Mapped[bool] = mapped_column(default=False, server_default=false())  # while true, no tickets are given


class Holiday(Base):
    """A closed date of a centre."""

    __tablename__ = "holidays"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    names: Mapped[dict[str, Any]]


class EarlyClosing(Base):
    """A date on which a centre closes before its usual time."""

    __tablename__ = "early_closings"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    minute: Mapped[int]  # since midnight


class Service(Base):
    """What people come for."""

    __tablename__ = "services"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int]
    series: Mapped[str] = mapped_column(String(3))
    names: Mapped[dict[str, Any]]
    group_code: Mapped[str | None] = mapped_column(String(16))
    group_names: Mapped[dict[str, Any]]
    target_minutes: Mapped[float]
    expected_minutes: Mapped[float]
    documents: Mapped[list[Any]]  # {code, names}
    then: Mapped[list[Any]]
    appointment: Mapped[bool]
    slot_capacity: Mapped[int]
    daily_limit: Mapped[int | None]  # so many tickets a day; none: as many as come
    details: Mapped[dict[str, Any]]  # notes, processing days, where the wording comes from
    enabled: Mapped[bool]


class Counter(Base):
    """A place where people are served. Its services are the catalogue's; `open_services` stand in place of them."""

    __tablename__ = "counters"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    names: Mapped[dict[str, Any]]
    accessible: Mapped[bool]
    services: Mapped[list[Any]]
    skills: Mapped[list[Any] | None]  # what it may help with when people wait too long; none: with everything
    enabled: Mapped[bool]
    state: Mapped[str] = mapped_column(String(8), default="closed")
    open_services: Mapped[list[Any] | None]
    opened_at: Mapped[datetime | None]  # since when it is not closed


class PriorityGroup(Base):
    """People with a head start, in minutes."""

    __tablename__ = "priority_groups"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    position: Mapped[int]
    names: Mapped[dict[str, Any]]
    weight_minutes: Mapped[float]
    details: Mapped[dict[str, Any]]
    enabled: Mapped[bool]


class NumberCount(Base):
    """The last number given in a series on a business date."""

    __tablename__ = "number_counts"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    business_date: Mapped[date] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(String(3), primary_key=True)
    last: Mapped[int]


class Ticket(Base):
    """One visit; written once, but for its priority. Where it stands is in its steps, its events' count in the log."""

    __tablename__ = "tickets"
    __table_args__ = (Index("uq_tickets_number", "centre_id", "business_date", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"))
    business_date: Mapped[date]
    number: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str | None] = mapped_column(String(16))
    priority_confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())  # staff have seen it
    language: Mapped[str | None] = mapped_column(String(16))
    issued_at: Mapped[datetime]
    appointment_at: Mapped[datetime | None]


class TicketStep(Base):
    """One service of a visit: where it stands, and its times for the measures."""

    __tablename__ = "steps"
    __table_args__ = (
        ForeignKeyConstraint(["centre_id", "service"], ["services.centre_id", "services.code"]),
        # One place per person, one person per counter: refused here whatever the code believes.
        partial("uq_steps_active", "ticket_id", where=ACTIVE, unique=True),
        partial("uq_steps_at_counter", "centre_id", "counter", where=AT_COUNTER, unique=True),
        # The queue in due order, with all that a choice or a count needs; only people waiting now are in it. `state` is
        # in it for SQLite's planner, which else takes any index that begins with the centre, and so walks history.
        partial(
            "ix_steps_queue",
            *("centre_id", "state", "due_at", "joined_seq", "service", "direct_to", "not_before"),
            where=WAITING,
        ),
        partial("ix_steps_unended", "centre_id", "state", where=UNENDED),
        Index("ix_steps_day", "centre_id", "joined_on"),
    )

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int]
    service: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(12))
    joined_at: Mapped[datetime | None]
    joined_on: Mapped[date | None]  # centre-local date and hour of joining, for the statistics
    joined_hour: Mapped[int | None]
    joined_seq: Mapped[int | None]
    joined_as: Mapped[str | None] = mapped_column(String(12))
    credit: Mapped[timedelta]
    due_at: Mapped[datetime | None]
    let_pass: Mapped[timedelta] = mapped_column(server_default="0")
    passed_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    direct_to: Mapped[int | None]
    counter: Mapped[int | None]
    first_counter: Mapped[int | None]
    first_called_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    last_called_at: Mapped[datetime | None]
    recalls: Mapped[int]
    started_at: Mapped[datetime | None]
    serving_since: Mapped[datetime | None]
    walk: Mapped[timedelta | None]
    served: Mapped[timedelta]
    held_since: Mapped[datetime | None]
    held: Mapped[timedelta]
    missing: Mapped[list[Any] | None]  # documents, by their codes, that the person went to fetch
    ready_on: Mapped[date | None]  # when what was asked for can be collected
    finished_at: Mapped[datetime | None]


class LogEvent(Base):
    """The append-only log; `seq` has no gap within a centre."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_ticket", "ticket_id", "ticket_seq", unique=True),
        Index("ix_events_counter", "centre_id", "counter", "counter_seq", unique=True),
        partial("ix_events_calls", "centre_id", "kind", "seq", where=CALLS),
        partial("ix_events_changes", "centre_id", "seq", where=CHANGES),
    )

    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    ticket_id: Mapped[int | None]
    ticket_seq: Mapped[int | None]
    counter: Mapped[int | None]
    counter_seq: Mapped[int | None]
    actor: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]]


class Person(Base):
    """Personal data of a visit, apart from all else so that it can be erased."""

    __tablename__ = "people"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    reference: Mapped[str | None] = mapped_column(String(40))  # of the case, as the office writes it
    documents: Mapped[list[Any] | None]  # seen by staff, by their codes
    recorded_at: Mapped[datetime]


class Note(Base):
    """What a clerk wrote with an act (a reason, a note for the next counter); free text may be personal."""

    __tablename__ = "notes"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    event_seq: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]


class Appointment(Base):
    """A booked time, or one that is held. Its place in the slot is numbered, and the database gives it once."""

    __tablename__ = "appointments"
    __table_args__ = (
        ForeignKeyConstraint(["centre_id", "service"], ["services.centre_id", "services.code"]),
        Index("uq_appointments_place", "centre_id", "service", "start", "place", unique=True),  # given back: no place
        Index("uq_appointments_reference", "centre_id", "reference", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"))
    reference: Mapped[str] = mapped_column(String(8))
    service: Mapped[str] = mapped_column(String(16))  # the first one, whose slot it is
    services: Mapped[list[Any]]
    start: Mapped[datetime]
    end: Mapped[datetime]
    place: Mapped[int | None]
    state: Mapped[str] = mapped_column(String(12))
    language: Mapped[str | None] = mapped_column(String(16))
    priority: Mapped[str | None] = mapped_column(String(16))
    sequence: Mapped[int]
    moved_late: Mapped[bool]  # moved after it was missed, which may be once
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]  # of a hold that was not confirmed
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), unique=True)


class Booker(Base):
    """Personal data of an appointment, apart from all else so that it can be erased."""

    __tablename__ = "bookers"

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id"), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    recorded_at: Mapped[datetime]


class Message(Base):
    """A message, to be sent or sent. Whom it goes to and its words are made when it is sent, and are not here."""

    __tablename__ = "messages"
    __table_args__ = (
        # The same is said once: refused here whatever the code believes.
        Index("uq_messages_appointment", "appointment_id", "kind", "sequence", unique=True),
        Index("uq_messages_ticket", "ticket_id", "kind", unique=True),
        partial("ix_messages_due", "due_at", "centre_id", where=WAITING),
        Index("ix_messages_tried", "centre_id", "tried_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"))
    kind: Mapped[str] = mapped_column(String(12))
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    sequence: Mapped[int | None]  # of the appointment when it was written
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    state: Mapped[str] = mapped_column(String(8))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]  # while it is being sent: when it is tried again unless something was heard
    tries: Mapped[int]
    tried_at: Mapped[datetime | None]  # at last, and so when it was sent
    why: Mapped[str | None] = mapped_column(String(16))  # it was not sent


class IdempotencyKey(Base):
    """The first answer to a keyed request, kept 48 hours. `scope` is the hash of caller, method, path and key."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(64), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)


class User(Base):
    """A person who signs in with a password."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(8))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centres.id"))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]  # since when they may not sign in


class AccessToken(Base):
    """A device's token, a person's session or a one-time sign-in link; only its hash is stored."""

    __tablename__ = "access_tokens"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(8))  # device, session, link
    role: Mapped[str] = mapped_column(String(8))
    centre_id: Mapped[int | None] = mapped_column(ForeignKey("centres.id"))
    counter: Mapped[int | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Pairing(Base):
    """A screen that shows a code, until somebody of its centre types it. What proves the screen is stored as a hash."""

    __tablename__ = "pairings"
    __table_args__ = (Index("uq_pairings_code", "centre_id", "code", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centres.id"))
    code: Mapped[str] = mapped_column(String(6))
    role: Mapped[str | None] = mapped_column(String(8))  # once the code was typed
    counter: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ServerKey(Base):
    """The key from which ticket tokens are derived; in the database, so that every backup has it."""

    __tablename__ = "server_keys"

    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    secret: Mapped[str] = mapped_column(String(128))
