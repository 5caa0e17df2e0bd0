"""A small snapshot to start from: as a compiler infers it, with every field filled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from brandbrain_core.model.fields import FieldNode, FieldSource, SourceType
from brandbrain_core.model.snapshot import (
    Constraints,
    EvidenceSummary,
    Examples,
    Meta,
    Pillar,
    PlatformProfile,
    Positioning,
    Snapshot,
    SynthesizerInfo,
    Voice,
)

T = TypeVar("T")

NOON: Final = datetime(2026, 1, 2, 12, tzinfo=UTC)
"""When it was compiled."""


def field(value: T, *, confidence: float = 0.5) -> FieldNode[T]:
    """Return an inferred field that rests on one answer."""
    return FieldNode(value=value, confidence=confidence, sources=(FieldSource(type=SourceType.ANSWER, id="q"),))


def pillar(key: str) -> Pillar:
    """Return the pillar *key*, named after it."""
    return Pillar(
        id=key,
        name=field(f"The {key}"),
        description=field(f"All about the {key}"),
        themes=field((f"{key} one", f"{key} two")),
    )


def profile(platform: str) -> PlatformProfile:
    """Return a profile of *platform* of which only the hashtags are known."""
    return PlatformProfile(platform=platform, hashtag_strategy=field("few"))


def snapshot(
    *, pillars: Sequence[str] = ("craft", "people"), platforms: Sequence[str] = ("instagram",), version: int = 1
) -> Snapshot:
    """Return a snapshot of a sail loft with these pillars and profiles."""
    return Snapshot(
        version=version,
        positioning=Positioning(
            what_we_do=field("We make sails"),
            who_for=field("Sailors"),
            differentiators=field(("Cut by hand",)),
            proof_types=field(("Since 1954",)),
        ),
        voice=Voice(
            tone_tags=field(("warm", "plain")),
            do=field(("Say why",)),
            dont=field(("Shout",)),
            cta_policy=field("soft"),
            emoji_policy=field("rarely"),
        ),
        pillars=tuple(pillar(key) for key in pillars),
        constraints=Constraints(taboos=field(("politics",)), risk_boundaries=field(())),
        platform_profiles=tuple(profile(platform) for platform in platforms),
        examples=Examples(user_examples=("A day at the loft",)),
        meta=Meta(
            compiled_at=NOON,
            evidence_summary=EvidenceSummary(total_count=0, by_platform={}),
            missing_inputs=(),
            missing_input_codes=(),
            confidence_summary={},
            content_goal=field("awareness"),
            priority_platforms=field(("instagram",)),
            synthesizer=SynthesizerInfo(id="rules", prompt_version="1", degraded=False),
        ),
    )
