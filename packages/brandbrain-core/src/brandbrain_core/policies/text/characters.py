"""
Characters as people see them: a flag, a family or an accented letter counts once.

Source:
    Unicode's UAX 29, extended grapheme clusters; the classes are in ``lexicons/characters.json``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from brandbrain_core.policies.data_files import read_json

_AMID_ASCII: Final = re.compile(r"(?<=[ -~])[ -~]+(?=[ -~])")
_FIRST_ASTRAL: Final = 0x10000


def grapheme_count(text: str) -> int:
    """
    Return the number of characters that a person would count in *text*.

    >>> grapheme_count("Olé 👩‍👩‍👧 🇵🇹")
    7
    """
    if text.isascii():
        return len(text) - text.count("\r\n")
    rest = _AMID_ASCII.sub("", text)
    if _unusual().search(rest) is None:
        return len(text)
    return len(text) - len(rest) + sum(1 for _ in _cluster().finditer(rest))


def graphemes(text: str) -> list[str]:
    """Return the characters of *text* as a person would count them; joined they are *text* again."""
    return _cluster().findall(text)


def clip(text: str, limit: int) -> str:
    """
    Return the beginning of *text* that fits into *limit* code points, without half a character at its end.

    A character that is longer than *limit* by itself is cut all the same.

    >>> clip("Sol 👩‍👩‍👧", 6)
    'Sol '
    """
    if len(text) <= limit:
        return text
    end = 0
    for match in _cluster().finditer(text):
        if match.end() > limit:
            break
        end = match.end()
    return text[:end] if end else text[:limit]


def word_mark_class() -> str:
    """Return the marks that stand inside words (accents, vowel signs), to be put into brackets of a pattern."""
    return "".join(_classes()["word_mark"])


@cache
def _classes() -> Mapping[str, tuple[str, str]]:
    """Return for each class of characters its ranges below and above the first 65,536 code points."""
    return {
        name: (_ranges(listed, astral=False), _ranges(listed, astral=True))
        for name, listed in read_json("characters").items()
        if name != "version"
    }


def _ranges(listed: str, *, astral: bool) -> str:
    ends = (part.partition("-")[::2] for part in listed.split())
    codes = ((int(first, 16), int(last or first, 16)) for first, last in ends)
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in codes if (first >= _FIRST_ASTRAL) is astral)


def _one_of(*names: str, also: str = "") -> str:
    """Return a pattern for one character of these classes; rare planes are looked up only for characters in them."""
    low = "".join(_classes()[name][0] for name in names) + also
    high = "".join(_classes()[name][1] for name in names)
    return rf"(?:[{low}]|(?=[\U00010000-\U0010ffff])[{high}])" if high else f"[{low}]"


@cache
def _unusual() -> re.Pattern[str]:
    """Return a pattern for what can make one character of several code points."""
    jamo = _one_of("hangul_l", "hangul_v", "hangul_t")
    marks = _one_of("extend", "spacing", "prepend", "conjunct_linker", also=r"\u200d")
    return re.compile(rf"\r\n|{jamo}|{marks}|[\U0001f1e6-\U0001f1ff]")


@cache
def _cluster() -> re.Pattern[str]:
    """Return a pattern for one character; its repetitions give nothing back, so that it takes linear time."""
    extend, control, prepend = _one_of("extend"), _one_of("control"), _one_of("prepend")
    linker, joined = _one_of("conjunct_linker"), _one_of("conjunct_extend", also=r"\u200d")
    consonant, pictographic = _one_of("conjunct_consonant"), _one_of("pictographic")
    lead, vowel, trail = (_one_of(f"hangul_{part}") for part in "lvt")
    open_syllable = "[" + "".join(chr(code) for code in range(0xAC00, 0xD7A4, 28)) + "]"
    tail = _one_of("extend", "spacing", also=r"\u200d") + "*+"
    core = "|".join(
        [
            rf"{lead}*+(?:{open_syllable}{vowel}*+|[\uac00-\ud7a3]|{vowel}++){trail}*+",
            rf"{lead}++|{trail}++",
            r"[\U0001f1e6-\U0001f1ff]{2}",
            rf"{pictographic}(?:{extend}*+\u200d{pictographic})*+",
            rf"{consonant}(?:(?:(?!{linker}){joined})*+{linker}(?:{linker}|{joined})*+{consonant})*+",
            rf"(?!{control})[\s\S]",
        ]
    )
    return re.compile(rf"\r\n|{prepend}*+(?:{core}){tail}|{prepend}++{tail}|[\s\S]")
