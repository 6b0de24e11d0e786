"""Commands are tested on both real databases."""

from tests.halls import hall, postgresql_store, sqlite_store, store

__all__ = ["hall", "postgresql_store", "sqlite_store", "store"]
