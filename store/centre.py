"""A centre's settings as one value, read once per version and shared by every press until a manager changes one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from queueing.hours import Hours, Lunch
from queueing.slots import BookingRules, Plan, Session
from store.sessions import read_sessions
from store.tables import Centre, CentreProfile, Counter, EarlyClosing, Holiday, PriorityGroup, Service

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the catalogue's `[defaults]` and the centre decide about its queue."""

    ticket_digits: int
    recall_times: int
    recall_cooldown: timedelta
    no_show_grace: timedelta
    max_credit: timedelta
    appointment_credit: timedelta
    appointment_late: timedelta
    near_turn_ahead: int
    target_percent: float
    remote_tickets: bool
    remote_share: float  # the most of those in line who may still be on their way
    remote_a_day: int | None  # so many tickets by phone a day; None: as many as come
    retention: timedelta  # how long personal data is kept after the visit
    booking: BookingRules


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """A service as a centre offers it."""

    code: str
    series: str
    names: Names
    group: str | None
    group_names: Names
    target: timedelta
    expected: timedelta
    documents: tuple[Mapping[str, Any], ...]
    then: tuple[str, ...]
    slot_capacity: int  # appointments in one slot; none where no times are booked
    enabled: bool
    daily_limit: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)  # notes, days until the result
    sessions: tuple[Session, ...] = ()  # that name it

    @property
    def appointment(self) -> bool:
        """Whether times can be booked for it."""
        weekly = any(session.day is None for session in self.sessions)
        return any(session.places for session in self.sessions) or (self.slot_capacity > 0 and not weekly)


@dataclass(frozen=True, slots=True)
class CounterInfo:
    """A counter's settings; whether it is open is in its row."""

    number: int
    names: Names
    accessible: bool
    services: tuple[str, ...]
    enabled: bool
    skills: frozenset[str] | None = None  # what it may help with; None: with everything


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """A priority group and its head start."""

    code: str
    names: Names
    weight: timedelta
    enabled: bool


@dataclass(frozen=True, slots=True)
class CentreInfo:
    """All settings of one centre at one version."""

    id: int
    code: str
    version: int
    names: Names
    details: Mapping[str, Any]
    languages: tuple[str, ...]
    hours: Hours
    rules: Rules
    notice: Names | None
    services: Mapping[str, ServiceInfo]
    counters: Mapping[int, CounterInfo]
    groups: Mapping[str, GroupInfo]
    sessions: tuple[Session, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The centre's time zone."""
        return self.hours.zone

    @property
    def then(self) -> Mapping[str, tuple[str, ...]]:
        """The services that follow each service and are offered here."""
        return {
            code: tuple(s for s in service.then if s in self.services and self.services[s].enabled)
            for code, service in self.services.items()
        }

    @property
    def books(self) -> bool:
        """Whether somebody may come here with an appointment."""
        return any(service.appointment for service in self.services.values())

    def plan(self, service: str) -> Plan:
        """When a service of this centre can be booked; never while it is off."""
        info, rules = self.services[service], self.rules.booking
        return (
            Plan(self.hours, rules, info.slot_capacity, info.sessions) if info.enabled else Plan(self.hours, rules, 0)
        )

    def weight(self, group: str | None) -> timedelta:
        """The head start of a priority group; none for a group that is no longer given."""
        info = self.groups.get(group) if group else None
        return info.weight if info else timedelta()

    def name(self, names: Names) -> str:
        """A name in the centre's first language that has one."""
        return next((names[lang] for lang in self.languages if lang in names), next(iter(names.values()), ""))


class CentreCache:
    """The settings of each centre, kept until their version changes."""

    def __init__(self) -> None:
        self._known: dict[int, CentreInfo] = {}

    def get(self, conn: Connection, centre_id: int, version: int) -> CentreInfo:
        """The settings at `version`."""
        known = self._known.get(centre_id)
        if known is None or known.version != version:
            known = self._known[centre_id] = read_centre(conn, centre_id)
        return known


def read_centre(conn: Connection, centre_id: int) -> CentreInfo:
    """Reads a centre's settings. Raises NoResultFound when there is no such centre."""
    centre = conn.execute(select(Centre.code, Centre.version).where(Centre.id == centre_id)).one()
    profile = conn.execute(select(CentreProfile.__table__).where(CentreProfile.centre_id == centre_id)).one()
    sessions = read_sessions(conn, centre_id)
    return CentreInfo(
        id=centre_id,
        code=centre.code,
        version=centre.version,
        names=profile.names,
        details=profile.details,
        languages=tuple(profile.languages),
        hours=_hours(conn, profile),
        rules=_rules(profile.rules),
        notice=profile.notice,
        services=_services(conn, centre_id, sessions),
        counters=_counters(conn, centre_id),
        groups=_groups(conn, centre_id),
        sessions=sessions,
    )


def _hours(conn: Connection, profile: Any) -> Hours:
    holidays = conn.execute(select(Holiday.day).where(Holiday.centre_id == profile.centre_id)).scalars()
    early = select(EarlyClosing.day, EarlyClosing.minute).where(EarlyClosing.centre_id == profile.centre_id)
    return Hours(
        zone=ZoneInfo(profile.time_zone),
        week=tuple(tuple((start, end) for start, end in day) for day in profile.week),
        lunch=Lunch(**{k: profile.lunch[k] for k in ("start", "end", "tickets_open")}) if profile.lunch else None,
        holidays=frozenset(holidays),
        last_ticket_minutes=profile.rules["last_ticket_before_close_minutes"],
        paused=profile.paused,
        early={row.day: row.minute for row in conn.execute(early)},
    )


def _rules(rules: Mapping[str, Any]) -> Rules:
    return Rules(
        ticket_digits=rules["ticket_digits"],
        recall_times=rules["recall_times"],
        recall_cooldown=timedelta(seconds=rules["recall_cooldown_seconds"]),
        no_show_grace=timedelta(minutes=rules["no_show_grace_minutes"]),
        max_credit=timedelta(minutes=rules["max_credit_minutes"]),
        appointment_credit=timedelta(minutes=rules["appointment_credit_minutes"]),
        appointment_late=timedelta(minutes=rules["appointment_late_minutes"]),
        near_turn_ahead=rules["near_turn_ahead"],
        target_percent=rules["target_percent"],
        remote_tickets=rules["remote_tickets"],
        remote_share=rules.get("remote_share_percent", 50) / 100,
        remote_a_day=rules.get("remote_tickets_a_day"),
        retention=timedelta(days=rules["retention_days_personal"]),
        booking=BookingRules(
            length=timedelta(minutes=rules["appointment_slot_minutes"]),
            days_ahead=rules["appointment_max_days_ahead"],
            early=timedelta(minutes=rules["appointment_early_minutes"]),
        ),
    )


def _services(conn: Connection, centre_id: int, sessions: Sequence[Session]) -> dict[str, ServiceInfo]:
    table = Service.__table__
    rows = conn.execute(select(table).where(Service.centre_id == centre_id).order_by(Service.position))
    return {
        row.code: ServiceInfo(
            code=row.code,
            series=row.series,
            names=row.names,
            group=row.group_code,
            group_names=row.group_names,
            target=timedelta(minutes=row.target_minutes),
            expected=timedelta(minutes=row.expected_minutes),
            documents=tuple(row.documents),
            then=tuple(row.then),
            slot_capacity=row.slot_capacity if row.appointment else 0,
            enabled=row.enabled,
            daily_limit=row.daily_limit,
            details=row.details,
            sessions=tuple(session for session in sessions if row.code in session.services),
        )
        for row in rows
    }


def _counters(conn: Connection, centre_id: int) -> dict[int, CounterInfo]:
    columns = Counter.number, Counter.names, Counter.accessible, Counter.services, Counter.enabled, Counter.skills
    rows = conn.execute(select(*columns).where(Counter.centre_id == centre_id).order_by(Counter.number))
    return {
        number: CounterInfo(
            number, names, accessible, tuple(services), enabled, None if skills is None else frozenset(skills)
        )
        for number, names, accessible, services, enabled, skills in rows
    }


def _groups(conn: Connection, centre_id: int) -> dict[str, GroupInfo]:
    table = PriorityGroup.__table__
    rows = conn.execute(select(table).where(PriorityGroup.centre_id == centre_id).order_by(PriorityGroup.position))
    return {
        row.code: GroupInfo(row.code, row.names, timedelta(minutes=row.weight_minutes), row.enabled) for row in rows
    }
