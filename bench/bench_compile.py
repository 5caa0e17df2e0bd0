"""
How long the stages of a compile take, and the whole of it; each beside the least that something similar must cost.

The brand is invented: words fall off in frequency as in a language, with tags, emoji, questions and calls to action.
Of many candidates the compile looks at the corpus, 2,000 items at most; ten thousand of them cost that, and a choice.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import attrs
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from brandbrain_core import wire
from brandbrain_core.ids import BrandId
from brandbrain_core.memory import compile_items
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.draft import Brief
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem, SecondaryKind
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.platform import SUPPORTED, Capability, ContentType, Platform
from brandbrain_core.model.reports import EvidenceStatus
from brandbrain_core.model.snapshot import SynthesizerInfo
from brandbrain_core.policies.answers import read
from brandbrain_core.policies.assembly import Assembled, assemble
from brandbrain_core.policies.bundling import bundle
from brandbrain_core.policies.chronology import newest_first
from brandbrain_core.policies.evidence_merge import first_seen
from brandbrain_core.policies.features import report
from brandbrain_core.policies.merging import merge
from brandbrain_core.policies.qa import check
from brandbrain_core.ports import NormaliseContext
from brandbrain_core.services.brands import create_brand
from brandbrain_core.services.compile_now import compile_now
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.snapshots import latest_snapshot
from brandbrain_core.services.sources import connect_source
from brandbrain_core.synthesis.rules import draft_by_rules
from brandbrain_core.testing import build
from brandbrain_core.testing.clock import ManualClock, SequentialIds
from brandbrain_sources.normalise.registry import NORMALISERS
from brandbrain_store.store import open_store

SEED: Final = 7
SIZES: Final = [40, 10_000]
NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
KINDS: Final = sorted((*pair, kind) for pair, kind in SUPPORTED.items())
SPICE: Final = (
    "Why?",
    "⛵",
    "🧵",
    "#sails",
    "#handmade",
    "Link in bio.",
    "you",
    "we",
    "our",
    "!",
    "@loft",
    "save this",
)
ANSWERS: Final[JsonObject] = {
    "tier0.what_we_do": "We mend sails by hand.",
    "tier0.who_for": "People who sail far.",
    "tier0.edge": ["By hand", "Since 1931"],
    "tier0.tone_words": ["calm", "dry"],
    "tier0.taboos": ["politics"],
    "tier0.primary_goal": "awareness",
    "tier0.cta_posture": "soft",
}
INSTAGRAM: Final = NormaliseContext(platform=Platform.INSTAGRAM, capability=Capability.POSTS, identifier="loft")

stage = pytest.mark.benchmark(min_rounds=2, max_time=0.2, timer=time.process_time)
"""Stages burn the processor and wait for nothing, so its time is taken: what else runs here does not count."""


@cache
def texts(size: int) -> tuple[str, ...]:
    """Return *size* texts of 20 to 120 words."""
    chance = Random(SEED)
    words = ["".join(chance.choices("abdeiklmnorstu", k=chance.randint(3, 9))) for _ in range(5_000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    return tuple(_text(chance, words, weights) for _ in range(size))


def _text(chance: Random, words: list[str], weights: list[float]) -> str:
    chosen = chance.choices(words, weights, k=chance.randint(20, 120))
    spiced = (f"{word}. {chance.choice(SPICE)}" if chance.random() < 0.1 else word for word in chosen)
    return " ".join(spiced)


@cache
def candidates(size: int) -> tuple[NormalisedItem, ...]:
    """Return *size* items of all kinds, newest first; a third of the spoken ones has a transcript."""
    chance = Random(SEED)
    return tuple(_item(number, text, chance) for number, text in enumerate(texts(size)))


def _item(number: int, text: str, chance: Random) -> NormalisedItem:
    platform, capability, content_type = KINDS[number % len(KINDS)]
    is_spoken = content_type in (ContentType.REEL, ContentType.VIDEO) and chance.random() < 0.33
    return NormalisedItem(
        platform=platform,
        capability=capability,
        content_type=content_type,
        external_id=None if platform is Platform.WEB else f"post-{number}",
        canonical_url=f"https://example.com/{number}",
        published_at=NOON - timedelta(hours=number),
        text_primary=text,
        text_secondary=text[::-1] if is_spoken else None,
        secondary_kind=SecondaryKind.TRANSCRIPT if is_spoken else None,
        metrics={"likes": chance.randrange(5_000), "comments": chance.randrange(200)},
        media={"type": "video" if is_spoken else "image"},
    )


@cache
def posts(size: int) -> tuple[JsonObject, ...]:
    """Return *size* raw posts as an Instagram actor delivers them."""
    return tuple(_post(number, text) for number, text in enumerate(texts(size)))


def _post(number: int, text: str) -> JsonObject:
    return {
        "id": str(10**18 + number),
        "type": "Image",
        "url": f"https://www.instagram.com/p/C{number}/",
        "caption": text,
        "timestamp": (NOON - timedelta(hours=number)).isoformat(),
        "likesCount": number % 5_000,
        "commentsCount": number % 200,
        "ownerUsername": "loft",
        "images": [f"https://cdn.example/{number}-{size}.jpg" for size in range(6)],
        "latestComments": [{"text": text[:80], "owner": {"username": f"u{each}"}} for each in range(8)],
    }


def evidence_of(item: NormalisedItem) -> EvidenceItem:
    """Return the item as it is stored first."""
    return first_seen(item, brand_id=build.BRAND, source_id=build.SOURCE, raw_ref=None, at=NOON)


@cache
def evidence(size: int) -> tuple[EvidenceItem, ...]:
    """Return the candidates as they are stored."""
    return tuple(evidence_of(item) for item in candidates(size))


@cache
def brief(size: int) -> Brief:
    """Return what the synthesizer knows: of many candidates, the newest 2,000."""
    corpus = evidence(size)[: Caps().corpus_max]
    return Brief(
        answers=read(ANSWERS),
        bundle=bundle(corpus, caps=Caps()),
        corpus=corpus,
        features=report(corpus),
        platforms=tuple(sorted({item.platform for item in corpus})),
    )


@cache
def assembled(size: int) -> Assembled:
    """Return the snapshot that the rules make of it."""
    rules = SynthesizerInfo(id="rules", prompt_version="1", degraded=False)
    made = brief(size)
    return assemble(made, draft_by_rules(made), synthesizer=rules, status=EvidenceStatus(), now=NOON)


def measure(benchmark: BenchmarkFixture, name: str, size: int, act: Callable[..., Any], *args: Any) -> Any:
    """Measure *act* in the group of its stage and size, beside the limit of the same name."""
    benchmark.group = f"{name}, {size:,}"
    return benchmark(act, *args)


@pytest.mark.parametrize("size", SIZES)
class TestStages:
    """The stages, in their order; each is followed by what it is compared with."""

    @stage
    def test_normalise(self, benchmark: BenchmarkFixture, size: int) -> None:
        """Raw posts to evidence: a few times what it takes to write and read them as JSON."""
        normaliser, raw = NORMALISERS["instagram_post"], posts(size)
        made = measure(
            benchmark, "1 normalise", size, lambda: [evidence_of(normaliser(payload, INSTAGRAM)) for payload in raw]
        )
        assert size == len(made)

    @stage
    def test_normalise_limit_json_round_trip(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The same posts written and read as JSON."""
        raw = posts(size)
        assert size == len(measure(benchmark, "1 normalise", size, lambda: json.loads(json.dumps(raw))))

    @stage
    def test_bundle(self, benchmark: BenchmarkFixture, size: int) -> None:
        """Choosing 40 of all candidates."""
        items = evidence(size)
        chosen = measure(benchmark, "2 bundle", size, lambda: bundle(items, caps=Caps()))
        assert 0 < len(chosen.items) <= 40

    @stage
    def test_bundle_limit_one_sort(self, benchmark: BenchmarkFixture, size: int) -> None:
        """One sort of them by time."""
        items = evidence(size)
        assert size == len(measure(benchmark, "2 bundle", size, lambda: sorted(items, key=newest_first)))

    @stage
    def test_features(self, benchmark: BenchmarkFixture, size: int) -> None:
        """Counting the corpus; time grows as the text does."""
        corpus = brief(size).corpus
        assert len(corpus) == measure(benchmark, "3 features", size, report, corpus).overall.items

    @stage
    def test_features_limit_split(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The same texts split at blanks."""
        assert measure(benchmark, "3 features", size, _split, brief(size).corpus) > 0

    @stage
    def test_draft(self, benchmark: BenchmarkFixture, size: int) -> None:
        """Drafting by rules; time grows as the text does."""
        assert measure(benchmark, "4 draft", size, draft_by_rules, brief(size)).fields

    @stage
    def test_draft_limit_split(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The same texts split at blanks."""
        assert measure(benchmark, "4 draft", size, _split, brief(size).corpus) > 0

    @stage
    def test_assemble(self, benchmark: BenchmarkFixture, size: int) -> None:
        """Answers and draft to a snapshot; does not grow with the corpus but for counting its ids."""
        made, rules = brief(size), SynthesizerInfo(id="rules", prompt_version="1", degraded=False)
        draft = draft_by_rules(made)
        put = measure(
            benchmark,
            "5 assemble",
            size,
            lambda: assemble(made, draft, synthesizer=rules, status=EvidenceStatus(), now=NOON),
        )
        assert put.snapshot.positioning.what_we_do.value == ANSWERS["tier0.what_we_do"]

    @stage
    def test_assemble_limit_structuring(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The snapshot read from its JSON into its classes."""
        text = wire.dumps(assembled(size).snapshot)
        snapshot = type(assembled(size).snapshot)
        assert measure(benchmark, "5 assemble", size, wire.loads, text, snapshot).pillars

    @stage
    def test_qa(self, benchmark: BenchmarkFixture, size: int) -> None:
        """All checks of the assembled snapshot."""
        assert measure(benchmark, "6 qa", size, check, assembled(size), brief(size)).checks

    @stage
    def test_qa_limit_structuring(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The snapshot read from its JSON into its classes."""
        snapshot = assembled(size).snapshot
        assert measure(benchmark, "6 qa", size, wire.loads, wire.dumps(snapshot), type(snapshot)).pillars

    @stage
    def test_merge(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The merge with no overrides, as for most brands."""
        none = Overrides(brand_id=build.BRAND)
        assert (
            1 == measure(benchmark, "7 merge", size, lambda: merge(assembled(size).snapshot, none, version=1)).version
        )

    @stage
    def test_merge_limit_structuring(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The snapshot read from its JSON into its classes."""
        snapshot = assembled(size).snapshot
        assert measure(benchmark, "7 merge", size, wire.loads, wire.dumps(snapshot), type(snapshot)).pillars

    @stage
    def test_dumps(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The snapshot as canonical JSON."""
        assert measure(benchmark, "8 dumps", size, wire.dumps, assembled(size).snapshot)

    @stage
    def test_dumps_limit_json_round_trip(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The same document written and read by the standard library."""
        document = wire.unstructure(assembled(size).snapshot)
        assert measure(benchmark, "8 dumps", size, lambda: json.loads(json.dumps(document)))


def _split(items: tuple[EvidenceItem, ...]) -> int:
    return sum(len(item.text_primary.split()) + len((item.text_secondary or "").split()) for item in items)


@pytest.mark.parametrize("size", SIZES)
class TestWhole:
    """A whole compile: collecting given items, storing, counting, drafting, publishing."""

    @pytest.mark.benchmark(min_rounds=1, max_time=0.1)
    def test_compile_in_memory(self, benchmark: BenchmarkFixture, size: int) -> None:
        """`compile_items`, from answers and items to a snapshot."""
        benchmark.group = f"9 whole, {size:,}"
        made = benchmark(compile_items, ANSWERS, candidates(size), clock=ManualClock(NOON), ids=SequentialIds())
        assert 1 == made.version

    @pytest.mark.benchmark(min_rounds=1, max_time=0.1)
    def test_compile_in_sqlite(self, benchmark: BenchmarkFixture, size: int, tmp_path: Path) -> None:
        """The same in an SQLite file whose every commit waits for the disk."""
        benchmark.group = f"9 whole, {size:,}"
        urls = (f"sqlite:///{tmp_path}/{number}.db" for number in range(1_000))

        def prepare() -> tuple[tuple[str, BrandId, int], dict[str, Any]]:
            url = next(urls)
            return (url, asyncio.run(_prepared(url, size)), size), {}

        version = benchmark.pedantic(  # type: ignore[no-untyped-call]
            lambda *args: asyncio.run(_compiled(*args)), setup=prepare, rounds=5 if size < 1_000 else 1
        )
        assert 1 == version

    @pytest.mark.benchmark(min_rounds=1, max_time=0.1)
    def test_whole_limit_pure_stages(self, benchmark: BenchmarkFixture, size: int) -> None:
        """The stages as plain calls on the corpus: what a compile cannot do without."""
        benchmark.group = f"9 whole, {size:,}"
        assert benchmark(_pure_stages, size)

    @pytest.mark.benchmark(min_rounds=1, max_time=0.1)
    def test_whole_limit_rows_in_sqlite(self, benchmark: BenchmarkFixture, size: int, tmp_path: Path) -> None:
        """The items as JSON into a table of one column: what storing them costs at the least."""
        benchmark.group = f"9 whole, {size:,}"
        rows = [(json.dumps(wire.unstructure(item)),) for item in candidates(size)]
        files = (tmp_path / f"{number}.db" for number in range(1_000))
        benchmark.pedantic(lambda: _insert(next(files), rows), rounds=5)  # type: ignore[no-untyped-call]


def _pure_stages(size: int) -> str:
    items = tuple(sorted((evidence_of(item) for item in candidates(size)), key=newest_first))[: Caps().corpus_max]
    made = Brief(
        answers=read(ANSWERS),
        bundle=bundle(items, caps=Caps()),
        corpus=items,
        features=report(items),
        platforms=tuple(sorted({item.platform for item in items})),
    )
    rules = SynthesizerInfo(id="rules", prompt_version="1", degraded=False)
    put = assemble(made, draft_by_rules(made), synthesizer=rules, status=EvidenceStatus(), now=NOON)
    check(put, made)
    return wire.dumps(merge(put.snapshot, Overrides(brand_id=build.BRAND), version=1))


async def _prepared(url: str, size: int) -> BrandId:
    """Lay out the database at *url* with a brand that has answers and a source of every kind."""
    async with _opened(url, size, migrate=True) as deps:
        brand = await create_brand(deps, name="Loft")
        await save_answers(deps, brand.id, tier=0, answers=ANSWERS)
        for platform, capability in sorted(SUPPORTED):
            account = {Platform.WEB: "https://brand.example", Platform.LINKEDIN: "brand"}.get(platform, "@brand")
            await connect_source(deps, brand.id, platform=platform, capability=capability, identifier=account)
        return brand.id


async def _compiled(url: str, brand: BrandId, size: int) -> int:
    """Compile as `compile_items` does, in the database at *url*; return the version of the snapshot."""
    async with _opened(url, size, migrate=False) as deps:
        await compile_now(deps, brand)
        return (await latest_snapshot(deps, brand)).version


@asynccontextmanager
async def _opened(url: str, size: int, *, migrate: bool) -> AsyncIterator[Deps]:
    clock = ManualClock(NOON)
    store = await open_store(url, migrate=migrate, clock=clock)
    ids = SequentialIds(NOON if migrate else NOON + timedelta(hours=1))
    try:
        yield attrs.evolve(memory_deps(candidates(size), clock=clock, ids=ids), store=store)
    finally:
        await store.close()


def _insert(file: Path, rows: list[tuple[str]]) -> None:
    connection = sqlite3.connect(file)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("create table items (item text not null)")
    with connection:
        connection.executemany("insert into items values (?)", rows)
    connection.close()
