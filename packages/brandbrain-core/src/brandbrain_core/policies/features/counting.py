"""Counts over items: spreads, shares and commonest things, each with up to five items as evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.features import Counted, Share, Spread
from brandbrain_core.policies.features.analysis import ItemAnalysis

EVIDENCE_KEPT: Final = 5
"""How many of the items in which something was counted are named, newest first."""

TOP: Final = 10
"""How many of the commonest things are reported."""


def ratio(part: float, whole: float) -> float:
    """
    Return *part* over *whole*, or 0.0 where there is nothing.

    >>> ratio(1, 4), ratio(0, 0)
    (0.25, 0.0)
    """
    return part / whole if whole else 0.0


def spread(counts: Sequence[int]) -> Spread:
    """
    Return mean, least and greatest of *counts*.

    >>> spread([1, 2, 6])
    Spread(mean=3.0, min=1, max=6)
    """
    return Spread(mean=ratio(sum(counts), len(counts)), min=min(counts, default=0), max=max(counts, default=0))


def share(items: Sequence[ItemAnalysis], count: Callable[[ItemAnalysis], int]) -> Share:
    """Return in how many of *items*, given newest first, something occurs, and how often."""
    counts = [(item.id, count(item)) for item in items]
    having = [item for item, times in counts if times]
    return Share(
        items=len(having),
        share=ratio(len(having), len(items)),
        mean=ratio(sum(times for _, times in counts), len(items)),
        evidence=tuple(having[:EVIDENCE_KEPT]),
    )


def commonest(
    items: Sequence[ItemAnalysis], counts: Callable[[ItemAnalysis], Mapping[str, int]], *, limit: int | None = TOP
) -> tuple[Counted, ...]:
    """Return what occurs most often in *items*, given newest first; ties by name. *limit* None: all."""
    totals: dict[str, int] = {}
    having: dict[str, list[EvidenceId]] = {}
    for item in items:
        for name, times in counts(item).items():
            totals[name] = totals.get(name, 0) + times
            having.setdefault(name, []).append(item.id)
    ranked = sorted(totals, key=lambda name: (-totals[name], name))
    return tuple(counted(name, totals[name], having[name], len(items)) for name in ranked[:limit])


def counted(name: str, count: int, having: Sequence[EvidenceId], of: int) -> Counted:
    """Return what was counted in the items *having*, newest first, *of* so many."""
    return Counted(
        name=name,
        count=count,
        items=len(having),
        share=ratio(len(having), of),
        evidence=tuple(having[:EVIDENCE_KEPT]),
    )
