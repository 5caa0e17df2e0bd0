"""Profiles of platforms: one for each that is connected or that the brand set rules for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from brandbrain_core.model.draft import Brief, Inference
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.snapshot import PlatformProfile
from brandbrain_core.policies.assembly.fields import FieldMaker
from brandbrain_core.policies.paths import PROFILE_PLATFORMS
from brandbrain_core.questions import RULES_ID

INFERABLE: Final = ("tone_adjustment", "hashtag_strategy", "posting_cadence", "content_types")
"""The fields of a profile that a draft may fill."""


def profiled(brief: Brief) -> tuple[str, ...]:
    """Return the platforms that have a profile, sorted."""
    answered = {platform for platform in brief.answers.platform_rules if platform in PROFILE_PLATFORMS}
    return tuple(sorted(answered | {platform.value for platform in brief.platforms}))


def make_profiles(
    fields: FieldMaker, brief: Brief, inferences: Mapping[str, Inference[JsonValue]]
) -> tuple[PlatformProfile, ...]:
    """Return the profiles by platform; what nothing is known of is absent."""
    return tuple(_profile(fields, brief, platform, inferences) for platform in profiled(brief))


def _profile(
    fields: FieldMaker, brief: Brief, platform: str, inferences: Mapping[str, Inference[JsonValue]]
) -> PlatformProfile:
    at = f"platform_profiles.{platform}"
    rules = brief.answers.platform_rules.get(platform)
    return PlatformProfile(
        platform=platform,
        rules=fields.answered(f"{at}.rules", rules.raw, _rules_question(brief, platform)) if rules else None,
        tone_adjustment=fields.text(f"{at}.tone_adjustment", inferences.get(f"{at}.tone_adjustment")),
        hashtag_strategy=fields.text(f"{at}.hashtag_strategy", inferences.get(f"{at}.hashtag_strategy")),
        posting_cadence=fields.text(f"{at}.posting_cadence", inferences.get(f"{at}.posting_cadence")),
        content_types=fields.texts(f"{at}.content_types", inferences.get(f"{at}.content_types")),
    )


def _rules_question(brief: Brief, platform: str) -> str:
    dotted = f"{RULES_ID}.{platform}"
    return dotted if brief.answers.raw.get(dotted) else RULES_ID
