"""Centres, their services and their boards, as they are answered and announced."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from answers import schemas
from answers.tickets import local
from commands.outlook import outlooks
from queueing.hours import Hours
from queueing.refusals import NotFound
from queueing.states import CounterState
from store.board import Board, CentreHead, read_board, read_head
from store.centre import CentreInfo
from store.limits import tickets_left
from store.queue import CounterNow, counter_now, counters_now
from store.tables import Centre, CentreProfile
from store.unit import Store

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def centre_list(store: Store) -> dict[str, Any]:
    """All centres, in the catalogue's order."""
    now = store.clock.now()
    found = select(Centre.id, Centre.version).join(CentreProfile, CentreProfile.centre_id == Centre.id)
    with store.reading() as conn:
        rows = conn.execute(found.order_by(CentreProfile.position, Centre.code)).all()
        centres = [_centre(store.centres.get(conn, row.id, row.version), now) for row in rows]
    return schemas.Centres.model_validate({"centres": centres}).model_dump(mode="json")


def _centre(centre: CentreInfo, now: datetime) -> dict[str, Any]:
    return {
        "code": centre.code,
        "name": centre.name(centre.names),
        "names": centre.names,
        "time_zone": centre.zone.key,
        "open_now": centre.hours.is_open(now),
        "today": _today(centre.hours, now),
    }


def _today(hours: Hours, now: datetime) -> list[str]:
    """The opening hours of the day in which `now` stands, as they are on this very date."""
    day = hours.business_date(now)
    return [f"{_wall(start, hours, day)}-{_wall(end, hours, day)}" for start, end in hours.sessions(day)]


def _wall(at: datetime, hours: Hours, day: date) -> str:
    here = at.astimezone(hours.zone)
    return f"{here:%H:%M}" if here.date() == day else "24:00"


def centre_detail(store: Store, code: str) -> dict[str, Any]:
    """One centre with its week, languages, counters and priority groups. Raises NotFound."""
    now = store.clock.now()
    with store.reading() as conn:
        centre = read_head(conn, store.centres, code).info
    detail = {
        **_centre(centre, now),
        "hours": {day: [_interval(*times) for times in centre.hours.week[n]] for n, day in enumerate(WEEKDAYS)},
        "early_closings": _early_closings(centre, now),
        "languages": list(centre.languages),
        "counters": [_place(centre, counter.number) for counter in centre.counters.values() if counter.enabled],
        "priority_groups": [
            {"code": g.code, "name": centre.name(g.names), "names": g.names, "minutes": g.weight.total_seconds() / 60}
            for g in centre.groups.values()
            if g.enabled
        ],
        "remote_tickets": centre.rules.remote_tickets,
    }
    return schemas.CentreDetail.model_validate(detail).model_dump(mode="json")


def _interval(start: int, end: int) -> str:
    return f"{wall(start)}-{wall(end)}"


def wall(minute: int) -> str:
    """`08:05`, of minutes since midnight."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def closes_early(centre: CentreInfo, now: datetime) -> str | None:
    """The time at which the centre closes today, when that is before its week says."""
    minute = centre.hours.closes_early(centre.hours.business_date(now))
    return None if minute is None else wall(minute)


def _early_closings(centre: CentreInfo, now: datetime) -> list[dict[str, str]]:
    today = centre.hours.business_date(now)
    coming = sorted((day, minute) for day, minute in centre.hours.early.items() if day >= today)
    return [{"day": day.isoformat(), "closes_at": wall(minute)} for day, minute in coming]


def _place(centre: CentreInfo, number: int) -> dict[str, Any]:
    counter = centre.counters[number]
    return {
        "counter": number,
        "label": centre.name(counter.names),
        "labels": counter.names,
        "services": list(counter.services),
        "accessible": counter.accessible,
    }


def service_list(store: Store, code: str) -> dict[str, Any]:
    """A centre's services with how many wait and how many counters serve them. Raises NotFound."""
    now = store.clock.now()
    with store.reading() as conn:
        head = read_head(conn, store.centres, code)
        counters = [c for c in counters_now(conn, head.info) if c.state is CounterState.OPEN]
        left = tickets_left(conn, head.info, head.info.hours.business_date(now))
        seen = outlooks(conn, head.info, now)
    services = [
        {
            **_service(head, service, counters),
            "tickets_left": left.get(service),
            "fits_today": seen[service].fits if service in seen else None,
        }
        for service, info in head.info.services.items()
        if info.enabled
    ]
    return schemas.Services.model_validate({"services": services}).model_dump(mode="json")


def _service(head: CentreHead, code: str, counters: list[CounterNow]) -> dict[str, Any]:
    centre, service = head.info, head.info.services[code]
    return {
        "code": code,
        "series": service.series,
        "name": centre.name(service.names),
        "names": service.names,
        "group": service.group,
        "group_names": service.group_names,
        "then": list(centre.then[code]),
        "waiting": head.waiting.get(code, 0),
        "open_counters": sum(code in counter.services for counter in counters),
        "open": service.enabled,
        "daily_limit": service.daily_limit,
        "estimate": None,
        "appointments": service.appointment,
        "documents": [{**document, "name": centre.name(document["names"])} for document in service.documents],
    }


def board_etag(head: CentreHead, now: datetime) -> str:
    """Changes with the log, the settings and the business date, not with the clock."""
    return f"{head.seq}-{head.info.version}-{head.info.hours.business_date(now)}"


def board_answer(board: Board, now: datetime) -> dict[str, Any]:
    """The waiting room's picture."""
    centre = board.head.info
    picture = {
        "centre": centre.code,
        "seq": board.head.seq,
        "at": local(now, centre.zone),
        "calls": [
            {
                "ticket": str(call.ticket),
                "number": call.number,
                "counter": call.counter,
                "counter_label": counter_label(centre, call.counter),
                "service": call.service,
                "called_at": local(call.called_at, centre.zone),
                "recalls": call.recalls,
                "quiet": call.quiet,
            }
            for call in board.calls
        ],
        "waiting": {"total": sum(board.head.waiting.values()), "by_service": _waiting(board.head)},
        "counters": [board_counter(centre, counter) for counter in board.counters],
        "notice": centre.name(centre.notice) if centre.notice else None,
        "notices": centre.notice,
    }
    return schemas.Board.model_validate(picture).model_dump(mode="json")


def _waiting(head: CentreHead) -> dict[str, int]:
    """People waiting, by service; a service that nobody waits for is there too."""
    return dict.fromkeys((code for code, info in head.info.services.items() if info.enabled), 0) | head.waiting


def board_now(store: Store, code: str) -> dict[str, Any]:
    """A centre's board as it is now. Raises NotFound."""
    now = store.clock.now()
    with store.reading() as conn:
        return board_answer(read_board(conn, read_head(conn, store.centres, code), now), now)


def counter_label(centre: CentreInfo, number: int) -> str:
    """A counter's name in the centre's first language."""
    return centre.name(centre.counters[number].names)


def board_counter(centre: CentreInfo, counter: CounterNow) -> dict[str, Any]:
    """A counter as the waiting room sees it."""
    return {
        "counter": counter.number,
        "label": counter_label(centre, counter.number),
        "state": counter.state,
        "number": counter.ticket_number,
        "ticket_state": counter.ticket_state,
    }


def counter_answer(centre: CentreInfo, counter: CounterNow) -> dict[str, Any]:
    """A counter as its clerk sees it."""
    seen = {**board_counter(centre, counter), "services": sorted(counter.services)}
    return schemas.CounterNow.model_validate(seen).model_dump(mode="json")


def find_counter_now(conn: Connection, centre: CentreInfo, number: int) -> CounterNow:
    """One counter. Raises NotFound."""
    counter = counter_now(conn, centre, number)
    if counter is None:
        raise NotFound("counter")
    return counter
