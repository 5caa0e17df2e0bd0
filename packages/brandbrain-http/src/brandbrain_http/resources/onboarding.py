"""``/api/brands/{brand_id}/onboarding`` and the question catalogue."""

from __future__ import annotations

from typing import Final

import attrs
from starlette.responses import Response

from brandbrain_core.questions import CATALOGUE
from brandbrain_core.services.joined import JoinedStore
from brandbrain_core.services.onboarding import save_answers
from brandbrain_http.answers import body_of, done, found
from brandbrain_http.call import Call
from brandbrain_http.conditions import etag_of, require_match
from brandbrain_http.endpoint import Endpoint
from brandbrain_http.existing import brand_first, brand_of, lock_brand
from brandbrain_http.openapi.operation import INVALID_JSON, Answer, Operation, Tag
from brandbrain_http.reading import object_of
from brandbrain_http.shapes.onboarding import OnboardingBody, OnboardingShape, QuestionsShape

_PATH: Final = "/api/brands/{brand_id}/onboarding"


async def read_onboarding(call: Call) -> Response:
    """Answer with what a brand answered."""
    brand = brand_of(call)
    async with call.deps.store.reading() as work:
        return found(call, body_of(OnboardingShape.of(await work.brands.onboarding(brand))))


async def save_onboarding(call: Call) -> Response:
    """Replace what a brand answered."""
    brand = brand_of(call)
    async with brand_first(call, brand):
        body = OnboardingBody.read(await object_of(call.request))
        async with call.deps.store.transaction() as work:
            await lock_brand(work, brand)
            stored = body_of(OnboardingShape.of(await work.brands.onboarding(brand)))
            require_match(call.header("if-match"), etag_of(stored))
            deps = attrs.evolve(call.deps, store=JoinedStore(work))
            saved = await save_answers(deps, brand, tier=body.tier, answers=body.answers_json)
    answer = body_of(OnboardingShape.of(saved))
    return done(answer, etag=etag_of(answer))


async def read_questions(call: Call) -> Response:
    """Answer with the question catalogue."""
    return found(call, _QUESTIONS)


_QUESTIONS: Final = body_of(QuestionsShape(questions=CATALOGUE))

ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path=_PATH,
        handler=read_onboarding,
        operation=Operation(
            tag=Tag.ONBOARDING,
            summary="Read what a brand answered",
            answers={200: Answer(description="Never saved: tier 0, no answers.", shape=OnboardingShape)},
            errors={400: ("Invalid brand_id",), 404: ("Brand not found",)},
        ),
    ),
    Endpoint(
        method="PUT",
        path=_PATH,
        handler=save_onboarding,
        operation=Operation(
            tag=Tag.ONBOARDING,
            summary="Replace all answers of a brand",
            description="The key pages among them become start pages of the brand's web sources.",
            body=OnboardingBody,
            answers={200: Answer(description="The answers as saved.", shape=OnboardingShape, headers=("ETag",))},
            errors={
                400: ("Invalid brand_id", *INVALID_JSON),
                404: ("Brand not found",),
                422: (
                    "tier is required",
                    "tier must be 0, 1, or 2",
                    "answers_json is required",
                    "answers_json must be an object",
                    "Invalid answers",
                ),
            },
            if_match=True,
        ),
    ),
    Endpoint(
        method="GET",
        path="/api/onboarding/questions",
        handler=read_questions,
        operation=Operation(
            tag=Tag.ONBOARDING,
            summary="Read the question catalogue",
            answers={200: Answer(description="The questions, in the order in which to ask.", shape=QuestionsShape)},
        ),
    ),
)
