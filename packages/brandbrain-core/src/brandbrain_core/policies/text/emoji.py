"""
Emoji, each sequence counted once: skin tones, flags, keycaps, families.

Source:
    The sequences of the `emoji` library, in ``lexicons/emoji.json``; why core ships them and where it differs from
    that library: ``docs/decisions/0010-text-recognition-in-core.md``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

import attrs

from brandbrain_core.policies.data_files import read_json

_JOINER: Final = "\u200d"
_AS_EMOJI: Final = "\ufe0f"
_AS_TEXT: Final = "\ufe0e"
_LEGAL_MARKS: Final = frozenset("©®™")


@attrs.frozen(kw_only=True)
class _Known:
    """
    What is known of emoji.

    Attributes:
        full_form: Of every sequence.
        lengths: Of the sequences that begin with a character, longest first.
        start: A pattern for where one may begin; what it finds need not be one.
    """

    full_form: Mapping[str, str]
    lengths: Mapping[str, tuple[int, ...]]
    start: re.Pattern[str]


def emojis(text: str) -> list[str]:
    """
    Return the emoji of *text* in order, repeated ones repeatedly, each in its full form.

    The full form is that with the selector U+FE0F, so that two spellings of one emoji count as one. Emoji joined in
    a way that no standard lists count as one. ``©``, ``®`` and ``™`` count only with the selector, and no emoji counts
    that is followed by U+FE0E, the selector for plain text.

    >>> emojis("Bread 🥐🥐 and ❤, by Sol™ 👩🏽‍🍳")
    ['🥐', '🥐', '❤️', '👩🏽‍🍳']
    """
    if text.isascii():
        return []
    known = _known()
    found: list[str] = []
    position = 0
    while (start := known.start.search(text, position)) is not None:
        emoji, position = _read(text, start.start(), known)
        if emoji:
            found.append(emoji)
    return found


def _read(text: str, start: int, known: _Known) -> tuple[str, int]:
    """Return the emoji that begins at *start*, joined ones together (empty: there is none), and where to go on."""
    parts: list[str] = []
    position = start
    while True:
        length = _length_at(text, position, known)
        if length == 0:
            break
        parts.append(known.full_form[text[position : position + length]])
        position += length
        if text.startswith(_AS_TEXT, position):
            return "", position + 1
        position += text.startswith(_AS_EMOJI, position)
        if not text.startswith(_JOINER, position):
            break
        position += 1
    return _JOINER.join(parts), max(position, start + 1)


def _length_at(text: str, position: int, known: _Known) -> int:
    for length in known.lengths.get(text[position : position + 1], ()):
        if text[position : position + length] in known.full_form:
            return length
    return 0


@cache
def _known() -> _Known:
    listed = read_json("emoji")
    qualified = listed["qualified"].split()
    by_bare_form = {emoji.replace(_AS_EMOJI, ""): emoji for emoji in qualified}
    full_form = {emoji: emoji for emoji in qualified} | {
        emoji: by_bare_form[emoji.replace(_AS_EMOJI, "")]
        for emoji in listed["unqualified"].split()
        if emoji not in _LEGAL_MARKS
    }
    lengths: dict[str, set[int]] = {}
    for emoji in full_form:
        lengths.setdefault(emoji[0], set()).add(len(emoji))
    low = "".join(re.escape(first) for first in sorted(lengths) if first < "\U00010000")
    return _Known(
        full_form=full_form,
        lengths={first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()},
        start=re.compile(f"[{low}\U0001f000-\U0001ffff]"),
    )
