"""Joining today's queue by phone: who is still to come has the place kept, and nobody is called who is not here."""

from commands.outlook import outlooks
from commands.tickets import TicketRequest, issue_ticket
from queueing.order import Joined
from queueing.refusals import RemoteDayFull, RemoteFull, RemoteTooLate
from queueing.states import Act
from queueing.visit import Visit
from store.limits import on_the_way, tickets_by_phone
from store.unit import Unit

ALWAYS = 5  # so many may be on their way whoever waits in the building


def join_by_phone(unit: Unit, request: TicketRequest) -> Visit:
    """A ticket for who says that they are at the centre. Raises RemoteDayFull, and what `issue_ticket` raises."""
    _refuse_full_day(unit)
    return issue_ticket(unit, request)


def join_from_afar(unit: Unit, request: TicketRequest) -> Visit:
    """Gives a number, set aside until its person says that they are here (`come_back`), with the place kept since now.

    Raises RemoteFull once so many are on their way that the rest is for people in the building, RemoteDayFull,
    RemoteTooLate when what waits reaches closing time, and what `issue_ticket` raises.
    """
    rules = unit.centre.rules
    # Who is away for longer than is credited has no place to be kept any more, and takes nobody else's.
    coming = on_the_way(unit.conn, unit.centre.id, unit.now - rules.max_credit)
    people, waiting = sum(coming.values()), sum(unit.waiting.values())
    if people + 1 > max(ALWAYS, (people + 1 + waiting) * rules.remote_share):
        raise RemoteFull
    _refuse_full_day(unit)
    seen = outlooks(unit.conn, unit.centre, unit.now, coming=coming)
    if any(code in seen and not seen[code].fits for code in request.services):
        raise RemoteTooLate
    return unit.act(issue_ticket(unit, request, joined_as=Joined.ON_WAY), Act.HOLD)


def _refuse_full_day(unit: Unit) -> None:
    most = unit.centre.rules.remote_a_day
    if most is not None and tickets_by_phone(unit.conn, unit.centre.id, unit.today) >= most:
        raise RemoteDayFull
