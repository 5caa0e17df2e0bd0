"""Sentences: ended by punctuation or by the end of a line, as in posts, with an eye on abbreviations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from brandbrain_core.policies.data_files import read_toml
from brandbrain_core.policies.text.urls import without_urls

_BOUNDARY: Final = re.compile(
    r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=[\s\u2190-\u2bff\U0001f000-\U0001faff])|[。！？]++[」』）]?+|[\r\n\u2028\u2029]++"
)
_LAST_WORD: Final = re.compile(r"[\w.]+\Z")
_TAG: Final = re.compile(r"(?<!\w)[#@]\w++(?:\.\w++)*+")
_HAS_WORD: Final = re.compile(r"\w")
_NEXT_LETTER: Final = re.compile(r"\s*+[\"'“‘«(\[]*+(\w)")
_LONGEST_ABBREVIATION: Final = 16
_ONE_LETTER_WORDS: Final = frozenset("iaeoyu")


def sentences(text: str) -> list[str]:
    """
    Return the sentences of *text* as they are written; pieces without a word of their own are left out.

    Lines and the marks ``.``, ``!``, ``?`` and ``…`` before a blank end a sentence, the dot of an abbreviation does
    not. What holds only hashtags, mentions, web addresses or emoji is no sentence.

    >>> sentences("Meet Dr. Sol at 3.30 p.m. today! Bring bread, e.g. rye… or not? 🥐\\n#bread")
    ['Meet Dr. Sol at 3.30 p.m. today!', 'Bring bread, e.g. rye… or not?']
    """
    plain = _TAG.sub(lambda tag: " " * len(tag[0]), without_urls(text))
    found: list[str] = []
    start = 0
    for match in _BOUNDARY.finditer(plain):
        if _ends_sentence(plain, start, match):
            _add(found, text, plain, start, match.end())
            start = match.end()
    _add(found, text, plain, start, len(text))
    return found


def _add(found: list[str], text: str, plain: str, start: int, end: int) -> None:
    if _HAS_WORD.search(plain, start, end):
        found.append(text[start:end].strip())


def _ends_sentence(plain: str, start: int, match: re.Match[str]) -> bool:
    mark = match[0].rstrip("\"'”’»)]")
    following = _NEXT_LETTER.match(plain, match.end())
    next_letter = following[1] if following is not None else ""
    if mark in {"...", "…"}:
        return not next_letter.islower()
    if mark != ".":
        return True
    last = _LAST_WORD.search(plain, max(start, match.start() - _LONGEST_ABBREVIATION), match.start())
    return not _is_abbreviation(last[0].lower() if last else "", next_letter)


def _is_abbreviation(word: str, next_letter: str) -> bool:
    listed = _abbreviations()
    return (
        word in listed["never_last"]
        or (len(word) == 1 and word.isalpha() and word not in _ONE_LETTER_WORDS)
        or (word in listed["seldom_last"] and next_letter.islower())
        or (word in listed["before_number"] and next_letter.isdecimal())
    )


@cache
def _abbreviations() -> Mapping[str, frozenset[str]]:
    listed = read_toml("abbreviations")
    return {name: frozenset(listed[name].split()) for name in ("never_last", "seldom_last", "before_number")}
