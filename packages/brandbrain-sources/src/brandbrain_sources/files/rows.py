"""
Rows of a file, one at a time: JSON, JSON lines or CSV, told apart by name and content.

Bad rows are handed on with the reason, and reading goes on after them where that is possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

from brandbrain_core.errors import InvalidFile
from brandbrain_sources.files import csv_rows, json_array, json_lines
from brandbrain_sources.files.row import BadRow, Row

RowOrBad: TypeAlias = Row | BadRow

_CSV: Final = frozenset({".csv", ".tsv", ".tab"})
_LINES: Final = frozenset({".jsonl", ".ndjson", ".jsonlines"})
_HEAD: Final = 65_536
_OTHER_UNICODE: Final = (b"\xff\xfe", b"\xfe\xff")


def read_rows(path: Path) -> Iterator[RowOrBad]:
    """
    Yield the rows of the file at *path*, the bad ones too.

    Raises:
        InvalidFile: It is not in UTF-8, or holds none of these formats at all.
    """
    head, suffix = _head(path), path.suffix.lower()
    if not head.strip():
        return iter(())
    if head.startswith(_OTHER_UNICODE):
        raise InvalidFile(path.name, "it is not in UTF-8; save it as UTF-8")
    first = head.lstrip()[:1]
    if suffix in _CSV or first not in (b"[", b"{"):
        return csv_rows.read(path)
    if suffix in _LINES or (first == b"{" and _is_lines(head)):
        return json_lines.read(path)
    return json_array.read(path)


def _head(path: Path) -> bytes:
    """Return the beginning of a file, without a mark of UTF-8."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD).removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise InvalidFile(path.name, "it cannot be read") from error


def _is_lines(head: bytes) -> bool:
    """Tell whether the first line that is not blank is an object by itself."""
    line = head.lstrip().split(b"\n", 1)[0]
    return line.rstrip().endswith(b"}") or len(line) >= _HEAD // 2
