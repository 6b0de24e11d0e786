"""What people can expect of the day: whether a service is still served, and by when to be here."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from queueing.capacity import Outlook, outlook, wait_behind
from queueing.visit import Visit
from store.centre import CentreInfo
from store.floor import count_waiting
from store.queue import calling_counters, waiting_steps


def outlooks(
    conn: Connection, centre: CentreInfo, now: datetime, *, coming: Mapping[str, int] | None = None
) -> dict[str, Outlook]:
    """The outlook of each service that an open counter serves, with who is `coming` besides, by service.

    Costs two statements: never while a ticket is taken at a kiosk.
    """
    waiting, counters = Counter(count_waiting(conn, centre.id)), calling_counters(conn, centre)
    waiting.update({(service, None): people for service, people in (coming or {}).items()})
    expected = {code: service.expected for code, service in centre.services.items()}
    left = centre.hours.open_time_left(now)
    found = {code: outlook(code, waiting, counters, expected=expected, left=left) for code in centre.services}
    return {code: seen for code, seen in found.items() if seen is not None}


def be_here_by(conn: Connection, centre: CentreInfo, visit: Visit, now: datetime) -> datetime | None:
    """When somebody on the way should be here at the latest, to lose nothing; None where no counter is open for them.

    That is when those are done who were in line before, and never so late that more has been waited than is credited.
    """
    ahead = [step for step in waiting_steps(conn, centre.id) if step.due_at <= visit.issued_at]
    expected = {code: service.expected for code, service in centre.services.items()}
    wait = wait_behind(visit.step.service, ahead, calling_counters(conn, centre), expected)
    return None if wait is None else max(now, min(now + wait, visit.issued_at + centre.rules.max_credit))
