"""
Confidence: how sure a value is, and the name of the rule that says so.

An inferred value starts from the most that the best of its sources can give; then the lowest cap that applies to what
it rests on wins. An answer has the number of its section, and no cap. Every number comes with the rule that set it,
so that people can see why it is not higher.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import Final

import attrs

from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.model.snapshot import Section

CONFIDENCE_VERSION: Final = "1"

BANDS: Final = (("high", 0.7), ("medium", 0.4), ("low", 0.2), ("very_low", 0.0))
"""The bands, and the least that each begins with."""


@attrs.frozen
class Grade:
    """A confidence, 0.0 to 1.0, and the name of the rule that set it."""

    confidence: float
    rule: str


@attrs.frozen(kw_only=True)
class Situation:
    """
    What is there to infer from, whatever a single value rests on.

    Attributes:
        has_items: Whether there is any evidence item.
        reels_without_transcript: Whether reels are connected and not one of them has a transcript.
    """

    has_items: bool
    reels_without_transcript: bool


NOT_ANSWERED: Final = Grade(0.0, "not_answered")
"""Of what only an answer may say, where nobody answered."""

NO_SOURCES: Final = Grade(0.1, "no_sources")

_ANSWERED: Final = 0.9
_SEEDED: Final = Grade(0.8, "pillars_seeded")
_WEB_MAX: Final = {Section.POSITIONING: 0.5, Section.PILLARS: 0.5}
_WEB_MAX_ELSEWHERE: Final = 0.3


def band(confidence: float) -> str:
    """
    Return the name of the band that *confidence* lies in.

    >>> [band(number) for number in (0.9, 0.7, 0.69, 0.2, 0.0)]
    ['high', 'high', 'medium', 'low', 'very_low']
    """
    return next(name for name, least in BANDS if confidence >= least)


def of_answer(section: Section) -> Grade:
    """Return the grade of a value that an answer states."""
    return _SEEDED if section is Section.PILLARS else Grade(_ANSWERED, f"{section}_from_answer")


def of_default(section: Section) -> Grade:
    """Return the grade of a value that stands in where nothing is known: no source, and the section's cap on top."""
    caps = {Section.POSITIONING: 0.1, Section.VOICE: 0.2, Section.PILLARS: 0.2}
    return _lowest(NO_SOURCES, [Grade(caps[section], f"{section}_nothing")] if section in caps else [])


def of_inferred(section: Section, cited: Sequence[EvidenceItem], situation: Situation) -> Grade:
    """
    Return the grade of an inferred value.

    Args:
        cited: The items that it rests on; none: a model wrote it without naming any.
    """
    best = max((most_of(item, section) for item in cited), key=lambda grade: grade.confidence, default=NO_SOURCES)
    caps = [Grade(0.3, "no_evidence_at_all")] if not situation.has_items else []
    if cited:
        caps += _section_caps(section, cited, situation)
    return _lowest(best, caps)


def most_of(item: EvidenceItem, section: Section) -> Grade:
    """Return the most that a value of *section* can get from *item* alone."""
    match item.platform:
        case Platform.WEB:
            known = section if section in _WEB_MAX or section is Section.VOICE else "elsewhere"
            return Grade(_WEB_MAX.get(section, _WEB_MAX_ELSEWHERE), f"web_page_{known}")
        case Platform.LINKEDIN if item.capability is Capability.PROFILE_POSTS:
            return Grade(0.4, "linkedin_profile_post")
        case Platform.LINKEDIN:
            return Grade(0.6, "linkedin_company_post")
        case Platform.TIKTOK:
            return Grade(0.4, "tiktok_video")
        case Platform.YOUTUBE:
            return Grade(0.6, "youtube_with_transcript") if item.transcript else Grade(0.4, "youtube_video")
        case Platform.INSTAGRAM if item.content_type is not ContentType.REEL:
            return Grade(0.5, "instagram_post")
        case _:
            return Grade(0.85, "reel_with_transcript") if item.transcript else Grade(0.5, "reel_without_transcript")


def mean(confidences: Iterable[float]) -> float:
    """
    Return the mean, rounded to 2 digits; 0.0 of nothing.

    >>> mean([0.9, 0.1, 0.1]), mean([])
    (0.37, 0.0)
    """
    return round(fmean([*confidences] or [0.0]), 2)


def _section_caps(section: Section, cited: Sequence[EvidenceItem], situation: Situation) -> list[Grade]:
    on_web = any(item.platform is Platform.WEB for item in cited)
    if section is Section.PILLARS:
        return [Grade(0.5, "pillars_inferred")]
    if section is Section.POSITIONING:
        return [Grade(0.5, "positioning_with_web") if on_web else Grade(0.4, "positioning_social_only")]
    if section is not Section.VOICE:
        return []
    if any(item.transcript for item in cited):
        return [Grade(0.85, "voice_with_transcripts")]
    if any(item.platform is Platform.LINKEDIN for item in cited):
        return [Grade(0.6, "voice_linkedin_posts")]
    if all(item.platform is Platform.WEB for item in cited):
        return [Grade(0.3, "voice_web_only")]
    if situation.reels_without_transcript:
        return [Grade(0.4, "voice_captions_reels_without_transcript")]
    return [Grade(0.5, "voice_captions_only")]


def _lowest(best: Grade, caps: Sequence[Grade]) -> Grade:
    """Return the lowest; of equal ones a cap, since it says why there is no more."""
    return min([*caps, best], key=lambda grade: grade.confidence)
