"""The feature report: what can be counted in a brand's own items, with the items it was counted in."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.bundle import TranscriptCoverage


@attrs.frozen(kw_only=True)
class Spread:
    """Mean, least and greatest of a count over items; 0.0, 0, 0 where there are none."""

    mean: float
    min: int
    max: int


@attrs.frozen(kw_only=True)
class Counted:
    """
    One thing that was counted.

    Attributes:
        name: The phrase, emoji, tag, format ... itself.
        count: Occurrences in all.
        items: Items in which it occurs.
        share: *items* over all items of the block, 0.0 to 1.0.
        evidence: Up to five of those items, newest first.
    """

    name: str
    count: int
    items: int
    share: float
    evidence: tuple[EvidenceId, ...]


@attrs.frozen(kw_only=True)
class Share:
    """
    In how many items something occurs at all, and how often.

    Attributes:
        items: Items in which it occurs.
        share: *items* over all items of the block, 0.0 to 1.0.
        mean: Occurrences per item over all items of the block.
        evidence: Up to five items in which it occurs, newest first.
    """

    items: int
    share: float
    mean: float
    evidence: tuple[EvidenceId, ...]


@attrs.frozen(kw_only=True)
class TextFeatures:
    """Lengths of one kind of text, in characters, words and sentences; *items* have such a text."""

    items: int
    characters: Spread
    words: Spread
    sentences: Spread


@attrs.frozen(kw_only=True)
class EmojiFeatures:
    """Emoji by grapheme; the ten commonest."""

    per_100_characters: float
    usage: Share
    top: tuple[Counted, ...]


@attrs.frozen(kw_only=True)
class PhraseFeatures:
    """
    Phrases of a lexicon (calls to action, hooks), matched at word boundaries.

    Attributes:
        top: The ten commonest phrases.
        groups: The phrases' groups in the lexicon, all that occur.
    """

    usage: Share
    top: tuple[Counted, ...]
    groups: tuple[Counted, ...]


@attrs.frozen(kw_only=True)
class HashtagFeatures:
    """Hashtags per item; the ten commonest, lower-case."""

    usage: Share
    max: int
    top: tuple[Counted, ...]


@attrs.frozen(kw_only=True)
class Cadence:
    """
    How often the brand publishes.

    Attributes:
        items_per_week: Dated items over the observed span, which is at least one week; 0.0 where nothing is dated.
        span_days: From the oldest dated item to the newest.
    """

    dated_items: int
    span_days: float
    items_per_week: float
    evidence: tuple[EvidenceId, ...]


@attrs.frozen(kw_only=True)
class FeatureBlock:
    """
    Everything counted over one set of items.

    Attributes:
        text: Primary text and transcript together; *primary* and *transcript* are measured apart, too.
        tones: By tone tag, from style words.
        recurring: Phrases of one to three words that recur in several items, hashtags not among them, by number of
            items.
        formats: Share by media type, else by content type.
    """

    items: int
    text: TextFeatures
    primary: TextFeatures
    transcript: TextFeatures
    emoji: EmojiFeatures
    calls_to_action: PhraseFeatures
    hashtags: HashtagFeatures
    hooks: PhraseFeatures
    transcripts: TranscriptCoverage
    cadence: Cadence
    formats: tuple[Counted, ...]
    questions: Share
    opening_questions: Share
    exclamations: Share
    first_person: Share
    first_plural: Share
    second_person: Share
    contractions: Share
    mentions: Share
    links: Share
    languages: tuple[Counted, ...]
    tones: tuple[Counted, ...]
    recurring: tuple[Counted, ...]


@attrs.frozen(kw_only=True)
class FeatureReport:
    """The blocks, overall and by platform; *version* of the counting, *lexicons* of the word lists."""

    version: str
    lexicons: str
    overall: FeatureBlock
    by_platform: Mapping[str, FeatureBlock]
