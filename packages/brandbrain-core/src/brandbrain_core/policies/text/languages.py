"""The language of a text, by its function words: enough to tell a brand's posts apart, not to label one word."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from brandbrain_core.policies.lexicon import FUNCTION_WORDS, groups_by_phrase, load
from brandbrain_core.policies.text.words import tokens

_LEAST: Final = 2.0
_LEAD: Final = 1.25


def language_of(text: str) -> str | None:
    """
    Return the language of *text* as an ISO 639-1 code, or None where its function words do not tell.

    A word that several languages share counts for each in part; the best must have a sum of at least 2 and a lead of
    a quarter over the next.

    >>> language_of("We bake the bread that you will remember"), language_of("Wir backen das Brot mit Zeit und Liebe")
    ('en', 'de')
    """
    return language_among(tokens(text))


def language_among(found: tuple[str, ...]) -> str | None:
    """Return what `language_of` does, given the `tokens` of a text."""
    weights = _weights()
    scores: dict[str, float] = {}
    for token in found:
        for language, weight in weights.get(token, ()):
            scores[language] = scores.get(language, 0.0) + weight
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    if not ranked or ranked[0][1] < _LEAST:
        return None
    if len(ranked) > 1 and ranked[0][1] < _LEAD * ranked[1][1]:
        return None
    return ranked[0][0]


@cache
def _weights() -> Mapping[str, tuple[tuple[str, float], ...]]:
    return {
        word: tuple((language, 1 / len(languages)) for language in languages)
        for word, languages in groups_by_phrase(load(FUNCTION_WORDS)).items()
    }
