"""Joining today's queue by phone from elsewhere: the place is kept, and nobody is called who is not here."""

from commands.outlook import outlooks
from commands.tickets import TicketRequest, issue_ticket
from queueing.order import Joined
from queueing.refusals import RemoteFull, RemoteTooLate
from queueing.states import Act
from queueing.visit import Visit
from store.limits import on_the_way, tickets_by_phone
from store.unit import Unit

ALWAYS = 5  # so many may be on their way whoever waits in the building


def join_from_afar(unit: Unit, request: TicketRequest) -> Visit:
    """Gives a number, set aside until its person says that they are here (`come_back`), with the place kept since now.

    Raises RemoteFull once so many are on their way or came by phone today that the rest is for people in the building,
    RemoteTooLate when what waits reaches closing time, and what `issue_ticket` raises.
    """
    rules, conn = unit.centre.rules, unit.conn
    coming, waiting = on_the_way(conn, unit.centre.id), sum(unit.waiting.values())
    if coming >= max(ALWAYS, (coming + waiting) * rules.remote_share):
        raise RemoteFull
    if rules.remote_a_day is not None and tickets_by_phone(conn, unit.centre.id, unit.today) >= rules.remote_a_day:
        raise RemoteFull
    seen = outlooks(conn, unit.centre, unit.now)
    if any(code in seen and not seen[code].fits for code in request.services):
        raise RemoteTooLate
    return unit.act(issue_ticket(unit, request, joined_as=Joined.ON_WAY), Act.HOLD)
