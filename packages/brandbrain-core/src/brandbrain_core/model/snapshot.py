"""
The snapshot: everything that is known about a brand at one moment, field by field.

The classes are the schema: the published JSON Schema, the addressable paths and their types are all read from them.
Members that are ``None`` are absent on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonObject, JsonValue

SCHEMA_VERSION: Final = 1
"""Of the shape of a snapshot; a reader of an older shape must be able to tell."""

Text = FieldNode[str]
Texts = FieldNode[tuple[str, ...]]


class Section(StrEnum):
    """The sections of a snapshot that carry confidence rules of their own."""

    POSITIONING = "positioning"
    VOICE = "voice"
    PILLARS = "pillars"
    CONSTRAINTS = "constraints"
    PLATFORM_PROFILES = "platform_profiles"
    META = "meta"


@attrs.frozen(kw_only=True)
class Positioning:
    """What the brand does, for whom, and why it rather than another."""

    what_we_do: Text
    who_for: Text
    differentiators: Texts
    proof_types: Texts


@attrs.frozen(kw_only=True)
class Voice:
    """How the brand speaks."""

    tone_tags: Texts
    do: Texts
    dont: Texts
    cta_policy: Text
    emoji_policy: Text


@attrs.frozen(kw_only=True)
class Pillar:
    """
    A theme the brand returns to.

    Attributes:
        id: A stable key made from the name when it was first proposed; has no dot.
        kept: True where the compiler no longer (or never) proposed it and a person's override or pin keeps it; else
            absent.
    """

    id: str
    name: Text
    description: Text
    themes: Texts
    kept: bool | None = None


@attrs.frozen(kw_only=True)
class Constraints:
    """What the brand never does."""

    taboos: Texts
    risk_boundaries: Texts


@attrs.frozen(kw_only=True)
class PlatformProfile:
    """
    How the brand behaves on one platform; a field that nothing is known of is absent.

    Attributes:
        rules: What the brand answered for this platform, verbatim; never inferred.
        kept: As for a pillar.
    """

    platform: str
    rules: FieldNode[JsonObject] | None = None
    tone_adjustment: Text | None = None
    hashtag_strategy: Text | None = None
    posting_cadence: Text | None = None
    content_types: Texts | None = None
    kept: bool | None = None


@attrs.frozen(kw_only=True)
class Examples:
    """
    Things to show.

    Attributes:
        canonical_evidence: Ids of the items that show the brand best.
        user_examples: Links or texts that the brand named, verbatim.
    """

    canonical_evidence: tuple[EvidenceId, ...] = ()
    user_examples: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class EvidenceSummary:
    """How many items were bundled, in all and by platform."""

    total_count: int
    by_platform: Mapping[str, int]


@attrs.frozen(kw_only=True)
class SectionConfidence:
    """
    How sure a section is, and why not surer.

    Attributes:
        confidence: The mean over its fields, 0.0 to 1.0, rounded to 2 digits.
        band: ``high``, ``medium``, ``low`` or ``very_low``.
        rules: By path of the section's fields: the name of the rule that set the number.
    """

    confidence: float
    band: str
    rules: Mapping[str, str]


@attrs.frozen(kw_only=True)
class SynthesizerInfo:
    """Who wrote the draft; *degraded* where a synthesizer failed and a lesser one stood in."""

    id: str
    model: str | None = None
    prompt_version: str
    degraded: bool


@attrs.frozen(kw_only=True)
class Meta:
    """
    About the compile, and the answers that are not part of another section.

    Attributes:
        compiled_at: Aware, UTC: when the draft was made. A re-merge keeps it.
        missing_inputs, missing_input_codes: What would make the snapshot surer: sentences, and stable codes, in step.
    """

    compiled_at: datetime
    evidence_summary: EvidenceSummary
    missing_inputs: tuple[str, ...]
    missing_input_codes: tuple[str, ...]
    confidence_summary: Mapping[str, SectionConfidence]
    content_goal: Text
    priority_platforms: Texts
    web_key_pages: tuple[str, ...] = ()
    proof_library: tuple[JsonValue, ...] = ()
    synthesizer: SynthesizerInfo


@attrs.frozen(kw_only=True)
class Snapshot:
    """
    Everything known about a brand at one moment.

    Attributes:
        schema_version: `SCHEMA_VERSION` of the shape.
        version: Of the brand: 1, 2, 3 ...
        own_fields: The user's own fields, by path outside the schema; on the wire they stand at that path.
    """

    schema_version: int = SCHEMA_VERSION
    version: int
    positioning: Positioning
    voice: Voice
    pillars: tuple[Pillar, ...]
    constraints: Constraints
    platform_profiles: tuple[PlatformProfile, ...]
    examples: Examples
    meta: Meta
    own_fields: Mapping[str, FieldNode[JsonValue]] = attrs.field(factory=dict)
