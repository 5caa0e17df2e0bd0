"""What one item shows: everything that is counted later, read from its texts once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.chronology import TimeKey, newest_first
from brandbrain_core.policies.features.formats import format_of
from brandbrain_core.policies.features.worded import Worded, texts_of, worded
from brandbrain_core.policies.lexicon import CALLS_TO_ACTION, HOOKS, PERSONS, TONES, Lexicon, load
from brandbrain_core.policies.text import (
    emojis,
    grapheme_count,
    mentions,
    sentences,
    urls,
    words,
)
from brandbrain_core.policies.text.phrases import phrases_among
from brandbrain_core.policies.text.words import tokens
from brandbrain_core.policies.transcripts import can_have_transcript

_CLOSING: Final = "\"'”’»)] "
_CONTRACTION: Final = re.compile(r"\w+(?:n't|'re|'ve|'ll|'m|'d)|(?:it|that|there|here|what|who|how|where|he|she|let)'s")


@attrs.frozen(kw_only=True)
class TextSize:
    """How long one text is."""

    characters: int
    words: int
    sentences: int

    def plus(self, other: TextSize) -> TextSize:
        """Return the size of both texts together."""
        return TextSize(
            characters=self.characters + other.characters,
            words=self.words + other.words,
            sentences=self.sentences + other.sentences,
        )


@attrs.frozen(kw_only=True)
class ItemAnalysis:
    """
    One item, read.

    Attributes:
        text, primary, transcript: Sizes; None: there is no such text.
    """

    id: EvidenceId
    platform: Platform
    time: TimeKey
    published_at: datetime | None
    text: TextSize | None
    primary: TextSize | None
    transcript: TextSize | None
    can_have_transcript: bool
    graphemes: int
    emojis: Mapping[str, int]
    calls_to_action: Mapping[str, int]
    hooks: Mapping[str, int]
    tones: Mapping[str, int]
    words: Worded
    questions: int
    opens_with_question: bool
    exclamations: int
    first_person: int
    first_plural: int
    second_person: int
    contractions: int
    mentions: int
    links: int
    format: str


def analyse(item: EvidenceItem) -> ItemAnalysis:
    """Read one item."""
    texts, words_of_item = texts_of(item), worded(item)
    sentence_lists = [sentences(text) for text in texts]
    said = [sentence for found in sentence_lists for sentence in found]
    sizes = [_size(text, found) for text, found in zip(texts, sentence_lists, strict=True)]
    stream = words_of_item.said
    endings = Counter(sentence.rstrip(_CLOSING)[-1:] for sentence in said)
    persons = _by_group(phrases_among(stream, load(PERSONS)), load(PERSONS))
    return ItemAnalysis(
        id=item.id,
        platform=item.platform,
        time=newest_first(item),
        published_at=item.published_at,
        text=_together(sizes),
        primary=sizes[0] if item.text_primary else None,
        transcript=sizes[-1] if item.transcript else None,
        can_have_transcript=can_have_transcript(item),
        graphemes=sum(map(grapheme_count, texts)),
        emojis=Counter(emoji for text in texts for emoji in emojis(text)),
        calls_to_action=Counter(phrases_among(stream, load(CALLS_TO_ACTION))),
        hooks=Counter(phrases_among(tokens(said[0]), load(HOOKS)) if said else ()),
        tones=_by_group(phrases_among(stream, load(TONES)), load(TONES)),
        words=words_of_item,
        questions=endings["?"],
        opens_with_question=bool(said) and said[0].rstrip(_CLOSING).endswith("?"),
        exclamations=endings["!"],
        first_person=persons["first_singular"] + persons["first_plural"],
        first_plural=persons["first_plural"],
        second_person=persons["second"],
        contractions=sum(1 for word in stream if "'" in word and _CONTRACTION.fullmatch(word)),
        mentions=sum(len(mentions(text)) for text in texts),
        links=sum(len(urls(text)) for text in texts),
        format=format_of(item),
    )


def _size(text: str, found: Sequence[str]) -> TextSize:
    return TextSize(characters=len(text), words=len(words(text)), sentences=len(found))


def _together(sizes: Sequence[TextSize]) -> TextSize | None:
    if not sizes:
        return None
    return sizes[0] if len(sizes) == 1 else sizes[0].plus(sizes[1])


def _by_group(phrases: Sequence[str], lexicon: Lexicon) -> Counter[str]:
    return Counter(group for phrase in phrases for group in lexicon.groups_of(phrase))
