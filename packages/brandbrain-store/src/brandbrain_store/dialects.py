"""All in which the two databases differ, in one place: `Postgres` and `Sqlite` say the same in their own words."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    Engine,
    Executable,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.evidence_merge import RAW_REFS_KEPT
from brandbrain_core.ports import Clock
from brandbrain_store.tables import lease_token_sequence, lease_tokens

Upsert = postgresql.Insert | sqlite.Insert
Expression = ColumnElement[Any]

WAKE_CHANNEL: Final = "brandbrain_ready"
"""The channel on which PostgreSQL tells that a job became ready."""

_BUSY_SECONDS: Final = 20.0
_POOL_SECONDS: Final = 30.0
_READERS: Final = 8
_WRITERS: Final = 10


class Database(Protocol):
    """What repositories need to be told in the words of the database at hand."""

    @property
    def name(self) -> str:
        """SQLAlchemy's name of the database."""

    @property
    def changes_several(self) -> bool:
        """Whether one statement can change several tables, as those of `brandbrain_store.hot_postgres` do."""

    def writing_engine(self, url: URL) -> AsyncEngine:
        """Return the engine whose transactions may write."""

    def reading_engine(self, url: URL) -> AsyncEngine | Engine:
        """Return the engine whose connections only read, statement by statement, without a transaction around them."""

    def told(self, now: datetime | None) -> datetime | None:
        """Return the moment that statements are told; None: the database tells it itself."""

    def no_later_than_now(self, moment: Expression) -> Expression:
        """Return *moment*, but never one that the database's own clock has not reached yet."""

    def insert(self, table: Any) -> Upsert:
        """Return an insert that knows ``on conflict``."""

    def token(self, *order: Expression) -> ColumnElement[int]:
        """Return the next lease token, for each of several rows in this order."""

    def keep_tokens(self, last: int) -> Executable | None:
        """Return the statement that notes *last* as given; None: the database did so by itself."""

    def wake(self) -> Expression | None:
        """Return what, selected or returned, wakes workers at the commit; None: they see by themselves."""

    def one_of(self, column: Expression, name: str) -> ColumnElement[bool]:
        """Return whether *column* is one of the ids that are given by *name*; any number of them is one value."""

    def ids(self, ids: Collection[UUID]) -> Any:
        """Return ids as the value for `one_of`."""

    def one_of_pairs(self, ids: Expression, numbers: Expression) -> ColumnElement[bool]:
        """Return whether two columns hold one of the pairs that are given by `pairs`."""

    def pairs(self, pairs: Sequence[tuple[UUID, int]]) -> dict[str, Any]:
        """Return pairs of an id and a number as the values for `one_of_pairs`."""

    def joined_members(self, stored: Expression, seen: Expression) -> Expression:
        """Return the members of two JSON objects, those of *seen* first; nothing is mixed below the keys."""

    def joined_refs(self, stored: Expression, seen: Expression) -> Expression:
        """Return the strings of JSON list *seen* that *stored* lacks, then those of *stored*; the first 20."""

    def same_members(self, one: Expression, other: Expression) -> ColumnElement[bool]:
        """Return whether two JSON texts say the same."""


class Postgres:
    """PostgreSQL, through asyncpg. It tells the time itself."""

    name = "postgresql"
    changes_several = True

    def writing_engine(self, url: URL) -> AsyncEngine:
        """Return the engine for transactions, READ COMMITTED."""
        return _postgres_engine(url, reads=False)

    def reading_engine(self, url: URL) -> AsyncEngine:
        """Return the engine for reads."""
        return _postgres_engine(url, reads=True)

    def told(self, now: datetime | None) -> datetime | None:
        """Return *now*: without it, PostgreSQL has a clock."""
        return now

    def no_later_than_now(self, moment: Expression) -> Expression:
        """Return the earlier of *moment*, which another host's clock may have told, and now."""
        return func.least(moment, func.clock_timestamp())

    def insert(self, table: Any) -> Upsert:
        """Return PostgreSQL's insert."""
        return postgresql.insert(table)

    def token(self, *order: Expression) -> ColumnElement[int]:  # noqa: ARG002
        """Return the sequence's next value; rows must come in *order*."""
        return lease_token_sequence.next_value()

    def keep_tokens(self, last: int) -> Executable | None:  # noqa: ARG002
        """Return nothing: a sequence remembers."""
        return None

    def wake(self) -> Expression | None:
        """Return an empty notification; equal ones of a transaction are sent once."""
        return cast(func.pg_notify(WAKE_CHANNEL, ""), Text)

    def one_of(self, column: Expression, name: str) -> ColumnElement[bool]:
        """Compare with an array."""
        return column == any_(bindparam(name, type_=postgresql.ARRAY(Uuid())))

    def ids(self, ids: Collection[UUID]) -> Any:
        """Return an array."""
        return list(ids)

    def one_of_pairs(self, ids: Expression, numbers: Expression) -> ColumnElement[bool]:
        """Compare with two arrays."""
        arrays = (
            bindparam("pair_ids", type_=postgresql.ARRAY(Uuid())),
            bindparam("pair_numbers", type_=postgresql.ARRAY(BigInteger())),
        )
        listed = func.unnest(*arrays).table_valued("id", "number", name="pairs").render_derived()
        return tuple_(ids, numbers).in_(select(listed.c.id, listed.c.number))

    def pairs(self, pairs: Sequence[tuple[UUID, int]]) -> dict[str, Any]:
        """Return two arrays."""
        return {"pair_ids": [first for first, _ in pairs], "pair_numbers": [second for _, second in pairs]}

    def joined_members(self, stored: Expression, seen: Expression) -> Expression:
        """Return the two as ``jsonb``, joined."""
        return cast(_jsonb(stored).op("||")(_jsonb(seen)), Text)

    def joined_refs(self, stored: Expression, seen: Expression) -> Expression:
        """Return the references, in order."""
        return func.coalesce(
            literal_column(
                f"""(select cast(jsonb_agg(ref order by place) as text) from (
                    select ref, place from (
                        select ref, place
                        from jsonb_array_elements({_name(seen)}::jsonb) with ordinality as s(ref, place)
                        where not {_name(stored)}::jsonb @> ref
                        union all
                        select ref, place + {RAW_REFS_KEPT}
                        from jsonb_array_elements({_name(stored)}::jsonb) with ordinality as t(ref, place)
                    ) as both_lists order by place limit {RAW_REFS_KEPT}
                ) as kept)""",
                Text(),
            ),
            "[]",
        )

    def same_members(self, one: Expression, other: Expression) -> ColumnElement[bool]:
        """Compare as ``jsonb``."""
        return _jsonb(one) == _jsonb(other)


class Sqlite:
    """SQLite in one file; aiosqlite writes. *clock* tells the time: all that use the file are on one host."""

    name = "sqlite"
    changes_several = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def writing_engine(self, url: URL) -> AsyncEngine:
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

    def reading_engine(self, url: URL) -> Engine:
        """
        Return the engine for reads, which beside WAL wait for no writer.

        It is a plain one: a read by key takes less time than handing it to a thread, see `Work.run`. It never makes
        anybody wait for a connection, for that would stop the event loop.
        """
        engine = create_engine(
            url.set(drivername="sqlite"),
            hide_parameters=True,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            poolclass=QueuePool,
            pool_size=_READERS,
            max_overflow=-1,
            connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_reader)
        return engine

    def told(self, now: datetime | None) -> datetime | None:
        """Return *now*, or the process's time."""
        return self._clock.now() if now is None else now

    def no_later_than_now(self, moment: Expression) -> Expression:
        """Return *moment*: all processes are on one host and have one clock."""
        return moment

    def insert(self, table: Any) -> Upsert:
        """Return SQLite's insert."""
        return sqlite.insert(table)

    def token(self, *order: Expression) -> ColumnElement[int]:
        """Return the last token given, plus the row's number."""
        last = select(lease_tokens.c.value).scalar_subquery()
        return last + func.row_number().over(order_by=order)

    def keep_tokens(self, last: int) -> Executable | None:
        """Return the update of the one row."""
        return update(lease_tokens).values(value=last)

    def wake(self) -> Expression | None:
        """Return nothing: every process sees the file change."""
        return None

    def one_of(self, column: Expression, name: str) -> ColumnElement[bool]:
        """Compare with the values of a JSON list."""
        listed = func.json_each(bindparam(name, type_=Text())).table_valued("value")
        return column.in_(select(type_coerce(listed.c.value, Uuid())))

    def ids(self, ids: Collection[UUID]) -> Any:
        """Return a JSON list."""
        return json.dumps([one.hex for one in ids])

    def one_of_pairs(self, ids: Expression, numbers: Expression) -> ColumnElement[bool]:
        """Compare with a list of pairs."""
        return tuple_(ids, numbers).in_(bindparam("pairs", expanding=True))

    def pairs(self, pairs: Sequence[tuple[UUID, int]]) -> dict[str, Any]:
        """Return the list."""
        return {"pairs": list(pairs)}

    def joined_members(self, stored: Expression, seen: Expression) -> Expression:
        """Return what `_joined_members` makes of them."""
        return func.brandbrain_joined_members(stored, seen, type_=Text())

    def joined_refs(self, stored: Expression, seen: Expression) -> Expression:
        """Return what `_joined_refs` makes of them."""
        return func.brandbrain_joined_refs(stored, seen, type_=Text())

    def same_members(self, one: Expression, other: Expression) -> ColumnElement[bool]:
        """Compare the texts: they are canonical."""
        return one == other


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


def _postgres_engine(url: URL, *, reads: bool) -> AsyncEngine:
    """
    Return an engine; one that *reads* refuses to write.

    Behind a pooler nothing may outlive a transaction, neither a setting nor a prepared statement; and what has no
    transaction around it may be prepared on one connection and run on another.
    """
    query = dict(url.query)
    pooled = query.pop("pooler", None) == "transaction"
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    arguments: dict[str, Any] = {"timeout": 10, "command_timeout": 60}
    options: dict[str, Any] = {}
    if pooled:
        arguments |= {
            "statement_cache_size": 0,
            "prepared_statement_cache_size": 0,
            "prepared_statement_name_func": str,
        }
        options["execution_options"] = {"postgresql_readonly": reads}
    else:
        arguments["server_settings"] = _SESSION_SETTINGS | {"default_transaction_read_only": "on" if reads else "off"}
        options |= {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True} if reads else {}
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg", query=query),
        hide_parameters=True,
        pool_size=_READERS if reads else _WRITERS,
        max_overflow=0,
        pool_timeout=_POOL_SECONDS,
        pool_use_lifo=True,
        connect_args=arguments,
        **options,
    )
    event.listen(engine.sync_engine, "checkout", _replace_if_closed)
    return engine


def _replace_if_closed(connection: Any, *_: object) -> None:
    """Have the pool connect anew where the driver has seen the connection end; asking it costs nothing."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


_SESSION_SETTINGS: Final = {
    "application_name": "brandbrain",
    "idle_in_transaction_session_timeout": "60s",
    "jit": "off",
    "lock_timeout": "10s",
    "statement_timeout": "30s",
    "timezone": "UTC",
}
"""Behind a pooler that gives connections by transaction (``?pooler=transaction``) they belong to the role instead."""


def _jsonb(expression: Expression) -> Expression:
    return cast(expression, postgresql.JSONB())


def _name(column: Expression) -> str:
    return str(column.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


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
