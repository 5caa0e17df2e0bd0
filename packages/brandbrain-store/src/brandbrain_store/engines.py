"""
Engines: how each database is connected to, for what writes, what only reads, and for single steps.

Behind a pooler that gives connections by transaction (``?pooler=transaction``) nothing may outlive a transaction,
neither a setting nor a prepared statement; and what has no transaction around it may be prepared on one connection and
run on another.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.evidence_merge import RAW_REFS_KEPT

WRITERS: Final = 10
"""Connections that write, for transactions and again for single steps."""

_BUSY_SECONDS: Final = 20.0
_POOL_SECONDS: Final = 30.0
_READERS: Final = 8

_SESSION_SETTINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "application_name": "brandbrain",
        "default_transaction_read_only": "off",
        "idle_in_transaction_session_timeout": "60s",
        "jit": "off",
        "lock_timeout": "10s",
        "statement_timeout": "30s",
        "timezone": "UTC",
    }
)
"""Behind a pooler they belong to the role instead."""

_AUTOCOMMIT: Final[Mapping[str, Any]] = MappingProxyType(
    {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
)


def postgres_writes(url: URL) -> AsyncEngine:
    """Return the engine for transactions, READ COMMITTED."""
    if _is_pooled(url):
        return _pooled(url, size=WRITERS, reads=False)
    return _postgres(url, size=WRITERS, settings={})


def postgres_reads(url: URL) -> AsyncEngine:
    """Return the engine for reads, statement by statement; it refuses to write."""
    if _is_pooled(url):
        return _pooled(url, size=_READERS, reads=True)
    return _postgres(url, size=_READERS, settings={"default_transaction_read_only": "on"}, **_AUTOCOMMIT)


def postgres_steps(url: URL) -> AsyncEngine | None:
    """
    Return the engine for statements that are transactions by themselves; None: behind a pooler there is none.

    Plans are made once: planning one of these statements takes longer than to carry it out. They skip what others have
    locked; where one has to wait all the same, it may be for the sake of many, and must not wait long.
    """
    if _is_pooled(url):
        return None
    settings = {"plan_cache_mode": "force_generic_plan", "lock_timeout": "1s"}
    return _postgres(url, size=WRITERS, settings=settings, **_AUTOCOMMIT)


def sqlite_writes(url: URL) -> AsyncEngine:
    """Return the engine for transactions: one connection, for which writers of this process queue in order."""
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        hide_parameters=True,
        pool_size=1,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        connect_args={"timeout": _BUSY_SECONDS, "isolation_level": None, "factory": UndoingConnection},
    )
    event.listen(engine.sync_engine, "connect", _prepare_writer)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def sqlite_reads(url: URL) -> Engine:
    """
    Return the engine for reads, which beside WAL wait for no writer.

    It is a plain one: a read by key takes less time than handing it to a thread, see `Work.run`. It never makes
    anybody wait for a connection, for that would stop the event loop.
    """
    engine = create_engine(
        url.set(drivername="sqlite"),
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=_READERS,
        max_overflow=-1,
        connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        **_AUTOCOMMIT,
    )
    event.listen(engine, "connect", _prepare_reader)
    return engine


class UndoingConnection(sqlite3.Connection):
    """
    A connection that undoes what is not committed when it is closed.

    SQLite keeps a closed connection and its locks alive as long as a statement of it is: that of a write which was
    cancelled before its rows were fetched, say, until the garbage collector comes to it. Till then nobody could write.
    """

    def close(self) -> None:
        """Roll back, then close."""
        with contextlib.suppress(sqlite3.Error):
            self.rollback()
        super().close()


def _is_pooled(url: URL) -> bool:
    return url.query.get("pooler") == "transaction"


def _postgres(url: URL, *, size: int, settings: Mapping[str, str], **options: Any) -> AsyncEngine:
    arguments = {"server_settings": {**_SESSION_SETTINGS, **settings}}
    return _asyncpg(url, size=size, arguments=arguments, **options)


def _pooled(url: URL, *, size: int, reads: bool) -> AsyncEngine:
    arguments = {"statement_cache_size": 0, "prepared_statement_cache_size": 0, "prepared_statement_name_func": str}
    return _asyncpg(url, size=size, arguments=arguments, execution_options={"postgresql_readonly": reads})


def _asyncpg(url: URL, *, size: int, arguments: Mapping[str, Any], **options: Any) -> AsyncEngine:
    query = {name: value for name, value in url.query.items() if name != "pooler"}
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg", query=query),
        hide_parameters=True,
        pool_size=size,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        pool_use_lifo=True,
        connect_args={"timeout": 10, "command_timeout": 60, **arguments},
        **options,
    )
    event.listen(engine.sync_engine, "checkout", _replace_if_closed)
    return engine


def _replace_if_closed(connection: Any, *_: object) -> None:
    """Have the pool connect anew where the driver has seen the connection end; asking it costs nothing."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _prepare_writer(connection: Any, _: object) -> None:
    _set(connection, "journal_mode = wal", "synchronous = full", "foreign_keys = on")
    _add_functions(connection)


def _prepare_reader(connection: Any, _: object) -> None:
    _set(connection, "query_only = on")
    _add_functions(connection)


def _add_functions(connection: Any) -> None:
    connection.create_function("brandbrain_joined_members", 2, _joined_members, deterministic=True)
    connection.create_function("brandbrain_joined_refs", 2, _joined_refs, deterministic=True)


def _set(connection: Any, *pragmas: str) -> None:
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(f"pragma {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("begin immediate")


def _joined_members(stored: str, seen: str) -> str:
    if stored == seen or seen == "{}":
        return stored
    return canonical({**json.loads(stored), **json.loads(seen)})


def _joined_refs(stored: str, seen: str) -> str:
    known: Sequence[str] = json.loads(stored)
    fresh = [ref for ref in json.loads(seen) if ref not in known]
    return canonical([*fresh, *known][:RAW_REFS_KEPT]) if fresh else stored
