"""Tickets: taken, followed and left by citizens, worked by staff."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, g

from answers import bodies, schemas
from answers.guards import require, store
from answers.tickets import place_in_queue, ticket_answer
from api.endpoint import act, answered, endpoint, secret_answer
from commands import calls, moves
from commands.access import Caller
from commands.details import Details, change_details
from commands.permissions import Permission, Role
from commands.priorities import change_priority
from commands.tickets import TicketRequest, issue_ticket
from queueing.refusals import Invalid, NotFound
from queueing.visit import Visit
from store.board import read_head
from store.ids import ticket_of_token
from store.unit import Unit
from store.visits import centre_of, read_visit

_MOST_ID = 2**63 - 1  # ids have 63 bits


@endpoint(
    "POST",
    "/centres/<code:code>/tickets",
    Permission.JOIN_QUEUE,
    body=bodies.AskTicket,
    answers={201: schemas.Ticket},
    refusals=("service-closed", "centre-closed", "clock-behind"),
)
def issue(code: str, body: bodies.AskTicket) -> Response:
    """Take a ticket for one or several services."""
    asked = asked_ticket(body, channel(body.channel))
    return act(code, lambda unit: shown(unit, issue_ticket(unit, asked)), status=201, reveal=secret_answer)


def asked_ticket(body: bodies.AskServing, channel: str) -> TicketRequest:
    """What a body asks for, by that channel."""
    return TicketRequest(
        services=tuple(body.services),
        channel=channel,
        priority=body.priority,
        language=body.language,
        name=body.name,
        phone=body.phone,
    )


def channel(asked: str | None = None) -> str:
    """A device says how people came; whoever has no kiosk's or clerk's token came by the web."""
    caller: Caller | None = g.caller
    if caller is None or not caller.role.includes(Role.KIOSK):
        if asked not in (None, "web"):
            raise Invalid("channel", "not-yours")
        return "web"
    return asked or ("staff" if caller.role.includes(Role.STAFF) else "kiosk")


def shown(unit: Unit, visit: Visit) -> dict[str, Any]:
    """A ticket after a press, with its place."""
    place = place_in_queue(unit.conn, unit.centre, visit, unit.now, unit.calling)
    return ticket_answer(unit.centre, visit, place, unit.now)


@endpoint("GET", "/tickets/<secret:ticket>", Permission.HOLD_TICKET, answers={200: schemas.Ticket})
def show(ticket: str) -> Response:
    """A ticket by its token (anyone who holds it) or its id (staff of its centre)."""
    held = ticket_of_token(store().key, ticket)
    answer = read_ticket(held if held is not None else _staff_ticket(ticket)[0])
    return answered(secret_answer(answer) if held is not None else answer)


def read_ticket(ticket: int) -> dict[str, Any]:
    """A ticket as it is now. Raises NotFound."""
    now = store().clock.now()
    with store().reading() as conn:
        code = centre_of(conn, ticket)
        visit = read_visit(conn, ticket)
        if code is None or visit is None:
            raise NotFound("ticket")
        centre = read_head(conn, store().centres, code).info
        return ticket_answer(centre, visit, place_in_queue(conn, centre, visit, now), now)


def _staff_ticket(ticket: str) -> tuple[int, str]:
    """The id in a staff request's address, and its centre; to the public an id opens nothing.

    Raises NotFound, Forbidden.
    """
    number = int(ticket) if ticket.isascii() and ticket.isdigit() else _MOST_ID + 1
    if g.caller is None or number > _MOST_ID:
        raise NotFound("ticket")
    code = _centre_code(number)
    require(Permission.WORK_QUEUE, code)
    return number, code


def _centre_code(ticket: int) -> str:
    """The centre where a ticket was taken. Raises NotFound."""
    with store().glancing() as conn:
        code = centre_of(conn, ticket)
    if code is None:
        raise NotFound("ticket")
    return code


@endpoint(
    "POST",
    "/tickets/<secret:ticket>/cancel",
    Permission.HOLD_TICKET,
    body=bodies.AskReason,
    answers={200: schemas.Ticket},
    refusals=("wrong-state",),
)
def cancel(ticket: str, body: bodies.AskReason) -> Response:
    """By its token the citizen leaves; by its id staff cancel the visit."""
    held = ticket_of_token(store().key, ticket)
    if held is None:
        number, code = _staff_ticket(ticket)
        return _act(code, lambda unit: moves.cancel(unit, number, body.reason))
    return _act(_centre_code(held), lambda unit: moves.leave(unit, held), reveal=secret_answer)


@endpoint(
    "POST",
    "/tickets/<secret:ticket>/pass",
    Permission.HOLD_TICKET,
    body=bodies.Nothing,
    answers={200: schemas.Ticket},
    refusals=("wrong-state", "passed-already"),
)
def let_others_pass(ticket: str) -> Response:
    """Let others go first: ten minutes later in the queue, once for each service. Staff may do it by the id."""
    held = ticket_of_token(store().key, ticket)
    if held is None:
        return _staff_act(ticket, moves.let_others_pass)
    return _act(_centre_code(held), lambda unit: moves.let_others_pass(unit, held), reveal=secret_answer)


@endpoint(
    "POST",
    "/tickets/<secret:ticket>/here",
    Permission.HOLD_TICKET,
    body=bodies.Nothing,
    answers={200: schemas.Ticket},
    refusals=("wrong-state", "grace-over", "came-back-already"),
)
def here(ticket: str) -> Response:
    """Come back after a missed call or from hold, once in each queue. Staff may do it by the id."""
    held = ticket_of_token(store().key, ticket)
    if held is None:
        return _staff_act(ticket, moves.come_back)
    return _act(_centre_code(held), lambda unit: moves.come_back(unit, held), reveal=secret_answer)


def _act(
    code: str, work: Callable[[Unit], Visit], *, reveal: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None
) -> Response:
    return act(code, lambda unit: shown(unit, work(unit)), reveal=reveal)


def _staff_act(ticket: str, work: Callable[[Unit, int], Visit]) -> Response:
    number, code = _staff_ticket(ticket)
    return _act(code, lambda unit: work(unit, number))


def _staff_endpoint(verb: str, body: type[bodies.Asked], *refusals: str) -> Callable[..., Any]:
    return endpoint(
        "POST",
        f"/tickets/<secret:ticket>/{verb}",
        Permission.WORK_QUEUE,
        body=body,
        answers={200: schemas.Ticket},
        refusals=("wrong-state", *refusals),
    )


@_staff_endpoint("call", bodies.AskCall, "counter-closed", "counter-busy")
def call(ticket: str, body: bodies.AskCall) -> Response:
    """Call a chosen person to a counter."""
    return _staff_act(ticket, lambda unit, number: calls.call_ticket(unit, number, body.counter, body.reason))


@_staff_endpoint("recall", bodies.Nothing, "recalls-used-up", "recall-too-soon")
def recall(ticket: str) -> Response:
    """Call the person once more."""
    return _staff_act(ticket, calls.recall)


@_staff_endpoint("serve", bodies.Nothing)
def serve(ticket: str) -> Response:
    """The person has come."""
    return _staff_act(ticket, calls.serve)


@_staff_endpoint("finish", bodies.AskFinish)
def finish(ticket: str, body: bodies.AskFinish) -> Response:
    """The step is done; the visit goes on to its next one, or is over."""
    return _staff_act(ticket, lambda unit, number: calls.finish(unit, number, ready_on=body.ready_on))


@_staff_endpoint("no-show", bodies.Nothing)
def no_show(ticket: str) -> Response:
    """The person did not come."""
    return _staff_act(ticket, calls.no_show)


@_staff_endpoint("hold", bodies.AskHold)
def hold(ticket: str, body: bodies.AskHold) -> Response:
    """Set the person aside for a while, perhaps to fetch documents that are missing."""
    return _staff_act(ticket, lambda unit, number: moves.hold(unit, number, body.reason, missing=body.missing))


@_staff_endpoint("resume", bodies.Nothing, "grace-over")
def resume(ticket: str) -> Response:
    """Put a held person, or a no-show within the grace period, back in the queue."""
    return _staff_act(ticket, moves.resume)


@_staff_endpoint("transfer", bodies.AskTransfer, "service-closed")
def transfer(ticket: str, body: bodies.AskTransfer) -> Response:
    """Send the person to another service or counter."""

    def work(unit: Unit, number: int) -> Visit:
        return moves.transfer(unit, number, service=body.service, counter=body.counter, note=body.note)

    return _staff_act(ticket, work)


@_staff_endpoint("services", bodies.AskSteps, "service-closed")
def services(ticket: str, body: bodies.AskSteps) -> Response:
    """Add services to the visit, or drop planned ones."""
    return _staff_act(ticket, lambda unit, number: moves.change_steps(unit, number, add=body.add, drop=body.drop))


@_staff_endpoint("priority", bodies.AskPriority)
def priority(ticket: str, body: bodies.AskPriority) -> Response:
    """Confirm or set the priority group, or withdraw it with null."""
    return _staff_act(ticket, lambda unit, number: change_priority(unit, number, body.priority))


@_staff_endpoint("details", bodies.AskDetails)
def details(ticket: str, body: bodies.AskDetails) -> Response:
    """Keep what the person has given: name, phone, the case's reference, the documents seen."""
    given = Details(body.name, body.phone, body.reference, body.documents)
    return _staff_act(ticket, lambda unit, number: change_details(unit, number, given))
