"""Words: runs of letters, marks and digits of any script, with apostrophes and hyphens inside."""

from __future__ import annotations

import re
from functools import cache

import attrs

from brandbrain_core.policies.text.characters import word_mark_class
from brandbrain_core.policies.text.urls import without_urls

_APOSTROPHES = "'’ʼ"
_TO_ASCII = str.maketrans({"’": "'", "ʼ": "'"})


@attrs.frozen(kw_only=True)
class Token:
    """
    A word as phrases are looked up: in lower case, with plain apostrophes, split at hyphens.

    Attributes:
        text: The word.
        follows: Only blanks or one hyphen stand between it and the token before it.
    """

    text: str
    follows: bool


def words(text: str) -> list[str]:
    """
    Return the words of *text* as they are written; web addresses have none, hashtags and mentions one.

    >>> words("Sol's long-time regulars #LoveBread: see https://sol.example")
    ["Sol's", 'long-time', 'regulars', 'LoveBread', 'see']
    """
    return _word().findall(without_urls(text))


def tokens(text: str) -> list[Token]:
    """Return the words of *text* for looking up phrases; web addresses, hashtags and mentions are left out."""
    plain = without_urls(text)
    found: list[Token] = []
    end = -1
    for match in _token().finditer(plain):
        start = match.start()
        if start and plain[start - 1] in "#@":
            continue
        between = plain[end:start] if end >= 0 else "."
        found.append(
            Token(text=match[0].lower().translate(_TO_ASCII), follows=between.isspace() or between in {"-", "‑"})
        )
        end = match.end()
    return found


def word_class() -> str:
    """Return what a word is made of, to be put into brackets of a pattern."""
    return r"\w" + word_mark_class()


@cache
def _word() -> re.Pattern[str]:
    letter = f"[{word_class()}]"
    return re.compile(rf"(?=\w){letter}++(?:[{_APOSTROPHES}\-‑]{letter}++)*+")


@cache
def _token() -> re.Pattern[str]:
    letter = f"[{word_class()}]"
    return re.compile(rf"(?=\w){letter}++(?:[{_APOSTROPHES}]{letter}++)*+")
