"""One ended step as a line of visits.csv: the columns that are exported and imported."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from queueing.states import StepState

REQUIRED = ("ticket", "service", "issued_at", "called_at", "started_at", "finished_at", "counter", "outcome")
OPTIONAL = ("channel", "priority", "appointment_at")
COLUMNS = REQUIRED + OPTIONAL

_FORMULA = tuple("=+-@＝＋－＠")


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A step that has ended. Instants are aware; None where it did not happen.

    `issued_at` is when the person came into this queue; with an `appointment_at` after it, the wait counts from that.
    """

    ticket: str
    service: str
    issued_at: datetime
    called_at: datetime | None
    started_at: datetime | None
    finished_at: datetime
    counter: int | None
    outcome: StepState
    channel: str
    priority: str | None
    appointment_at: datetime | None

    def values(self, zone: ZoneInfo) -> list[str]:
        """The line's values in the order of COLUMNS, times with the zone's offset to the microsecond."""
        return [
            disarmed(self.ticket),
            self.service,
            _written(self.issued_at, zone),
            _written(self.called_at, zone),
            _written(self.started_at, zone),
            _written(self.finished_at, zone),
            "" if self.counter is None else str(self.counter),
            self.outcome.value,
            self.channel,
            self.priority or "",
            _written(self.appointment_at, zone),
        ]


def _written(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return ""
    local = at.astimezone(zone)
    if (local.utcoffset() or timedelta()) % timedelta(minutes=1):
        local = at.astimezone(UTC)  # RFC 3339 has no seconds in an offset: a zone's local mean time of long ago
    return local.isoformat(timespec="microseconds")


def disarmed(ticket: str) -> str:
    """A number from elsewhere that a spreadsheet would take for a formula, with an apostrophe before it."""
    return f"'{ticket}" if ticket.startswith(_FORMULA) else ticket


def rearmed(ticket: str) -> str:
    """The number as it was before `disarmed`, so that an export is imported as what was exported."""
    return ticket[1:] if ticket[:1] == "'" and ticket[1:].startswith(_FORMULA) else ticket
