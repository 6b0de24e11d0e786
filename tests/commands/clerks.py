"""Many clerks and citizens at one centre: what they may do, in any order, and what must hold after each act."""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from commands.calls import call_next, call_ticket, finish, no_show, quick_serve, recall, serve
from commands.counters import close_counter, open_counter, pause_counter
from commands.day import end_past_days
from commands.details import Details, change_details
from commands.moves import cancel, change_steps, come_back, hold, leave, let_others_pass, resume, transfer
from commands.priorities import change_priority
from commands.remote import join_from_afar
from commands.tickets import TicketRequest, issue_ticket
from commands.undo import undo
from commands.verify import verify
from queueing.events import Event, Kind
from queueing.refusals import Refused
from queueing.states import ACTIVE, AT_COUNTER, TRANSITIONS, Act, CounterState, StepState
from queueing.visit import Visit
from store.queue import counters_now
from store.tables import Centre
from store.unit import Store
from tests.cast import KEO, Hall, a_hall

EIGHT_TO_EIGHT = [[[480, 1200]]] * 7
COUNTERS = st.sampled_from([1, 2, 3, 4])
SERVICES = st.sampled_from(["RES", "BIRTH", "MARRY", "INFO", "PAY"])
TARGET = timedelta(minutes=15)
ANYONE = st.integers(0, 10_000)
OVER = frozenset({StepState.FINISHED, StepState.LEFT, StepState.CANCELLED, StepState.EXPIRED})

ACTS: dict[Act, Callable[..., Visit]] = {
    Act.RECALL: recall,
    Act.SERVE: serve,
    Act.FINISH: finish,
    Act.NO_SHOW: no_show,
    Act.HOLD: hold,
    Act.RESUME: resume,
    Act.CANCEL: cancel,
    Act.LEAVE: leave,
    Act.PASS: let_others_pass,
    # Not by the ticket's id, which is another one each time: what failed could not be done again.
    Act.CHANGE_PRIORITY: lambda unit, ticket: change_priority(
        unit, ticket, None if unit.visit(ticket).priority else "MONK"
    ),
    Act.CHANGE_DETAILS: lambda unit, ticket: change_details(unit, ticket, Details(phone="020 5555 1234")),
}


class Clerks(RuleBasedStateMachine):
    """The rules are presses; what must hold is looked up in the database."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.people: list[int] = []
        self.at_counters: list[int] = []
        self.over: dict[int, StepState] = {}

    @initialize(cap=st.sampled_from([60, 10]), people=st.lists(SERVICES, max_size=6))
    def the_doors_open(self, cap: int, people: list[str]) -> None:
        self.cap = timedelta(minutes=cap)
        self.hall: Hall = a_hall(
            self.store, week=EIGHT_TO_EIGHT, last_ticket_before_close_minutes=0, max_credit_minutes=cap
        )
        self.store.outgoing.clear()
        self.hall.opens(1, 4)
        for service in people:
            self.somebody_takes_a_ticket([service], None)

    # What people press

    def attempt(self, command: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        """Presses; a refusal must change nothing. None when refused."""
        before = self.hall.snapshot()
        try:
            return self.hall.press(command, *args, **facts)
        except Refused:
            assert self.hall.snapshot() == before
            return None

    def act(self, ticket: int, act: Act, command: Callable[..., Visit], **facts: Any) -> None:
        before = self.hall.visits()[ticket]
        after = self.attempt(command, ticket, **facts)
        if after is None:
            return
        outcome = TRANSITIONS[before.state][act]
        assert after.at(before.step.position).state is outcome
        moves_on = outcome is StepState.TRANSFERRED or (outcome is StepState.FINISHED and before.planned() is not None)
        assert after.state is (StepState.WAITING if moves_on else outcome)

    @rule(services=st.lists(SERVICES, min_size=1, max_size=3, unique=True), priority=st.sampled_from([None, "ELDER"]))
    def somebody_takes_a_ticket(self, services: list[str], priority: str | None) -> None:
        visit = self.attempt(issue_ticket, TicketRequest(tuple(services), "kiosk", priority))
        if visit is not None:
            self.people.append(visit.id)

    @rule(service=SERVICES)
    def somebody_joins_from_afar(self, service: str) -> None:
        visit = self.attempt(join_from_afar, TicketRequest((service,), "web"))
        if visit is not None:
            self.people.append(visit.id)

    @rule(number=COUNTERS, finish_first=st.booleans(), times=st.integers(1, 3))
    def a_clerk_calls(self, number: int, *, finish_first: bool, times: int) -> None:
        if self.hall.counter(number).state is not CounterState.OPEN:
            self.attempt(open_counter, number)
        for _ in range(times):
            called = self.attempt(call_next, number, finish=finish_first)
            if called is not None:
                self.nobody_was_passed(called, number)

    @precondition(lambda self: self.at_counters)
    @rule(who=ANYONE, ends=st.booleans())
    def a_clerk_serves(self, who: int, *, ends: bool) -> None:
        ticket = self.one_of(self.at_counters, who)
        if self.hall.visits()[ticket].state is StepState.CALLED:
            self.act(ticket, Act.SERVE, serve)
        if ends:
            self.act(ticket, Act.FINISH, finish)

    @precondition(lambda self: self.at_counters)
    @rule(who=ANYONE, service=SERVICES)
    def a_clerk_sends_somebody_on(self, who: int, service: str) -> None:
        self.act(self.one_of(self.at_counters, who), Act.TRANSFER, transfer, service=service)

    @precondition(lambda self: self.people)
    @rule(who=ANYONE, act=st.sampled_from(list(ACTS)))
    def something_happens_to_somebody(self, who: int, act: Act) -> None:
        self.act(self.somebody(who), act, ACTS[act])

    @rule(number=COUNTERS, service=SERVICES)
    def somebody_is_served_at_once(self, number: int, service: str) -> None:
        visit = self.attempt(quick_serve, number, TicketRequest((service,), "staff"))
        if visit is not None:
            assert visit.state is StepState.SERVING
            self.people.append(visit.id)

    @rule(number=COUNTERS, times=st.integers(1, 2))
    def the_last_press_is_undone(self, number: int, times: int) -> None:
        """Not twice: an undone press is the last one."""
        undone = [self.attempt(undo, number) for _ in range(times)]
        for visit in undone[0] or ():
            self.over.pop(visit.id, None)
        assert times == 1 or undone[1] is None

    @precondition(lambda self: self.people)
    @rule(who=ANYONE, back=st.booleans())
    def a_document_is_missing_or_somebody_is_here_again(self, who: int, *, back: bool) -> None:
        ticket = self.somebody(who)
        if back:
            self.act(ticket, Act.RESUME, come_back)
        elif self.hall.visits()[ticket].step.service == "RES":
            self.act(ticket, Act.HOLD, hold, missing=["id_card"])

    @precondition(lambda self: self.people)
    @rule(who=ANYONE, counter=COUNTERS, called=st.booleans())
    def somebody_is_wanted_at_a_counter(self, who: int, counter: int, *, called: bool) -> None:
        if called:
            self.act(self.somebody(who), Act.CALL, call_ticket, number=counter)
        else:
            self.act(self.somebody(who), Act.TRANSFER, transfer, counter=counter)

    @precondition(lambda self: self.people)
    @rule(who=ANYONE, service=SERVICES, dropped=st.booleans())
    def a_step_is_added_or_dropped(self, who: int, service: str, *, dropped: bool) -> None:
        change = {"drop": [service]} if dropped else {"add": [service]}
        self.act(self.somebody(who), Act.CHANGE_STEPS, change_steps, **change)

    @rule(number=COUNTERS, command=st.sampled_from([pause_counter, close_counter, "other services"]))
    def a_counter_changes(self, number: int, command: Any) -> None:
        if command == "other services":
            self.attempt(open_counter, number, ["INFO", "PAY"])
        else:
            self.attempt(command, number)

    @rule(seconds=st.sampled_from([-30, 1, 25, 120, 700, 1800, 1800, 2400, 2400, 13 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.hall.later(seconds=seconds)
        self.attempt(end_past_days)

    def one_of(self, people: Sequence[int], who: int) -> int:
        return people[who % len(people)]

    def somebody(self, who: int) -> int:
        """Mostly somebody whose visit is not over."""
        here = [ticket for ticket in self.people if ticket not in self.over] if who % 10 else []
        return self.one_of(here or self.people, who)

    # What must hold

    def nobody_was_passed(self, called: Visit, number: int) -> None:
        """Of all whom this counter serves, nobody who is still waiting was due before, or joined over a cap before.

        Unless they let others pass: then by so much more.
        """
        counter = self.hall.counter(number)
        here = counter.calling(self.hall.info)
        joined = {event.seq: event.at for event in self.hall.events()}
        mine = called.step
        helps = not here.may_call(mine.service, mine.direct_to)
        assert mine.joined_at is not None
        assert not helps or self.hall.clock.now() - mine.joined_at - mine.held > TARGET
        for other in self.hall.visits().values():
            step = other.step
            if step.state is not StepState.WAITING or not here.may_call(step.service, step.direct_to):
                continue
            assert not helps, "its own people first"
            assert (mine.due_at, mine.joined_seq) < (step.due_at, step.joined_seq)
            assert joined[mine.joined_seq or 0] <= joined[step.joined_seq or 0] + self.cap + step.let_pass

    @invariant()
    def all_is_well(self) -> None:
        events, visits = self.hall.events(), self.hall.visits()
        assert self.hall.folded() == visits, "rows are the fold of the log"
        self.everyone_has_one_place_and_every_counter_one_person(visits.values())
        self.nobody_vanishes_and_what_is_over_stays_over(visits)
        self.those_who_wait_are_counted_right(visits.values())
        self.the_log_has_no_gap(events)
        numbers = [(visit.business_date, visit.number) for visit in visits.values()]
        assert len(numbers) == len(set(numbers)), "no number is given twice"

    def everyone_has_one_place_and_every_counter_one_person(self, visits: Iterable[Visit]) -> None:
        at_counters: list[int | None] = []
        for visit in visits:
            active = [step for step in visit.steps if step.state in ACTIVE]
            assert len(active) == (visit.state in ACTIVE)
            at_counters += [step.counter for step in active if step.state in AT_COUNTER]
        assert len(at_counters) == len(set(at_counters))
        with self.hall.reading() as conn:
            counters = counters_now(conn, self.hall.info)
        assert {counter.number for counter in counters if counter.ticket is not None} == set(at_counters)
        self.at_counters = [counter.ticket for counter in counters if counter.ticket is not None]
        assert all(counter.ticket is None for counter in counters if counter.state is CounterState.CLOSED)

    def nobody_vanishes_and_what_is_over_stays_over(self, visits: Mapping[int, Visit]) -> None:
        assert set(visits) == set(self.people)
        assert all(visits[ticket].state is state for ticket, state in self.over.items())
        self.over |= {ticket: visit.state for ticket, visit in visits.items() if visit.state in OVER}

    def those_who_wait_are_counted_right(self, visits: Iterable[Visit]) -> None:
        waiting = Tally(visit.step.service for visit in visits if visit.state is StepState.WAITING)
        with self.hall.reading() as conn:
            row = conn.execute(select(Centre.waiting).where(Centre.id == self.hall.centre)).scalar_one()
        assert row == waiting
        assert self.store.outgoing[-1].waiting == waiting

    def the_log_has_no_gap(self, events: Sequence[Event]) -> None:
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert [told.event for told in self.store.outgoing] == events
        for name, seqs in _numbering(events).items():
            assert seqs == list(range(1, len(seqs) + 1)), name
        live = [event.at for event in events if event.kind not in (Kind.EXPIRED, Kind.COUNTER_CLOSED, Kind.DAY_ENDED)]
        assert live == sorted(live)

    def teardown(self) -> None:
        if hasattr(self, "hall"):
            assert verify(self.store, self.hall.code, all_days=True) == []


def _numbering(events: Sequence[Event]) -> dict[object, list[int | None]]:
    numbering: dict[object, list[int | None]] = {}
    for event in events:
        if event.ticket is not None:
            numbering.setdefault(("ticket", event.ticket), []).append(event.ticket_seq)
        if event.counter is not None:
            numbering.setdefault(("counter", event.counter), []).append(event.counter_seq)
        assert event.actor == KEO
    return numbering
