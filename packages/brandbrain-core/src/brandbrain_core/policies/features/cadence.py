"""How often a brand publishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from brandbrain_core.model.features import Cadence
from brandbrain_core.policies.features.analysis import ItemAnalysis
from brandbrain_core.policies.features.counting import EVIDENCE_KEPT

_DAY: Final = timedelta(days=1)
_DAYS_A_WEEK: Final = 7.0


def cadence(items: Sequence[ItemAnalysis]) -> Cadence:
    """Return how often *items*, given newest first, came; what has no date does not count."""
    dated = [(item.id, item.published_at) for item in items if item.published_at is not None]
    if not dated:
        return Cadence(dated_items=0, span_days=0.0, items_per_week=0.0, evidence=())
    moments = [moment for _, moment in dated]
    span_days = (max(moments) - min(moments)) / _DAY
    return Cadence(
        dated_items=len(dated),
        span_days=span_days,
        items_per_week=len(dated) / max(span_days / _DAYS_A_WEEK, 1.0),
        evidence=tuple(item for item, _ in dated[:EVIDENCE_KEPT]),
    )
