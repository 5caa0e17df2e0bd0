"""Bringing a database's schema up to date; the steps are the Alembic migrations in `brandbrain_store.migrations`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from brandbrain_core.clock import SystemClock
from brandbrain_core.errors import SchemaMismatch
from brandbrain_store.addresses import database_of, parse
from brandbrain_store.errors import connecting
from brandbrain_store.migrations import HEAD

_LOCK: Final = 7_201_934_455_108_232_517
"""Names our migrations among PostgreSQL's advisory locks; held for the transaction only."""


def head() -> str:
    """Return the revision that this version needs."""
    return HEAD


async def upgrade(url: str) -> None:
    """
    Make or change the schema as this version needs it, in one transaction; of several at once one does the work.

    Raises:
        InvalidSettings: The URL is not understood.
        Unavailable: The database cannot be reached.
        SchemaMismatch: The database is newer than this version.
    """
    engine = _engine(url)
    try:
        with connecting():
            async with engine.begin() as connection:
                await connection.run_sync(upgrade_connection)
    finally:
        await engine.dispose()


async def current(url: str) -> str | None:
    """Return the revision of the database; None: it has no schema of ours. Errors as `upgrade`."""
    engine = _engine(url)
    try:
        with connecting():
            async with engine.connect() as connection:
                return await connection.run_sync(_revision)
    finally:
        await engine.dispose()


def upgrade_connection(connection: Connection, *, to: str = "head") -> None:
    """Do as `upgrade` on a connection, in its transaction, up to the revision *to*."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("set local lock_timeout = '60s'"))
        connection.execute(text("set local statement_timeout = 0"))
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    found = _revision(connection)
    if (found, to) == (HEAD, "head"):
        return
    from brandbrain_store.migrations import running  # noqa: PLC0415 - Alembic takes long to import

    if found is not None and found not in running.revisions():
        raise SchemaMismatch(found, HEAD)
    running.run(connection, to=to)


def require_head(connection: Connection) -> None:
    """Raise `SchemaMismatch` unless the database has the schema of this version."""
    found = _revision(connection)
    if found != HEAD:
        raise SchemaMismatch(found, HEAD)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(text("select version_num from alembic_version")).scalar()
    return revision


def _engine(url: str) -> AsyncEngine:
    parts = parse(url)
    return database_of(parts, SystemClock()).writing_engine(parts)
