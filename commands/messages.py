"""Messages to citizens: written into the outbox by the press that they tell of, in its own transaction."""

from collections.abc import Iterable

from queueing.appointments import Appointment
from queueing.messages import MessageKind, reminder_due
from store.messages import put_message, read_booker, renew_message
from store.unit import Store, Unit


def tell_booker(unit: Unit, kind: MessageKind, made: Appointment) -> None:
    """Tells whoever gave an address that a carrier reaches; a new time also brings a reminder of it."""
    if not unit.reach or not unit.reach & read_booker(unit.conn, made.id).given:
        return
    due = {kind: unit.now}
    reminder = reminder_due(made.start, unit.now)
    if kind is not MessageKind.CANCELLED and reminder is not None:
        due[MessageKind.REMINDER] = reminder
    for about, at in due.items():
        put_message(unit.conn, unit.centre.id, about, now=unit.now, due=at, appointment=made.id, sequence=made.sequence)


def tell_near(store: Store, code: str, centre: int, tickets: Iterable[int]) -> None:
    """Tells people once that their turn is near. No press waits for it: the centre is not locked."""
    now = store.clock.now()
    with store.writing(code) as conn:
        for ticket in tickets:
            put_message(conn, centre, MessageKind.NEAR_TURN, now=now, due=now, ticket=ticket)


def send_again(unit: Unit, message: int) -> None:
    """Sends a message of the centre that has failed, as if it were new; any other stays as it is."""
    renew_message(unit.conn, unit.centre.id, message, unit.now)
