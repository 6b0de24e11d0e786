"""Taking a ticket: one visit, its number, and the steps that are planned from what was asked for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, insert
from sqlalchemy.dialects import postgresql, sqlite

from queueing.journey import plan_steps
from queueing.numbering import ticket_number
from queueing.order import Joined, Place, place
from queueing.refusals import CentreClosed, Invalid, ServiceClosed, ServiceFull
from queueing.visit import Visit, place_facts
from store.ids import new_id
from store.limits import tickets_for
from store.tables import NumberCount, Person
from store.unit import Unit

CHANNELS = ("kiosk", "web", "staff", "import")
_PHONE = re.compile(r"[0-9+\- ]*[0-9][0-9+\- ]*", re.ASCII)
_MAX_NAME, _MAX_PHONE = 200, 40


@dataclass(frozen=True, slots=True)
class TicketRequest:
    """What a person asks for at the kiosk, by phone or at reception."""

    services: tuple[str, ...]
    channel: str
    priority: str | None = None
    language: str | None = None
    name: str | None = None
    phone: str | None = None


def issue_ticket(unit: Unit, request: TicketRequest, *, joined_as: Joined = Joined.ARRIVAL) -> Visit:
    """Gives the next number of the first service's series and puts the visit in its queue.

    Raises Invalid for what the centre does not have, CentreClosed, ServiceClosed, ServiceFull, ClockBehind.
    """
    check_request(unit, request)
    unit.refuse_lost_clock()
    closed = unit.centre.hours.refusal(unit.now)
    if closed is not None:
        raise CentreClosed(closed)
    for code in request.services:
        _refuse_ungiven(unit, code)
    steps = plan_steps(request.services, unit.centre.then)
    first = place(joined_as, unit.now, cap=unit.centre.rules.max_credit, weight=unit.centre.weight(request.priority))
    visit = give_number(
        unit, steps, first, channel=request.channel, priority=request.priority, language=request.language
    )
    remember_person(unit, visit, request.name, request.phone)
    return visit


def give_number(unit: Unit, steps: Sequence[str], first: Place, **facts: Any) -> Visit:
    """Issues a visit of today with these steps, under the next number of its first one's series.

    `first` is that step's place in its queue, `facts` what else the event tells: channel, priority, language.
    """
    return unit.issue(
        new_id(),
        number=next_number(unit, unit.today, unit.centre.services[steps[0]].series),
        business_date=unit.today.isoformat(),
        services=steps,
        place=place_facts(1, first),
        **facts,
    )


def _refuse_ungiven(unit: Unit, code: str) -> None:
    """What is asked for by name; what follows it in the visit is not refused for being full."""
    service = unit.centre.services[code]
    if not service.enabled:
        raise ServiceClosed(code)
    if service.daily_limit is None:  # no statement for the many services without one
        return
    if tickets_for(unit.conn, unit.centre.id, unit.today, code) >= service.daily_limit:
        hours = unit.centre.hours
        again = hours.tickets_on_a_later_day(unit.now)
        raise ServiceFull(code, service.names, again and again.astimezone(hours.zone), unit.today)


def check_request(unit: Unit, request: TicketRequest) -> None:
    """Raises Invalid for what the centre does not have, or what is no name or phone number."""
    if not request.services:
        raise Invalid("services", "none-chosen")
    if len(set(request.services)) != len(request.services):
        raise Invalid("services", "named-twice")
    for code in request.services:
        check_service(unit, "services", code)
    group = unit.centre.groups.get(request.priority) if request.priority is not None else None
    if request.priority is not None and (group is None or not group.enabled):
        raise Invalid("priority", "unknown", value=request.priority)
    if request.language is not None and request.language not in unit.centre.languages:
        raise Invalid("language", "unknown", value=request.language)
    if request.channel not in CHANNELS:
        raise Invalid("channel", "unknown", value=request.channel)
    check_person(request.name, request.phone)


def check_person(name: str | None, phone: str | None) -> None:
    """Raises Invalid for a name that is too long, or what is no phone number."""
    if name is not None and len(name) > _MAX_NAME:
        raise Invalid("name", "too-long", most=_MAX_NAME)
    if name is not None and "\0" in name:  # which PostgreSQL does not take
        raise Invalid("name", "bad-value")
    if phone is not None and (len(phone) > _MAX_PHONE or not _PHONE.fullmatch(phone)):
        raise Invalid("phone", "not-a-phone-number")


def check_service(unit: Unit, field: str, code: str) -> None:
    """Raises Invalid when the centre has no such service."""
    if code not in unit.centre.services:
        raise Invalid(field, "unknown", value=code)


_COUNT = {
    "centre_id": bindparam("centre"),
    "business_date": bindparam("day"),
    "series": bindparam("letters"),
    "last": 1,
}
_KEY = [NumberCount.centre_id, NumberCount.business_date, NumberCount.series]


def _count_up(dialect: Any) -> Any:
    upsert = dialect.insert(NumberCount).values(_COUNT)
    return upsert.on_conflict_do_update(index_elements=_KEY, set_={"last": NumberCount.last + 1}).returning(
        NumberCount.last
    )


_COUNT_UP = {"sqlite": _count_up(sqlite), "postgresql": _count_up(postgresql)}


def next_number(unit: Unit, day: date, series: str) -> str:
    """The next number of a series on a business date; counted in the unit's transaction, so none is lost or doubled."""
    statement = _COUNT_UP[unit.conn.dialect.name]
    count = unit.conn.execute(statement, {"centre": unit.centre.id, "day": day, "letters": series}).scalar_one()
    return ticket_number(series, count, digits=unit.centre.rules.ticket_digits)


def remember_person(unit: Unit, visit: Visit, name: str | None, phone: str | None) -> None:
    """Keeps what somebody gave with a new ticket, apart from the ticket."""
    if name or phone:
        person = {"ticket_id": visit.id, "name": name, "phone": phone, "recorded_at": unit.now}
        unit.conn.execute(insert(Person), person)
