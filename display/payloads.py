"""What each topic's event says: nothing private on the board, all that a screen needs without asking again."""

from collections.abc import Mapping
from typing import Any

from answers.centres import counter_label
from answers.tickets import local, ticket_answer
from queueing.events import PUBLIC, Event, Kind
from queueing.states import StepState
from queueing.visit import Visit
from store.unit import Announcement

Payload = dict[str, Any]


def board_event(said: Announcement) -> Payload:
    """For everybody in the waiting room."""
    event = said.event
    public = event.kind in PUBLIC
    payload = {**_frame(said, f"board:{said.centre.code}", event.seq), "kind": event.kind if public else "other"}
    if not public:
        return payload
    if said.visit is not None:
        payload |= {**_ticket_facts(said, said.visit), **_more(event)}
    elif event.counter is not None:
        payload |= {"counter": event.counter, "counter_label": counter_label(said.centre, event.counter)}
    return payload


def _frame(said: Announcement, topic: str, seq: int | None) -> Payload:
    return {
        "topic": topic,
        "seq": seq,
        "kind": said.event.kind,
        "at": local(said.event.at, said.centre.zone),
        **_waiting(said.waiting),
    }


def _ticket_facts(said: Announcement, visit: Visit) -> Payload:
    number = said.event.counter
    return {
        "ticket": str(visit.id),
        "number": visit.number,
        "service": visit.step.service,
        "counter": number,
        "counter_label": counter_label(said.centre, number) if number is not None else None,
        "recalls": visit.step.recalls,
    }


def _more(event: Event) -> Payload:
    """A call is `quiet` when the person stood there already; what was undone is named as the public knows it."""
    if event.kind is Kind.CALLED:
        return {"quiet": event.facts.get("quiet", False)}
    if event.kind is Kind.UNDONE:
        undone = Kind(event.facts["kind"])
        return {"undoes": undone if undone in PUBLIC else "other"}
    return {}


def staff_event(said: Announcement, board: Payload, topic: str) -> Payload:
    """For the queue and the office: the board's event, and the ticket as staff see it."""
    payload = {**board, "topic": topic}
    if said.visit is not None:
        payload["entry"] = _entry(said, said.visit)
    return payload


def _entry(said: Announcement, visit: Visit) -> Payload:
    step = visit.step
    waits = visit.state is StepState.WAITING
    return {
        **ticket_answer(said.centre, visit, None, said.event.at),
        "due_at": local(step.due_at, said.centre.zone) if waits and step.due_at else None,
    }


def counter_event(said: Announcement) -> Payload:
    """For the clerk of the counter that the event names."""
    payload = _frame(said, f"counter:{said.centre.code}:{said.event.counter}", said.event.counter_seq)
    if said.visit is not None:
        payload["entry"] = _entry(said, said.visit)
    elif said.event.kind in (Kind.COUNTER_OPENED, Kind.COUNTER_CLOSED, Kind.COUNTER_PAUSED):
        payload["services"] = said.event.facts.get("services")
    return payload


_ON_PHONE = (
    *("number", "state", "services", "service", "counter", "called_at"),
    *("may_pass", "may_come_back", "come_back_until"),
)


def ticket_event(said: Announcement, visit: Visit, topic: str) -> Payload:
    """For the phone that holds the ticket: its state, without asking again."""
    payload = _frame(said, topic, said.event.ticket_seq)
    answer = ticket_answer(said.centre, visit, None, said.event.at)
    label = counter_label(said.centre, answer["counter"]) if answer["counter"] is not None else None
    return {**payload, **{key: answer[key] for key in _ON_PHONE}, "counter_label": label, "recalls": visit.step.recalls}


def refreshed(topic: str, seq: int, at: str, waiting: Mapping[str, int], values: Mapping[str, Any]) -> Payload:
    """An event with the last `seq` that only brings derived values up to date."""
    return {"topic": topic, "seq": seq, "kind": "refreshed", "at": at, **_waiting(waiting), **values}


def _waiting(by_service: Mapping[str, int]) -> Payload:
    """How many wait: every event carries it."""
    return {"waiting": sum(by_service.values()), "waiting_by_service": dict(by_service)}
