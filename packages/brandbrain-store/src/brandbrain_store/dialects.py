"""All in which the two databases differ, in one place: `Postgres` and `Sqlite` say the same in their own words."""

from __future__ import annotations

import json
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
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from brandbrain_core.policies.evidence_merge import RAW_REFS_KEPT
from brandbrain_core.ports import Clock
from brandbrain_store import engines
from brandbrain_store.tables import lease_token_sequence, lease_tokens

Upsert = postgresql.Insert | sqlite.Insert
Expression = ColumnElement[Any]

WAKE_CHANNEL: Final = "brandbrain_ready"
"""The channel on which PostgreSQL tells that a job became ready."""


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

    def step_engine(self, url: URL) -> AsyncEngine | None:
        """Return the engine whose statements are transactions by themselves; None: there is none."""

    def told(self, now: datetime | None) -> datetime | None:
        """Return the moment that statements are told; None: the database tells it itself."""

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
        return engines.postgres_writes(url)

    def reading_engine(self, url: URL) -> AsyncEngine:
        """Return the engine for reads."""
        return engines.postgres_reads(url)

    def step_engine(self, url: URL) -> AsyncEngine | None:
        """Return the engine for statements that are transactions by themselves."""
        return engines.postgres_steps(url)

    def told(self, now: datetime | None) -> datetime | None:
        """Return *now*: without it, PostgreSQL has a clock."""
        return now

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
        return engines.sqlite_writes(url)

    def reading_engine(self, url: URL) -> Engine:
        """Return the engine for reads, which beside WAL wait for no writer."""
        return engines.sqlite_reads(url)

    def step_engine(self, url: URL) -> AsyncEngine | None:  # noqa: ARG002
        """Return none: one transaction, one connection."""
        return None

    def told(self, now: datetime | None) -> datetime | None:
        """Return *now*, or the process's time."""
        return self._clock.now() if now is None else now

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


def _jsonb(expression: Expression) -> Expression:
    return cast(expression, postgresql.JSONB())


def _name(column: Expression) -> str:
    return str(column.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
