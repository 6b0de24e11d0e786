"""Reports are tested on both real databases, with real history."""

from tests.halls import hall, postgresql_store, sqlite_store, store
from tests.reports.bank import bank, postgresql_bank, sqlite_bank

__all__ = ["bank", "hall", "postgresql_bank", "postgresql_store", "sqlite_bank", "sqlite_store", "store"]
