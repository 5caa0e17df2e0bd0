"""What the services need from the outside, in one value that the edge builds once."""

from __future__ import annotations

import attrs

from brandbrain_core.pipeline.plan import Plan
from brandbrain_core.ports import Clock, Ids, Store


@attrs.frozen(kw_only=True)
class Deps:
    """The store, time, ids, and the plan by which brands are compiled."""

    store: Store
    clock: Clock
    ids: Ids
    plan: Plan
