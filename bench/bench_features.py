"""How long it takes to count the features of a corpus."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.policies.features import report
from brandbrain_core.testing import build

WORDS_AN_ITEM = 1_000
SIZES = [200, pytest.param(2_000, marks=pytest.mark.long)]
FILLER = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "we",
    "you",
    "it",
    "is",
    "for",
    "on",
    "with",
    "that",
    "our",
    "this",
    "are",
    "be",
]


def corpus(size: int) -> list[EvidenceItem]:
    """Return *size* long pages: half function words, half words whose frequency falls as in a language."""
    chance = Random(7)
    vocabulary = ["".join(chance.choices("abdeiklmnorstu", k=chance.randint(4, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(vocabulary))]
    return [_page(number, chance, vocabulary, weights) for number in range(size)]


def _page(number: int, chance: Random, vocabulary: list[str], weights: list[float]) -> EvidenceItem:
    rare = iter(chance.choices(vocabulary, weights, k=WORDS_AN_ITEM))
    words = (next(rare) if chance.random() < 0.5 else chance.choice(FILLER) for _ in range(WORDS_AN_ITEM))
    text = " ".join(f"{word}." if chance.random() < 0.06 else word for word in words)
    return build.evidence_item(number, text_primary=text, published_at=build.NOON - timedelta(hours=number))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.benchmark(group="features", min_rounds=1, max_time=0.1)
def test_report(benchmark: BenchmarkFixture, size: int) -> None:
    """The report of *size* pages of 1,000 words; time should grow about as fast as the text."""
    items = corpus(size)
    assert size == benchmark(report, items).overall.items


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.benchmark(group="features", min_rounds=1, max_time=0.1)
def test_limit_one_split(benchmark: BenchmarkFixture, size: int) -> None:
    """What to compare with: splitting the same texts at blanks, and nothing else."""
    items = corpus(size)
    assert size * WORDS_AN_ITEM == benchmark(lambda: sum(len(item.text_primary.split()) for item in items))
