"""How things are called to people: bands, rules of confidence, stages, kinds of evidence, moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from brandbrain_core.model.fields import FieldNode, SourceType
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.run import Stage

RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "positioning_from_answer": "the brand answered it",
        "voice_from_answer": "the brand answered it",
        "constraints_from_answer": "the brand answered it",
        "meta_from_answer": "the brand answered it",
        "platform_profiles_from_answer": "the brand answered it",
        "pillars_seeded": "the brand named this theme",
        "not_answered": "only an answer may say this, and there is none",
        "no_sources": "nothing it could rest on was found",
        "no_evidence_at_all": "there is no evidence at all",
        "positioning_nothing": "nothing is known, so it is left empty",
        "voice_nothing": "nothing is known; a neutral default stands here",
        "pillars_nothing": "nothing is known; a generic theme stands here",
        "positioning_with_web": "inferred, with pages of the website: at most 0.5",
        "positioning_social_only": "inferred from posts alone: at most 0.4",
        "pillars_inferred": "inferred, not named by the brand: at most 0.5",
        "voice_with_transcripts": "heard in spoken words: at most 0.85",
        "voice_linkedin_posts": "read in LinkedIn posts: at most 0.6",
        "voice_web_only": "read on the website alone: at most 0.3",
        "voice_captions_only": "read in captions: at most 0.5",
        "voice_captions_reels_without_transcript": "read in captions, while reels lack their spoken words: at most 0.4",
        "web_page_positioning": "a web page gives at most 0.5 here",
        "web_page_pillars": "a web page gives at most 0.5 here",
        "web_page_voice": "a web page gives at most 0.3 for voice",
        "web_page_elsewhere": "a web page gives at most 0.3 here",
        "linkedin_company_post": "a LinkedIn post gives at most 0.6",
        "linkedin_profile_post": "a post of a personal LinkedIn profile gives at most 0.4",
        "tiktok_video": "a TikTok video gives at most 0.4",
        "youtube_with_transcript": "a YouTube video with its spoken words gives at most 0.6",
        "youtube_video": "a YouTube video gives at most 0.4",
        "instagram_post": "an Instagram post gives at most 0.5",
        "reel_with_transcript": "a reel with its spoken words gives at most 0.85",
        "reel_without_transcript": "a reel without its spoken words gives at most 0.5",
    }
)
"""Why a confidence is what it is, by the name of the rule."""

BAND_STYLE: Final[Mapping[str, str]] = MappingProxyType(
    {"high": "green", "medium": "yellow", "low": "red", "very_low": "bright_black"}
)

STAGES: Final[Mapping[Stage, str]] = MappingProxyType(
    {
        Stage.INGESTION: "collecting",
        Stage.NORMALIZATION: "reading what was collected",
        Stage.BUNDLING: "choosing the evidence",
        Stage.COMPILING: "drafting",
        Stage.QA: "checking the draft",
        Stage.MERGING: "merging overrides and pins",
    }
)


def rule_in_words(rule: str | None, node: FieldNode[JsonValue]) -> str:
    """Say which rule set the confidence of a field."""
    if rule is None:
        return "a person's word" if node.is_fronted else "no rule is recorded"
    return RULES.get(rule, rule.replace("_", " "))


def grounds(node: FieldNode[JsonValue]) -> str:
    """
    Say what a field rests on.

    >>> from brandbrain_core.model.fields import FieldSource
    >>> grounds(FieldNode(value="x", confidence=0.9, sources=(FieldSource(type=SourceType.ANSWER, id="q"),)))
    'an answer'
    """
    count = {kind: sum(source.type is kind for source in node.sources) for kind in SourceType}
    parts = []
    if count[SourceType.ANSWER]:
        parts.append("an answer" if count[SourceType.ANSWER] == 1 else f"{count[SourceType.ANSWER]} answers")
    if count[SourceType.EVIDENCE]:
        parts.append(counted(count[SourceType.EVIDENCE], "item", "items"))
    if count[SourceType.LLM]:
        parts.append("a language model")
    return ", ".join(parts) or "no source"


def counted(number: int, one: str, many: str) -> str:
    """
    Return a number with its noun.

    >>> counted(1, "item", "items"), counted(0, "item", "items")
    ('1 item', '0 items')
    """
    return f"{number:,} {one if number == 1 else many}"


def moment(at: datetime) -> str:
    """
    Return a moment as people read it, in UTC.

    >>> moment(datetime(2026, 11, 21, 9, 5, tzinfo=UTC))
    '21 Nov 2026, 09:05 UTC'
    """
    utc = at.astimezone(UTC)
    return f"{day(utc)}, {utc:%H:%M} UTC"


def moment_in_column(at: datetime) -> str:
    """
    Return a moment as `moment` does, but as wide on the first of a month as on the last, for a column of them.

    >>> moment_in_column(datetime(2026, 12, 1, 9, 5, tzinfo=UTC))
    ' 1 Dec 2026, 09:05 UTC'
    """
    return f"{moment(at):>22}"


def day(at: datetime) -> str:
    """
    Return the day of a moment as people read it, in UTC.

    >>> day(datetime(2026, 1, 2, tzinfo=UTC))
    '2 Jan 2026'
    """
    utc = at.astimezone(UTC)
    return f"{utc.day} {utc:%b %Y}"


def as_text(value: JsonValue) -> str:
    """
    Return a value on one line, as people read it.

    >>> as_text(["warm", "dry"]), as_text([]), as_text(True)
    ('warm, dry', '(none)', 'true')
    """
    if isinstance(value, list | tuple):
        return ", ".join(as_text(item) for item in value) or "(none)"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {as_text(member)}" for name, member in value.items()) or "(none)"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "(empty)" if value in ("", None) else str(value)
