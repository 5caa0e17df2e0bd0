"""The store on PostgreSQL keeps every promise of the ports."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from brandbrain_core.testing import contracts
from brandbrain_core.testing.clock import ManualClock
from brandbrain_store import SqlStore, open_store


@pytest.fixture
async def store(emptied_postgres: str, clock: ManualClock) -> AsyncIterator[SqlStore]:
    """An empty store on PostgreSQL."""
    opened = await open_store(emptied_postgres, migrate=False, clock=clock)
    yield opened
    await opened.close()


class TestBrands(contracts.BrandsContract):
    """`Brands` on PostgreSQL."""


class TestClaim(contracts.ClaimContract):
    """`Claim` on PostgreSQL."""


class TestCollections(contracts.CollectionsContract):
    """`Collections` on PostgreSQL."""


class TestDeletedBrand(contracts.DeletedBrandContract):
    """`DeletedBrand` on PostgreSQL."""


class TestEnds(contracts.EndsContract):
    """`Ends` on PostgreSQL."""


class TestEvidence(contracts.EvidenceContract):
    """`Evidence` on PostgreSQL."""


class TestLease(contracts.LeaseContract):
    """`Lease` on PostgreSQL."""


class TestOperator(contracts.OperatorContract):
    """`Operator` on PostgreSQL."""


class TestOverrides(contracts.OverridesContract):
    """`Overrides` on PostgreSQL."""


class TestQueue(contracts.QueueContract):
    """`Queue` on PostgreSQL."""


class TestRuns(contracts.RunsContract):
    """`Runs` on PostgreSQL."""


class TestSnapshots(contracts.SnapshotsContract):
    """`Snapshots` on PostgreSQL."""


class TestSources(contracts.SourcesContract):
    """`Sources` on PostgreSQL."""


class TestSweep(contracts.SweepContract):
    """`Sweep` on PostgreSQL."""


class TestTransactions(contracts.TransactionsContract):
    """`Transactions` on PostgreSQL."""


class TestUpsert(contracts.UpsertContract):
    """`Upsert` on PostgreSQL."""


class TestIdempotency(contracts.IdempotencyContract):
    """`Idempotency` on PostgreSQL."""


class TestKeys(contracts.KeysContract):
    """`Keys` on PostgreSQL."""


class TestTenants(contracts.TenantsContract):
    """`Tenants` on PostgreSQL."""


class TestViews(contracts.ViewsContract):
    """`Views` on PostgreSQL."""
