"""How much people did with an item: comparable within one kind of item of one platform, never across platforms."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.platform import Platform

WEIGHTS: Final[Mapping[Platform, tuple[tuple[str, float], ...]]] = MappingProxyType(
    {
        Platform.INSTAGRAM: (("likes", 1.0), ("comments", 3.0), ("views", 0.1)),
        Platform.LINKEDIN: (("reactions", 1.0), ("comments", 3.0), ("reposts", 2.0)),
        Platform.TIKTOK: (("plays", 0.01), ("likes", 1.0), ("comments", 3.0), ("shares", 4.0), ("saves", 2.0)),
        Platform.YOUTUBE: (("views", 0.01), ("likes", 1.0), ("comments", 3.0)),
        Platform.WEB: (),
    }
)
"""What one count of each metric is worth, by platform; metrics that are not named are worth nothing."""


def engagement(item: NormalisedItem) -> float:
    """
    Return the weighted sum of an item's metrics: 0.0 or more, unitless.

    An absent or negative metric (a platform writes -1 for what it hides) counts as zero.

    >>> from brandbrain_core.model.platform import Capability, ContentType
    >>> engagement(NormalisedItem(
    ...     platform=Platform.INSTAGRAM, capability=Capability.POSTS, content_type=ContentType.POST,
    ...     canonical_url="https://www.instagram.com/p/1", metrics={"likes": -1, "comments": 4, "views": 50},
    ... ))
    17.0
    """
    metrics = item.metrics
    return sum((weight * max(0.0, metrics.get(name, 0)) for name, weight in WEIGHTS[item.platform]), start=0.0)
