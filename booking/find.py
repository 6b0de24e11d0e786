"""An appointment found again by what its person has: the reference and the telephone that was given with it."""

from sqlalchemy import Connection

from store.appointments import appointment_of_reference, phone_of

_LAST_DIGITS = 8  # what follows the country's and the network's own: people write those in many ways


def find_appointment(conn: Connection, centre: int, reference: str, phone: str) -> int | None:
    """The appointment of a centre with this reference and telephone; None without one, or without a telephone."""
    number = appointment_of_reference(conn, centre, reference)
    given = phone_of(conn, number) if number is not None else None
    return number if given and _digits(given) and _digits(given) == _digits(phone) else None


def _digits(phone: str) -> str:
    return "".join(sign for sign in phone if "0" <= sign <= "9")[-_LAST_DIGITS:]
