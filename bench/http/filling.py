"""
Many brands in little time: the database copies the rows of one brand, with ids of their own.

Copies have the ids ``0199nnnn-nnnn-7000-8000-kkkkvvvvvvvv``: *n* is the number of the brand, *k* tells which row of the
template was copied, *v* counts its older versions.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg
from bench.http.template import TEMPLATE, compile_template, padded
from sqlalchemy import Table, Uuid, make_url

from brandbrain_store import migrate
from brandbrain_store.tables import (
    brands,
    collection_runs,
    compile_runs,
    jobs,
    onboardings,
    overrides,
    snapshots,
    sources,
)

_COPIED: Final = (brands, onboardings, sources, collection_runs, overrides, compile_runs, jobs)
_TRUNCATED: Final = 500
"""Brands that are copied at a time."""


class Database(Protocol):
    """What both databases can be asked for here."""

    def execute(self, statement: str) -> None:
        """Carry out a statement."""

    def rows(self, statement: str) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a query."""

    def copied_id(self, kind: int, version: str) -> str:
        """Return the expression of the id of a copy of brand ``n``."""

    def numbers(self, first: int, last: int) -> str:
        """Return a table expression with a column ``n``, both ends included."""


class OnSqlite:
    """A SQLite file."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(str(make_url(url).database), isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma synchronous = off")

    def execute(self, statement: str) -> None:
        """Carry out a statement."""
        self._connection.execute(statement)

    def rows(self, statement: str) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a query."""
        return [dict(row) for row in self._connection.execute(statement)]

    def copied_id(self, kind: int, version: str) -> str:
        """Return hexadecimal digits, as ids are kept here."""
        return f"printf('0199%08x70008000{kind:04x}%08x', n, {version})"

    def numbers(self, first: int, last: int) -> str:
        """Return a recursive query."""
        return (
            f"(with recursive c(n) as (select {first} union all select n + 1 from c where n < {last}) select n from c)"
        )

    def close(self) -> None:
        """Have the planner know what there is, and close."""
        self._connection.execute("analyze")
        self._connection.close()


class OnPostgres:
    """A PostgreSQL database, through a loop of its own."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._connection: Any = self._runner.run(asyncpg.connect(url))
        self.execute("set jit = off")

    def execute(self, statement: str) -> None:
        """Carry out a statement."""
        self._runner.run(self._connection.execute(statement))

    def rows(self, statement: str) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a query."""
        found: Sequence[Mapping[str, Any]] = self._runner.run(self._connection.fetch(statement))
        return found

    def copied_id(self, kind: int, version: str) -> str:
        """Return a cast."""
        return f"('0199' || lpad(to_hex(n), 8, '0') || '70008000{kind:04x}' || lpad(to_hex({version}), 8, '0'))::uuid"

    def numbers(self, first: int, last: int) -> str:
        """Return a series."""
        return f"generate_series({first}, {last}) as numbers(n)"

    def close(self) -> None:
        """Have the planner know what there is, and close."""
        self.execute("vacuum analyze")
        self._runner.run(self._connection.close())
        self._runner.close()


def fill(url: str, *, brand_count: int, versions: int, document_size: int) -> None:
    """Lay out the database, and add so many brands with so many versions each."""
    asyncio.run(migrate.upgrade(url))
    asyncio.run(compile_template(url))
    database = connect(url)
    document = padded(database.rows("select document from snapshots")[0]["document"], document_size)
    quoted = document.replace("'", "''")
    database.execute(f"update snapshots set document = '{quoted}'")
    database.execute("create index bench_filling on collection_runs (brand_id)")
    kinds = _kinds(database)
    for first in range(1, brand_count + 1, _TRUNCATED):
        numbers = database.numbers(first, min(first + _TRUNCATED - 1, brand_count))
        database.execute("begin")
        for table in _COPIED:
            _copy(database, table, numbers, kinds)
        for older in range(versions):
            _copy(database, snapshots, numbers, kinds, older=older, newest=versions)
        database.execute("commit")
    database.execute("drop index bench_filling")
    database.close()


def forget_pending(url: str) -> int:
    """Remove what waits in the queue; return how much that was."""
    database = connect(url)
    waiting = "select compile_run_id from jobs where status = 'pending'"
    runs = [row["compile_run_id"] for row in database.rows(waiting)]
    database.execute("delete from jobs where status = 'pending'")
    database.execute("delete from compile_runs where status = 'PENDING'")
    database.close()
    return len(runs)


def connect(url: str) -> OnSqlite | OnPostgres:
    """Return the database at *url*."""
    return OnSqlite(url) if url.startswith("sqlite") else OnPostgres(url)


def brand_id(number: int) -> UUID:
    """Return the id of a copied brand, from 1."""
    return UUID(f"0199{number:08x}700080000000{0:08x}")


def run_id(number: int) -> UUID:
    """Return the id of its run."""
    return UUID(f"0199{number:08x}70008000{_COPIED.index(compile_runs):04x}{0:08x}")


def _kinds(database: Database) -> dict[str, int]:
    """Return the ids of the template's rows, each with the number of its table."""
    kinds: dict[str, int] = {}
    for number, table in enumerate((*_COPIED, snapshots)):
        if "id" in table.c:
            for row in database.rows(f"select id from {table.name}"):
                kinds[_hex(row["id"])] = number
    return kinds


def _copy(
    database: Database, table: Table, numbers: str, kinds: Mapping[str, int], *, older: int = 0, newest: int = 0
) -> None:
    for row in database.rows(f"select * from {table.name} where {_is_template(table)}"):
        values: dict[str, str] = {}
        for column in table.c:
            value = row[column.name]
            if isinstance(column.type, Uuid) and value is not None:
                values[column.name] = database.copied_id(kinds[_hex(value)], str(older) if column.name == "id" else "0")
            else:
                values[column.name] = f't."{column.name}"'
        if table is snapshots:
            values["version"] = str(newest - older)
            values["origin"] = "'override'" if older else "'compile'"
        names = ", ".join(f'"{name}"' for name in values)
        database.execute(
            f"insert into {table.name} ({names}) select {', '.join(values.values())} "
            f"from {table.name} as t, {numbers} where {_is_template(table, 't.')}"
        )


def _is_template(table: Table, prefix: str = "") -> str:
    name = "id" if table is brands else "brand_id"
    return f"{prefix}{name} = '{TEMPLATE.hex}'"


def _hex(value: object) -> str:
    return UUID(str(value)).hex
