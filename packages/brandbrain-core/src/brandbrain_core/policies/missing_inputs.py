"""What would make a snapshot surer: stable codes for programs, and sentences that a brand manager understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from brandbrain_core.model.answers import Answers
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import Capability, ContentType, Platform, source_name
from brandbrain_core.model.reports import EvidenceStatus, SourceOutcome
from brandbrain_core.questions import CATALOGUE, Need

MISSING_ANSWER: Final = "missing_answer"
SOURCE_FAILED: Final = "source_failed"


@attrs.frozen
class MissingInput:
    """One thing that is missing: its code, and the sentence for it."""

    code: str
    sentence: str


_NO_EVIDENCE: Final = MissingInput(
    "no_evidence", "No posts, videos or pages were found; everything here rests on your answers alone."
)
_NO_SOCIAL_VOICE: Final = MissingInput(
    "no_social_voice", "There are no posts or videos to hear your voice in; connect a social account."
)
_NO_REELS: Final = MissingInput(
    "no_reels", "There are no reels; connect the reels of your Instagram account to show how you speak."
)
_NO_TRANSCRIPTS: Final = MissingInput(
    "no_transcripts", "What is said in your videos is not known, so your voice is heard in writing only."
)
_PROFILE: Final = MissingInput(
    "linkedin_profile_unvalidated",
    "Posts of a personal LinkedIn profile are not validated yet; connect the company page for surer results.",
)
_NO_PROOF: Final = MissingInput("no_proof", "Nothing shows yet that your claims are true; add what you can prove.")
_NO_PILLARS: Final = MissingInput("no_pillars", "No themes were named or found; name the ones you keep coming back to.")


def missing_inputs(
    answers: Answers, corpus: Sequence[EvidenceItem], status: EvidenceStatus, *, has_proof: bool, has_pillars: bool
) -> tuple[MissingInput, ...]:
    """
    Return what is missing, in a fixed order, each code once.

    Args:
        corpus: All eligible items.
        status: What happened to the sources of this compile.
        has_proof: Whether anything is known for ``positioning.proof_types``.
        has_pillars: Whether any pillar was named or found.
    """
    found = [*_evidence(corpus), *_sources(status, corpus), *_answers(answers)]
    found += [] if has_proof else [_NO_PROOF]
    found += [] if has_pillars else [_NO_PILLARS]
    return tuple({missing.code: missing for missing in found}.values())


def source_has_failed(outcome: SourceOutcome) -> bool:
    """Tell whether a source that was left alone is so because it failed before."""
    return outcome.error is not None or outcome.error_code is not None


def _evidence(corpus: Sequence[EvidenceItem]) -> Iterator[MissingInput]:
    if not corpus:
        yield _NO_EVIDENCE
    if all(item.platform is Platform.WEB for item in corpus):
        yield _NO_SOCIAL_VOICE
    if not any(item.content_type is ContentType.REEL for item in corpus):
        yield _NO_REELS
    if not any(item.transcript for item in corpus):
        yield _NO_TRANSCRIPTS


def _sources(status: EvidenceStatus, corpus: Sequence[EvidenceItem]) -> Iterator[MissingInput]:
    outcomes = (*status.reused, *status.refreshed, *status.skipped, *status.failed)
    profile = source_name(Platform.LINKEDIN, Capability.PROFILE_POSTS)
    if any(outcome.source == profile for outcome in outcomes) or any(
        item.capability is Capability.PROFILE_POSTS for item in corpus
    ):
        yield _PROFILE
    failed = [*status.failed, *filter(source_has_failed, status.skipped)]
    for name in sorted({outcome.source for outcome in failed}):
        yield MissingInput(f"{SOURCE_FAILED}:{name}", f"{_spoken(name)} could not be read; see what happened to it.")


def _answers(answers: Answers) -> Iterator[MissingInput]:
    for question in CATALOGUE:
        if question.need is Need.ADVISED and not getattr(answers, question.id.partition(".")[2]):
            yield MissingInput(f"{MISSING_ANSWER}:{question.id}", f"Not answered yet: {question.label}")


_SPOKEN: Final = {
    "instagram.posts": "Your Instagram posts",
    "instagram.reels": "Your Instagram reels",
    "linkedin.company_posts": "The posts of your LinkedIn page",
    "linkedin.profile_posts": "The posts of your LinkedIn profile",
    "tiktok.profile_videos": "Your TikTok videos",
    "youtube.channel_videos": "Your YouTube videos",
    "web.crawl_pages": "Your website",
}


def _spoken(source: str) -> str:
    return _SPOKEN.get(source, f"The source {source}")
