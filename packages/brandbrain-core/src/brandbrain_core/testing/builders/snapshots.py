"""Snapshots, and how they are stored."""

from __future__ import annotations

from typing import Any

from brandbrain_core import wire
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.reports import DiffSummary
from brandbrain_core.model.snapshot import (
    Constraints,
    EvidenceSummary,
    Examples,
    Meta,
    Pillar,
    Positioning,
    Snapshot,
    SynthesizerInfo,
    Voice,
)
from brandbrain_core.model.stored_snapshot import Origin, StoredSnapshot
from brandbrain_core.testing.builders.numbered import BRAND, run_id, snapshot_id
from brandbrain_core.testing.clock import NOON


def field_node(value: Any, **changes: Any) -> FieldNode[Any]:
    """Return a field whose value was inferred with half certainty."""
    made: dict[str, Any] = {"value": value, "confidence": 0.5}
    return FieldNode(**made | changes)


def pillar(key: str = "craft", **changes: Any) -> Pillar:
    """Return a pillar of this key."""
    made: dict[str, Any] = {
        "id": key,
        "name": field_node(key.title()),
        "description": field_node("How it is done."),
        "themes": field_node(("seams",)),
    }
    return Pillar(**made | changes)


def snapshot(version: int = 1, **changes: Any) -> Snapshot:
    """Return a snapshot in which every section says something."""
    made: dict[str, Any] = {
        "version": version,
        "positioning": Positioning(
            what_we_do=field_node("We mend sails."),
            who_for=field_node("People who sail far."),
            differentiators=field_node(("By hand",)),
            proof_types=field_node(()),
        ),
        "voice": Voice(
            tone_tags=field_node(("calm", "dry")),
            do=field_node(("Name the boat",)),
            dont=field_node(()),
            cta_policy=field_node("soft"),
            emoji_policy=field_node("none"),
        ),
        "pillars": (pillar(),),
        "constraints": Constraints(taboos=field_node(("politics",)), risk_boundaries=field_node(())),
        "platform_profiles": (),
        "examples": Examples(),
        "meta": _meta(),
    }
    return Snapshot(**made | changes)


def diff_summary(changed: int = 1, added: int = 0, removed: int = 0) -> DiffSummary:
    """Return how much changed."""
    return DiffSummary(fields_changed=changed, fields_added=added, fields_removed=removed)


def stored_snapshot(version: int = 1, **changes: Any) -> StoredSnapshot:
    """Return this version of the first brand, made by the compile run of the same number."""
    made: dict[str, Any] = {
        "id": snapshot_id(version),
        "brand_id": BRAND,
        "version": version,
        "origin": Origin.COMPILE,
        "compile_run_id": run_id(version),
        "inputs_at": NOON,
        "inputs_hash": "0" * 64,
        "input_hash": "1" * 64,
        "degraded": False,
        "diff_summary": None if version == 1 else diff_summary(),
        "document": wire.dumps(snapshot(version)),
        "created_at": NOON,
    }
    return StoredSnapshot(**made | changes)


def _meta() -> Meta:
    return Meta(
        compiled_at=NOON,
        evidence_summary=EvidenceSummary(total_count=0, by_platform={}),
        missing_inputs=(),
        missing_input_codes=(),
        confidence_summary={},
        content_goal=field_node("awareness"),
        priority_platforms=field_node(("instagram",)),
        synthesizer=SynthesizerInfo(id="rules", prompt_version="1", degraded=False),
    )
