"""Everything that is counted over one set of items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from brandbrain_core.model.bundle import TranscriptCoverage
from brandbrain_core.model.features import (
    Counted,
    EmojiFeatures,
    FeatureBlock,
    HashtagFeatures,
    PhraseFeatures,
    Share,
    TextFeatures,
)
from brandbrain_core.policies.features.analysis import ItemAnalysis, TextSize
from brandbrain_core.policies.features.cadence import cadence
from brandbrain_core.policies.features.counting import commonest, counted, ratio, share, spread
from brandbrain_core.policies.features.topic_finding import topics
from brandbrain_core.policies.lexicon import CALLS_TO_ACTION, HOOKS, load


def block(items: Sequence[ItemAnalysis]) -> FeatureBlock:
    """Count over *items*, given newest first."""
    return FeatureBlock(
        items=len(items),
        text=_text([item.text for item in items]),
        primary=_text([item.primary for item in items]),
        transcript=_text([item.transcript for item in items]),
        emoji=_emoji(items),
        calls_to_action=_phrases(items, lambda item: item.calls_to_action, CALLS_TO_ACTION),
        hashtags=_hashtags(items),
        hooks=_phrases(items, lambda item: item.hooks, HOOKS),
        transcripts=_transcripts(items),
        cadence=cadence(items),
        formats=commonest(items, lambda item: {item.format: 1}, limit=None),
        questions=share(items, lambda item: item.questions),
        opening_questions=share(items, lambda item: item.opens_with_question),
        exclamations=share(items, lambda item: item.exclamations),
        first_person=share(items, lambda item: item.first_person),
        first_plural=share(items, lambda item: item.first_plural),
        second_person=share(items, lambda item: item.second_person),
        contractions=share(items, lambda item: item.contractions),
        mentions=share(items, lambda item: item.mentions),
        links=share(items, lambda item: item.links),
        languages=commonest(items, lambda item: {item.words.language: 1} if item.words.language else {}, limit=None),
        tones=commonest(items, lambda item: item.tones, limit=None),
        recurring=_recurring(items),
    )


def _text(sizes: Sequence[TextSize | None]) -> TextFeatures:
    present = [size for size in sizes if size is not None]
    return TextFeatures(
        items=len(present),
        characters=spread([size.characters for size in present]),
        words=spread([size.words for size in present]),
        sentences=spread([size.sentences for size in present]),
    )


def _emoji(items: Sequence[ItemAnalysis]) -> EmojiFeatures:
    usage = share(items, lambda item: sum(item.emojis.values()))
    total = sum(sum(item.emojis.values()) for item in items)
    return EmojiFeatures(
        per_100_characters=ratio(100 * total, sum(item.graphemes for item in items)),
        usage=usage,
        top=commonest(items, lambda item: item.emojis),
    )


def _phrases(
    items: Sequence[ItemAnalysis], found: Callable[[ItemAnalysis], Mapping[str, int]], lexicon: str
) -> PhraseFeatures:
    def groups(item: ItemAnalysis) -> Mapping[str, int]:
        totals: Counter[str] = Counter()
        for phrase, times in found(item).items():
            for group in load(lexicon).groups_of(phrase):
                totals[group] += times
        return totals

    return PhraseFeatures(
        usage=_usage(items, found), top=commonest(items, found), groups=commonest(items, groups, limit=None)
    )


def _usage(items: Sequence[ItemAnalysis], found: Callable[[ItemAnalysis], Mapping[str, int]]) -> Share:
    return share(items, lambda item: sum(found(item).values()))


def _hashtags(items: Sequence[ItemAnalysis]) -> HashtagFeatures:
    return HashtagFeatures(
        usage=share(items, lambda item: len(item.words.hashtags)),
        max=max((len(item.words.hashtags) for item in items), default=0),
        top=commonest(items, lambda item: dict.fromkeys(item.words.hashtags, 1)),
    )


def _transcripts(items: Sequence[ItemAnalysis]) -> TranscriptCoverage:
    able = [item.transcript is not None for item in items if item.can_have_transcript]
    return TranscriptCoverage(
        items_with_transcript=sum(able), total_items=len(able), coverage=ratio(sum(able), len(able))
    )


def _recurring(items: Sequence[ItemAnalysis]) -> tuple[Counted, ...]:
    return tuple(
        counted(topic.phrase, topic.count, [items[place].id for place in topic.items], len(items))
        for topic in topics([item.words for item in items])
    )
