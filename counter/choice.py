"""The counters of a centre, to choose one: its state, who is there, and how many wait for it."""

from dataclasses import dataclass
from typing import Any

from answers.words import named
from queueing.states import CounterState
from store.board import read_head
from store.queue import counters_now, waiting_steps
from store.unit import Store


@dataclass(frozen=True, slots=True)
class CounterCard:
    """A counter as it is offered. `person` is the number of whoever is there."""

    number: int
    label: str
    state: CounterState
    person: str | None
    waiting: int


def read_choice(store: Store, code: str, lang: str) -> dict[str, Any]:
    """The centre with its counters. Raises NotFound."""
    with store.reading() as conn:
        centre = read_head(conn, store.centres, code).info
        counters = counters_now(conn, centre)
        queue = waiting_steps(conn, centre.id)
    cards = []
    for counter in counters:
        serves = counter.calling(centre)
        label = named(centre.counters[counter.number].names, lang, centre.languages)
        waiting = sum(serves.may_call(step.service, step.direct_to) for step in queue)
        cards.append(CounterCard(counter.number, label, counter.state, counter.ticket_number, waiting))
    return {"centre": centre, "cards": cards}
