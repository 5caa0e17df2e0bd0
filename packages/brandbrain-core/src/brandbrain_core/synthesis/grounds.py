"""What a statement about a brand's habits rests on: counts over several platforms, and items of each as evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest
from typing import Final

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.draft import Brief
from brandbrain_core.model.features import Counted, FeatureBlock, Share
from brandbrain_core.model.platform import Platform

FEWEST: Final = 3
"""Items that must show a habit before it is called one: nothing is concluded from a single post."""

FEWEST_FOR_ABSENCE: Final = 5
"""Items that must lack something before it is said that the brand does without."""

RARE: Final = 0.05
"""Share of items below which the brand does (nearly) without something."""

SHORT_TEXT: Final = 300.0
"""Words, on average, up to which an item is short: in a long text a question or a request occurs by chance."""

CITED: Final = 10
"""Items that one statement names, at the most."""

PLATFORM_NAMES: Final = {
    Platform.INSTAGRAM: "Instagram",
    Platform.LINKEDIN: "LinkedIn",
    Platform.TIKTOK: "TikTok",
    Platform.YOUTUBE: "YouTube",
    Platform.WEB: "the website",
}
"""As sentences name them."""


@attrs.frozen(kw_only=True)
class Part:
    """What one platform's items show: the counts, and its newest items."""

    platform: Platform
    block: FeatureBlock
    newest: tuple[EvidenceId, ...]


@attrs.frozen(kw_only=True)
class Tally:
    """
    How many items show something, over several platforms.

    Attributes:
        items: Items that show it.
        of: Items in all.
        count: Occurrences in all.
        evidence: Some of the items that show it, of every platform.
    """

    items: int
    of: int
    count: float
    evidence: tuple[EvidenceId, ...]

    @property
    def share(self) -> float:
        """Items that show it over items in all, 0.0 to 1.0."""
        return self.items / self.of if self.of else 0.0

    @property
    def mean(self) -> float:
        """Occurrences per item over items in all."""
        return self.count / self.of if self.of else 0.0


def voice_parts(brief: Brief) -> tuple[Part, ...]:
    """
    Return what shows the brand's voice: its posts and videos; its pages only where there are too few of those.

    Platforms are in the order of their names.
    """
    parts = tuple(part for platform in Platform if (part := part_of(brief, platform)) is not None)
    social = tuple(part for part in parts if part.platform is not Platform.WEB)
    chosen = social if sum(part.block.items for part in social) >= FEWEST else parts
    return tuple(sorted(chosen, key=lambda part: part.platform.value))


def part_of(brief: Brief, platform: Platform) -> Part | None:
    """Return what the items of one platform show, or None if there are none."""
    block = brief.features.by_platform.get(platform.value)
    if block is None:
        return None
    newest = tuple(item.id for item in brief.corpus if item.platform is platform)[:CITED]
    return Part(platform=platform, block=block, newest=newest)


def short_texts(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts whose items are short, as posts are."""
    return tuple(part for part in parts if part.block.text.words.mean <= SHORT_TEXT)


def things(parts: Sequence[Part]) -> str:
    """Return what the items of *parts* are called."""
    return "pages" if all(part.platform is Platform.WEB for part in parts) else "posts"


def tally(parts: Sequence[Part], pick: Callable[[FeatureBlock], Share]) -> Tally:
    """Return how many items of *parts* show what *pick* takes from a block."""
    shares = [pick(part.block) for part in parts]
    of = [part.block.items for part in parts]
    return Tally(
        items=sum(share.items for share in shares),
        of=sum(of),
        count=sum(round(share.mean * total) for share, total in zip(shares, of, strict=True)),
        evidence=interleaved(share.evidence for share in shares),
    )


def tallies(parts: Sequence[Part], pick: Callable[[FeatureBlock], Sequence[Counted]]) -> dict[str, Tally]:
    """Return, by name, how many items of *parts* show each thing that *pick* takes from a block."""
    found: dict[str, list[Counted]] = {}
    for part in parts:
        for counted in pick(part.block):
            found.setdefault(counted.name, []).append(counted)
    of = sum(part.block.items for part in parts)
    return {
        name: Tally(
            items=sum(one.items for one in counted),
            of=of,
            count=sum(one.count for one in counted),
            evidence=interleaved(one.evidence for one in counted),
        )
        for name, counted in sorted(found.items())
    }


def newest(parts: Iterable[Part]) -> tuple[EvidenceId, ...]:
    """Return the newest items of each part in turn: the evidence of what the brand does without."""
    return interleaved(part.newest for part in parts)


def interleaved(lists: Iterable[Sequence[EvidenceId]]) -> tuple[EvidenceId, ...]:
    """Return the first of each list, then the second of each, and so on, each id once and `CITED` at the most."""
    turns = (one for turn in zip_longest(*lists) for one in turn if one is not None)
    return tuple(dict.fromkeys(turns))[:CITED]
