"""What became of the appointments of a period, by service: who came, who came late, who missed it, who cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BigInteger, Connection, and_, bindparam, func, select, type_coerce

from queueing.appointments import AppointmentState
from reports.groups import By, label, rank
from store.centre import CentreInfo
from store.tables import Appointment, Ticket
from store.types import Duration

_S = AppointmentState
# Looked up one by one: for a join PostgreSQL may read every ticket there is.
_CAME_AT = select(Ticket.issued_at).where(Ticket.id == Appointment.ticket_id).scalar_subquery()
_DAYS = (
    select(Appointment.service, Appointment.state, Appointment.start, _CAME_AT.label("came_at"))
    .where(
        Appointment.centre_id == bindparam("centre"),
        Appointment.service.in_(bindparam("services", expanding=True)),
        Appointment.start >= bindparam("since"),
        Appointment.start < bindparam("until"),
        Appointment.state != _S.HELD.value,
        # What was held and never confirmed was no appointment.
        ~and_(Appointment.state == _S.CANCELLED.value, Appointment.expires_at.is_not(None)),
    )
    .subquery()
)
_IN_STATE = {state.value: func.count().filter(_DAYS.c.state == state.value) for state in _S if state is not _S.HELD}
_late_by = type_coerce(_DAYS.c.came_at, BigInteger) - type_coerce(_DAYS.c.start, BigInteger)
ATTENDANCE = select(
    _DAYS.c.service,
    *(count.label(state) for state, count in _IN_STATE.items()),
    func.count().filter(_late_by > bindparam("allowed", type_=Duration)).label("late"),
).group_by(_DAYS.c.service)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Appointments by what became of them. `late` are of those who came; `ahead` are still to come."""

    label: str
    came: int = 0
    late: int = 0
    missed: int = 0
    cancelled: int = 0
    ahead: int = 0

    @property
    def booked(self) -> int:
        """All of them."""
        return self.came + self.missed + self.cancelled + self.ahead

    @property
    def missed_share(self) -> float | None:
        """Of those who were to come and did not cancel; None where there were none."""
        due = self.came + self.missed
        return self.missed / due if due else None


def all_of(services: Sequence[Attendance]) -> Attendance:
    """All services together."""
    counts = ("came", "late", "missed", "cancelled", "ahead")
    return Attendance("", **{count: sum(getattr(one, count) for one in services) for count in counts})


def attendance(conn: Connection, centre: CentreInfo, first: date, last: date, language: str) -> list[Attendance]:
    """The appointments for days from `first` to `last`, both included, by service; one statement.

    An appointment counts on the day for which it stands last: one that was moved, on its new day. Who has not come
    counts as missed once the day was ended.
    """
    hours = centre.hours
    values = {
        "centre": centre.id,
        "services": list(centre.services),
        "since": hours.instant(first, 0),
        "until": hours.instant(last + timedelta(days=1), 0),
        "allowed": centre.rules.appointment_late,
    }
    found = {row.service: row for row in conn.execute(ATTENDANCE, values)}
    return [
        Attendance(
            label=label(centre, By.SERVICE, service, language),
            came=found[service].checked_in,
            late=found[service].late,
            missed=found[service].missed,
            cancelled=found[service].cancelled,
            ahead=found[service].booked,
        )
        for service in sorted(found, key=lambda service: rank(centre, By.SERVICE, service))
    ]
