"""What every stage of one compile has at hand."""

from __future__ import annotations

import attrs

from brandbrain_core.model.job import Lease
from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.ports import Clock, Ids, Store


@attrs.frozen(kw_only=True)
class Tools:
    """The store, time, ids, the plan, and the lease under which everything is written."""

    store: Store
    clock: Clock
    ids: Ids
    plan: Plan
    lease: Lease
