"""The items that show the brand best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, zip_longest
from typing import Final

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.policies.engagement import engagement
from brandbrain_core.policies.text import words

EXAMPLES: Final = 6
"""How many items are named, at the most."""

FEWEST_WORDS: Final = 8
"""An example must have something to read."""

_NOT_ITS_OWN: Final = ("is_ad", "is_coauthored", "is_sponsored")


def canonical_evidence(bundled: Sequence[EvidenceItem]) -> tuple[EvidenceId, ...]:
    """
    Return the ids of the best examples, best first, taken from all kinds of items in turn.

    Within a kind those with the words spoken in them come first, then the most engaging, then as the bundle ranks
    them. Advertisements, items made with others and pages with little to say are no examples.

    Args:
        bundled: Ordered by kind and rank, as a bundle is.
    """
    kinds = groupby(filter(_shows_the_brand, bundled), key=lambda item: (item.platform, item.content_type))
    ranked = [sorted(items, key=lambda item: (not item.transcript, -engagement(item))) for _, items in kinds]
    turns = [item.id for turn in zip_longest(*ranked) for item in turn if item is not None]
    return tuple(turns[:EXAMPLES])


def _shows_the_brand(item: EvidenceItem) -> bool:
    if item.is_low_value or any(item.flags.get(flag) for flag in _NOT_ITS_OWN):
        return False
    return len(words(f"{item.text_primary} {item.transcript or ''}")) >= FEWEST_WORDS
