"""Hashtags and mentions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from brandbrain_core.policies.text.urls import without_urls
from brandbrain_core.policies.text.words import word_class

_MENTION: Final = re.compile(r"(?<![\w@./])@([\w.]++)")


def hashtags(text: str) -> list[str]:
    """
    Return the hashtags of *text* without their ``#``, in order, each once in its first spelling.

    A ``#`` in a web address, after a word character (``C#``) or in an HTML entity (``&#39;``) begins none.

    >>> hashtags("#Bread and #bread in C# on #Cães_2 https://sol.example/#top")
    ['Bread', 'Cães_2']
    """
    if "#" not in text:
        return []
    return _first_spellings(_hashtag().findall(without_urls(text)))


def mentions(text: str) -> list[str]:
    """
    Return the accounts that *text* mentions without their ``@``, in order, each once in its first spelling.

    >>> mentions("With @Sol.Bakery, @sol.bakery and me@sol.example.")
    ['Sol.Bakery']
    """
    if "@" not in text:
        return []
    names = (name.strip(".") for name in _MENTION.findall(without_urls(text)))
    return _first_spellings(name for name in names if name)


def _first_spellings(names: Iterable[str]) -> list[str]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(name.casefold(), name)
    return list(found.values())


@cache
def _hashtag() -> re.Pattern[str]:
    return re.compile(rf"(?<![{word_class()}&])#((?=\w)[{word_class()}]++)")
