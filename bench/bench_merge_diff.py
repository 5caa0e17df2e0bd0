"""How long an edit takes beside parsing: merge, freeze and diff of snapshots of some sizes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from random import Random
from uuid import UUID

import attrs
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from brandbrain_core import wire
from brandbrain_core.ids import BrandId
from brandbrain_core.model.fields import FieldNode, FieldSource, SourceType
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.snapshot import Pillar, Snapshot
from brandbrain_core.policies.diffing import diff_snapshots
from brandbrain_core.policies.merging import merge
from brandbrain_core.policies.overriding import patch
from brandbrain_core.testing import snapshots as build

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
KIBIBYTES = [8, 16, 64]
SEED = 7
WORDS = ["sail", "rope", "mast", "loft", "wind", "tide", "hull", "crew", "harbour", "canvas", "needle", "thread"]


def sized(kibibytes: int) -> Snapshot:
    """Return a snapshot whose document has about that size: few words more or less, as many pillars as that takes."""
    chance = Random(SEED)
    snapshot = build.snapshot(platforms=("instagram", "linkedin", "web"))
    pillars: list[Pillar] = []
    while len(wire.dumps(snapshot).encode()) < kibibytes * 1024:
        pillars.append(_pillar(f"pillar-{len(pillars)}", chance))
        snapshot = attrs.evolve(snapshot, pillars=tuple(pillars))
    return snapshot


def _pillar(key: str, chance: Random) -> Pillar:
    sources = tuple(FieldSource(type=SourceType.EVIDENCE, id=str(UUID(int=chance.getrandbits(128)))) for _ in range(3))
    texts = [" ".join(chance.choices(WORDS, k=length)) for length in (3, 30, 2, 2, 2)]
    return Pillar(
        id=key,
        name=FieldNode(value=texts[0], confidence=0.5, sources=sources),
        description=FieldNode(value=texts[1], confidence=0.5, sources=sources),
        themes=FieldNode(value=tuple(texts[2:]), confidence=0.5, sources=sources),
    )


def edited(snapshot: Snapshot) -> Overrides:
    """Return ten overrides and a pinned section, as somebody at work on the brand may have."""
    values = {f"pillars.{index}.name": f"Pillar {index}" for index in range(6)}
    values |= {"voice.cta_policy": "none", "tagline": "Up!", "voice.motto": "Up!", "meta.reviewed_by": "Ida"}
    none = Overrides(brand_id=BrandId(UUID(int=1)))
    return patch(none, values=values, pinned_paths=["positioning"], snapshot=snapshot, now=NOON)


@pytest.mark.parametrize("size", KIBIBYTES)
@pytest.mark.benchmark(group="merge and diff")
def test_merge(benchmark: BenchmarkFixture, size: int) -> None:
    """A merge of ten overrides and a pinned section: less than parsing and structuring the document takes."""
    snapshot = sized(size)
    overrides = edited(snapshot)
    merged = benchmark(merge, snapshot, overrides, version=2)
    assert overrides.values["tagline"] == merged.own_fields["tagline"].value


@pytest.mark.parametrize("size", KIBIBYTES)
@pytest.mark.benchmark(group="merge and diff")
def test_patch(benchmark: BenchmarkFixture, size: int) -> None:
    """An edit of one field, checked and frozen, which has a merge within it."""
    snapshot = sized(size)
    overrides = edited(snapshot)
    merged = merge(snapshot, overrides, version=2)
    after = benchmark(patch, overrides, values={"voice.do": ["Ask"]}, snapshot=merged, now=NOON)
    assert len(overrides.values) + 1 == len(after.values)


@pytest.mark.parametrize("size", KIBIBYTES)
@pytest.mark.benchmark(group="merge and diff")
def test_diff(benchmark: BenchmarkFixture, size: int) -> None:
    """The diff of a snapshot with its merge, all leaves read on both sides."""
    snapshot = sized(size)
    merged = merge(snapshot, edited(snapshot), version=2)
    assert 10 == len(benchmark(diff_snapshots, snapshot, merged))


@pytest.mark.parametrize("size", KIBIBYTES)
@pytest.mark.benchmark(group="merge and diff")
def test_limit_parsing(benchmark: BenchmarkFixture, size: int) -> None:
    """What to compare with: `json.loads` of the same document, which knows nothing of its meaning."""
    snapshot = sized(size)
    assert len(snapshot.pillars) == len(benchmark(json.loads, wire.dumps(snapshot))["pillars"])


@pytest.mark.parametrize("size", KIBIBYTES)
@pytest.mark.benchmark(group="merge and diff")
def test_limit_structuring(benchmark: BenchmarkFixture, size: int) -> None:
    """What every edit pays before it can merge: the document read into its classes."""
    snapshot = sized(size)
    assert snapshot == benchmark(wire.loads, wire.dumps(snapshot), Snapshot)
