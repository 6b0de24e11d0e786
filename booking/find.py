"""An appointment found again by what its person has: the reference and the telephone that was given with it."""

from sqlalchemy import Connection

from store.appointments import appointment_of_reference, read_bookers

_LAST_DIGITS = 8  # what follows the country's and the network's own: people write those in many ways


def appointment_of_booker(conn: Connection, centre: int, reference: str, phone: str) -> int | None:
    """The appointment of a centre with this reference and telephone; None without one, or without a telephone."""
    number = appointment_of_reference(conn, centre, reference)
    given = read_bookers(conn, [number]).get(number, (None, None))[1] if number is not None else None
    return number if given and _digits(given) and _digits(given) == _digits(phone) else None


def _digits(phone: str) -> str:
    return "".join(sign for sign in phone if "0" <= sign <= "9")[-_LAST_DIGITS:]
