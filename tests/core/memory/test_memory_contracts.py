"""The store in memory keeps every promise of the ports."""

from __future__ import annotations

import pytest

from brandbrain_core.memory import MemoryStore
from brandbrain_core.ports import Store
from brandbrain_core.testing import contracts
from brandbrain_core.testing.clock import ManualClock


class OnMemory:
    """Supplies the store to the suites."""

    @pytest.fixture
    async def store(self, clock: ManualClock) -> Store:
        """An empty store."""
        return MemoryStore(clock)


class TestTransactions(OnMemory, contracts.TransactionsContract):
    """Transactions."""


class TestBrands(OnMemory, contracts.BrandsContract):
    """Brands."""


class TestDeletedBrands(OnMemory, contracts.DeletedBrandContract):
    """Deleted brands."""


class TestSources(OnMemory, contracts.SourcesContract):
    """Sources."""


class TestCollections(OnMemory, contracts.CollectionsContract):
    """Collection runs and raw items."""


class TestEvidence(OnMemory, contracts.EvidenceContract):
    """Reading evidence."""


class TestUpserts(OnMemory, contracts.UpsertContract):
    """Writing evidence."""


class TestOverrides(OnMemory, contracts.OverridesContract):
    """Overrides and pins."""


class TestRuns(OnMemory, contracts.RunsContract):
    """Compile runs."""


class TestSnapshots(OnMemory, contracts.SnapshotsContract):
    """Snapshots."""


class TestQueue(OnMemory, contracts.QueueContract):
    """The queue."""


class TestClaims(OnMemory, contracts.ClaimContract):
    """Claims."""


class TestLeases(OnMemory, contracts.LeaseContract):
    """Leases."""


class TestEnds(OnMemory, contracts.EndsContract):
    """Ends of attempts."""


class TestSweeps(OnMemory, contracts.SweepContract):
    """Sweeps."""


class TestOperators(OnMemory, contracts.OperatorContract):
    """What people may do."""


class TestTenants(OnMemory, contracts.TenantsContract):
    """The stores of tenants."""


class TestViews(OnMemory, contracts.ViewsContract):
    """Reads put together."""


class TestIdempotency(OnMemory, contracts.IdempotencyContract):
    """Requests that may be repeated."""


class TestKeys(OnMemory, contracts.KeysContract):
    """API keys."""
