"""Briefs for synthesizers, and items of every kind to put into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from brandbrain_core.model.answers import Answers
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.draft import Brief
from brandbrain_core.model.evidence import EvidenceItem, SecondaryKind
from brandbrain_core.model.platform import SUPPORTED, Capability, Platform
from brandbrain_core.policies.bundling import bundle
from brandbrain_core.policies.features import report
from brandbrain_core.testing.builders.brands import answers as some_answers
from brandbrain_core.testing.builders.evidence import evidence_item


def item_of(
    platform: Platform, capability: Capability, number: int = 1, *, transcript: str | None = None, **changes: Any
) -> EvidenceItem:
    """Return item *number* of one kind of source, with a transcript if one is given."""
    made: dict[str, Any] = {
        "platform": platform,
        "capability": capability,
        "content_type": SUPPORTED[platform, capability],
        "external_id": None if platform is Platform.WEB else f"{capability}-{number}",
        "canonical_url": f"https://{platform}.example/{capability}/{number}",
        "text_primary": "We mend sails by hand in a loft by the harbour. " * 5,
        "text_secondary": transcript,
        "secondary_kind": SecondaryKind.TRANSCRIPT if transcript else None,
    }
    return evidence_item(number, **made | changes)


def brief(
    items: Sequence[EvidenceItem] = (), *, answers: Answers | None = None, platforms: Sequence[Platform] = ()
) -> Brief:
    """Return a brief with these items as its corpus; without *platforms*, those of the items are connected."""
    return Brief(
        answers=some_answers() if answers is None else answers,
        bundle=bundle(items, caps=Caps()),
        corpus=tuple(items),
        features=report(tuple(items)),
        platforms=tuple(sorted({*platforms} or {item.platform for item in items})),
    )
