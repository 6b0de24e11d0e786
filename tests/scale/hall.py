"""A hall of equal counters, open around the clock, where one service is all there is: its database, devices, rows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from commands.access import create_token
from commands.permissions import Role
from commands.seed import seed
from commands.tickets import TicketRequest, issue_ticket
from config.catalogue import load_catalogue
from store.migrate import upgrade
from store.tables import Centre, LogEvent, Ticket, TicketStep
from store.unit import Store

CENTRE, SERVICE, SERIES = "HALL", "INFO", "A"

_HEAD = """
schema = 1
version = "2026-11-23"
default_locale = "en"
locales = ["en", "lo"]

[defaults]
timezone = "{zone}"
ticket_digits = 3
ticket_reset = "daily"
last_ticket_before_close_minutes = 0

[[services]]
code = "{service}"
series = "{series}"
lo = "ຂໍ້ມູນ"
en = "Information"
target_minutes = 15
expected_minutes = 5
documents = []
appointment = {bookable}
slot_capacity = {places}

[[centres]]
code = "{centre}"
level = "district"
lo = "ຫ້ອງໂຖງ"
en = "The hall"
timezone = "{zone}"
languages = ["lo", "en"]
remote_tickets = false
services = ["{service}"]

[centres.hours]
{hours}
"""
_COUNTER = """
[[centres.counters]]
number = {number}
lo = "ປ່ອງ {number}"
en = "Counter {number}"
services = ["{service}"]
"""
_DAYS = "mon", "tue", "wed", "thu", "fri", "sat", "sun"


def catalogue(counters: int, places: int = 0) -> str:
    """The hall in the catalogue's format, with `places` in each slot of its service.

    Its time zone is one where midnight is hours away: no run crosses a day.
    """
    midnight_is_near = not 2 <= (datetime.now(UTC).hour + 7) % 24 < 22
    values = {
        "zone": "UTC" if midnight_is_near else "Asia/Vientiane",
        "hours": "\n".join(f'{day} = ["00:00-24:00"]' for day in _DAYS),
        "centre": CENTRE,
        "service": SERVICE,
        "series": SERIES,
        "places": places,
        "bookable": "true" if places else "false",
    }
    rows = [_COUNTER.format(number=number, service=SERVICE) for number in range(1, counters + 1)]
    return _HEAD.format_map(values) + "".join(rows)


class ScaleHall:
    """The hall in a new database, with a token for each device."""

    def __init__(self, url: str, directory: Path, counters: int, places: int = 0) -> None:
        self.url, self.counters = url, counters
        file = directory / "hall.toml"
        file.write_text(catalogue(counters, places), encoding="utf-8")
        self.store = Store(url)
        upgrade(self.store.engine)
        seed(self.store, load_catalogue(file))

    def tokens(self, role: Role, count: int) -> list[str]:
        """A token of its own for each of so many devices."""
        return [create_token(self.store, role, centre=CENTRE) for _ in range(count)]

    def fill(self, people: int) -> None:
        """So many people take a ticket, one after the other."""
        for _ in range(people):
            with self.store.unit(CENTRE, "kiosk") as unit:
                issue_ticket(unit, TicketRequest((SERVICE,), "kiosk"))

    def numbers(self) -> list[str]:
        """Every number in the tickets' rows."""
        return [number for _, number in self._rows(select(Ticket.id, Ticket.number).order_by(Ticket.number))]

    def tickets(self) -> set[str]:
        """The id of every ticket."""
        return {str(ticket) for (ticket,) in self._rows(select(Ticket.id))}

    def called(self) -> list[tuple[str, Any]]:
        """Who was called, in the order of the calls: id and due time."""
        calls = select(LogEvent.ticket_id, TicketStep.due_at).where(LogEvent.kind == "called")
        calls = calls.join(TicketStep, TicketStep.ticket_id == LogEvent.ticket_id).order_by(LogEvent.seq)
        return [(str(ticket), due) for ticket, due in self._rows(calls)]

    def calls_in_log(self) -> list[str]:
        """The ticket of every call event, in the log's order."""
        calls = select(LogEvent.ticket_id).where(LogEvent.kind == "called").order_by(LogEvent.seq)
        return [str(ticket) for (ticket,) in self._rows(calls)]

    def log(self) -> tuple[int, int, int]:
        """The log's length, its last number, and the number that the centre's row holds."""
        seqs = [seq for (seq,) in self._rows(select(LogEvent.seq).order_by(LogEvent.seq))]
        ((held,),) = self._rows(select(Centre.seq))
        return len(seqs), seqs[-1] if seqs else 0, held

    def _rows(self, query: Any) -> Sequence[Any]:
        with self.store.reading() as conn:
            return conn.execute(query).all()

    def close(self) -> None:
        """Lets the database go."""
        self.store.engine.dispose()
