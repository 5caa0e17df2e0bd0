"""Answers on the wire."""

from __future__ import annotations

from datetime import datetime

import attrs

from brandbrain_core.ids import BrandId
from brandbrain_core.model.brand import Onboarding
from brandbrain_core.model.json import JsonObject
from brandbrain_core.questions import Question
from brandbrain_http.errors import unprocessable

_TIERS = (0, 1, 2)


@attrs.frozen(kw_only=True)
class OnboardingShape:
    """
    What a brand answered.

    Attributes:
        tier: 0, 1 or 2.
        answers_json: By question id.
        updated_at: Null: never saved.
    """

    brand_id: BrandId
    tier: int
    answers_json: JsonObject
    updated_at: datetime | None

    @classmethod
    def of(cls, stored: Onboarding) -> OnboardingShape:
        """Return answers as the wire has them."""
        return cls(
            brand_id=stored.brand_id, tier=stored.tier, answers_json=stored.answers, updated_at=stored.updated_at
        )


@attrs.frozen(kw_only=True)
class OnboardingBody:
    """
    Answers that take the place of all that were there.

    Attributes:
        tier: 0, 1 or 2.
        answers_json: By question id; ids that the catalogue does not know are kept.
    """

    tier: int
    answers_json: JsonObject

    @classmethod
    def read(cls, body: JsonObject) -> OnboardingBody:
        """Return the body read; raise a 422."""
        if "tier" not in body:
            raise unprocessable("tier is required")
        tier = body["tier"]
        if not isinstance(tier, int) or isinstance(tier, bool) or tier not in _TIERS:
            raise unprocessable("tier must be 0, 1, or 2")
        if "answers_json" not in body:
            raise unprocessable("answers_json is required")
        answers = body["answers_json"]
        if not isinstance(answers, dict):
            raise unprocessable("answers_json must be an object")
        return cls(tier=tier, answers_json=answers)


@attrs.frozen(kw_only=True)
class QuestionsShape:
    """The question catalogue, in the order in which to ask."""

    questions: tuple[Question, ...]
