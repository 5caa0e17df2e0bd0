from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import SUPPORTED, Capability, ContentType, Platform
from brandbrain_core.model.snapshot import Section
from brandbrain_core.policies import confidence
from brandbrain_core.policies.confidence import Grade, Situation
from brandbrain_core.testing.builders.briefs import item_of

PLAIN = Situation(has_items=True, reels_without_transcript=False)
MUTE_REELS = Situation(has_items=True, reels_without_transcript=True)
NOTHING = Situation(has_items=False, reels_without_transcript=False)

SPOKEN_REEL = item_of(Platform.INSTAGRAM, Capability.REELS, 1, transcript="Hello sailors")
MUTE_REEL = item_of(Platform.INSTAGRAM, Capability.REELS, 2)
CLIP = item_of(Platform.INSTAGRAM, Capability.POSTS, 3, content_type=ContentType.REEL)
POST = item_of(Platform.INSTAGRAM, Capability.POSTS, 4)
COMPANY = item_of(Platform.LINKEDIN, Capability.COMPANY_POSTS, 5)
PROFILE = item_of(Platform.LINKEDIN, Capability.PROFILE_POSTS, 6)
TIKTOK = item_of(Platform.TIKTOK, Capability.PROFILE_VIDEOS, 7, transcript="Spoken")
VIDEO = item_of(Platform.YOUTUBE, Capability.CHANNEL_VIDEOS, 8)
SPOKEN_VIDEO = item_of(Platform.YOUTUBE, Capability.CHANNEL_VIDEOS, 9, transcript="Spoken")
PAGE = item_of(Platform.WEB, Capability.CRAWL_PAGES, 10)
EVERY = [SPOKEN_REEL, MUTE_REEL, CLIP, POST, COMPANY, PROFILE, TIKTOK, VIDEO, SPOKEN_VIDEO, PAGE]


@pytest.mark.parametrize(
    ("item", "positioning", "voice"),
    [
        (SPOKEN_REEL, 0.85, 0.85),
        (MUTE_REEL, 0.5, 0.5),
        (CLIP, 0.5, 0.5),
        (POST, 0.5, 0.5),
        (COMPANY, 0.6, 0.6),
        (PROFILE, 0.4, 0.4),
        (TIKTOK, 0.4, 0.4),
        (VIDEO, 0.4, 0.4),
        (SPOKEN_VIDEO, 0.6, 0.6),
        (PAGE, 0.5, 0.3),
    ],
)
def test_most_that_one_source_can_give(item: EvidenceItem, positioning: float, voice: float) -> None:
    """By kind of item, and for pages by section."""
    assert positioning == confidence.most_of(item, Section.POSITIONING).confidence
    assert voice == confidence.most_of(item, Section.VOICE).confidence


@pytest.mark.parametrize(
    ("section", "cited", "situation", "expected"),
    [
        (Section.POSITIONING, [PAGE], PLAIN, Grade(0.5, "positioning_with_web")),
        (Section.POSITIONING, [PAGE, SPOKEN_REEL], PLAIN, Grade(0.5, "positioning_with_web")),
        (Section.POSITIONING, [SPOKEN_REEL, COMPANY], PLAIN, Grade(0.4, "positioning_social_only")),
        (Section.VOICE, [SPOKEN_REEL, PAGE], PLAIN, Grade(0.85, "voice_with_transcripts")),
        (Section.VOICE, [SPOKEN_VIDEO], PLAIN, Grade(0.6, "youtube_with_transcript")),
        (Section.VOICE, [TIKTOK], PLAIN, Grade(0.4, "tiktok_video")),
        (Section.VOICE, [COMPANY, POST], PLAIN, Grade(0.6, "voice_linkedin_posts")),
        (Section.VOICE, [COMPANY, POST], MUTE_REELS, Grade(0.6, "voice_linkedin_posts")),
        (Section.VOICE, [PROFILE], PLAIN, Grade(0.4, "linkedin_profile_post")),
        (Section.VOICE, [POST, PAGE], PLAIN, Grade(0.5, "voice_captions_only")),
        (Section.VOICE, [POST], MUTE_REELS, Grade(0.4, "voice_captions_reels_without_transcript")),
        (Section.VOICE, [MUTE_REEL], MUTE_REELS, Grade(0.4, "voice_captions_reels_without_transcript")),
        (Section.VOICE, [PAGE], PLAIN, Grade(0.3, "voice_web_only")),
        (Section.VOICE, [PAGE], MUTE_REELS, Grade(0.3, "voice_web_only")),
        (Section.PILLARS, [SPOKEN_REEL], PLAIN, Grade(0.5, "pillars_inferred")),
        (Section.PILLARS, [VIDEO], PLAIN, Grade(0.4, "youtube_video")),
        (Section.PLATFORM_PROFILES, [COMPANY], PLAIN, Grade(0.6, "linkedin_company_post")),
        (Section.PLATFORM_PROFILES, [PAGE], PLAIN, Grade(0.3, "web_page_elsewhere")),
        (Section.VOICE, [], PLAIN, Grade(0.1, "no_sources")),
        (Section.VOICE, [], NOTHING, Grade(0.1, "no_sources")),
        (Section.VOICE, [SPOKEN_REEL], NOTHING, Grade(0.3, "no_evidence_at_all")),
    ],
)
def test_the_lowest_cap_that_applies_wins(
    section: Section, cited: list[EvidenceItem], situation: Situation, expected: Grade
) -> None:
    """From the best source down to the lowest cap of what the value rests on; the rule that set it is named."""
    assert expected == confidence.of_inferred(section, cited, situation)


@pytest.mark.parametrize(
    ("section", "answered", "default"),
    [
        (Section.POSITIONING, Grade(0.9, "positioning_from_answer"), Grade(0.1, "positioning_nothing")),
        (Section.VOICE, Grade(0.9, "voice_from_answer"), Grade(0.1, "no_sources")),
        (Section.PILLARS, Grade(0.8, "pillars_seeded"), Grade(0.1, "no_sources")),
        (Section.CONSTRAINTS, Grade(0.9, "constraints_from_answer"), Grade(0.1, "no_sources")),
        (Section.META, Grade(0.9, "meta_from_answer"), Grade(0.1, "no_sources")),
    ],
)
def test_answers_and_defaults(section: Section, answered: Grade, default: Grade) -> None:
    """An answer has the number of its section, and what nobody knows is hardly sure."""
    assert (answered, default) == (confidence.of_answer(section), confidence.of_default(section))


@given(
    st.sampled_from(Section),
    st.lists(st.sampled_from(EVERY), unique_by=lambda item: item.id),
    st.sampled_from([PLAIN, MUTE_REELS, NOTHING]),
)
def test_no_inference_is_as_sure_as_an_answer(
    section: Section, cited: list[EvidenceItem], situation: Situation
) -> None:
    """Whatever it rests on, in whatever order: from 0.1 up to what the best source gives, and below 0.9."""
    shuffled = sorted(cited, key=lambda item: item.canonical_url)
    grade = confidence.of_inferred(section, cited, situation)
    best = max((confidence.most_of(item, section).confidence for item in cited), default=0.1)

    assert 0.1 <= grade.confidence <= best < confidence.of_answer(Section.VOICE).confidence
    assert grade.confidence == confidence.of_inferred(section, shuffled, situation).confidence


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1.0, "high"), (0.7, "high"), (0.69, "medium"), (0.4, "medium"), (0.39, "low"), (0.2, "low"), (0.19, "very_low")],
)
def test_bands(number: float, expected: str) -> None:
    """Each band begins with its least number."""
    assert expected == confidence.band(number)


def test_every_kind_of_source_has_a_maximum() -> None:
    """No supported kind falls through to another's."""
    rules = {confidence.most_of(item_of(*kind), Section.VOICE).rule for kind in SUPPORTED}

    assert len(SUPPORTED) == len(rules)
