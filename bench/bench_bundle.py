"""How long it takes to choose a bundle, and how that grows with the number of candidates."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from brandbrain_core.model.caps import Caps
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import SUPPORTED
from brandbrain_core.policies.bundling import bundle
from brandbrain_core.policies.chronology import newest_first
from brandbrain_core.testing import build

KINDS = sorted((*pair, kind) for pair, kind in SUPPORTED.items())
SIZES = [100, 1_000, 10_000]


def candidates(size: int) -> list[EvidenceItem]:
    """Return *size* items of all kinds, in no order."""
    chance = Random(7)
    return [_candidate(number, chance) for number in range(size)]


def _candidate(number: int, chance: Random) -> EvidenceItem:
    platform, capability, content_type = chance.choice(KINDS)
    return build.evidence_item(
        number,
        platform=platform,
        capability=capability,
        content_type=content_type,
        canonical_url=f"https://example.com/{number}",
        published_at=build.NOON - timedelta(minutes=chance.randrange(1_000_000)),
        text_primary="We mend sails by hand, and we like it. " * 8,
        metrics={
            "likes": chance.randrange(5_000),
            "comments": chance.randrange(200),
            "plays": chance.randrange(90_000),
        },
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.benchmark(group="bundle")
def test_bundle(benchmark: BenchmarkFixture, size: int) -> None:
    """Choosing the bundle out of *size* items: time should grow no faster than for one sort of them."""
    items = candidates(size)
    chosen = benchmark(bundle, items, caps=Caps(web=8))
    assert 40 == len(chosen.items)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.benchmark(group="bundle")
def test_limit_one_sort(benchmark: BenchmarkFixture, size: int) -> None:
    """What to compare with: one sort of the same items by time."""
    items = candidates(size)
    assert size == len(benchmark(sorted, items, key=newest_first))
