"""A Monday morning at the demonstration's centre, for pictures: people came, some were served, some still wait.

What happens at which minute is drawn from a fixed seed, so that pictures taken anew differ by what was changed alone.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import select

from commands.access import create_token, create_user
from commands.calls import call_next, call_ticket, finish, no_show, serve
from commands.counters import close_counter, open_counter, pause_counter
from commands.demonstration import demo_past
from commands.moves import hold, leave
from commands.permissions import Role
from commands.seed import seed
from commands.settings import add_holiday, set_counter_services, set_notice, switch_service
from commands.tickets import TicketRequest, issue_ticket
from composition import open_store
from config.catalogue import load_catalogue
from queueing.states import StepState
from queueing.visit import Visit
from server import CATALOGUE
from store.ids import ticket_token
from store.tables import TicketStep
from store.unit import Store, Unit
from tests.cast import KEO, MONDAY, NOY, HandClock, clock

CENTRE = "SAY"
PASSWORD = "rice and river"
BEGINS, NOW = clock("8:00"), clock("10:12")
FREE, CALLED, SERVING = 3, 4, 2  # the counters whose screens are shown: what each of them is doing
CLERKS = {1: "boun", SERVING: KEO, FREE: KEO, CALLED: "dao", 5: "somphone", 7: "vilay", 8: "phet"}
_COMES_FOR = ["BIRTH", "MARRY", "NAME", "FAMBOOK", "IDCARD", "IDCARD", "LAND", "LANDTAX", "INFO", "CERTIFY", "ENTERPR"]
_LATE = ["RES"] * 8  # who comes last, all for one counter: a queue that is seen from its end
AT_COUNTER = (StepState.CALLED, StepState.SERVING)
P = ParamSpec("P")
R = TypeVar("R")


class Morning:
    """The floor while no server runs: presses at the time that a clock shows which is turned by hand."""

    def __init__(self, store: Store) -> None:
        self.store, self.chance = store, random.Random(23)
        self.clock = store.clock = HandClock(BEGINS)
        self.at_counter: dict[int, int] = {}
        self.tokens: dict[str, str] = {}
        self.late: list[Visit] = []

    def press(self, who: str, command: Callable[Concatenate[Unit, P], R], *args: P.args, **facts: P.kwargs) -> R:
        """One press of a button by somebody."""
        with self.store.unit(CENTRE, who) as unit:
            return command(unit, *args, **facts)

    def ticket(self, *services: str, priority: str | None = None) -> Visit:
        """Somebody takes a ticket at the kiosk."""
        return self.press("kiosk", issue_ticket, TicketRequest(services, "kiosk", priority))

    def opens(self) -> None:
        """The clerks come; the manager has put up a notice, and changed this and that."""
        for number, clerk in CLERKS.items():
            self.press(clerk, open_counter, number)
        self.press(NOY, switch_service, "BORDER", on=False)
        self.press(NOY, set_counter_services, 5, ["FAMBOOK", "IDCARD", "CERTIFY"])
        self.press(NOY, add_holiday, MONDAY + timedelta(days=9), {"lo": "ວັນຊາດ", "en": "National Day"})
        self.press(NOY, set_notice, {"lo": "ເຄື່ອງພິມກຳລັງສ້ອມແປງ", "en": "The printer is being repaired"})
        self.press(NOY, set_notice, {"lo": "", "en": ""})

    def goes_on(self, until: datetime, *, but: tuple[int, ...] = ()) -> None:
        """Minute by minute, people come and clerks work, `but` those of some counters."""
        while self.clock.at < until:
            if self.chance.random() < 0.55:
                elder = "ELDER" if self.chance.random() < 0.15 else None
                self.ticket(self.chance.choice(_COMES_FOR), priority=elder)
            for number, clerk in CLERKS.items():
                if number not in but:
                    self._works(number, clerk)
            self.clock.at += timedelta(minutes=1)

    def _works(self, number: int, clerk: str) -> None:
        person = self.at_counter.get(number)
        if person is None:
            called = self.press(clerk, call_next, number)
            if called is not None:
                self.at_counter[number] = called.id
        elif self.state(person) is StepState.CALLED:
            self.press(clerk, serve, person)
        elif self.chance.random() < 0.11:
            self.press(clerk, finish, self.at_counter.pop(number))

    def state(self, ticket: int) -> StepState:
        with self.store.unit(CENTRE) as unit:
            return unit.visit(ticket).state

    def ends(self, number: int) -> None:
        """Whoever is at a counter is served to the end."""
        person = self.at_counter.pop(number, None)
        if person is not None and self.state(person) is StepState.CALLED:
            self.press(CLERKS[number], serve, person)
        if person is not None:
            self.press(CLERKS[number], finish, person)


@contextmanager
def _opened(database: str) -> Iterator[Morning]:
    store = open_store(database)
    yield Morning(store)
    store.engine.dispose()


def found_centre(database: str) -> None:
    """The centres of the catalogue with their real hours, four weeks of visits, and two people who may sign in."""
    with _opened(database) as morning:
        catalogue = load_catalogue(CATALOGUE)
        seed(morning.store, catalogue)
        demo_past(morning.store, catalogue, CENTRE)
        create_user(morning.store, KEO, PASSWORD, Role.STAFF, CENTRE)
        create_user(morning.store, NOY, PASSWORD, Role.MANAGER, CENTRE)
        for role, counter in ((Role.KIOSK, None), (Role.DISPLAY, None), (Role.STAFF, FREE)):
            create_token(morning.store, role, centre=CENTRE, counter=counter)
        morning.opens()


def live_until_now(database: str) -> tuple[dict[str, str], list[str]]:
    """All that happens until twelve past ten; gives tokens: by the state that a ticket's page shows, and who waits."""
    with _opened(database) as morning:
        morning.goes_on(NOW - timedelta(minutes=32))
        _people_of_the_phones(morning)
        morning.ends(7)
        morning.press(CLERKS[7], pause_counter, 7)
        return morning.tokens, [ticket_token(morning.store.key, visit.id) for visit in morning.late]


def go_home(database: str) -> None:
    """Four o'clock: whoever is at a counter is served to the end, and the counters close."""
    with _opened(database) as morning:
        morning.clock.at = clock("15:59")
        with morning.store.reading() as conn:
            here = conn.execute(select(TicketStep.ticket_id, TicketStep.state).where(TicketStep.state.in_(AT_COUNTER)))
            for ticket, state in here.all():
                if state == StepState.CALLED:
                    morning.press(KEO, serve, ticket)
                morning.press(KEO, finish, ticket)
        for number, clerk in CLERKS.items():
            morning.press(clerk, close_counter, number)


def _people_of_the_phones(morning: Morning) -> None:
    """The last half hour: one person for each state that a ticket's page has."""
    for number in (FREE, CALLED, SERVING):
        morning.ends(number)
    while (person := morning.press(KEO, call_next, FREE)) is not None:  # nobody is before those who come now
        morning.press(KEO, serve, person.id)
        morning.press(KEO, finish, person.id)
    served, missed, gone, aside, fetching, later = (morning.ticket("MOVE") for _person in range(6))
    ready = partial(finish, ready_on=MONDAY + timedelta(days=10))
    fetch = partial(hold, missing=["family_book", "id_card"])
    for visit, ends in ((served, finish), (later, ready), (aside, hold), (fetching, fetch)):
        morning.press(KEO, call_ticket, visit.id, FREE)
        morning.clock.at += timedelta(minutes=2)
        morning.press(KEO, serve, visit.id)
        morning.press(KEO, ends, visit.id)
    morning.press("public", leave, gone.id)
    for code in _LATE:
        morning.goes_on(morning.clock.at + timedelta(minutes=2), but=(FREE, CALLED, SERVING))
        morning.late.append(morning.ticket(code))
    morning.press(KEO, call_ticket, missed.id, FREE)
    morning.clock.at += timedelta(minutes=2)
    morning.press(KEO, no_show, missed.id)
    called, serving = morning.ticket("IDCARD"), morning.ticket("BIRTH", "INFO")
    morning.press(KEO, call_ticket, serving.id, SERVING)
    morning.press(KEO, serve, serving.id)
    morning.clock.at = NOW - timedelta(seconds=70)
    morning.press(CLERKS[CALLED], call_ticket, called.id, CALLED)
    morning.clock.at = NOW
    shown = {"finished": served, "later": later, "missed": missed, "left": gone, "aside": aside, "fetching": fetching}
    shown |= {"serving": serving, "called": called}
    morning.tokens = {state: ticket_token(morning.store.key, visit.id) for state, visit in shown.items()}
