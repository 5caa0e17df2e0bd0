"""Keywords: words and phrases that are found as such, not inside of other words."""

from __future__ import annotations

import unicodedata


def contains_keyword(text: str, keyword: str) -> bool:
    """
    Tell whether *text* has *keyword* as a whole word or phrase.

    Case, the width of white space and the way accents are encoded do not count. Where an end of the keyword is no
    letter or digit, anything may stand next to it; likewise in scripts that put no spaces between words. A blank
    keyword is nowhere.

    >>> contains_keyword("Fresh LUXURY,  daily", "luxury, daily")
    True
    >>> contains_keyword("a staple of ours", "tap")
    False
    """
    sought, whole = fold(keyword), fold(text)
    if not sought:
        return False
    start = whole.find(sought)
    while start >= 0:
        end = start + len(sought)
        if _is_edge(whole[start - 1 : start], sought[0]) and _is_edge(whole[end : end + 1], sought[-1]):
            return True
        start = whole.find(sought, start + 1)
    return False


def fold(text: str) -> str:
    """
    Return *text* as keywords are compared: one form for each character, no case, single spaces, none at the ends.

    >>> fold(" Straße\\u00a0 ① ")
    'strasse 1'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _is_edge(neighbour: str, end: str) -> bool:
    return not (neighbour.isalnum() and _needs_edge(neighbour) and end.isalnum() and _needs_edge(end))


def _needs_edge(character: str) -> bool:
    return unicodedata.east_asian_width(character) not in {"W", "F"}
