"""The store: it gives transactions, and the repositories hang off them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from brandbrain_core.ids import TenantId
from brandbrain_core.ports.idempotency import IdempotencyRepository
from brandbrain_core.ports.jobs import JobRepository
from brandbrain_core.ports.keys import KeyRepository
from brandbrain_core.ports.repositories import (
    BrandRepository,
    CollectionRepository,
    EvidenceRepository,
    OverridesRepository,
    RunRepository,
    SnapshotRepository,
    SourceRepository,
)
from brandbrain_core.ports.views import ViewRepository


class UnitOfWork(Protocol):
    """One transaction's repositories."""

    @property
    def brands(self) -> BrandRepository:
        """Brands and their answers."""

    @property
    def sources(self) -> SourceRepository:
        """Sources."""

    @property
    def collections(self) -> CollectionRepository:
        """Collection runs and raw items."""

    @property
    def evidence(self) -> EvidenceRepository:
        """Evidence items."""

    @property
    def overrides(self) -> OverridesRepository:
        """Overrides and pins."""

    @property
    def runs(self) -> RunRepository:
        """Compile runs."""

    @property
    def snapshots(self) -> SnapshotRepository:
        """Snapshots."""

    @property
    def jobs(self) -> JobRepository:
        """Jobs and leases."""

    @property
    def views(self) -> ViewRepository:
        """Reads put together by the store."""

    @property
    def idempotency(self) -> IdempotencyRepository:
        """Requests that may be repeated."""

    @property
    def keys(self) -> KeyRepository:
        """API keys."""


class Store(Protocol):
    """Gives transactions."""

    def transaction(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """
        Begin a transaction that may write: committed when the block ends, undone when it raises.

        On SQLite writers wait for each other; on PostgreSQL rows are locked as the methods say.
        """

    def step(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """
        Begin a transaction for a single call, which a store may then carry out in one round trip.

        What that call changes is committed when the block ends at the latest, maybe when the call returns: an exception
        that the block raises after it need not undo it. Where it is committed already, another call is a RuntimeError.
        """

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a cheaper one that only reads; writing in it is an error."""

    def scoped(self, tenant: TenantId) -> Store:
        """
        Return the store as *tenant* sees it: brands of others do not exist in it, nor does anything that is theirs.

        A brand that is added there is the tenant's; one that is added to the store itself is
        `brandbrain_core.ids.DEFAULT_TENANT`'s, and that store sees all. Jobs and idempotency records are no brand's
        property and are seen from everywhere by their ids. What is scoped shares the connections of this store and
        needs no closing.
        """

    async def check(self) -> None:
        """
        Return if the store can be used now.

        Raise `Unavailable` if its database does not answer, or `SchemaMismatch` if that has the schema of another
        version.
        """

    async def close(self) -> None:
        """Let go of connections; calling again does nothing."""
