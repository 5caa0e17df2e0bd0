"""Words: runs of letters, marks and digits of any script, with apostrophes and hyphens inside."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from brandbrain_core.policies.text.characters import word_mark_class
from brandbrain_core.policies.text.urls import without_urls

_HYPHENS: Final = "\\-‑"
_PLAIN_APOSTROPHES: Final = str.maketrans({"’": "'", "ʼ": "'"})

BREAK: Final = ""
"""Stands among tokens where a phrase cannot go on."""


def words(text: str) -> list[str]:
    """
    Return the words of *text* as they are written; web addresses have none, hashtags and mentions one.

    >>> words("Sol's long-time regulars #LoveBread: see https://sol.example")
    ["Sol's", 'long-time', 'regulars', 'LoveBread', 'see']
    """
    return _word().findall(without_urls(text))


@lru_cache(maxsize=32)
def tokens(text: str) -> tuple[str, ...]:
    """
    Return *text* as phrases are looked up in it.

    The words are in lower case, with plain apostrophes and split at hyphens. A `BREAK` stands where more than blanks or
    a hyphen is between two words, as well as for a hashtag or mention. Web addresses are left out.

    >>> tokens("Sign-up now, it’s free")
    ('sign', 'up', 'now', '', "it's", 'free')
    """
    return tuple(_token().findall(without_urls(text).lower().translate(_PLAIN_APOSTROPHES)))


def word_class() -> str:
    """Return what a word is made of, to be put into brackets of a pattern."""
    return r"\w" + word_mark_class()


@cache
def _word() -> re.Pattern[str]:
    letter = f"[{word_class()}]"
    return re.compile(rf"(?=\w){letter}++(?:['’ʼ{_HYPHENS}]{letter}++)*+")


@cache
def _token() -> re.Pattern[str]:
    letter = f"[{word_class()}]"
    word = rf"(?=\w){letter}++(?:'{letter}++)*+"
    return re.compile(rf"({word})|[#@]\w++|[^\w\s{_HYPHENS}]++|(?<!\w)[{_HYPHENS}]|[{_HYPHENS}](?!\w)")
