"""Who may come back at a kiosk: people on hold, and those who missed their call a short while ago."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from queueing.coming_back import came_back_before, may_come_back
from queueing.order import Joined
from queueing.states import StepState
from queueing.visit import Visit
from store.centre import CentreInfo
from store.set_aside import read_set_aside
from store.visits import read_visits


def who_may_come_back(conn: Connection, centre: CentreInfo, now: datetime) -> list[Visit]:
    """Today's visits that their person may bring back into the queue now, by number."""
    grace = centre.rules.no_show_grace
    aside = read_set_aside(conn, centre.id, centre.hours.business_date(now), now - grace)
    if not aside:
        return []
    visits = read_visits(conn, [person.ticket for person in aside]).values()
    return sorted((v for v in visits if may_come_back(v.step, now, grace)), key=lambda visit: visit.number)


def is_just_back(visit: Visit, now: datetime, within: timedelta) -> bool:
    """Whether the person has come back a moment ago and waits."""
    step = visit.step
    waits = step.state is StepState.WAITING and (came_back_before(step) or step.joined_as is Joined.HERE)
    return waits and step.queued_at is not None and now - step.queued_at <= within
