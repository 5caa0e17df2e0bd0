"""Database URLs: which are understood, and which database each means. The drivers are our choice."""

from __future__ import annotations

from typing import Final

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from brandbrain_core.errors import InvalidSettings, Problem
from brandbrain_core.ports import Clock
from brandbrain_store.dialects import Database, Postgres, Sqlite

_POSTGRES: Final = frozenset({"postgresql", "postgres"})


def parse(url: str) -> URL:
    """
    Return the parts of a database URL, with SQLAlchemy's name of the database and no driver.

    Raises:
        InvalidSettings: It is no URL, names another database, or asks for SQLite in memory.

    >>> parse("postgres://ann:secret@db.example/brands")
    postgresql://ann:***@db.example/brands
    """
    try:
        parts = make_url(url)
    except ArgumentError:
        raise _refused("it is not a URL such as sqlite:///brandbrain.db or postgresql://user@host/name") from None
    database, _, _ = parts.drivername.partition("+")
    if database in _POSTGRES:
        return parts.set(drivername="postgresql")
    if database != "sqlite":
        raise _refused(f"{database} is not supported; use sqlite or postgresql")
    if not parts.database or parts.database == ":memory:" or "mode=memory" in url:
        raise _refused("SQLite needs a file, such as sqlite:///brandbrain.db")
    return parts.set(drivername="sqlite")


def database_of(url: URL, clock: Clock) -> Database:
    """Return how to talk to the database of a parsed URL."""
    return Sqlite(clock) if url.drivername == "sqlite" else Postgres()


def _refused(why: str) -> InvalidSettings:
    return InvalidSettings([Problem(code="unsupported_database", message=f"DATABASE_URL: {why}")])
