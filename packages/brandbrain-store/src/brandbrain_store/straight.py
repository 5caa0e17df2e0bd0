"""
Reads that go straight to the driver: the one place where statements pass SQLAlchemy by.

SQLAlchemy writes the statement, once, and knows how values go in and come out; its pool makes the connections. What is
left out is what it does for every single execution, which for a read by key is several times what the driver needs:
handing the connection out and taking it back, each in a greenlet, and the layers of the result.

Whoever listens to the engine's executions must hear of all: as long as anybody does, nothing goes this way.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary

import attrs
from sqlalchemy import URL, Connection, Dialect, Engine, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.sql.compiler import SQLCompiler

from brandbrain_store.driver import DriverConnections, is_heard
from brandbrain_store.errors import connecting

Process = Callable[[Any], Any]

_CONNECTIONS: Final = 5
"""Of the pool's eight; those that are left serve all reads that do not go this way."""


@attrs.frozen(eq=False)
class Written:
    """A statement in the driver's words: its text, where its values come from, and how its rows are made."""

    text: str
    values: Callable[[Mapping[str, Any]], Sequence[Any]]
    row: Callable[[Sequence[Any]], Any]


class StraightReads(Protocol):
    """The way past SQLAlchemy of one store."""

    def written(self, statement: Select[Any]) -> Written | None:
        """Return the statement for `rows`; None: this one, at this time, must take the usual way."""

    async def rows(self, written: Written, given: Mapping[str, Any]) -> list[Any]:
        """Return all rows, with members by name; raise `Unavailable` if the database is out of reach."""

    async def close(self) -> None:
        """Give the connections back."""


def straight_reads(engine: AsyncEngine | Engine, url: URL) -> StraightReads | None:
    """
    Return the way past SQLAlchemy; None: there is none.

    Behind a pooler that hands out connections by transaction, only what is inside one is prepared and run on the same.
    """
    if isinstance(engine, Engine):
        return _OnSqlite(engine)
    return None if url.query.get("pooler") == "transaction" else _OnPostgres(engine)


class _Writing:
    """Writes statements for an engine's driver, each once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: WeakKeyDictionary[Select[Any], Written | None] = WeakKeyDictionary()

    def written(self, statement: Select[Any]) -> Written | None:
        """See `StraightReads`."""
        if is_heard(self._engine):
            return None
        try:
            return self._known[statement]
        except KeyError:
            written = self._known[statement] = _write(statement, self._engine.dialect)
            return written


class _OnPostgres(_Writing):
    """Over connections of the engine's pool that are kept."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine.sync_engine)
        self._driver = DriverConnections(engine, limit=_CONNECTIONS)

    async def rows(self, written: Written, given: Mapping[str, Any]) -> list[Any]:
        """Ask over an idle connection."""
        found = await self._driver.fetch(written.text, written.values(given))
        return [written.row(row) for row in found]

    async def close(self) -> None:
        """Give the connections back."""
        await self._driver.close()


class _OnSqlite(_Writing):
    """Over one connection, on the event loop's own thread: nobody else can be in the middle of a question."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._held: Connection | None = None
        self._driver: Any = None

    async def rows(self, written: Written, given: Mapping[str, Any]) -> list[Any]:
        """Ask here and now."""
        with connecting():
            if self._held is None:
                self._held = self._engine.connect()
                self._driver = self._held.connection.driver_connection
            try:
                found = self._driver.execute(written.text, written.values(given)).fetchall()
            except sqlite3.Error as error:
                raise DBAPIError.instance(written.text, None, error, sqlite3.Error, hide_parameters=True) from error
        return [written.row(row) for row in found]

    async def close(self) -> None:
        """Give the connection back."""
        held, self._held = self._held, None
        if held is not None:
            held.close()


def _write(statement: Select[Any], dialect: Dialect) -> Written | None:
    """Return the statement as the driver takes it; None: its text would depend on its values."""
    binds = _compiled(statement, dialect).binds.values()
    if any(bind.expanding for bind in binds):
        return None
    empty = {bind.key: None for bind in binds if bind.required}
    compiled = _compiled(statement.params(empty), dialect, render_postcompile=True)
    columns = list(statement.selected_columns)
    row_class = _row_class([str(column.key) for column in columns])
    results = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    return Written(str(compiled), _values(compiled, dialect), _maker(row_class, results))


def _compiled(statement: Select[Any], dialect: Dialect, **options: bool) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect, compile_kwargs=options)
    assert isinstance(compiled, SQLCompiler)
    return compiled


def _values(compiled: SQLCompiler, dialect: Dialect) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    binds = [compiled.binds[name] for name in compiled.positiontup or ()]
    own = {bind.key: bind.value for bind in binds if bind.value is not None}
    places = [(bind.key, bind.type.dialect_impl(dialect).bind_processor(dialect)) for bind in binds]

    def values(given: Mapping[str, Any]) -> Sequence[Any]:
        known = {**own, **given} if own else given
        return [known[key] if process is None else process(known[key]) for key, process in places]

    return values


def _maker(row_class: Callable[[Any], Any], results: Sequence[Process | None]) -> Callable[[Sequence[Any]], Any]:
    processed = [(at, process) for at, process in enumerate(results) if process is not None]

    def make(row: Sequence[Any]) -> Any:
        values = list(row)
        for at, process in processed:
            values[at] = process(values[at])
        return row_class(values)

    return make


def _row_class(names: Sequence[str]) -> Callable[[Any], Any]:
    """Return what makes rows that can be used as SQLAlchemy's: by name, by position, and as a mapping."""
    plain: Any = namedtuple("plain", names, rename=True)  # type: ignore[misc]

    class StraightRow(plain):
        __slots__ = ()

        @property
        def _mapping(self) -> Mapping[str, Any]:
            return dict(zip(names, self, strict=True))

    make: Callable[[Any], Any] = StraightRow._make
    return make
