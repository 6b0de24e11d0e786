"""Bringing centres to what a catalogue says. The day goes on: tickets, counters' states and the log stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Delete, Update, delete, insert, select, update

from commands.settings import update_centre
from config.catalogue_models import Catalogue
from config.catalogue_models import Centre as CatalogueCentre
from queueing.slots import Session
from store.ids import new_id
from store.sessions import delete_session, insert_session, read_sessions
from store.tables import Centre, CentreProfile, Counter, Holiday, PriorityGroup, Service
from store.unit import Store

_ACTOR = "seed"
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What became of a centre: created, updated or unchanged."""

    centre: str
    outcome: str


@dataclass(frozen=True, slots=True)
class _Settings:
    """A centre's rows without its id, each table's rows in the catalogue's order."""

    profile: dict[str, Any]
    holidays: Rows
    services: Rows
    counters: Rows
    groups: Rows
    sessions: list[Session] | None  # none: the managers' stay


def seed(store: Store, catalogue: Catalogue) -> list[SeedResult]:
    """Creates or updates every centre of a catalogue, each in one transaction; centres that it does not name stay.

    What the catalogue no longer has is disabled and kept, for tickets refer to it; holidays become the catalogue's, and
    so do sessions where it has any.
    A centre's notice and a stop of ticketing are the manager's and stay. Raises Busy.
    """
    return [_seed_centre(store, catalogue, position) for position in range(len(catalogue.centres))]


def _seed_centre(store: Store, catalogue: Catalogue, position: int) -> SeedResult:
    code = catalogue.centres[position].code
    settings = _settings(catalogue, position)
    with store.writing(code) as conn:
        if conn.execute(select(Centre.id).where(Centre.code == code)).first() is None:
            centre = new_id()
            conn.execute(insert(Centre), {"id": centre, "code": code, "seq": 0, "version": 1, "waiting": {}})
            _write(conn, centre, settings)
            return SeedResult(code, "created")
    with store.unit(code, _ACTOR) as unit:
        changed = _write(unit.conn, unit.centre.id, settings)
        if changed:
            update_centre(unit)
    return SeedResult(code, "updated" if changed else "unchanged")


def _settings(catalogue: Catalogue, position: int) -> _Settings:
    centre = catalogue.centres[position]
    return _Settings(
        profile=_profile(centre, position),
        holidays=[{"day": holiday.date, "names": holiday.names} for holiday in catalogue.holidays],
        services=_services(catalogue, centre),
        counters=[
            {
                "number": counter.number,
                "names": counter.names,
                "accessible": counter.accessible,
                "services": list(counter.services),
                "skills": None if counter.skills is None else list(counter.skills),
                "enabled": True,
            }
            for counter in centre.counters
        ],
        groups=_groups(catalogue, centre),
        sessions=_sessions(centre),
    )


def _profile(centre: CatalogueCentre, position: int) -> dict[str, Any]:
    return {
        "position": position,
        "names": centre.names,
        "details": {
            "level": centre.level,
            "short": centre.short,
            "province": centre.province,
            "fee": centre.fee,
            "sample": centre.sample,
        },
        "time_zone": centre.timezone.key,
        "languages": list(centre.languages),
        "week": [[list(span) for span in day] for day in centre.hours.days],
        "lunch": centre.lunch.model_dump() if centre.lunch else None,
        "rules": centre.rules,
    }


def _services(catalogue: Catalogue, centre: CatalogueCentre) -> Rows:
    offered = {service.code: service for service in catalogue.services}
    return [
        {
            "code": service.code,
            "position": position,
            "series": service.series,
            "names": service.names,
            "group_code": service.group,
            "group_names": catalogue.groups[service.group] if service.group else {},
            "target_minutes": service.target_minutes,
            "expected_minutes": service.expected_minutes,
            "documents": [{"code": code, "names": catalogue.documents[code].names} for code in service.documents],
            "then": list(service.then),
            "appointment": service.appointment,
            "slot_capacity": service.slot_capacity,
            "daily_limit": service.daily_limit,
            "details": {
                **service.model_dump(include={"note", "processing_days", "basis", "review"}),
                "state_held": [code for code in service.documents if catalogue.documents[code].state_held],
            },
            "enabled": service.enabled,
        }
        for position, service in enumerate(offered[code] for code in centre.services)
    ]


def _sessions(centre: CatalogueCentre) -> list[Session] | None:
    if centre.sessions is None:
        return None
    every = [session for table in centre.sessions for session in table.each()]
    return [replace(one, services=tuple(code for code in centre.services if code in one.services)) for one in every]


def _groups(catalogue: Catalogue, centre: CatalogueCentre) -> Rows:
    return [
        {
            "code": group.code,
            "position": position,
            "names": group.names,
            "weight_minutes": group.weight_minutes,
            "details": group.model_dump(include={"icon", "accessible_counter"}),
            "enabled": group.code in centre.priorities,
        }
        for position, group in enumerate(catalogue.priorities)
    ]


def _write(conn: Connection, centre: int, settings: _Settings) -> bool:
    """Writes what differs; whether anything did."""
    changes = [
        _write_rows(conn, centre, CentreProfile.__table__, "centre_id", [{"centre_id": centre, **settings.profile}]),
        _write_rows(conn, centre, Service.__table__, "code", settings.services),
        _write_rows(conn, centre, Counter.__table__, "number", settings.counters),
        _write_rows(conn, centre, PriorityGroup.__table__, "code", settings.groups),
        _write_rows(conn, centre, Holiday.__table__, "day", settings.holidays),
        _write_sessions(conn, centre, settings.sessions),
    ]
    return any(changes)


def _write_rows(conn: Connection, centre: int, table: Any, key: str, rows: Sequence[dict[str, Any]]) -> bool:
    """Makes a centre's rows of a table those given, in the columns given; `key` tells them apart."""
    here = table.c.centre_id == centre
    known = {row._mapping[key]: row._mapping for row in conn.execute(select(table).where(here))}
    changed = False
    for row in rows:
        old = known.pop(row[key], None)
        new = {column: value for column, value in row.items() if old is None or old[column] != value}
        if old is None:
            conn.execute(insert(table), {"centre_id": centre, **row})
        elif new:
            conn.execute(update(table).where(here, table.c[key] == row[key]).values(new))
        changed = changed or bool(new)
    gone = [code for code, row in known.items() if row.get("enabled", True)]
    if gone:
        conn.execute(_without(table).where(here, table.c[key].in_(gone)))
    return changed or bool(gone)


def _write_sessions(conn: Connection, centre: int, sessions: Sequence[Session] | None) -> bool:
    """Makes a centre's sessions those given; those that are there already keep their ids."""
    if sessions is None:
        return False
    known = {replace(one, id=0): one.id for one in read_sessions(conn, centre)}
    gone = [number for one, number in known.items() if one not in sessions]
    new = [one for one in sessions if one not in known]
    for number in gone:
        delete_session(conn, centre, number)
    for one in new:
        insert_session(conn, centre, replace(one, id=new_id()))
    return bool(gone or new)


def _without(table: Any) -> Update | Delete:
    return update(table).values(enabled=False) if "enabled" in table.c else delete(table)
