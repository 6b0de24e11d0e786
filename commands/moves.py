"""Moving people: on hold and back, behind others, to another service or counter, out, and the steps of a visit."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from commands.calls import close_if_day_ended
from commands.notes import write_note
from commands.tickets import check_service
from queueing.coming_back import came_back_before, is_too_late
from queueing.order import Joined, let_pass, place
from queueing.refusals import CameBackAlready, GraceOver, Invalid, PassedAlready, ServiceClosed, WrongState
from queueing.states import Act, StepState
from queueing.visit import Step, Visit, place_facts
from store.queue import calling_counters, waiting_steps
from store.unit import Unit


def hold(unit: Unit, ticket: int, reason: str | None = None, *, missing: Sequence[str] = ()) -> Visit:
    """Sets a person aside (a form to fill in, a copy to make), perhaps until `missing` documents are there.

    Raises NotFound, WrongState, and Invalid for a document that the service does not need.
    """
    visit = unit.visit(ticket)
    unit.check(visit, Act.HOLD)
    needed = [document["code"] for document in unit.centre.services[visit.step.service].documents]
    for code in missing:
        if code not in needed:
            raise Invalid("missing", "unknown", value=code)
    counter = visit.step.at_counter
    facts: dict[str, Any] = {"missing": [code for code in needed if code in missing]} if missing else {}
    visit = unit.act(visit, Act.HOLD, **facts)
    write_note(unit, visit, reason)
    close_if_day_ended(unit, counter, visit)
    return visit


def resume(unit: Unit, ticket: int) -> Visit:
    """Puts a held person, or a no-show within the grace period, back in the queue with what the visit has waited.

    Raises NotFound, WrongState, GraceOver.
    """
    visit = unit.visit(ticket)
    unit.check(visit, Act.RESUME)
    step, grace = visit.step, unit.centre.rules.no_show_grace
    if is_too_late(step, unit.now, grace):
        raise GraceOver(visit.number, grace.total_seconds() / 60)
    if step.joined_as is Joined.ON_WAY:  # the way here counts as waiting: the place was kept since the ticket was taken
        here = _rejoin(unit, visit, Joined.HERE, step.position, waited=unit.now - visit.issued_at)
        return unit.act(visit, Act.RESUME, place=here)
    joined_as = Joined.NO_SHOW if step.state is StepState.NO_SHOW else Joined.HOLD
    return unit.act(visit, Act.RESUME, place=_rejoin(unit, visit, joined_as, step.position))


def come_back(unit: Unit, ticket: int) -> Visit:
    """The citizen is here again, after a missed call or with what was missing: once by themselves in each queue.

    Raises NotFound, WrongState, GraceOver, CameBackAlready.
    """
    visit = unit.visit(ticket)
    unit.check(visit, Act.RESUME)
    if came_back_before(visit.step):
        raise CameBackAlready(visit.number)
    return resume(unit, ticket)


def transfer(
    unit: Unit, ticket: int, *, service: str | None = None, counter: int | None = None, note: str | None = None
) -> Visit:
    """Ends the step here and puts the person in another queue: a service's, one counter's alone, or both.

    Raises Invalid, NotFound, WrongState, ServiceClosed.
    """
    visit = unit.visit(ticket)
    _check_transfer(unit, service, counter)
    unit.check(visit, Act.TRANSFER)
    if service is not None and not unit.centre.services[service].enabled:
        raise ServiceClosed(service)
    left = visit.step.at_counter
    visit = unit.act(
        visit,
        Act.TRANSFER,
        service=service or visit.step.service,
        direct_to=counter,
        place=_rejoin(unit, visit, Joined.TRANSFER, len(visit.steps) + 1),
    )
    write_note(unit, visit, note)
    close_if_day_ended(unit, left, visit)
    return visit


def _check_transfer(unit: Unit, service: str | None, counter: int | None) -> None:
    if service is None and counter is None:
        raise Invalid("service", "service-or-counter")
    if service is not None:
        check_service(unit, "service", service)
    if counter is not None and not _is_there(unit, counter):
        raise Invalid("counter", "unknown", value=counter)


def _is_there(unit: Unit, counter: int) -> bool:
    info = unit.centre.counters.get(counter)
    return info is not None and info.enabled


def _rejoin(
    unit: Unit, visit: Visit, joined_as: Joined, position: int, *, waited: timedelta | None = None
) -> dict[str, object]:
    back = place(
        joined_as,
        unit.now,
        cap=unit.centre.rules.max_credit,
        weight=unit.centre.weight(visit.priority),
        waited=visit.waited(unit.now) if waited is None else waited,
    )
    return place_facts(position, back)


def leave(unit: Unit, ticket: int) -> Visit:
    """The citizen goes. Raises NotFound, WrongState."""
    return _end_visit(unit, ticket, Act.LEAVE, None)


def let_others_pass(unit: Unit, ticket: int) -> Visit:
    """The citizen lets others go first, once in each queue. Raises NotFound, WrongState, PassedAlready."""
    visit = unit.visit(ticket)
    unit.check(visit, Act.PASS)
    if visit.step.passed_at is not None:
        raise PassedAlready(visit.number)
    queue, counters = waiting_steps(unit.conn, unit.centre.id), calling_counters(unit.conn, unit.centre)
    mine = next(step for step in queue if step.ticket == ticket)
    by = let_pass(mine, queue, counters, unit.now, cap=unit.centre.rules.max_credit)
    return unit.act(visit, Act.PASS, by=by // timedelta(microseconds=1))


def cancel(unit: Unit, ticket: int, reason: str | None = None) -> Visit:
    """Staff end the visit. Raises NotFound, WrongState."""
    return _end_visit(unit, ticket, Act.CANCEL, reason)


def _end_visit(unit: Unit, ticket: int, act: Act, reason: str | None) -> Visit:
    visit = unit.visit(ticket)
    counter = visit.step.at_counter
    visit = unit.act(visit, act)
    write_note(unit, visit, reason)
    close_if_day_ended(unit, counter, visit)
    return visit


def change_steps(unit: Unit, ticket: int, *, add: Sequence[str] = (), drop: Sequence[str] = ()) -> Visit:
    """Adds services at the end of the visit and drops planned ones.

    Raises Invalid, NotFound, ServiceClosed, and WrongState when the visit is over or a step to drop is not planned.
    """
    visit = unit.visit(ticket)
    _check_steps(unit, add, drop)
    unit.check(visit, Act.CHANGE_STEPS)
    for code in add:
        if not unit.centre.services[code].enabled:
            raise ServiceClosed(code)
    positions = [_planned(visit, code).position for code in drop]
    return unit.act(visit, Act.CHANGE_STEPS, add=list(add), drop=positions)


def _check_steps(unit: Unit, add: Sequence[str], drop: Sequence[str]) -> None:
    if not add and not drop:
        raise Invalid("add", "none-chosen")
    for field, codes in (("add", add), ("drop", drop)):
        if len(set(codes)) != len(codes):
            raise Invalid(field, "named-twice")
        for code in codes:
            check_service(unit, field, code)


def _planned(visit: Visit, service: str) -> Step:
    for step in visit.steps:
        if step.service == service and step.state is StepState.PLANNED:
            return step
    raise WrongState(visit.number, visit.state, "drop")
