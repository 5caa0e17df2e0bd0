"""Onboarding answers with their types; which question feeds which field is data in `brandbrain_core.questions`."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from brandbrain_core.model.json import JsonObject


@attrs.frozen(kw_only=True)
class ProofClaim:
    """A claim the brand makes, and what supports it; *support* None: a bare claim."""

    claim: str
    support: str | None = None


@attrs.frozen(kw_only=True)
class HashtagPolicy:
    """
    How many hashtags a platform's posts may have.

    Attributes:
        usage: ``none``, ``minimal``, ``moderate`` or ``heavy``.
        max_count: 0 or more; beats *usage*; None: by usage.
    """

    usage: str
    max_count: int | None = None


@attrs.frozen(kw_only=True)
class PlatformRules:
    """
    What a brand demands on one platform. Never inferred. ``None`` or empty: not answered.

    Attributes:
        cadence_per_week: 1 to 14 posts a week.
        forbidden_patterns: Keywords or regular expressions, up to 10.
        raw: The answer as it was given; this is what the snapshot carries.
    """

    cadence_per_week: int | None = None
    preferred_formats: tuple[str, ...] = ()
    hashtag_policy: HashtagPolicy | None = None
    link_policy: str | None = None
    cta_policy_override: str | None = None
    forbidden_patterns: tuple[str, ...] = ()
    hashtag_rules: str | None = None
    formatting_rules: str | None = None
    posting_frequency: str | None = None
    raw: JsonObject = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Answers:
    """
    The answers of the catalogue, typed. ``None`` or empty: not answered.

    Enumerations are generous: a known alias reads as its value, another non-blank string is kept as given.

    Attributes:
        proof_claims: Typed; *proof_library* is the same, verbatim.
        platform_rules: By platform; ``tier2.platform_rules.<platform>`` beats the entry of ``tier2.platform_rules``.
        raw: Everything that was answered, ids that the catalogue does not know among it.
    """

    what_we_do: str | None = None
    who_for: str | None = None
    edge: tuple[str, ...] = ()
    tone_words: tuple[str, ...] = ()
    taboos: tuple[str, ...] = ()
    primary_goal: str | None = None
    cta_posture: str | None = None
    priority_platforms: tuple[str, ...] = ()
    pillars_seed: tuple[str, ...] = ()
    good_examples: tuple[str, ...] = ()
    key_pages: tuple[str, ...] = ()
    platform_rules: Mapping[str, PlatformRules] = attrs.field(factory=dict)
    proof_claims: tuple[ProofClaim, ...] = ()
    proof_library: tuple[str | JsonObject, ...] = ()
    risk_boundaries: tuple[str, ...] = ()
    raw: JsonObject = attrs.field(factory=dict)
