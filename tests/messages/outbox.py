"""What stands in the outbox, and who sends it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from commands.appointments import book
from commands.tickets import TicketRequest
from messages.carriers import Carrier, NotSent
from messages.letters import Letter
from messages.worker import Worker
from queueing.appointments import Appointment
from store.tables import Message
from tests.cast import MONDAY, Hall, clock

PHONE, EMAIL = "020 5551 2345", "bounmy@example.com"
PUBLIC_URL = "http://onedoor.test:8000"
FRIDAY = MONDAY.replace(day=27)
NINE = clock("9:00", FRIDAY)


class Hand:
    """Takes letters in its hand; `refuses` are why it did not take the next ones."""

    reach = frozenset({"phone", "email"})

    def __init__(self, *refuses: str) -> None:
        self.refuses, self.letters = list(refuses), list[Letter]()

    def send(self, letter: Letter) -> None:
        if self.refuses:
            raise NotSent(self.refuses.pop(0))
        self.letters.append(letter)


def booked(hall: Hall, start: datetime = NINE, *, phone: str | None = PHONE, **asked: Any) -> Appointment:
    """Somebody books a time on their phone."""
    how = {name: asked.pop(name) for name in ("email", "hold") if name in asked}
    return hall.press(book, TicketRequest(("BIRTH",), "web", phone=phone, **asked), start, **how)


def outbox(hall: Hall) -> list[Row[Any]]:
    """All messages, as they stand in their rows, in the order in which they were made."""
    table = Message.__table__
    with hall.reading() as conn:
        return list(conn.execute(select(table).order_by(table.c.made_at, table.c.kind, table.c.id)))


def states(hall: Hall) -> list[tuple[str, str, str | None]]:
    """What each message is about, how far it is, and why it is no further."""
    return [(row.kind, row.state, row.why) for row in outbox(hall)]


def work(hall: Hall, carrier: Carrier) -> None:
    """What a running server does every five seconds."""
    Worker(hall.store, carrier, PUBLIC_URL).work()
