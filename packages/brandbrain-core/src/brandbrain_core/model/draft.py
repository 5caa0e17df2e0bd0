"""The brief that a synthesizer gets, and the draft that it returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.answers import Answers
from brandbrain_core.model.bundle import Bundle
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.features import FeatureReport
from brandbrain_core.model.fields import SourceType
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.platform import Platform

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Brief:
    """
    All that a synthesizer may know. It never sees overrides.

    Attributes:
        answers: Typed; what a field is fed by an answer is set from it afterwards, whatever the draft says.
        bundle: The small, deterministic choice of items.
        corpus: All eligible items, newest first, the bundle's among them.
        features: What was counted over the corpus.
        platforms: The connected platforms, sorted.
    """

    answers: Answers
    bundle: Bundle
    corpus: tuple[EvidenceItem, ...]
    features: FeatureReport
    platforms: tuple[Platform, ...]


@attrs.frozen(kw_only=True)
class Inference(Generic[T]):
    """
    A value that somebody inferred, and what it rests on.

    Attributes:
        evidence: Ids of items of the brief's corpus, strongest first; ids that are not there are dropped and reported.
        kind: `SourceType.EVIDENCE` for what was counted, `SourceType.LLM` for what a model wrote.
    """

    value: T
    evidence: tuple[EvidenceId, ...] = ()
    kind: SourceType = SourceType.EVIDENCE


@attrs.frozen(kw_only=True)
class DraftPillar:
    """A proposed pillar. One whose name has the same slug as a seed describes that seed."""

    name: Inference[str]
    description: Inference[str]
    themes: Inference[tuple[str, ...]]


@attrs.frozen(kw_only=True)
class Draft:
    """
    What a synthesizer infers. It is checked, never trusted.

    Attributes:
        fields: Inferences by path of the snapshot's schema, lists of items by key: ``voice.emoji_policy``,
            ``platform_profiles.instagram.hashtag_strategy``. Paths that only answers may fill are ignored and reported.
        pillars: In the order they matter.
        canonical_evidence: Ids of the items that show the brand best, best first.
        model: The model that was really called; None: no model.
    """

    fields: Mapping[str, Inference[JsonValue]] = attrs.field(factory=dict)
    pillars: tuple[DraftPillar, ...] = ()
    canonical_evidence: tuple[EvidenceId, ...] = ()
    model: str | None = None
