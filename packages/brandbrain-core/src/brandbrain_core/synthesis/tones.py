"""Tones that the form of the sentences shows, whatever words they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from brandbrain_core.ids import EvidenceId
from brandbrain_core.synthesis.grounds import FEWEST, FEWEST_FOR_ABSENCE, RARE, Part, newest, short_texts, tally

OFTEN: Final = 0.5
"""Share of items in which a form must occur."""

ASKS_FROM: Final = 0.4
"""Share of items with a question from which on the brand talks with its readers."""

PLAIN_SENTENCES: Final = 13.0
"""Words in a sentence, on average, up to which sentences are plain."""


def tones_by_form(parts: Sequence[Part]) -> dict[str, tuple[EvidenceId, ...]]:
    """Return the tones, by name, with items that show them."""
    shown = {
        "conversational": _conversational(parts),
        "enthusiastic": _enthusiastic(short_texts(parts)),
        "plain": _plain(parts),
    }
    return {tone: evidence for tone, evidence in shown.items() if evidence}


def words_in_a_sentence(parts: Sequence[Part]) -> float:
    """Return the mean number of words in a sentence; 0.0 where there is none."""
    texts = [part.block.text for part in parts]
    sentences = sum(text.sentences.mean * text.items for text in texts)
    return sum(text.words.mean * text.items for text in texts) / sentences if sentences else 0.0


def _conversational(parts: Sequence[Part]) -> tuple[EvidenceId, ...]:
    """Short forms or questions, and the reader spoken to."""
    addressed = tally(parts, lambda block: block.second_person)
    short_forms = tally(parts, lambda block: block.contractions)
    asking = tally(short_texts(parts), lambda block: block.questions)
    included = tally(short_texts(parts), lambda block: block.first_plural)
    if min(short_forms.items, addressed.items) >= FEWEST and min(short_forms.share, addressed.share) >= OFTEN:
        return short_forms.evidence
    if asking.items >= FEWEST and asking.share >= ASKS_FROM and max(addressed.share, included.share) >= OFTEN:
        return asking.evidence
    return ()


def _enthusiastic(parts: Sequence[Part]) -> tuple[EvidenceId, ...]:
    loud = tally(parts, lambda block: block.exclamations)
    return loud.evidence if loud.items >= FEWEST and loud.share >= OFTEN else ()


def _plain(parts: Sequence[Part]) -> tuple[EvidenceId, ...]:
    loud = tally(parts, lambda block: block.exclamations)
    is_plain = 0 < words_in_a_sentence(parts) <= PLAIN_SENTENCES and loud.share < RARE
    return newest(parts) if loud.of >= 2 * FEWEST_FOR_ABSENCE and is_plain else ()
