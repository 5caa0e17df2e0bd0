"""Brands, their answers, sources and overrides."""

from __future__ import annotations

from typing import Any

from brandbrain_core.model.answers import Answers
from brandbrain_core.model.brand import Brand, Onboarding
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.source import Source
from brandbrain_core.testing.builders.numbered import BRAND, brand_id, source_id
from brandbrain_core.testing.clock import NOON


def brand(number: int = 1, **changes: Any) -> Brand:
    """Return brand *number*."""
    made: dict[str, Any] = {"id": brand_id(number), "name": f"Marrowby {number}", "created_at": NOON}
    return Brand(**made | changes)


def onboarding(**changes: Any) -> Onboarding:
    """Return the first brand's answers."""
    made: dict[str, Any] = {
        "brand_id": BRAND,
        "tier": 1,
        "answers": {"tier0.what_we_do": "We mend sails.", "tier0.taboos": ["politics"]},
        "updated_at": NOON,
    }
    return Onboarding(**made | changes)


def answers(**changes: Any) -> Answers:
    """Return typed answers."""
    made: dict[str, Any] = {
        "what_we_do": "We mend sails.",
        "who_for": "People who sail far.",
        "edge": ("By hand",),
        "tone_words": ("calm", "dry"),
        "taboos": ("politics",),
        "primary_goal": "awareness",
        "cta_posture": "soft",
    }
    return Answers(**made | changes)


def source(number: int = 1, **changes: Any) -> Source:
    """Return source *number*, an Instagram account of the first brand."""
    made: dict[str, Any] = {
        "id": source_id(number),
        "brand_id": BRAND,
        "platform": Platform.INSTAGRAM,
        "capability": Capability.POSTS,
        "identifier": f"marrowby{number}",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Source(**made | changes)


def overrides(**changes: Any) -> Overrides:
    """Return overrides and pins of the first brand."""
    made: dict[str, Any] = {
        "brand_id": BRAND,
        "values": {"positioning.what_we_do": "Sails, mended."},
        "pinned_paths": ("voice.emoji_policy",),
        "pinned_values": {"voice.emoji_policy": "none"},
        "updated_at": NOON,
    }
    return Overrides(**made | changes)
