"""What a metric is worth, and what it is not."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest

from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.platform import SUPPORTED, Platform
from brandbrain_core.policies.engagement import engagement

ALL_METRICS = {
    "comments": 10,
    "likes": 100,
    "plays": 1000,
    "reactions": 50,
    "reposts": 20,
    "saves": 7,
    "shares": 3,
    "views": 2000,
}


def an_item(platform: Platform, metrics: Mapping[str, float]) -> NormalisedItem:
    """An item with nothing but metrics."""
    capability, content_type = next((pair[1], kind) for pair, kind in SUPPORTED.items() if pair[0] is platform)
    return NormalisedItem(
        platform=platform,
        capability=capability,
        content_type=content_type,
        canonical_url="https://example.com/1",
        metrics=metrics,
    )


@pytest.mark.parametrize(
    ("platform", "expected"),
    [
        (Platform.INSTAGRAM, 100 + 3 * 10 + 0.1 * 2000),
        (Platform.LINKEDIN, 50 + 3 * 10 + 2 * 20),
        (Platform.TIKTOK, 0.01 * 1000 + 100 + 3 * 10 + 4 * 3 + 2 * 7),
        (Platform.YOUTUBE, 0.01 * 2000 + 100 + 3 * 10),
        (Platform.WEB, 0.0),
    ],
)
def test_each_platform_weighs_its_own_metrics(platform: Platform, expected: float) -> None:
    """Metrics that a platform has no weight for count nothing there: LinkedIn's likes are a part of its reactions."""
    assert expected == engagement(an_item(platform, ALL_METRICS))


@pytest.mark.parametrize("platform", list(Platform))
def test_no_metrics_are_zero(platform: Platform) -> None:
    """An absent metric counts as zero."""
    assert 0.0 == engagement(an_item(platform, {}))


@pytest.mark.parametrize("hidden", [-1, -1.0, -math.inf, math.nan])
def test_a_hidden_count_is_worth_nothing(hidden: float) -> None:
    """A platform writes -1 likes for those that it hides: the score neither falls below zero nor becomes no number."""
    assert 3.0 == engagement(an_item(Platform.INSTAGRAM, {"likes": hidden, "comments": 1}))
