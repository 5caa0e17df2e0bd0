"""
The question catalogue: what a brand is asked, which field each answer feeds, and what an answer may be.

This is data, served as it is, so that no client needs a list of its own; `brandbrain_core.policies.answers` reads
answers by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import attrs


class Need(StrEnum):
    """Whether an answer must be there: without a required one nothing compiles, an absent advised one is a missing
    input."""

    REQUIRED = "required"
    ADVISED = "advised"
    OPTIONAL = "optional"


class AnswerType(StrEnum):
    """What an answer is, in JSON."""

    STRING = "string"
    STRINGS = "string[]"
    ENUM = "enum"
    NUMBER = "integer"
    HASHTAG_POLICY = "hashtag_policy"
    PLATFORM_RULES = "platform_rules"
    CLAIMS = "claim[]"


@attrs.frozen(kw_only=True)
class RuleMember:
    """
    One member of the rules of a platform.

    Attributes:
        limit: Of a list: items at most.
        least, most: Of an integer, inclusive.
        options: The known values; another is kept, and reported with the draft.
        options_by_platform: As *options*, where they differ by platform.
    """

    id: str
    type: AnswerType
    label: str
    limit: int | None = None
    least: int | None = None
    most: int | None = None
    options: tuple[str, ...] = ()
    options_by_platform: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Question:
    """
    One question.

    Attributes:
        feeds: Paths of the snapshot that the answer fills, verbatim.
        limit: Of a list: items at most; more are refused. None: no limit.
        advised_length: Characters; a longer answer is kept, and reported with the draft.
        options: The known values, of an enumeration or of a list's items; another is kept, and reported with the draft.
        members: What the rules of one platform may say.
        label: The question, as a person reads it.
        help: What a good answer looks like.
    """

    id: str
    tier: int
    type: AnswerType
    need: Need
    feeds: tuple[str, ...]
    limit: int | None = None
    advised_length: int | None = None
    options: tuple[str, ...] = ()
    members: tuple[RuleMember, ...] = ()
    label: str
    help: str


CTA_POSTURES: Final = ("none", "soft", "balanced", "direct", "aggressive")
GOALS: Final = ("awareness", "engagement", "leads", "sales", "thought_leadership")
HASHTAG_USAGES: Final = ("none", "minimal", "moderate", "heavy")
LINK_POLICIES: Final = ("never", "bio_only", "comments_only", "in_post", "any")
ANSWERED_PLATFORMS: Final = ("instagram", "tiktok", "linkedin", "youtube", "x")
FORMATS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "instagram": ("carousel", "single_image", "reel", "story", "text_post"),
        "linkedin": ("text_only", "image", "carousel", "video", "document", "poll", "article"),
        "tiktok": ("video", "photo_carousel", "duet", "stitch"),
        "youtube": ("long_form", "shorts", "livestream"),
    }
)
ALIASES: Final[Mapping[str, str]] = MappingProxyType({"moderate": "balanced", "brand_awareness": "awareness"})
"""Other names of CTA postures and goals. A hashtag usage may be ``moderate`` in its own right."""

RULES_ID: Final = "tier2.platform_rules"
"""Also with ``.<platform>`` behind it, for the rules of one platform."""

_RULE_MEMBERS: Final = (
    RuleMember(
        id="cadence_per_week", type=AnswerType.NUMBER, least=1, most=14, label="How many posts a week do you aim at?"
    ),
    RuleMember(
        id="preferred_formats",
        type=AnswerType.STRINGS,
        options_by_platform=FORMATS,
        label="Which formats do you prefer?",
    ),
    RuleMember(
        id="hashtag_policy",
        type=AnswerType.HASHTAG_POLICY,
        options=HASHTAG_USAGES,
        label="How many hashtags may a post have?",
    ),
    RuleMember(
        id="link_policy", type=AnswerType.ENUM, options=LINK_POLICIES, label="Where may a link to your pages stand?"
    ),
    RuleMember(
        id="cta_policy_override",
        type=AnswerType.ENUM,
        options=CTA_POSTURES,
        label="How pushy may posts be here, if not as everywhere?",
    ),
    RuleMember(
        id="forbidden_patterns",
        type=AnswerType.STRINGS,
        limit=10,
        label="Which words, phrases or regular expressions must never occur here?",
    ),
    RuleMember(id="hashtag_rules", type=AnswerType.STRING, label="Anything else about hashtags, in your words"),
    RuleMember(id="formatting_rules", type=AnswerType.STRING, label="Anything else about form, in your words"),
    RuleMember(id="posting_frequency", type=AnswerType.STRING, label="Anything else about when to post, in your words"),
)

CATALOGUE: Final[tuple[Question, ...]] = (
    Question(
        id="tier0.what_we_do",
        tier=0,
        type=AnswerType.STRING,
        need=Need.REQUIRED,
        feeds=("positioning.what_we_do",),
        advised_length=500,
        label="What do you do?",
        help="One or two plain sentences, as you would say it to somebody at the next table.",
    ),
    Question(
        id="tier0.who_for",
        tier=0,
        type=AnswerType.STRING,
        need=Need.REQUIRED,
        feeds=("positioning.who_for",),
        label="Who is it for?",
        help="The people you hope to reach: who they are and what they are trying to get done.",
    ),
    Question(
        id="tier0.edge",
        tier=0,
        type=AnswerType.STRINGS,
        need=Need.ADVISED,
        feeds=("positioning.differentiators",),
        limit=5,
        label="Why you, and not somebody else?",
        help="Up to five things that are true of you and not of your competitors.",
    ),
    Question(
        id="tier0.tone_words",
        tier=0,
        type=AnswerType.STRINGS,
        need=Need.ADVISED,
        feeds=("voice.tone_tags",),
        limit=7,
        label="Which words describe how you sound?",
        help="Up to seven adjectives, such as warm, dry or matter-of-fact.",
    ),
    Question(
        id="tier0.taboos",
        tier=0,
        type=AnswerType.STRINGS,
        need=Need.ADVISED,
        feeds=("constraints.taboos",),
        limit=10,
        label="What must never be said?",
        help="Up to ten words, claims or subjects. Only you can fill this list; nothing is ever guessed into it.",
    ),
    Question(
        id="tier0.primary_goal",
        tier=0,
        type=AnswerType.ENUM,
        need=Need.REQUIRED,
        feeds=("meta.content_goal",),
        options=GOALS,
        label="What should your content bring about?",
        help="The one effect that matters most just now.",
    ),
    Question(
        id="tier0.cta_posture",
        tier=0,
        type=AnswerType.ENUM,
        need=Need.REQUIRED,
        feeds=("voice.cta_policy",),
        options=CTA_POSTURES,
        label="How strongly may you ask people to act?",
        help="From none (never ask) to aggressive (ask in every post).",
    ),
    Question(
        id="tier1.priority_platforms",
        tier=1,
        type=AnswerType.STRINGS,
        need=Need.OPTIONAL,
        feeds=("meta.priority_platforms",),
        options=ANSWERED_PLATFORMS,
        label="Which platforms matter most?",
        help="The most important one first.",
    ),
    Question(
        id="tier1.pillars_seed",
        tier=1,
        type=AnswerType.STRINGS,
        need=Need.OPTIONAL,
        feeds=("pillars[].name",),
        limit=7,
        label="Which themes do you keep coming back to?",
        help="Up to seven short names; each becomes a pillar of its own.",
    ),
    Question(
        id="tier1.good_examples",
        tier=1,
        type=AnswerType.STRINGS,
        need=Need.OPTIONAL,
        feeds=("examples.user_examples",),
        limit=10,
        label="Which posts show you at your best?",
        help="Up to ten links or texts, yours or somebody else's.",
    ),
    Question(
        id="tier1.key_pages",
        tier=1,
        type=AnswerType.STRINGS,
        need=Need.OPTIONAL,
        feeds=("meta.web_key_pages",),
        limit=5,
        label="Which pages of your site should be read first?",
        help="Up to five addresses. The first two are visited along with your home page.",
    ),
    Question(
        id=RULES_ID,
        tier=2,
        type=AnswerType.PLATFORM_RULES,
        need=Need.OPTIONAL,
        feeds=("platform_profiles.<platform>.rules",),
        members=_RULE_MEMBERS,
        label="Which rules hold on which platform?",
        help="By platform; a question left open stays open, nothing is guessed.",
    ),
    Question(
        id="tier2.proof_claims",
        tier=2,
        type=AnswerType.CLAIMS,
        need=Need.OPTIONAL,
        feeds=("positioning.proof_types", "meta.proof_library"),
        limit=10,
        label="What can you prove?",
        help="Up to ten claims, each alone or with what supports it.",
    ),
    Question(
        id="tier2.risk_boundaries",
        tier=2,
        type=AnswerType.STRINGS,
        need=Need.OPTIONAL,
        feeds=("constraints.risk_boundaries",),
        limit=10,
        label="Which risks do you not take?",
        help="Up to ten boundaries: legal, medical, financial, or of taste.",
    ),
)
"""Every question, in the order in which to ask."""

BY_ID: Final[Mapping[str, Question]] = MappingProxyType({question.id: question for question in CATALOGUE})
"""The catalogue by id."""

REQUIRED_IDS: Final = tuple(question.id for question in CATALOGUE if question.need is Need.REQUIRED)
"""What nothing compiles without, in the order of the messages: what_we_do, who_for, primary_goal, cta_posture."""
