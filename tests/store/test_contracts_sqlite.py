"""The store on SQLite keeps every promise of the ports."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from brandbrain_core.testing import contracts
from brandbrain_core.testing.clock import ManualClock
from brandbrain_store import SqlStore, open_store


@pytest.fixture
async def store(sqlite_url: str, clock: ManualClock) -> AsyncIterator[SqlStore]:
    """An empty store on SQLite."""
    opened = await open_store(sqlite_url, migrate=False, clock=clock)
    yield opened
    await opened.close()


class TestBrands(contracts.BrandsContract):
    """`Brands` on SQLite."""


class TestClaim(contracts.ClaimContract):
    """`Claim` on SQLite."""


class TestCollections(contracts.CollectionsContract):
    """`Collections` on SQLite."""


class TestDeletedBrand(contracts.DeletedBrandContract):
    """`DeletedBrand` on SQLite."""


class TestEnds(contracts.EndsContract):
    """`Ends` on SQLite."""


class TestEvidence(contracts.EvidenceContract):
    """`Evidence` on SQLite."""


class TestLease(contracts.LeaseContract):
    """`Lease` on SQLite."""


class TestOperator(contracts.OperatorContract):
    """`Operator` on SQLite."""


class TestOverrides(contracts.OverridesContract):
    """`Overrides` on SQLite."""


class TestQueue(contracts.QueueContract):
    """`Queue` on SQLite."""


class TestRuns(contracts.RunsContract):
    """`Runs` on SQLite."""


class TestSnapshots(contracts.SnapshotsContract):
    """`Snapshots` on SQLite."""


class TestSources(contracts.SourcesContract):
    """`Sources` on SQLite."""


class TestSweep(contracts.SweepContract):
    """`Sweep` on SQLite."""


class TestTransactions(contracts.TransactionsContract):
    """`Transactions` on SQLite."""


class TestUpsert(contracts.UpsertContract):
    """`Upsert` on SQLite."""


class TestIdempotency(contracts.IdempotencyContract):
    """`Idempotency` on SQLite."""


class TestKeys(contracts.KeysContract):
    """`Keys` on SQLite."""


class TestTenants(contracts.TenantsContract):
    """`Tenants` on SQLite."""


class TestViews(contracts.ViewsContract):
    """`Views` on SQLite."""
