"""The first answer to a keyed request, kept in the transaction that changed something."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from store.tables import IdempotencyKey

KEPT = timedelta(hours=48)
_RECALL = select(IdempotencyKey.body_hash, IdempotencyKey.status, IdempotencyKey.answer).where(
    IdempotencyKey.scope == bindparam("key")
)
_KEEP = insert(IdempotencyKey)


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that carries a key: who sent what where, as hashes (a path can hold a ticket's token)."""

    scope: str
    body_hash: str

    @classmethod
    def of(cls, caller: str, method: str, path: str, key: str, body: bytes) -> "KeyedRequest":
        """The request of a caller; two bodies are the same when their bytes are."""
        scope = "\n".join((caller, method, path, key))
        return cls(sha256(scope.encode()).hexdigest(), sha256(body).hexdigest())


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered the first time."""

    body_hash: str
    status: int
    answer: Mapping[str, Any]


def recall_answer(conn: Connection, request: KeyedRequest) -> KeptAnswer | None:
    """The answer kept for the key, or None for a new one."""
    row = conn.execute(_RECALL, {"key": request.scope}).first()
    return KeptAnswer(*row) if row else None


def keep_answer(conn: Connection, request: KeyedRequest, status: int, answer: Mapping[str, Any]) -> None:
    """Keeps an answer; it holds no token, which is derived again when the answer is repeated."""
    conn.execute(
        _KEEP,
        {
            "scope": request.scope,
            "body_hash": request.body_hash,
            "status": status,
            "answer": dict(answer),
            "created_at": datetime.now(UTC),
        },
    )


def forget_old_keys(conn: Connection) -> int:
    """Deletes the answers that are older than 48 hours; returns how many."""
    return conn.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at <= datetime.now(UTC) - KEPT)).rowcount
