"""One form for the singular and the plural of a word, where both are in use."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

_NO_PLURALS: Final = frozenset(
    {"arms", "customs", "does", "glasses", "goods", "less", "means", "news", "plus", "series"}
)
_SHORTEST: Final = 4


def singular(word: str, known: Set[str]) -> str:
    """
    Return the singular of *word* if it is among the *known* words, else *word*; a genitive gives the noun.

    >>> known = {"sail", "sails", "story", "stories", "new", "news", "box", "boxes", "loft's"}
    >>> [singular(word, known) for word in ("sails", "stories", "news", "boxes", "loft's", "gloves")]
    ['sail', 'story', 'news', 'box', 'loft', 'gloves']
    """
    plain = word.removesuffix("'s")
    if len(plain) < _SHORTEST or plain in _NO_PLURALS or not plain.endswith("s") or plain.endswith(("ss", "us", "is")):
        return plain
    if plain.endswith("ies") and f"{plain[:-3]}y" in known:
        return f"{plain[:-3]}y"
    if plain[:-1] in known:
        return plain[:-1]
    return plain[:-2] if plain.endswith("es") and plain[:-2] in known else plain
