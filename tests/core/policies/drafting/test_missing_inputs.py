from __future__ import annotations

import pytest

from brandbrain_core.ids import SourceId
from brandbrain_core.model.answers import Answers
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.reports import EvidenceStatus, SourceOutcome
from brandbrain_core.policies.missing_inputs import missing_inputs
from brandbrain_core.testing import build
from brandbrain_core.testing.builders.briefs import item_of

ANSWERS = build.answers()
NOTHING_HAPPENED = EvidenceStatus()
SPOKEN_REEL = item_of(Platform.INSTAGRAM, Capability.REELS, transcript="Hello sailors")
MUTE_REEL = item_of(Platform.INSTAGRAM, Capability.REELS)
PAGE = item_of(Platform.WEB, Capability.CRAWL_PAGES)
PROFILE = item_of(Platform.LINKEDIN, Capability.PROFILE_POSTS, transcript="x")


def outcome(source: str, error_code: str | None = None) -> SourceOutcome:
    """What happened to one source."""
    platform, _, capability = source.partition(".")
    return SourceOutcome(
        source=source,
        source_connection_id=SourceId(build.SOURCE),
        platform=platform,
        capability=capability,
        identifier="loft",
        reason="because",
        error_code=error_code,
    )


def codes(
    corpus: list[EvidenceItem],
    *,
    answers: Answers = ANSWERS,
    status: EvidenceStatus = NOTHING_HAPPENED,
    proof: bool = True,
    pillars: bool = True,
) -> list[str]:
    """The codes of what is missing."""
    found = missing_inputs(answers, corpus, status, has_proof=proof, has_pillars=pillars)
    return [missing.code for missing in found]


def test_a_complete_brand_misses_nothing() -> None:
    """With spoken reels, all advised answers, proof and pillars."""
    assert [] == codes([SPOKEN_REEL])


@pytest.mark.parametrize(
    ("corpus", "expected"),
    [
        ([], ["no_evidence", "no_social_voice", "no_reels", "no_transcripts"]),
        ([PAGE], ["no_social_voice", "no_reels", "no_transcripts"]),
        ([MUTE_REEL, PAGE], ["no_transcripts"]),
        ([PROFILE], ["no_reels", "linkedin_profile_unvalidated"]),
    ],
)
def test_missing_evidence(corpus: list[EvidenceItem], expected: list[str]) -> None:
    """What is not there to infer from is named."""
    assert expected == codes(corpus)


@pytest.mark.parametrize(
    ("question", "cleared"), [("tier0.edge", "edge"), ("tier0.tone_words", "tone_words"), ("tier0.taboos", "taboos")]
)
def test_every_advised_answer_that_is_absent_is_named(question: str, cleared: str) -> None:
    """One code each."""
    answers = build.answers(**{cleared: ()})

    assert [f"missing_answer:{question}"] == codes([SPOKEN_REEL], answers=answers)


def test_failed_sources_are_named_once() -> None:
    """Also one that was left alone because it had failed; not one whose capability is off."""
    status = EvidenceStatus(
        failed=(outcome("web.crawl_pages", "unreachable"), outcome("web.crawl_pages", "unreachable")),
        skipped=(outcome("instagram.posts", "timeout"), outcome("linkedin.profile_posts")),
        refreshed=(outcome("instagram.reels"),),
    )

    expected = ["linkedin_profile_unvalidated", "source_failed:instagram.posts", "source_failed:web.crawl_pages"]
    assert expected == codes([SPOKEN_REEL], status=status)


def test_no_proof_and_no_pillars() -> None:
    """What stayed empty in the snapshot is a missing input, too."""
    assert ["no_proof", "no_pillars"] == codes([SPOKEN_REEL], proof=False, pillars=False)


def test_every_code_has_a_sentence_of_its_own() -> None:
    """People read sentences, and no two codes share one."""
    status = EvidenceStatus(
        failed=(outcome("web.crawl_pages"), outcome("own.thing"), outcome("linkedin.profile_posts"))
    )
    found = missing_inputs(Answers(), [], status, has_proof=False, has_pillars=False)

    assert len(found) == len({missing.sentence for missing in found}) == len({missing.code for missing in found})
    assert all(missing.sentence[0].isupper() and missing.sentence[-1] in ".?" for missing in found)
