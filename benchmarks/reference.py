"""The reference: a bare Flask application whose only act is one insert by the ORM, served as server.py serves.

Same gevent server and handler, same engine and pragmas, same Socket.IO in front; no rules, no log, no lock, no tokens.

    python -m gevent.monkey --module benchmarks.reference PORT DATABASE_URL
"""

import gc
import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from flask import Flask, request
from flask_socketio import SocketIO
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from composition import serve_forever
from config.settings import Settings
from display.feed import Feed
from store.engine import open_engine


class Base(DeclarativeBase):
    """The reference's tables."""


class Slip(Base):
    """One ticket, as plainly as can be."""

    __tablename__ = "slips"

    id: Mapped[int] = mapped_column(primary_key=True)
    service: Mapped[str]
    issued_at: Mapped[datetime]


def create_app(database: str) -> Flask:
    """An application with one address that takes a ticket."""
    app = Flask("reference")
    engine = open_engine(database)
    Base.metadata.create_all(engine)

    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        return {}

    @app.post("/tickets")
    def issue() -> tuple[dict[str, Any], int]:
        service = request.get_json()["services"][0]
        with Session(engine, expire_on_commit=False) as session, session.begin():  # no second read of what was written
            slip = Slip(service=service, issued_at=datetime.now(UTC))
            session.add(slip)
        return {"id": slip.id, "service": service}, 201

    return app


def main(port: int, database: str) -> None:
    """Serves until it is stopped."""
    app = create_app(database)
    feed = cast(Feed, SimpleNamespace(socketio=SocketIO(app, async_mode="gevent")))
    gc.collect()
    gc.freeze()
    serve_forever(app, feed, Settings(), host="127.0.0.1", port=port)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
