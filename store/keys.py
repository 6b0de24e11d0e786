"""The server's signing key, kept in the database so that a backup restores every printed QR code."""

import secrets

from sqlalchemy import Connection, insert, select

from store.tables import ServerKey

_TICKETS = "tickets"


def create_signing_key(conn: Connection) -> None:
    """Makes the key of a new database; an existing one is kept."""
    if conn.execute(select(ServerKey.name).where(ServerKey.name == _TICKETS)).first() is None:
        conn.execute(insert(ServerKey), {"name": _TICKETS, "secret": secrets.token_hex(32)})


def signing_key(conn: Connection) -> bytes:
    """The key. Raises NoResultFound in a database that was not upgraded."""
    return bytes.fromhex(conn.execute(select(ServerKey.secret).where(ServerKey.name == _TICKETS)).scalar_one())
