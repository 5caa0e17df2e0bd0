"""The sections of a snapshot that are single values: positioning, voice, constraints, and what answers say about the
rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from brandbrain_core.model.answers import Answers
from brandbrain_core.model.draft import Inference
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.snapshot import Constraints, Positioning, Text, Texts, Voice
from brandbrain_core.policies.assembly.fields import FieldMaker

NEUTRAL_TONE: Final = ("neutral",)
NEUTRAL_DO: Final = ("Say plainly what you offer and whom it helps.",)
NEUTRAL_DONT: Final = ("Promise more than you can show.",)
NEUTRAL_CTA: Final = "soft"
NEUTRAL_EMOJI: Final = "sparing"

INFERABLE: Final = frozenset(
    {
        "positioning.what_we_do",
        "positioning.who_for",
        "positioning.differentiators",
        "positioning.proof_types",
        "voice.tone_tags",
        "voice.do",
        "voice.dont",
        "voice.cta_policy",
        "voice.emoji_policy",
    }
)
"""The paths of these sections that a draft may fill, where no answer does."""


class SectionMaker:
    """Makes the fields of these sections: from the answer, else from the inference that passes, else neutral."""

    def __init__(self, fields: FieldMaker, inferences: Mapping[str, Inference[JsonValue]]) -> None:
        self._fields = fields
        self._inferences = inferences

    def positioning(self, answers: Answers) -> Positioning:
        """Return what the brand does, for whom, and why it; empty where nothing is known."""
        claims = tuple(claim.claim for claim in answers.proof_claims)
        return Positioning(
            what_we_do=self._text("positioning.what_we_do", answers.what_we_do, "tier0.what_we_do", ""),
            who_for=self._text("positioning.who_for", answers.who_for, "tier0.who_for", ""),
            differentiators=self._texts("positioning.differentiators", answers.edge, "tier0.edge", ()),
            proof_types=self._texts("positioning.proof_types", claims, "tier2.proof_claims", ()),
        )

    def voice(self, answers: Answers) -> Voice:
        """Return how the brand speaks; neutral where nothing is known."""
        return Voice(
            tone_tags=self._texts("voice.tone_tags", answers.tone_words, "tier0.tone_words", NEUTRAL_TONE),
            do=self._texts("voice.do", (), "", NEUTRAL_DO),
            dont=self._texts("voice.dont", (), "", NEUTRAL_DONT),
            cta_policy=self._text("voice.cta_policy", answers.cta_posture, "tier0.cta_posture", NEUTRAL_CTA),
            emoji_policy=self._text("voice.emoji_policy", None, "", NEUTRAL_EMOJI),
        )

    def constraints(self, answers: Answers) -> Constraints:
        """Return what the brand never does: its answers, and never anything else."""
        return Constraints(
            taboos=self._answer("constraints.taboos", answers.taboos, "tier0.taboos"),
            risk_boundaries=self._answer(
                "constraints.risk_boundaries", answers.risk_boundaries, "tier2.risk_boundaries"
            ),
        )

    def content_goal(self, answers: Answers) -> Text:
        """Return what the content is for."""
        if answers.primary_goal is None:
            return self._fields.unanswered("meta.content_goal", "")
        return self._fields.answered("meta.content_goal", answers.primary_goal, "tier0.primary_goal")

    def priority_platforms(self, answers: Answers) -> Texts:
        """Return the platforms that matter most."""
        return self._answer("meta.priority_platforms", answers.priority_platforms, "tier1.priority_platforms")

    def _answer(self, path: str, answer: tuple[str, ...], question: str) -> Texts:
        return self._fields.answered(path, answer, question) if answer else self._fields.unanswered(path, ())

    def _text(self, path: str, answer: str | None, question: str, default: str) -> Text:
        if answer is not None:
            return self._fields.answered(path, answer, question)
        return self._fields.text(path, self._inferences.get(path)) or self._fields.default_text(path, default)

    def _texts(self, path: str, answer: tuple[str, ...], question: str, default: tuple[str, ...]) -> Texts:
        if answer:
            return self._fields.answered(path, answer, question)
        return self._fields.texts(path, self._inferences.get(path)) or self._fields.default_texts(path, default)
