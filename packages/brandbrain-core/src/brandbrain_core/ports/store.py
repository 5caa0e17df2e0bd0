"""The store: it gives transactions, and the repositories hang off them."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from brandbrain_core.ports.jobs import JobRepository
from brandbrain_core.ports.repositories import (
    BrandRepository,
    CollectionRepository,
    EvidenceRepository,
    OverridesRepository,
    RunRepository,
    SnapshotRepository,
    SourceRepository,
)


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


class Store(Protocol):
    """Gives transactions."""

    def transaction(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """
        Begin a transaction that may write: committed when the block ends, undone when it raises.

        On SQLite writers wait for each other; on PostgreSQL rows are locked as the methods say.
        """

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Begin a cheaper one that only reads; writing in it is an error."""

    async def close(self) -> None:
        """Let go of connections; calling again does nothing."""
