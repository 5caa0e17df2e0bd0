"""What holds of every feature report, whatever the items."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.model.evidence import EvidenceItem, SecondaryKind
from brandbrain_core.model.features import Counted, FeatureBlock, FeatureReport, Share
from brandbrain_core.model.platform import SUPPORTED
from brandbrain_core.policies.features import report
from brandbrain_core.testing import build

PIECES = [
    "Learn more",
    "tap the sail",
    "A staple?",
    "we love keels",
    "#rye",
    "🥐",
    "don't",
    "you",
    "https://sol.example",
]


@st.composite
def corpora(draw: st.DrawFn) -> list[EvidenceItem]:
    """Items of all kinds with texts made of telling pieces."""
    texts = st.lists(st.sampled_from(PIECES), max_size=6).map(". ".join)
    items = []
    for number in range(draw(st.integers(0, 12))):
        (platform, capability), content_type = draw(st.sampled_from(sorted(SUPPORTED.items())))
        days = draw(st.one_of(st.none(), st.integers(0, 30)))
        spoken = draw(st.one_of(st.none(), texts.filter(bool)))
        items.append(
            build.evidence_item(
                number,
                platform=platform,
                capability=capability,
                content_type=content_type,
                text_primary=draw(texts),
                text_secondary=spoken,
                secondary_kind=spoken and SecondaryKind.TRANSCRIPT,
                published_at=None if days is None else build.NOON - timedelta(days=days),
            )
        )
    return items


def lists(block: FeatureBlock) -> Iterable[tuple[Counted, ...]]:
    """Every list of counted things of a block."""
    phrases = [block.calls_to_action.top, block.calls_to_action.groups, block.hooks.top, block.hooks.groups]
    return [*phrases, block.emoji.top, block.hashtags.top, block.formats, block.languages, block.tones, block.recurring]


def shares(block: FeatureBlock) -> Iterable[Share]:
    """Every share of a block."""
    usages = [block.calls_to_action.usage, block.hooks.usage, block.emoji.usage, block.hashtags.usage]
    persons = [block.first_person, block.first_plural, block.second_person]
    marks = [block.questions, block.opening_questions, block.exclamations, block.contractions, block.mentions]
    return [*usages, *persons, *marks, block.links]


@given(items=corpora(), data=st.data())
def test_order_does_not_matter(items: list[EvidenceItem], data: st.DataObject) -> None:
    """The same items in any order give the same report, byte for byte, and it can be read back."""
    shuffled = data.draw(st.permutations(items))
    text = wire.dumps(report(items))

    assert text == wire.dumps(report(shuffled))
    assert report(items) == wire.loads(text, FeatureReport)


@given(corpora())
def test_numbers_agree_with_one_another(items: list[EvidenceItem]) -> None:
    """Shares are of the items, counts are not below items, evidence is of the items and no longer than five."""
    found = report(items)
    known = {item.id for item in items}

    assert len(items) == found.overall.items == sum(block.items for block in found.by_platform.values())
    for block in (found.overall, *found.by_platform.values()):
        for each in (each for counted in lists(block) for each in counted):
            assert 1 <= each.items <= each.count
            assert each.items / block.items == each.share
            assert len(each.evidence) == min(5, each.items)
            assert known >= set(each.evidence)
        for share in shares(block):
            assert len(share.evidence) == min(5, share.items)
            assert 0.0 <= share.share <= 1.0
            assert (share.items == 0) == (share.mean == 0.0)


@given(corpora())
def test_lists_go_from_common_to_rare_and_then_by_name(items: list[EvidenceItem]) -> None:
    """Ties are broken by name; only recurring phrases have an order of their own."""
    block = report(items).overall

    for counted in lists(block):
        if counted is not block.recurring:
            assert sorted(counted, key=lambda each: (-each.count, each.name)) == list(counted)


PROGRAM = """
import sys
from brandbrain_core import wire
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.policies.features import report

texts = frozenset(sys.stdin.read().splitlines())
sys.stdout.write(wire.dumps(report(wire.loads(text, EvidenceItem) for text in texts)))
"""


def test_the_hash_seed_does_not_matter() -> None:
    """Processes with different hash seeds, which read the items in different orders, write the same bytes."""
    words = ["keel", "sail", "winter check", "rye", "oar", "seam", "palm", "bag", "loft", "love", "data"]
    items = [
        build.evidence_item(n, text_primary=f"{words[n % 11]} and {words[n % 7]}, {words[n % 5]}!", published_at=None)
        for n in range(40)
    ]
    stdin = "\n".join(wire.dumps(item) for item in items)

    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=stdin,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert {wire.dumps(report(items))} == outputs
