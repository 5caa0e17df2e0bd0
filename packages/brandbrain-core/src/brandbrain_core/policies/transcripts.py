"""Which items can have a transcript, and how many of them do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from brandbrain_core.model.bundle import TranscriptCoverage
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.platform import ContentType

SPOKEN: Final = frozenset({ContentType.REEL, ContentType.SHORT_VIDEO, ContentType.VIDEO})
"""Content types in which somebody may speak, so that a transcript can be missing."""


def can_have_transcript(item: NormalisedItem) -> bool:
    """Tell whether somebody may speak in the item, or is known to."""
    return item.content_type in SPOKEN or bool(item.transcript)


def transcript_coverage(items: Iterable[NormalisedItem]) -> TranscriptCoverage:
    """Count the items that can have a transcript, and those of them that do."""
    able = [bool(item.transcript) for item in items if can_have_transcript(item)]
    having = sum(able)
    return TranscriptCoverage(
        items_with_transcript=having, total_items=len(able), coverage=having / len(able) if able else 0.0
    )
