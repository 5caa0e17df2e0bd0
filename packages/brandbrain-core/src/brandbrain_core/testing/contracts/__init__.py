"""
Contract suites: what every store must do, as tests that anybody's store can run.

A subclass, named ``Test...`` in a test module of the adapter, supplies an async fixture ``store`` that gives an empty
store::

    class TestMemoryJobs(LeaseContract):
        @pytest.fixture
        async def store(self, clock):
            return MemoryStore(clock)

The suites need pytest and Hypothesis (extra ``testing``), and pytest-asyncio in its auto mode.
"""

import pkgutil

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__)))

from brandbrain_core.testing.contracts.base import StoreContract  # noqa: E402
from brandbrain_core.testing.contracts.brands import BrandsContract  # noqa: E402
from brandbrain_core.testing.contracts.claims import ClaimContract  # noqa: E402
from brandbrain_core.testing.contracts.collections import CollectionsContract  # noqa: E402
from brandbrain_core.testing.contracts.deleting import DeletedBrandContract  # noqa: E402
from brandbrain_core.testing.contracts.ends import EndsContract  # noqa: E402
from brandbrain_core.testing.contracts.evidence import EvidenceContract  # noqa: E402
from brandbrain_core.testing.contracts.evidence_upserts import UpsertContract  # noqa: E402
from brandbrain_core.testing.contracts.idempotency import IdempotencyContract  # noqa: E402
from brandbrain_core.testing.contracts.keys import KeysContract  # noqa: E402
from brandbrain_core.testing.contracts.leases import LeaseContract  # noqa: E402
from brandbrain_core.testing.contracts.operators import OperatorContract  # noqa: E402
from brandbrain_core.testing.contracts.overrides import OverridesContract  # noqa: E402
from brandbrain_core.testing.contracts.queue import QueueContract  # noqa: E402
from brandbrain_core.testing.contracts.runs import RunsContract  # noqa: E402
from brandbrain_core.testing.contracts.snapshots import SnapshotsContract  # noqa: E402
from brandbrain_core.testing.contracts.sources import SourcesContract  # noqa: E402
from brandbrain_core.testing.contracts.sweeps import SweepContract  # noqa: E402
from brandbrain_core.testing.contracts.tenants import TenantsContract  # noqa: E402
from brandbrain_core.testing.contracts.transactions import TransactionsContract  # noqa: E402
from brandbrain_core.testing.contracts.views import ViewsContract  # noqa: E402

__all__ = [
    "BrandsContract",
    "ClaimContract",
    "CollectionsContract",
    "DeletedBrandContract",
    "EndsContract",
    "EvidenceContract",
    "IdempotencyContract",
    "KeysContract",
    "LeaseContract",
    "OperatorContract",
    "OverridesContract",
    "QueueContract",
    "RunsContract",
    "SnapshotsContract",
    "SourcesContract",
    "StoreContract",
    "SweepContract",
    "TenantsContract",
    "TransactionsContract",
    "UpsertContract",
    "ViewsContract",
]
