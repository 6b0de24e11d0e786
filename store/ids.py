"""Row ids that no restore can give out twice, and the ticket tokens derived from them."""

import base64
import hmac
import secrets
import time

_EPOCH = 1_767_225_600_000  # 2026-01-01 in milliseconds
_RANDOM_BITS = 22
_MAC_BYTES = 18  # 144 bits


def new_id() -> int:
    """A positive 63-bit id: milliseconds since 2026, then 22 random bits.

    In order of time, so that indexes grow at their end; random, so that a database restored from an old backup does not
    give a lost ticket's id (and token) to somebody else. It follows the machine's clock, not the product's.
    """
    milliseconds = max(time.time_ns() // 1_000_000 - _EPOCH, 0)
    return (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)


def ticket_token(key: bytes, ticket: int) -> str:
    """The URL-safe token that opens a ticket: its id and an HMAC-SHA256 of it; not stored, and yet printed again."""
    return _token(key, b"ticket:", ticket)


def ticket_of_token(key: bytes, token: str) -> int | None:
    """The id of the ticket that a token opens, or None when it is not one of ours."""
    return _of_token(key, b"ticket:", token)


def appointment_token(key: bytes, appointment: int) -> str:
    """The token that opens an appointment, made as a ticket's is."""
    return _token(key, b"appointment:", appointment)


def appointment_of_token(key: bytes, token: str) -> int | None:
    """The id of the appointment that a token opens, or None when it is not one of ours."""
    return _of_token(key, b"appointment:", token)


def _token(key: bytes, kind: bytes, number: int) -> str:
    body = number.to_bytes(8, "big")
    mac = hmac.digest(key, kind + body, "sha256")[:_MAC_BYTES]  # by name: in one go, in C
    return base64.urlsafe_b64encode(body + mac).decode().rstrip("=")


def _of_token(key: bytes, kind: bytes, token: str) -> int | None:
    try:
        number = int.from_bytes(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[:8], "big")
    except ValueError:
        return None
    return number if hmac.compare_digest(_token(key, kind, number).encode(), token.encode()) else None


REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is taken for another
REFERENCE_LENGTH = 6


def new_reference() -> str:
    """The letters and digits by which an appointment is found again, to be read out and typed."""
    return "".join(secrets.choice(REFERENCE_LETTERS) for _letter in range(REFERENCE_LENGTH))
