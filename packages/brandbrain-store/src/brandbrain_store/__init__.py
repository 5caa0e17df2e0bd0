"""The SQLAlchemy store of brandbrain, for SQLite and PostgreSQL, with its migrations."""

from brandbrain_store.store import SqlStore, SqlUnitOfWork, open_store

__all__ = ["SqlStore", "SqlUnitOfWork", "open_store"]
