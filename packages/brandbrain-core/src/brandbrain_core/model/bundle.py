"""The bundle: the small, deterministic choice of items that people and prompts see."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from brandbrain_core.model.evidence import EvidenceItem


@attrs.frozen(kw_only=True)
class KindCount:
    """Of one content type on one platform: how many could be chosen, were chosen, and might be at the most."""

    eligible: int
    selected: int
    cap: int


@attrs.frozen(kw_only=True)
class TranscriptCoverage:
    """How many of the chosen items that can have a transcript do; *coverage* 0.0 to 1.0, 0.0 where there is none."""

    items_with_transcript: int
    total_items: int
    coverage: float


@attrs.frozen(kw_only=True)
class BundleCriteria:
    """By which rules the items were chosen; *caps_used* by ``platform.content_type``."""

    version: str
    recent_m: int
    top_engagement_n: int
    global_max: int
    caps_used: Mapping[str, int]


@attrs.frozen(kw_only=True)
class BundleSummary:
    """What was chosen, after the trim to the global maximum."""

    by_platform: Mapping[str, Mapping[str, KindCount]]
    total_selected: int
    total_eligible: int
    excluded_collection_pages: int
    excluded_low_value: int
    excluded_error_pages: int
    web_only_exception_applied: bool
    transcript_coverage: TranscriptCoverage


@attrs.frozen(kw_only=True)
class Bundle:
    """The chosen items, in a deterministic order, and how they were chosen."""

    items: tuple[EvidenceItem, ...]
    criteria: BundleCriteria
    summary: BundleSummary
