"""Damage by what it is, with the sentence in which `verify` must tell of it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text

from store.tables import Centre, Counter, LogEvent, NumberCount, Ticket, TicketStep
from tests.commands.damage import (
    NOON,
    SUNDAY,
    TUESDAY,
    Damage,
    Scene,
    all_of,
    change,
    change_event,
    drop,
    facts_of,
    numbered,
    seq_of,
)

Told = dict[str, tuple[Damage, str]]
WAITING, HELD = "A907 of 2026-11-24", "A903 of 2026-11-24"


def _step(scene: Scene, **columns: Any) -> dict[str, Any]:
    """A row of a step that was never taken."""
    row = {"centre_id": scene.hall.centre, "position": 9, "service": "RES", "state": "planned", "recalls": 0}
    return row | dict.fromkeys(("credit", "served", "held"), timedelta()) | columns


def _ticket(scene: Scene, **columns: Any) -> dict[str, Any]:
    """A row of a ticket that was never issued."""
    row = {"id": 5, "centre_id": scene.hall.centre, "number": "B500", "business_date": TUESDAY}
    return row | {"channel": "kiosk", "issued_at": NOON} | columns


def _add(table: Any, row: Mapping[str, Any]) -> Damage:
    return lambda conn, _: conn.execute(insert(table), row)


def damaged_steps(scene: Scene) -> Told:
    """A visit's steps."""
    waiting = scene.waiting
    past = scene.past
    return {
        "step gone": (
            drop(TicketStep, TicketStep.ticket_id == waiting.id, TicketStep.position == 3),
            f"{WAITING}, step 3 (PAY) has no row, the log has it",
        ),
        "step more": (
            _add(TicketStep, _step(scene, ticket_id=waiting.id)),
            f"{WAITING}, step 9 (RES) has a row, the log does not have it",
        ),
        "step elsewhere": (
            change(TicketStep, TicketStep.ticket_id == waiting.id, TicketStep.position == 3, position=9),
            f"{WAITING}, step 9 (PAY) has a row, the log does not have it",
        ),
        "active again": (
            change(TicketStep, TicketStep.ticket_id == past.id, TicketStep.position == 1, state="on_hold"),
            "A001 of 2026-11-20, step 1 (RES): state is 'on_hold' in the row, 'finished' in the log",
        ),
        "at a counter again": (
            change(TicketStep, TicketStep.ticket_id == past.id, TicketStep.position == 1, state="called", counter=3),
            "A001 of 2026-11-20, step 1 (RES): state is 'called' in the row, 'finished' in the log",
        ),
    }


def damaged_tickets(scene: Scene) -> Told:
    """Whole tickets."""
    waiting = scene.waiting
    return {
        "ticket gone": (
            all_of(drop(TicketStep, TicketStep.ticket_id == waiting.id), drop(Ticket, Ticket.id == waiting.id)),
            f"{WAITING} has no row, the log has issued it",
        ),
        "ticket more": (
            all_of(_add(Ticket, _ticket(scene)), _add(TicketStep, _step(scene, ticket_id=5))),
            "B500 of 2026-11-24 has rows that the log does not have",
        ),
        "ticket more, without steps": (
            _add(Ticket, _ticket(scene)),
            "B500 of 2026-11-24 has rows that the log does not have",
        ),
        "an import of today": (
            change(Ticket, Ticket.number == "X4", channel="web"),
            "X4, imported as issued at 2026-11-24T01:01:00+00:00: channel is 'web' in the row, 'kiosk' in the log",
        ),
        "an import that came back": (
            change(TicketStep, TicketStep.ticket_id == numbered(scene, "X3").id, held=timedelta(5)),
            "X3 of 2026-11-24, step 1 (BIRTH): held is '5 days, 0:00:00' in the row, '0:00:00' in the log",
        ),
    }


def damaged_log(scene: Scene) -> Told:
    """Events that are not there, and their numbering."""
    past = scene.past
    last = scene.hall.events()[-1].seq
    return {
        "event gone": (drop(LogEvent, LogEvent.seq == 3), "the log has no event between 2 and 4"),
        "first event gone": (drop(LogEvent, LogEvent.seq == 1), "the log has no event between 0 and 2"),
        "last event gone": (
            drop(LogEvent, LogEvent.seq == last),
            f"seq is {last} in the row, the last event of the log has {last - 1}",
        ),
        "log gone": (drop(LogEvent), f"seq is {last} in the row, the last event of the log has 0"),
        "ticket's events numbered wrongly": (
            change_event(past.id, 2, ticket_seq=20),
            "ticket A001 has 5 events in the log, numbered 1 to 20",
        ),
        "counter's events numbered wrongly": (
            change(LogEvent, LogEvent.counter == 2, LogEvent.counter_seq == 1, counter_seq=0),
            "counter 2 has 3 events in the log, numbered 0 to 3",
        ),
    }


def damaged_acts(scene: Scene) -> Told:
    """What the log says was done to the person on hold."""
    held = scene.held
    return {
        "open ticket's events numbered wrongly": (
            change_event(held.id, 4, ticket_seq=20),
            f"{HELD}: event {seq_of(scene, held, 4)} (on_hold) is the ticket's number 20 in the log, 4 by its place",
        ),
        "another act": (
            change_event(held.id, 4, kind="finished"),
            f"{HELD}: event {seq_of(scene, held, 4)} (finished) happened to a ticket that was waiting",
        ),
        "issued again": (
            change_event(held.id, 4, kind="issued"),
            f"{HELD}: event {seq_of(scene, held, 4)} (issued) happened to a ticket that was waiting",
        ),
        "an act that nobody knows": (
            change_event(held.id, 4, kind="danced"),
            f"{HELD}: event {seq_of(scene, held, 4)} (danced) cannot be applied "
            "(ValueError: 'danced' is not a valid Kind)",
        ),
        "an act without facts": (
            change_event(held.id, 3, facts={}),
            f"{HELD}: event {seq_of(scene, held, 3)} (resumed) cannot be applied (KeyError: 'place')",
        ),
        "never issued": (
            change_event(held.id, 1, kind="notice"),
            f"{HELD}: event {seq_of(scene, held, 1)} (notice) cannot be applied "
            f"(ValueError: event {seq_of(scene, held, 1)} (notice) names a ticket that was not issued)",
        ),
        "an act on nobody": (
            change_event(held.id, 4, ticket_id=77),
            f"ticket 77 has no row, event {seq_of(scene, held, 4)} of the log names it",
        ),
    }


def damaged_facts(scene: Scene) -> Told:
    """When and how something happened."""
    waiting = scene.waiting
    return {
        "another time": (
            change_event(scene.gone.id, 3, at=NOON),
            "A904 of 2026-11-24, step 1 (RES): finished_at is 2026-11-24T02:09:00+00:00 in the row, "
            "2026-11-24T05:00:00+00:00 in the log",
        ),
        "another fact": (
            change_event(waiting.id, 1, facts=facts_of(scene, waiting) | {"channel": "web"}),
            f"{WAITING}: channel is 'kiosk' in the row, 'web' in the log",
        ),
    }


def damaged_centre(scene: Scene) -> Told:
    """The centre's live row."""
    last = scene.hall.events()[-1].seq
    return {
        "the centre's seq": (
            change(Centre, seq=last + 3),
            f"seq is {last + 3} in the row, the last event of the log has {last}",
        ),
        "the centre's time": (
            change(Centre, last_at=NOON - timedelta(days=1)),
            "last_at is 2026-11-23 05:00:00+00:00 in the row, the log has an event at 2026-11-24 02:31:00+00:00",
        ),
        "the centre's last day": (
            change(Centre, ended_on=SUNDAY),
            "ended_on is 2026-11-22 in the row, 2026-11-23 in the log",
        ),
        "no day ended": (change(Centre, ended_on=None), "ended_on is None in the row, 2026-11-23 in the log"),
        "too many wait": (
            change(Centre, waiting={"RES": 2, "BIRTH": 2, "PAY": 7}),
            "waiting for PAY is 7 in the row, 0 steps are waiting",
        ),
        "nobody waits": (change(Centre, waiting={}), "waiting for BIRTH is 0 in the row, 2 steps are waiting"),
    }


def damaged_counters(scene: Scene) -> Told:
    """The counters' live columns."""
    return {
        "a counter's state": (
            change(Counter, Counter.number == 4, state="open"),
            "counter 4: state is 'open' in the row, 'paused' in the log",
        ),
        "a closed counter's state": (
            change(Counter, Counter.number == 3, state="open"),
            "counter 3: state is 'open' in the row, 'closed' in the log",
        ),
        "an untouched counter's state": (
            change(Counter, Counter.number == 9, state="open"),
            "counter 9: state is 'open' in the row, 'closed' in the log",
        ),
        "a counter's services": (
            change(Counter, Counter.number == 4, open_services=None),
            "counter 4: open_services is empty in the row, '['MARRY', 'RES']' in the log",
        ),
        "since when a counter is open": (
            change(Counter, Counter.number == 4, opened_at=NOON),
            "counter 4: opened_at is 2026-11-24T05:00:00+00:00 in the row, 2026-11-24T02:00:00+00:00 in the log",
        ),
        "a counter gone": (drop(Counter, Counter.number == 4), "counter 4 has no row, the log names it"),
    }


def damaged_numbers(scene: Scene) -> Told:
    """What numbers follow from."""
    return {
        "a number counted too low": (
            change(NumberCount, NumberCount.series == "A", NumberCount.business_date == TUESDAY, last=906),
            "the last number of series A on 2026-11-24 is '906' in its row, 907 was given",
        ),
        "a number counted too high": (
            change(NumberCount, NumberCount.series == "A", NumberCount.business_date == TUESDAY, last=908),
            "the last number of series A on 2026-11-24 is '908' in its row, 907 was given",
        ),
        "a count gone": (
            drop(NumberCount, NumberCount.series == "A", NumberCount.business_date == TUESDAY),
            "the last number of series A on 2026-11-24 is empty in its row, 907 was given",
        ),
        "a number given twice": (
            all_of(
                lambda conn, _: conn.execute(text("drop index uq_tickets_number")),
                _add(Ticket, _ticket(scene, number="A907")),
            ),
            "A907 of 2026-11-24 was given 2 times",
        ),
    }


GROUPS: list[Callable[[Scene], Told]] = [
    damaged_steps,
    damaged_tickets,
    damaged_log,
    damaged_acts,
    damaged_facts,
    damaged_centre,
    damaged_counters,
    damaged_numbers,
]
