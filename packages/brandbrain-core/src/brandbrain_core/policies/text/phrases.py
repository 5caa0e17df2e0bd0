"""Phrases of a lexicon in a text: whole words only, whatever their case, apostrophes, hyphens and line breaks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from brandbrain_core.policies.lexicon import Lexicon
from brandbrain_core.policies.text.words import tokens


def phrases_in(text: str, lexicon: Lexicon) -> list[str]:
    """
    Return the phrases of *lexicon* in *text*, in order, repeated ones repeatedly, as the lexicon spells them.

    Where several begin at one word, the longest counts; none overlaps another. Web addresses, hashtags and mentions
    are not looked at.

    >>> from brandbrain_core.policies.lexicon import load
    >>> phrases_in("A staple: tap the LINK\\nIN BIO. Sign-up now!", load("calls_to_action"))
    ['tap the link in bio', 'sign up now']
    """
    return phrases_among(tokens(text), lexicon)


def phrases_among(found: tuple[str, ...], lexicon: Lexicon) -> list[str]:
    """Return what `phrases_in` does, given the `tokens` of a text, or some of them in a row."""
    starts = _by_first_word(lexicon)
    result: list[str] = []
    position = 0
    while position < len(found):
        for words, phrase in starts.get(found[position], ()):
            if found[position : position + len(words)] == words:
                result.append(phrase)
                position += len(words)
                break
        else:
            position += 1
    return result


@cache
def _by_first_word(lexicon: Lexicon) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Return the phrases by their first word, split into words, longest first."""
    starts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase in lexicon.phrases:
        words = tokens(phrase)
        starts.setdefault(words[0], []).append((words, phrase))
    return {first: tuple(sorted(rest, key=lambda pair: -len(pair[0]))) for first, rest in starts.items()}
