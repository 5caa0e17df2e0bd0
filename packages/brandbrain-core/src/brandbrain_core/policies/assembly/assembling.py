"""Assembles a whole snapshot."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.model.bundle import Bundle
from brandbrain_core.model.draft import Brief, Draft
from brandbrain_core.model.platform import Capability, ContentType, Platform, source_name
from brandbrain_core.model.reports import EvidenceStatus
from brandbrain_core.model.snapshot import (
    EvidenceSummary,
    Examples,
    Meta,
    Snapshot,
    SynthesizerInfo,
)
from brandbrain_core.policies.assembly.fields import FieldMaker
from brandbrain_core.policies.assembly.pillars import make_pillars
from brandbrain_core.policies.assembly.problems import DraftProblem, DraftProblemCode
from brandbrain_core.policies.assembly.profiles import INFERABLE as INFERABLE_OF_PROFILES
from brandbrain_core.policies.assembly.profiles import make_profiles, profiled
from brandbrain_core.policies.assembly.sections import INFERABLE, SectionMaker
from brandbrain_core.policies.assembly.summary import summarise_confidence
from brandbrain_core.policies.confidence import Situation
from brandbrain_core.policies.missing_inputs import missing_inputs
from brandbrain_core.policies.paths import leaves

ASSEMBLY_VERSION: Final = "1"

EXAMPLES_MAX: Final = 10
"""Items that are shown as examples of the brand."""


@attrs.frozen(kw_only=True)
class Assembled:
    """
    A snapshot without overrides and pins, and what was left out on the way.

    Attributes:
        snapshot: Its version is 0 until it is published.
        problems: What was wrong with the draft, in the order it was found.
        situation: What there was to infer from.
    """

    snapshot: Snapshot
    problems: tuple[DraftProblem, ...]
    situation: Situation


def assemble(
    brief: Brief, draft: Draft, *, synthesizer: SynthesizerInfo, status: EvidenceStatus, now: datetime
) -> Assembled:
    """
    Return the snapshot that answers and *draft* amount to.

    Args:
        synthesizer: Who wrote the draft; its model is named as a source of what a model wrote.
        status: What happened to the sources of this compile.
        now: When the draft was made.
    """
    situation = situation_of(brief, status)
    fields = FieldMaker(brief, situation, synthesizer.model or synthesizer.id)
    _note_ignored(fields, brief, draft)
    sections = SectionMaker(fields, draft.fields)
    snapshot = Snapshot(
        version=0,
        positioning=sections.positioning(brief.answers),
        voice=sections.voice(brief.answers),
        pillars=make_pillars(fields, brief.answers.pillars_seed, draft.pillars),
        constraints=sections.constraints(brief.answers),
        platform_profiles=make_profiles(fields, brief, draft.fields),
        examples=_examples(fields, brief, draft),
        meta=_meta(sections, brief, synthesizer, now),
    )
    return Assembled(
        snapshot=_summed_up(snapshot, fields, brief, status), problems=tuple(fields.problems), situation=situation
    )


def situation_of(brief: Brief, status: EvidenceStatus) -> Situation:
    """Return what there is to infer from."""
    outcomes = (*status.reused, *status.refreshed, *status.skipped, *status.failed)
    reels = [item for item in brief.corpus if item.content_type is ContentType.REEL]
    source = source_name(Platform.INSTAGRAM, Capability.REELS)
    connected = bool(reels) or any(outcome.source == source for outcome in outcomes)
    return Situation(
        has_items=bool(brief.corpus),
        reels_without_transcript=connected and not any(reel.transcript for reel in reels),
    )


def _note_ignored(fields: FieldMaker, brief: Brief, draft: Draft) -> None:
    """Note what a draft infers that only people may say, or that no snapshot has; nobody looks at it."""
    of_profiles = {f"platform_profiles.{p}.{name}" for p in profiled(brief) for name in INFERABLE_OF_PROFILES}
    allowed = INFERABLE | of_profiles
    for path in sorted(draft.fields.keys() - allowed):
        fields.note(path, DraftProblemCode.IGNORED_PATH, "is not for a draft to fill")


def _examples(fields: FieldMaker, brief: Brief, draft: Draft) -> Examples:
    items = fields.known_items("examples.canonical_evidence", draft.canonical_evidence)
    return Examples(
        canonical_evidence=tuple(item.id for item in items[:EXAMPLES_MAX]), user_examples=brief.answers.good_examples
    )


def _meta(sections: SectionMaker, brief: Brief, synthesizer: SynthesizerInfo, now: datetime) -> Meta:
    return Meta(
        compiled_at=now,
        evidence_summary=_evidence_summary(brief.bundle),
        missing_inputs=(),
        missing_input_codes=(),
        confidence_summary={},
        content_goal=sections.content_goal(brief.answers),
        priority_platforms=sections.priority_platforms(brief.answers),
        web_key_pages=brief.answers.key_pages,
        proof_library=brief.answers.proof_library,
        synthesizer=synthesizer,
    )


def _evidence_summary(bundle: Bundle) -> EvidenceSummary:
    counts = Counter(item.platform.value for item in bundle.items)
    return EvidenceSummary(total_count=len(bundle.items), by_platform=dict(sorted(counts.items())))


def _summed_up(snapshot: Snapshot, fields: FieldMaker, brief: Brief, status: EvidenceStatus) -> Snapshot:
    """Return *snapshot* with what can only be said once all fields are there."""
    missing = missing_inputs(
        brief.answers,
        brief.corpus,
        status,
        has_proof=bool(snapshot.positioning.proof_types.value),
        has_pillars=any(pillar.name.sources for pillar in snapshot.pillars),
    )
    confidences = {path: node.confidence for path, node in leaves(snapshot).items()}
    meta = attrs.evolve(
        snapshot.meta,
        missing_inputs=tuple(one.sentence for one in missing),
        missing_input_codes=tuple(one.code for one in missing),
        confidence_summary=summarise_confidence(confidences, fields.rules),
    )
    return attrs.evolve(snapshot, meta=meta)
