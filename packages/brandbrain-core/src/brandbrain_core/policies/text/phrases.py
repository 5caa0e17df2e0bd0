"""Phrases of a lexicon in a text: whole words only, whatever their case, apostrophes, hyphens and line breaks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from brandbrain_core.policies.lexicon import Lexicon
from brandbrain_core.policies.text.words import Token, tokens


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


def phrases_among(found: list[Token], lexicon: Lexicon) -> list[str]:
    """Return what `phrases_in` does, given the tokens of a text; for looking up several lexicons in one text."""
    starts = _by_first_word(lexicon)
    result: list[str] = []
    position = 0
    while position < len(found):
        for words, phrase in starts.get(found[position].text, ()):
            if _stands_at(found, position, words):
                result.append(phrase)
                position += len(words)
                break
        else:
            position += 1
    return result


def _stands_at(found: list[Token], position: int, words: tuple[str, ...]) -> bool:
    if position + len(words) > len(found):
        return False
    return all(
        found[position + place].text == word and (place == 0 or found[position + place].follows)
        for place, word in enumerate(words)
    )


@cache
def _by_first_word(lexicon: Lexicon) -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Return the phrases by their first word, split into words, longest first."""
    starts: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase in lexicon.phrases:
        words = tuple(token.text for token in tokens(phrase))
        if words:
            starts.setdefault(words[0], []).append((words, phrase))
    return {first: tuple(sorted(rest, key=lambda pair: -len(pair[0]))) for first, rest in starts.items()}
