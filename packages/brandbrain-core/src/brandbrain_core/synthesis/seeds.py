"""Which items mention a pillar that the brand named in its own words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from brandbrain_core.policies.features import Worded
from brandbrain_core.policies.lexicon import FUNCTION_WORDS, load
from brandbrain_core.policies.text.words import tokens
from brandbrain_core.synthesis.subjects import compact

ENOUGH: Final = 2 / 3
"""Share of a seed's words that an item must hold."""


def items_of_seed(seed: str, words: Sequence[Worded]) -> frozenset[int]:
    """
    Return the places of the items that mention *seed*: by its hashtag, or by most of its words in any order.

    Function words do not count, and singular and plural are the same; of two words an item must hold both.
    """
    tag = compact(seed)
    wanted = [_forms(word) for word in _telling(seed)]
    least = math.ceil(ENOUGH * len(wanted))
    return frozenset(
        place
        for place, item in enumerate(words)
        if tag in item.hashtags or (wanted and _held(wanted, frozenset(item.content)) >= least)
    )


def _held(wanted: Sequence[frozenset[str]], content: frozenset[str]) -> int:
    return sum(not forms.isdisjoint(content) for forms in wanted)


def _telling(seed: str) -> list[str]:
    languages = dict(load(FUNCTION_WORDS).groups)
    return [word for word in dict.fromkeys(tokens(seed)) if word and word not in languages["en"]]


def _forms(word: str) -> frozenset[str]:
    """Return *word* with the forms that singular and plural may take."""
    forms = {word, f"{word}s", f"{word}es", f"{word}'s"}
    if word.endswith("y"):
        forms.add(f"{word[:-1]}ies")
    if word.endswith("ies"):
        forms.add(f"{word[:-3]}y")
    if word.endswith("es"):
        forms.add(word[:-2])
    if word.endswith("s"):
        forms.add(word[:-1])
    return frozenset(form for form in forms if len(form) > 1)
