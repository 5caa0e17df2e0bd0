"""A store whose transactions are all the same one: so that services can take part in a transaction of their caller."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from brandbrain_core.ids import TenantId
from brandbrain_core.ports import Store, UnitOfWork


class JoinedStore:
    """
    Implements `brandbrain_core.ports.Store` inside an open transaction.

    What its transactions write is committed or undone with the outer one. An exception that leaves one of them must
    leave the outer one too; it is not undone by itself.
    """

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[UnitOfWork]:
        """Take part in the open transaction."""
        yield self._work

    def step(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Take part in the open transaction."""
        return self.transaction()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[UnitOfWork]:
        """Take part in the open transaction."""
        yield self._work

    def scoped(self, tenant: TenantId) -> Store:
        """Raise RuntimeError: whose view it is was decided when the transaction began."""
        raise RuntimeError(f"a transaction that is open cannot become {tenant}'s")

    async def check(self) -> None:
        """Return: the transaction is open."""

    async def close(self) -> None:
        """Do nothing: the transaction is its owner's."""
