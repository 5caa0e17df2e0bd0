"""The store: transactions on SQLite or PostgreSQL, and the repositories that hang off them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from copy import copy
from random import SystemRandom
from types import TracebackType

from sqlalchemy import URL, Connection, Engine, select
from sqlalchemy.ext.asyncio import AsyncConnection

from brandbrain_core.clock import SystemClock, SystemIds
from brandbrain_core.ids import TenantId
from brandbrain_core.ports import Clock, WakeUps
from brandbrain_store import migrate as migrations
from brandbrain_store.addresses import database_of, parse
from brandbrain_store.bell import Bell
from brandbrain_store.brands import SqlBrands
from brandbrain_store.collections import SqlCollections
from brandbrain_store.dialects import Database
from brandbrain_store.driver import is_heard
from brandbrain_store.engines import WRITERS
from brandbrain_store.errors import connecting, raise_if_away, translated
from brandbrain_store.evidence import SqlEvidence
from brandbrain_store.floor import Floor
from brandbrain_store.idempotency import SqlIdempotency
from brandbrain_store.jobs import SqlJobs
from brandbrain_store.keys import SqlKeys
from brandbrain_store.overrides import SqlOverrides
from brandbrain_store.runs import SqlRuns
from brandbrain_store.snapshots import SqlSnapshots
from brandbrain_store.sources import SqlSources
from brandbrain_store.steps import Steps
from brandbrain_store.straight import straight_reads
from brandbrain_store.views import SqlViews
from brandbrain_store.wakeup import ChannelWakeUps, FileWakeUps
from brandbrain_store.work import Work


class SqlUnitOfWork:
    """The repositories of one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    @property
    def brands(self) -> SqlBrands:
        """Brands and their answers."""
        return SqlBrands(self._work)

    @property
    def sources(self) -> SqlSources:
        """Sources."""
        return SqlSources(self._work)

    @property
    def collections(self) -> SqlCollections:
        """Collection runs and raw items."""
        return SqlCollections(self._work)

    @property
    def evidence(self) -> SqlEvidence:
        """Evidence items."""
        return SqlEvidence(self._work)

    @property
    def overrides(self) -> SqlOverrides:
        """Overrides and pins."""
        return SqlOverrides(self._work)

    @property
    def runs(self) -> SqlRuns:
        """Compile runs."""
        return SqlRuns(self._work)

    @property
    def snapshots(self) -> SqlSnapshots:
        """Snapshots."""
        return SqlSnapshots(self._work)

    @property
    def jobs(self) -> SqlJobs:
        """Jobs and leases."""
        return SqlJobs(self._work)

    @property
    def views(self) -> SqlViews:
        """Reads put together by the store."""
        return SqlViews(self._work)

    @property
    def idempotency(self) -> SqlIdempotency:
        """Requests that may be repeated."""
        return SqlIdempotency(self._work)

    @property
    def keys(self) -> SqlKeys:
        """API keys."""
        return SqlKeys(self._work)


class SqlStore:
    """
    A `brandbrain_core.ports.Store` in a database. Made by `open_store`; belongs to the event loop that uses it first.

    A thread with a loop of its own, such as one for heartbeats, opens a store of its own.
    """

    def __init__(self, url: URL, database: Database, *, draw: Callable[[], float]) -> None:
        self._url = url
        self._database = database
        self._draw = draw
        self._writing = database.writing_engine(url)
        self._reading = database.reading_engine(url)
        self._straight = straight_reads(self._reading, url)
        stepping = database.step_engine(url)
        self._steps = None if stepping is None else Steps(stepping, limit=WRITERS)
        wake = database.wake()
        self._wake = None if wake is None else select(wake)
        self._bell = Bell(self._ring)
        self._floor = Floor()
        self._tenant: TenantId | None = None
        self._ready = asyncio.Event()
        self._wake_ups: list[WakeUps] = []

    def __repr__(self) -> str:
        return f"<SqlStore {self._url.render_as_string(hide_password=True)}>"

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlUnitOfWork]:
        """Begin a transaction that may write; see `brandbrain_core.ports.Store`."""
        with translated():
            async with AsyncExitStack() as stack:
                work = self._work(await self._begin(stack), _no_other, writes=True)
                yield SqlUnitOfWork(work)
                await self._tell_with(work)
        self._tell_of(work)

    def step(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        """
        Begin a transaction for a single call; see the port.

        Where that call is a single statement, the statement is the transaction. Other calls begin one as they need it.
        """
        if self._steps is None or is_heard(self._writing.sync_engine):
            return self.transaction()
        return _Step(self, self._steps)

    def reading(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        """
        Begin a unit of work that only reads; writing in it is an error.

        Each statement sees what was committed when it began; two of them may see two states.
        """
        return _Reading(self)

    def scoped(self, tenant: TenantId) -> SqlStore:
        """Return the store as *tenant* sees it; it shares the connections of this one. See the port."""
        scoped = copy(self)
        scoped._tenant = tenant  # noqa: SLF001
        return scoped

    async def check(self) -> None:
        """
        Return if the database answers and has the schema of this version.

        Raises:
            Unavailable: It does not answer.
            SchemaMismatch: It was laid out by another version, or not at all.
        """
        with translated():
            async with AsyncExitStack() as stack:
                connection = await self._connect_reading(stack)
                if isinstance(connection, Connection):
                    migrations.require_head(connection)
                else:
                    await connection.run_sync(migrations.require_head)

    def wake_ups(self, listen_url: str | None = None) -> WakeUps:
        """
        Return what tells this process that a job became ready; closed with the store.

        Args:
            listen_url: Where PostgreSQL is reached directly, if the store's URL goes through a pooler.
        """
        made: WakeUps
        if self._url.drivername == "sqlite":
            made = FileWakeUps(str(self._url.database), self._ready)
        else:
            made = ChannelWakeUps(parse(listen_url) if listen_url else self._url, new_id=SystemIds().new)
        self._wake_ups.append(made)
        return made

    async def close(self) -> None:
        """Let go of connections; calling again does nothing."""
        await self._bell.close()
        for made in self._wake_ups:
            await made.close()
        if self._straight is not None:
            await self._straight.close()
        if self._steps is not None:
            await self._steps.close()
        await self._writing.dispose()
        if isinstance(self._reading, Engine):
            self._reading.dispose()
        else:
            await self._reading.dispose()

    async def _begin(self, stack: AsyncExitStack) -> AsyncConnection:
        with connecting():
            connection = await stack.enter_async_context(self._writing.connect())
            await stack.enter_async_context(connection.begin())
        return connection

    async def _tell_with(self, work: Work) -> None:
        """Have the commit tell workers that a job became ready, if it is this transaction's turn to do so."""
        if self._wake is not None and work.has_ready and not work.has_rung and self._bell.takes_turn():
            work.has_rung = True
            await work.run(self._wake)

    def _tell_of(self, work: Work) -> None:
        """Tell workers of what was committed, where the commit did not."""
        if work.has_ready:
            self._ready.set()
            self._floor.forget()
            if self._wake is not None and not work.has_rung:
                self._bell.ring_later()

    async def _ring(self) -> None:
        if self._wake is not None:
            async with self._writing.begin() as connection:
                await connection.execute(self._wake)

    async def _connect_reading(self, stack: AsyncExitStack) -> AsyncConnection | Connection:
        with connecting():
            if isinstance(self._reading, Engine):
                return stack.enter_context(self._reading.connect())
            return await stack.enter_async_context(self._reading.connect())

    def _work(
        self,
        connection: AsyncConnection | None,
        connect: Callable[[], Awaitable[AsyncConnection | Connection]],
        *,
        writes: bool,
    ) -> Work:
        return Work(
            connection=connection,
            connect=connect,
            straight=None if writes else self._straight,
            database=self._database,
            writes=writes,
            tenant=self._tenant,
            draw=self._draw,
            bell=self._bell,
            floor=self._floor,
        )


class _Step(AbstractAsyncContextManager[SqlUnitOfWork]):
    """A unit of work for a single call. A class, not a generator: it stands round the most frequent statements."""

    def __init__(self, store: SqlStore, steps: Steps) -> None:
        self._store = store
        self._stack: AsyncExitStack | None = None
        self._work = store._work(None, self._connect, writes=True)  # noqa: SLF001
        self._work.steps = steps

    async def __aenter__(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self._work)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._stack is not None:
            with translated():
                if error is not None:
                    await self._stack.__aexit__(kind, error, traceback)
                else:
                    async with self._stack:
                        await self._store._tell_with(self._work)  # noqa: SLF001
        raise_if_away(error)
        if error is None:
            self._store._tell_of(self._work)  # noqa: SLF001

    async def _connect(self) -> AsyncConnection:
        self._stack = AsyncExitStack()
        return await self._store._begin(self._stack)  # noqa: SLF001


class _Reading(AbstractAsyncContextManager[SqlUnitOfWork]):
    """A unit of work that only reads. Most need no connection of SQLAlchemy's: none is made before one is asked for."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._stack: AsyncExitStack | None = None

    async def __aenter__(self) -> SqlUnitOfWork:
        return SqlUnitOfWork(self._store._work(None, self._connect, writes=False))  # noqa: SLF001

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._stack is not None:
            with translated():
                await self._stack.__aexit__(kind, error, traceback)
        raise_if_away(error)

    async def _connect(self) -> AsyncConnection | Connection:
        self._stack = AsyncExitStack()
        return await self._store._connect_reading(self._stack)  # noqa: SLF001


async def _no_other() -> AsyncConnection:
    raise RuntimeError("a transaction has one connection")


async def open_store(
    url: str, *, migrate: bool, clock: Clock | None = None, draw: Callable[[], float] | None = None
) -> SqlStore:
    """
    Open the database that *url* names.

    Args:
        url: ``sqlite:///file.db`` or ``postgresql://user:password@host/name``.
        migrate: Bring the schema up to date first.
        clock: Tells the time where the database does not (SQLite); the machine's if absent.
        draw: Gives random numbers in [0, 1) for the jitter of backoffs.

    Raises:
        InvalidSettings: The URL is not one of these.
        Unavailable: The database cannot be reached.
        SchemaMismatch: Its schema is not that of this version.
    """
    parts = parse(url)
    if migrate:
        await migrations.upgrade(url)
    store = SqlStore(parts, database_of(parts, clock or SystemClock()), draw=draw or SystemRandom().random)
    try:
        await store.check()
    except BaseException:
        await store.close()
        raise
    return store
