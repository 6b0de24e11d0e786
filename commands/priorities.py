"""Priority groups: staff confirm what a person claimed at the kiosk, give another, or withdraw it."""

from datetime import timedelta

from queueing.order import Joined, appointment_place, place
from queueing.refusals import Invalid
from queueing.states import Act, StepState
from queueing.visit import Visit
from store.unit import Unit

_MICROSECOND = timedelta(microseconds=1)


def change_priority(unit: Unit, ticket: int, group: str | None) -> Visit:
    """Confirms or sets a visit's priority group, or takes it away; who waits moves to where they now belong.

    Raises NotFound, WrongState, and Invalid for a group that is not given here.
    """
    visit = unit.visit(ticket)
    unit.check(visit, Act.CHANGE_PRIORITY)
    info = unit.centre.groups.get(group) if group is not None else None
    if group is not None and (info is None or not info.enabled):
        raise Invalid("priority", "unknown", value=group)
    if group == visit.priority and visit.priority_confirmed is (group is not None):
        return visit
    moves = visit.state is StepState.WAITING and group != visit.priority
    credit = _credit(unit, visit, group) // _MICROSECOND if moves else None
    return unit.act(visit, Act.CHANGE_PRIORITY, priority=group, credit=credit)


def _credit(unit: Unit, visit: Visit, group: str | None) -> timedelta:
    """What the step would have been given when it joined its queue, with this group."""
    step, rules, weight = visit.step, unit.centre.rules, unit.centre.weight(group)
    if step.joined_as is None or step.queued_at is None:
        raise ValueError(f"ticket {visit.number} is not in a queue")
    if step.joined_as is Joined.APPOINTMENT and step.not_before is not None:
        booked = {"credit": rules.appointment_credit, "late": rules.appointment_late}
        return appointment_place(visit.issued_at, step.not_before, cap=rules.max_credit, weight=weight, **booked).credit
    waited = timedelta() if step.joined_as is Joined.ARRIVAL else visit.waited(step.queued_at)
    return place(step.joined_as, step.queued_at, cap=rules.max_credit, weight=weight, waited=waited).credit
