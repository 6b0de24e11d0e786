"""The store is tested on both real databases, with real commits."""

from tests.halls import hall, postgresql_store, sqlite_store, store

__all__ = ["hall", "postgresql_store", "sqlite_store", "store"]
