"""One transaction's way to the database, which its repositories share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import attrs
from sqlalchemy import (
    ColumnElement,
    Connection,
    CursorResult,
    Executable,
    Select,
    Text,
    and_,
    bindparam,
    literal,
    select,
    true,
)
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncTransaction

from brandbrain_core.ids import BrandId, TenantId
from brandbrain_store.bell import Bell
from brandbrain_store.counting import note_statement
from brandbrain_store.dialects import Database
from brandbrain_store.errors import translated
from brandbrain_store.floor import Floor
from brandbrain_store.steps import Row as NamedRow
from brandbrain_store.steps import Steps
from brandbrain_store.straight import StraightReads
from brandbrain_store.tables import brands

T = TypeVar("T")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]


@attrs.define(kw_only=True)
class Work:
    """
    A connection inside a transaction; one that only reads connects when it first needs to.

    Attributes:
        connection: None: it was not needed yet.
        connect: Makes it.
        straight: The way past SQLAlchemy for statements that were built beforehand; None: there is none, or not here.
        writes: Whether it may write; a read then locks what its docstring says.
        tenant: Whose brands are seen; None: all.
        draw: A random number in [0, 1), for jitter.
        bell: Tells whose turn it is to notify.
        floor: Where claims begin to look.
        steps: Where a statement can be sent as a transaction by itself, if it is the only one; None: nowhere.
        is_spent: Whether that was done: there can be no other then.
        has_ready: Whether a job became ready in this transaction, so that workers are to be woken once it is committed.
        has_rung: Whether the database was told so already.
    """

    connection: AsyncConnection | Connection | None
    connect: Callable[[], Awaitable[AsyncConnection | Connection]]
    straight: StraightReads | None
    database: Database
    writes: bool
    tenant: TenantId | None
    draw: Callable[[], float]
    bell: Bell
    floor: Floor
    steps: Steps | None = None
    is_spent: bool = False
    has_ready: bool = False
    has_rung: bool = False

    async def run(
        self, statement: Executable, rows: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """
        Execute; raise `Unavailable` if the database is out of reach.

        On a plain connection it is done here and now: such a one reads from SQLite, by key, in some ten microseconds.
        """
        connection = await self.connected()
        note_statement()
        with translated():
            if isinstance(connection, Connection):
                return connection.execute(statement, rows)
            return await connection.execute(statement, rows)

    async def send(self, text: str, values: Sequence[Any]) -> Sequence[NamedRow]:
        """
        Execute a statement in the driver's words; return its rows by name. Raise `Unavailable` as `run` does.

        In a step that has begun no transaction it is sent by itself; if it changed something, the step is spent.
        """
        if (steps := self.lone_step) is not None:
            note_statement()
            found = await steps.fetch(text, values)
            self.is_spent = bool(found)
            return found
        connection = await self.connected()
        if not isinstance(connection, AsyncConnection):
            raise RuntimeError("a read-only unit of work changes nothing")
        note_statement()
        with translated():
            return [dict(row) for row in (await connection.exec_driver_sql(text, tuple(values))).mappings()]

    @property
    def lone_step(self) -> Steps | None:
        """The way for a statement that is a transaction by itself; None: there is none here, or not any more."""
        return None if self.is_spent or self.connection is not None else self.steps

    async def connected(self) -> AsyncConnection | Connection:
        """Return the connection; raise `Unavailable` if there can be none."""
        if self.is_spent:
            raise RuntimeError("a step is a single call, and this one is committed; begin a transaction for several")
        if self.connection is None:
            self.connection = await self.connect()
        return self.connection

    async def all(self, statement: Executable, given: Mapping[str, Any] | None = None) -> Sequence[AnyRow]:
        """Return all rows; of a statement that was built beforehand, *given* its values, on the shortest way."""
        if given is not None and self.straight is not None and isinstance(statement, Select):
            written = self.straight.written(statement)
            if written is not None:
                note_statement()
                return await self.straight.rows(written, given)
        return (await self.run(statement, given)).all()

    async def many(self, statement: Executable) -> Sequence[AnyRow]:
        """Return all rows where they may be thousands: never on the event loop's own thread."""
        connection = await self.connected()
        if isinstance(connection, AsyncConnection):
            return await self.all(statement)
        note_statement()
        with translated():
            return await _in_thread(lambda: connection.execute(statement).all())

    @property
    def is_scoped(self) -> bool:
        """Whether only one tenant's brands are seen."""
        return self.tenant is not None

    def given(self, **values: Any) -> dict[str, Any]:
        """Return the values of a statement that was built beforehand, with the tenant for `visible`."""
        return {**values, "tenant": self.tenant} if self.is_scoped else values

    def sees(self) -> ColumnElement[bool]:
        """Return the condition that a row of ``brands`` is there for this store: not deleted, and its tenant's."""
        mine = brands.c.tenant == self.tenant if self.tenant is not None else true()
        return and_(brands.c.deleted_at.is_(None), mine)

    def lives(self, brand: BrandId | ColumnElement[Any]) -> ColumnElement[bool]:
        """
        Return the condition that `sees` holds for a brand; of an id it is asked once, of a column for each row.

        It is a scalar, not an ``exists``, which a plan may turn into a join that reads all brands.
        """
        return select(self.sees()).where(brands.c.id == brand).scalar_subquery()

    def savepoint(self) -> AsyncTransaction:
        """Return a savepoint, to be entered; raise `RuntimeError` where nothing can be written."""
        if not isinstance(self.connection, AsyncConnection):
            raise RuntimeError("a read-only unit of work has no savepoints")
        return self.connection.begin_nested()

    async def first(self, statement: Executable, given: Mapping[str, Any] | None = None) -> AnyRow | None:
        """Return the first row, or None; see `all`."""
        if given is not None and self.straight is not None:
            rows = await self.all(statement, given)
            return rows[0] if rows else None
        return (await self.run(statement, given)).first()

    async def value(self, statement: Executable) -> Any:
        """Return the first column of the first row, or None."""
        return (await self.run(statement)).scalar()

    def told(self, now: datetime | None) -> datetime | None:
        """Return the moment that statements are told, see `brandbrain_store.timing`; None: the database tells it."""
        return self.database.told(now)


async def _in_thread(read: Callable[[], T]) -> T:
    """Return what *read* returns; a cancelled caller waits for it, for the connection must not be given to another."""
    reading = asyncio.ensure_future(asyncio.to_thread(read))
    try:
        return await asyncio.shield(reading)
    except asyncio.CancelledError:
        await asyncio.wait([reading])
        raise


def visible(is_scoped: bool) -> ColumnElement[bool]:
    """
    Return the condition of `Work.sees` for a statement that is built once: building one takes longer than it runs.

    Such a statement is given its values by `Work.given`.
    """
    mine = brands.c.tenant == bindparam("tenant", type_=Text()) if is_scoped else true()
    return and_(brands.c.deleted_at.is_(None), mine)


def inline(value: str) -> ColumnElement[str]:
    """Return *value*, our own constant, in the statement's text: only so can a partial index serve it."""
    return literal(str(value), Text(), literal_execute=True)
