"""Tickets and the queue, as they are answered and announced."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from answers import schemas
from answers.words import _, named, say
from queueing.coming_back import grace_ends, may_come_back
from queueing.order import Joined, OpenCounter, QueuedStep, order_key, position
from queueing.refusals import NotFound
from queueing.states import StepState
from queueing.visit import Step, Visit
from store.board import CentreHead
from store.centre import CentreInfo
from store.ids import ticket_token
from store.queue import calling_counters, count_ahead, waiting_steps
from store.visits import read_visits


def local(at: datetime, zone: ZoneInfo) -> str:
    """An instant as RFC 3339 with the centre's offset."""
    return at.astimezone(zone).isoformat()


def ticket_answer(centre: CentreInfo, visit: Visit, place: int | None, now: datetime) -> dict[str, Any]:
    """A ticket without what only its holder may know."""
    return schemas.Ticket(**_ticket(centre, visit, place, now)).model_dump(mode="json")


def _ticket(centre: CentreInfo, visit: Visit, place: int | None, now: datetime) -> dict[str, Any]:
    step, grace = visit.step, centre.rules.no_show_grace
    back = may_come_back(step, now, grace)
    until = grace_ends(step, grace) if back else None
    return {
        "id": str(visit.id),
        "token": None,
        "number": visit.number,
        "centre": centre.code,
        "state": visit.state,
        "services": [_step(centre, visit.language, s) for s in steps_in_order(visit)],
        "service": step.service,
        "counter": step.at_counter,
        "channel": visit.channel,
        "priority": visit.priority,
        "priority_confirmed": visit.priority_confirmed,
        "issued_at": local(visit.issued_at, centre.zone),
        "called_at": local(step.called_at, centre.zone) if step.called_at else None,
        "position": place,
        "may_pass": step.state is StepState.WAITING and step.passed_at is None,
        "may_come_back": back,
        "on_way": step.state is StepState.ON_HOLD and step.joined_as is Joined.ON_WAY,
        "come_back_until": local(until, centre.zone) if until else None,
        "estimate": None,
        "url": None,
        "qr_svg_url": None,
    }


def _step(centre: CentreInfo, language: str | None, step: Step) -> dict[str, Any]:
    return {
        "code": step.service,
        "name": service_name(centre, step.service, language),
        "state": step.state,
        "finished_at": local(step.finished_at, centre.zone) if step.finished_at else None,
        "missing": [
            {**document, "name": named(document["names"], language, centre.languages)}
            for document in centre.services[step.service].documents
            if document["code"] in (step.missing or ())
        ],
        "ready_on": step.ready_on,
    }


def service_name(centre: CentreInfo, code: str, language: str | None) -> str:
    """A service's name in a language, else in the centre's first."""
    return named(centre.services[code].names, language, centre.languages)


def steps_in_order(visit: Visit) -> list[Step]:
    """The steps as they were and will be taken; a transfer stands before what is still planned."""
    return sorted(visit.steps, key=lambda step: (step.joined_seq is None, step.joined_seq or 0, step.position))


def with_secrets(answer: Mapping[str, Any], key: bytes, public_url: str) -> dict[str, Any]:
    """A ticket for its holder: the token and the addresses made of it."""
    token = ticket_token(key, int(answer["id"]))
    url = f"{public_url}/t/{token}"
    return {**answer, "token": token, "url": url, "qr_svg_url": f"{url}/qr.svg"}


def queued_step(visit: Visit) -> QueuedStep:
    """A waiting visit as the order sees it."""
    step = visit.step
    if step.due_at is None or step.joined_seq is None:
        raise ValueError(f"ticket {visit.number} is not in a queue")
    return QueuedStep(visit.id, step.service, step.due_at, step.not_before, step.joined_seq, step.direct_to)


def place_in_queue(
    conn: Connection, centre: CentreInfo, visit: Visit, now: datetime, counters: Sequence[OpenCounter] | None = None
) -> int | None:
    """A waiting visit's place, 1 being next; None when it does not wait. `counters` call people now, if known."""
    if visit.state is not StepState.WAITING:
        return None
    if counters is None:
        counters = calling_counters(conn, centre)
    return 1 + count_ahead(conn, centre.id, queued_step(visit), counters, now)


@dataclass(frozen=True, slots=True)
class Standing:
    """Everybody's place in one centre's queue at one moment."""

    queue: list[QueuedStep]
    counters: list[OpenCounter]
    now: datetime

    @classmethod
    def read(cls, conn: Connection, centre: CentreInfo, now: datetime) -> "Standing":
        """Who waits and which counters call."""
        queue = sorted(waiting_steps(conn, centre.id), key=lambda step: order_key(step, now))
        return cls(queue, calling_counters(conn, centre), now)

    def places(self, tickets: Iterable[int] | None = None) -> dict[int, int]:
        """The place of each waiting ticket (of those asked for)."""
        wanted = None if tickets is None else set(tickets)
        return {
            step.ticket: position(step, self.queue, self.counters, self.now)
            for step in self.queue
            if wanted is None or step.ticket in wanted
        }


def queue_answer(conn: Connection, head: CentreHead, language: str, now: datetime) -> dict[str, Any]:
    """All who wait at a centre, in the order in which they would be called, with why."""
    standing = Standing.read(conn, head.info, now)
    visits = read_visits(conn, (step.ticket for step in standing.queue))
    places = standing.places()
    tickets = [
        queued_ticket(head.info, visits[step.ticket], places[step.ticket], language, now) for step in standing.queue
    ]
    queue = {"centre": head.info.code, "seq": head.seq, "at": local(now, head.info.zone), "tickets": tickets}
    return schemas.Queue.model_validate(queue).model_dump(mode="json")


def queued_ticket(centre: CentreInfo, visit: Visit, place: int, language: str, now: datetime) -> dict[str, Any]:
    """A waiting ticket with why it stands where it stands."""
    step = visit.step
    if step.due_at is None or step.joined_at is None:
        raise NotFound("ticket")
    return {
        **_ticket(centre, visit, place, now),
        "why": why(centre, visit, language, now),
        "joined_at": local(step.joined_at, centre.zone),
        "due_at": local(step.due_at, centre.zone),
    }


_WHY = {
    Joined.ARRIVAL: _("Here since {since}"),
    Joined.ON_WAY: _("On the way since {since}"),
    Joined.HERE: _("In line by phone since {since}, here now"),
    Joined.APPOINTMENT: _("Booked for {slot}, here since {since}"),
    Joined.LATER_STEP: _("Next step of the visit; waited {waited} min before"),
    Joined.TRANSFER: _("Transferred; waited {waited} min before"),
    Joined.HOLD: _("Back from hold; waited {waited} min before"),
    Joined.NO_SHOW: _("Came back after a missed call; waited {waited} min before"),
}
_WITH_PRIORITY = _("{why}. {group}: {minutes} min credit")
_EARLY = _("{why}. Not before {slot} unless nobody else waits")
_PASSED = _("{why}. Let others go first at {passed}")
_DIRECT = _("{why}. For counter {counter} only")


def why(centre: CentreInfo, visit: Visit, language: str, now: datetime) -> str:
    """Why a waiting ticket stands where it stands, in a sentence."""
    step = visit.step
    joined_as = step.joined_as or Joined.ARRIVAL
    weight = centre.weight(visit.priority)
    facts: dict[str, object] = {
        "since": _clock(visit.issued_at, centre.zone),
        "slot": _clock(step.not_before, centre.zone) if step.not_before else "",
        "waited": _minutes(step.credit if not weight else max(step.credit - weight, timedelta())),
        "counter": step.direct_to,
    }
    sentence = say(language, _WHY[joined_as], facts)
    if weight and visit.priority:
        group = named(centre.groups[visit.priority].names, language, centre.languages)
        sentence = say(language, _WITH_PRIORITY, {"why": sentence, "group": group, "minutes": _minutes(weight)})
    if step.let_pass and step.passed_at:
        passed = _clock(step.passed_at, centre.zone)
        sentence = say(language, _PASSED, {"why": sentence, "passed": passed})
    if step.not_before and now < step.not_before:
        sentence = say(language, _EARLY, {**facts, "why": sentence})
    if step.direct_to is not None:
        sentence = say(language, _DIRECT, {**facts, "why": sentence})
    return sentence


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%H:%M")


def _minutes(length: timedelta) -> str:
    return f"{length / timedelta(minutes=1):.0f}"
