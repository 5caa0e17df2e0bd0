"""
A store seen through a bad network: every await of a transaction, of a call and of a commit may go wrong.

What the store does, it does in one step: a process may stop or die before a call arrives, after it was carried out, and
while a commit is on its way, but not within one. The watcher sees each call where the store sees it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from types import TracebackType
from typing import Any, cast

from brandbrain_core.errors import BrandBrainError, Unavailable
from brandbrain_core.ids import TenantId
from brandbrain_core.ports import Store, UnitOfWork
from brandbrain_core.testing.simulation.calls import Call, Transaction
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_core.testing.simulation.network import Link
from brandbrain_core.testing.simulation.processes import Process
from brandbrain_core.testing.simulation.repeating import is_repeatable, may_be_doubled
from brandbrain_core.testing.simulation.wakeups import Bell
from brandbrain_core.testing.simulation.watcher import Watcher

BROKEN = "the connection broke"
MAKES_READY = frozenset({"add", "replace_pending", "retry", "complete", "fail", "hand_back"})
"""Calls after which a job may be ready, of this brand or of another."""


class Server:
    """The side of the store: the store itself, who watches it, and what it does without being asked."""

    def __init__(self, store: Store, watcher: Watcher, bell: Bell, process: Process, later: Callable[..., Any]) -> None:
        self.store = store
        self.bell = bell
        self.watcher = watcher
        self.process = process
        self.later = later
        self.repeats = 0

    async def committed(self, transaction: Transaction) -> None:
        """Check what was committed just now, and tell of it."""
        await self.watcher.committed(transaction)
        if not MAKES_READY.isdisjoint(call.name for call in transaction.calls):
            self.bell.ring()

    def repeat(self, transaction: Transaction, after: float) -> None:
        """Deliver a transaction once more."""
        self.repeats += 1
        self.process.spawn(self._repeat(transaction, after))

    async def _repeat(self, transaction: Transaction, after: float) -> None:
        try:
            await nap(after)
            again = self.watcher.begin(f"{transaction.who}'")
            async with self.store.transaction() as work:
                for call in transaction.calls:
                    await self.watcher.carry_out(again, work, call)
            await self.committed(again)
        except BrandBrainError:
            self.watcher.count("refused repeats")
        finally:
            self.repeats -= 1


class FaultyStore:
    """Implements `brandbrain_core.ports.Store` for one process."""

    def __init__(self, server: Server, link: Link, *, store: Store | None = None) -> None:
        self._server = server
        self._link = link
        self._store = server.store if store is None else store

    def transaction(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a transaction that may write; see the port."""
        return _Session(self._server, self._link, self._store.transaction())

    def step(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin one for a single call; see the port."""
        return _Session(self._server, self._link, self._store.step())

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin one that only reads; see the port."""
        return _Session(self._server, self._link, self._store.reading(), reads=True)

    def scoped(self, tenant: TenantId) -> Store:
        """Return the store as a tenant sees it; see the port."""
        return FaultyStore(self._server, self._link, store=self._store.scoped(tenant))

    async def check(self) -> None:
        """Ask whether the store can be used now."""
        await self._link.travel()
        await self._store.check()

    async def close(self) -> None:
        """Do nothing: the store is the world's."""


class _Session:
    """One transaction over one connection."""

    def __init__(
        self, server: Server, link: Link, inner: AbstractAsyncContextManager[UnitOfWork], *, reads: bool = False
    ) -> None:
        self._server = server
        self._link = link
        self._inner = inner
        self._reads = reads
        self._work: UnitOfWork | None = None
        self._is_open = False
        self._is_gone = False
        self._heard = 0.0
        self._idle_timer: asyncio.TimerHandle | None = None
        self._transaction = server.watcher.begin(link.process.name)

    async def __aenter__(self) -> UnitOfWork:
        await self._link.travel()
        if self._reads:
            await self._open()
        elif (opening := self._server.process.begin(self._open())) is not None:
            try:
                await opening
            except asyncio.CancelledError:
                opening.add_done_callback(self._nobody_wants_it)
                raise
        try:
            await self._link.return_home()
        except BaseException:
            self._break()
            raise
        return cast(UnitOfWork, _Work(self))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._is_open or self._is_gone:
            if error is None:
                raise Unavailable("store", BROKEN)
            return
        if error is not None:
            if self._link.process.is_dead:
                self._break()
            else:
                await self._roll_back()
            return
        await self._commit()
        if not self._reads:
            await self._link.travel()

    async def call(self, repository: str, name: str, /, *args: Any, **more: Any) -> Any:
        """Carry out one call in the store, and bring its result."""
        call = Call(repository=repository, name=name, args=args, more=more)
        faults = self._link.network.faults
        try:
            await self._link.travel()
            work = self._heard_from()
            result = await self._server.watcher.carry_out(self._transaction, work, call)
            if may_be_doubled(call) and self._link.network.happens(faults.doubled):
                await self._once_more(work, call)
            await self._link.return_home()
        except Unavailable:
            self._break()
            raise
        return result

    async def _once_more(self, work: UnitOfWork, call: Call) -> None:
        try:
            await self._server.watcher.carry_out(self._transaction, work, call)
        except BrandBrainError:
            self._server.watcher.count("refused doubles")

    async def _open(self) -> None:
        """Begin in the store; its patience begins, too."""
        self._work = await self._inner.__aenter__()
        self._is_open = True
        if not self._reads:
            self._heard = self._link.network.now
            self._idle_timer = self._server.later(self._link.network.faults.idle, self._give_up_if_idle)

    def _heard_from(self) -> UnitOfWork:
        if not self._is_open or self._is_gone or self._work is None:
            raise Unavailable("store", BROKEN)
        self._heard = self._link.network.now
        return self._work

    async def _commit(self) -> None:
        network = self._link.network
        if self._reads:
            await self._committed()
            return
        try:
            await self._link.travel()
        except Unavailable:
            self._break()
            raise
        except asyncio.CancelledError:
            if network.happens(0.5):
                self._break()
            else:
                await self._committed()
            raise
        self._heard_from()
        await self._committed()
        if network.happens(network.faults.lost_answers) and not self._reads:
            raise Unavailable("store", "the connection broke after the commit was sent")

    async def _committed(self) -> None:
        if not self._is_open:
            return
        network = self._link.network
        self._close()
        await self._inner.__aexit__(None, None, None)
        if self._reads:
            return
        await self._server.committed(self._transaction)
        if network.happens(network.faults.repeated) and is_repeatable(self._transaction.calls):
            self._server.repeat(self._transaction, network.up_to(network.faults.latest))

    async def _roll_back(self) -> None:
        if self._is_open:
            self._close()
            error = Unavailable("store", "rolled back")
            try:
                await self._inner.__aexit__(Unavailable, error, None)
            except Unavailable as raised:
                if raised is not error:
                    raise

    def _close(self) -> None:
        self._is_open = False
        if self._idle_timer is not None:
            self._idle_timer.cancel()

    def _break(self) -> None:
        """Lose the connection; the store notices at once, or only when it has been idle for long."""
        if not self._is_open or self._is_gone:
            return
        self._is_gone = True
        if not self._reads and self._link.network.happens(self._link.network.faults.unnoticed):
            return
        self._server.process.spawn(self._roll_back())

    def _give_up_if_idle(self) -> None:
        idle, patience = self._link.network.now - self._heard, self._link.network.faults.idle
        if not self._is_open:
            return
        if idle + 1e-6 < patience:
            self._idle_timer = self._server.later(patience - idle, self._give_up_if_idle)
        else:
            self._server.watcher.count("idle transactions undone")
            self._server.process.spawn(self._roll_back())

    def _nobody_wants_it(self, opening: asyncio.Task[None]) -> None:
        if not opening.cancelled() and opening.exception() is None:
            self._break()


class _Work:
    """The repositories of a transaction, each as far away as the store."""

    def __init__(self, session: _Session) -> None:
        self._session = session

    def __getattr__(self, name: str) -> _Repository:
        repository = _Repository(self._session, name)
        setattr(self, name, repository)
        return repository


class _Repository:
    def __init__(self, session: _Session, name: str) -> None:
        self._session = session
        self._name = name

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        return partial(self._session.call, self._name, name)
