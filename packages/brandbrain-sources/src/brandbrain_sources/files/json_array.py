"""
JSON: an array of objects, read one by one, or a single object.

After a syntax error nothing more can be made out, so the rest is reported as one bad row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

import attrs

from brandbrain_core.model.json import JsonValue
from brandbrain_sources.files.row import MAX_ROW, NO_OBJECT, NOT_UTF8, REPLACED, BadRow, Row
from brandbrain_sources.plain_json import DECODER, plain_json

_CHUNK: Final = 262_144
_BLANKS: Final = " \t\r\n\0"


@attrs.frozen(kw_only=True)
class _Unreadable:
    """A place after which nothing can be made out."""

    why: str


def read(path: Path) -> Iterator[Row | BadRow]:
    """Yield a row for each element."""
    with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        yield from _elements(_Text(file))


class _Text:
    """The text that has been read and not yet used."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._left = ""
        self._ended = False

    def next_char(self) -> str:
        """Return the next character that is not blank, without using it; empty at the end."""
        while True:
            self._left = self._left.lstrip(_BLANKS)
            if self._left or not self._more():
                return self._left[:1]

    def skip(self) -> None:
        """Go on after the next character."""
        self._left = self._left[1:]

    def value(self) -> tuple[JsonValue | _Unreadable, bool]:
        """Use and return the next value, and whether characters in it were replaced."""
        while True:
            value, end = _decoded(self._left)
            if end and (end < len(self._left) or self._ended):
                break
            if len(self._left) > MAX_ROW:
                return _Unreadable(why=f"it is longer than {MAX_ROW} characters, or no JSON"), False
            if not self._more() and not end:
                return value, False
        replaced = REPLACED in self._left[:end]
        self._left = self._left[end:]
        return value, replaced

    def _more(self) -> bool:
        chunk = self._file.read(_CHUNK)
        self._ended = not chunk
        self._left += chunk
        return not self._ended


def _decoded(text: str) -> tuple[JsonValue | _Unreadable, int]:
    """Return the value that *text* begins with, and where it ends; 0: it is not whole, or no JSON."""
    try:
        return DECODER.raw_decode(text)
    except json.JSONDecodeError as error:
        return _Unreadable(why=f"it is no JSON: {error.msg}"), 0
    except RecursionError:
        return _Unreadable(why="it is no JSON: it is nested too deeply"), 0


def _elements(text: _Text) -> Iterator[Row | BadRow]:
    in_array = text.next_char() == "["
    if in_array:
        text.skip()
    number = 0
    while text.next_char() not in ("]", ""):
        number += 1
        value, replaced = text.value()
        place = f"item {number}"
        if isinstance(value, _Unreadable):
            yield BadRow(place=place, why=f"{value.why}; nothing after it is read")
            return
        if isinstance(value, dict):
            yield Row(place=place, payload=plain_json(value), note=NOT_UTF8 if replaced else None)
        else:
            yield BadRow(place=place, why=NO_OBJECT)
        if text.next_char() == ",":
            text.skip()
    if in_array and text.next_char() != "]":
        yield BadRow(place=f"item {number + 1}", why="the file ends before the array does")
