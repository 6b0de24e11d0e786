"""What Alembic runs for every command: on the connection that store.migrate gives it, in that one's transaction."""

from typing import Any, Literal

from alembic import context

from store.sessions import BookingSession
from store.types import Duration, Instant


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """A migration stands by itself: our column types are written as what they are in the database."""
    if kind == "type" and isinstance(item, Instant | Duration):
        return "sa.BigInteger()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=BookingSession.metadata,
    transactional_ddl=True,  # in SQLite too, because our engine begins every transaction itself
    render_as_batch=True,  # SQLite cannot change a table and makes a new one
    render_item=_render,
)
context.run_migrations()
