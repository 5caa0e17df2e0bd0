"""Checks of words: the brand's own stand as they were given, forbidden ones stand nowhere, enumerations are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from brandbrain_core.model.answers import Answers
from brandbrain_core.model.fields import SourceType
from brandbrain_core.model.json import JsonValue
from brandbrain_core.policies.off_limits import off_limits
from brandbrain_core.policies.paths import PROFILE_PLATFORMS
from brandbrain_core.policies.qa.subject import Findings, Subject, fails, texts_of, warns
from brandbrain_core.questions import (
    ANSWERED_PLATFORMS,
    CATALOGUE,
    CTA_POSTURES,
    FORMATS,
    GOALS,
    HASHTAG_USAGES,
    LINK_POLICIES,
)

_TABOOS: Final = "constraints.taboos"


def taboos_equal_answers(subject: Subject) -> Findings:
    """The taboos are the answer's, all of them, in its order, and nothing else."""
    node = subject.fields[_TABOOS]
    if node.value != subject.brief.answers.taboos:
        yield fails("the taboos are not those that were answered", _TABOOS)
    if any(source.type is not SourceType.ANSWER for source in node.sources):
        yield fails("the taboos rest on something else than the answer", _TABOOS)


def answers_verbatim(subject: Subject) -> Findings:
    """Every field that an answer feeds says what the answer says."""
    for path, answer in _fed(subject.brief.answers):
        node = subject.fields.get(path)
        if node is None or node.value != answer:
            yield fails(f"{path} does not say what was answered", path)
    names = tuple(pillar.name.value for pillar in subject.snapshot.pillars)
    seeds = subject.brief.answers.pillars_seed
    if names[: len(seeds)] != seeds:
        yield fails("the pillars do not begin with those that were named", "pillars")


def nothing_forbidden(subject: Subject) -> Findings:
    """No taboo and no forbidden pattern stands in a value that was inferred."""
    limits = off_limits(subject.brief.answers)
    for path, node in subject.inferred.items():
        for text in texts_of(node):
            found = limits.found_in(path, text)
            if found is not None:
                yield fails(f"{path} has the forbidden {found!r} in it", path)


def enums_known(subject: Subject) -> Findings:
    """Every value of an enumeration is one that we know; others are kept, and told."""
    for path, value, options in _enums(subject.brief.answers):
        if value is not None and value not in options:
            yield warns(f"{path}: {value!r} is none of {', '.join(options)}", path)
    cta = subject.snapshot.voice.cta_policy.value
    if "voice.cta_policy" in subject.inferred and cta not in CTA_POSTURES:
        yield fails(f"voice.cta_policy is {cta!r}, which no posture is called", "voice.cta_policy")
    for platform in sorted(subject.brief.answers.platform_rules):
        if platform not in PROFILE_PLATFORMS:
            yield warns(f"the rules for {platform} are kept, but that platform has no profile", "platform_profiles")


def answers_in_advised_length(subject: Subject) -> Findings:
    """No answer is longer than advised."""
    for question in CATALOGUE:
        advised = question.advised_length
        if advised is not None and len(getattr(subject.brief.answers, question.id.partition(".")[2]) or "") > advised:
            yield warns(f"{question.id} has more than {advised} characters", question.feeds[0])


def _fed(answers: Answers) -> Iterator[tuple[str, JsonValue]]:
    fed = {
        "positioning.what_we_do": answers.what_we_do,
        "positioning.who_for": answers.who_for,
        "positioning.differentiators": answers.edge,
        "positioning.proof_types": tuple(claim.claim for claim in answers.proof_claims),
        "voice.tone_tags": answers.tone_words,
        "voice.cta_policy": answers.cta_posture,
        "constraints.risk_boundaries": answers.risk_boundaries,
        "meta.content_goal": answers.primary_goal,
        "meta.priority_platforms": answers.priority_platforms,
    }
    yield from ((path, answer) for path, answer in fed.items() if answer)
    for platform, rules in answers.platform_rules.items():
        if platform in PROFILE_PLATFORMS:
            yield f"platform_profiles.{platform}.rules", rules.raw


def _enums(answers: Answers) -> Iterator[tuple[str, str | None, tuple[str, ...]]]:
    yield "voice.cta_policy", answers.cta_posture, CTA_POSTURES
    yield "meta.content_goal", answers.primary_goal, GOALS
    for platform in answers.priority_platforms:
        yield "meta.priority_platforms", platform, ANSWERED_PLATFORMS
    for platform, rules in answers.platform_rules.items():
        path = f"platform_profiles.{platform}.rules"
        yield path, rules.cta_policy_override, CTA_POSTURES
        yield path, rules.link_policy, LINK_POLICIES
        yield path, rules.hashtag_policy.usage if rules.hashtag_policy else None, HASHTAG_USAGES
        for name in rules.preferred_formats:
            if platform in FORMATS:
                yield path, name, FORMATS[platform]
