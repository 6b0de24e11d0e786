"""What a clerk sees: who is at the counter, who waits and why, who was set aside, and the day's figures."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from answers.breaks import BREAK_WORDS
from answers.tickets import local
from answers.words import named
from commands.undo import undoable_press
from counter.about import read_about
from counter.lists import Show, read_queue, set_aside
from counter.names import group_names, service_names
from counter.person import Person, person_at
from queueing.refusals import NotFound
from queueing.states import CounterState, StepState
from reports.counter_day import counter_day
from store.board import read_head
from store.centre import CentreInfo
from store.notes import read_notes, read_person
from store.queue import CounterNow, counters_now, sent_to
from store.set_aside import read_set_aside
from store.unit import Store
from store.visits import read_visit, read_visits


@dataclass(frozen=True, slots=True)
class Looking:
    """What a clerk looks at: a list, perhaps somebody in it; `actor` is the clerk, who may undo."""

    show: Show
    about: int | None
    actor: str | None


def read_picture(store: Store, code: str, number: int, lang: str, looking: Looking) -> dict[str, Any]:
    """The counter with its person, the list that is shown and the counter's day. Raises NotFound."""
    now = store.clock.now()
    with store.reading() as conn:
        centre = read_head(conn, store.centres, code).info
        counters = {counter.number: counter for counter in counters_now(conn, centre)}
        if number not in counters:
            raise NotFound("counter")
        counter, day = counters[number], centre.hours.business_date(now)
        aside = read_set_aside(conn, centre.id, day, now - centre.rules.no_show_grace)
        return {
            "centre": centre,
            "counter": counter,
            "label": _label(centre, number, lang),
            "person": _person(conn, centre, counter, now, lang),
            "queue": read_queue(conn, centre, counter, now, lang, show=looking.show),
            "aside": set_aside(centre, aside, now, lang),
            "show": looking.show,
            "about": read_about(conn, centre, looking.about, now, lang) if looking.about is not None else None,
            "undo": _undo(conn, centre, number, looking.actor, now),
            "breaks": BREAK_WORDS,
            "today": day.isoformat(),
            "sent": [visit.number for visit in read_visits(conn, sent_to(conn, centre.id, number)).values()],
            "groups": group_names(centre, lang),
            "day": counter_day(conn, centre, number, day),
            "services": service_names(centre, lang),
            "others": _others(centre, counters, number, lang),
            "at": local(now, centre.zone),
            "speed": store.clock.speed,
        }


def _label(centre: CentreInfo, number: int, lang: str) -> str:
    return named(centre.counters[number].names, lang, centre.languages)


def _person(conn: Connection, centre: CentreInfo, counter: CounterNow, now: datetime, lang: str) -> Person | None:
    visit = read_visit(conn, counter.ticket) if counter.ticket is not None else None
    if visit is None or visit.state not in (StepState.CALLED, StepState.SERVING):
        return None
    said = read_notes(conn, centre.id, visit.id), read_person(conn, visit.id)
    return person_at(centre, visit, *said, now=now, lang=lang)


def _undo(conn: Connection, centre: CentreInfo, number: int, actor: str | None, now: datetime) -> str | None:
    """What the clerk's last press did, when it can be undone."""
    press = undoable_press(conn, centre.id, number, actor, now)
    return press[0].kind.value if press else None


def _others(
    centre: CentreInfo, counters: dict[int, CounterNow], number: int, lang: str
) -> list[tuple[int, str, CounterState]]:
    """Where a person can be sent to: number, label, state."""
    return [(n, _label(centre, n, lang), counter.state) for n, counter in counters.items() if n != number]
