"""JSON lines: one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from brandbrain_sources.files.row import MAX_ROW, NO_OBJECT, NOT_UTF8, REPLACED, BadRow, Row
from brandbrain_sources.plain_json import parsed_json


def read(path: Path) -> Iterator[Row | BadRow]:
    """Yield a row for each line that is not blank."""
    with path.open("rb") as file:
        for number, line in _lines(file):
            place = f"line {number}"
            if line is None:
                yield BadRow(place=place, why=f"it is longer than {MAX_ROW} bytes")
            elif line.strip(b"\0 \t\r\n"):
                yield row_of(place, line)


def row_of(place: str, line: bytes) -> Row | BadRow:
    """Return the row that *line* holds."""
    decoded = line.rstrip(b"\r\n").decode("utf-8", "replace")
    try:
        value = parsed_json(decoded)
    except ValueError as error:
        return BadRow(place=place, why=f"it is no JSON: {error}")
    if not isinstance(value, dict):
        return BadRow(place=place, why=NO_OBJECT)
    return Row(place=place, payload=value, note=NOT_UTF8 if REPLACED in decoded else None)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield lines with their number; None for one that is too long."""
    number = 0
    while line := file.readline(MAX_ROW + 1):
        number += 1
        too_long = len(line) > MAX_ROW and not line.endswith(b"\n")
        while too_long and line and not line.endswith(b"\n"):
            line = file.readline(MAX_ROW)
        yield number, None if too_long else _without_mark(line, number)


def _without_mark(line: bytes, number: int) -> bytes:
    plain = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
    return plain.replace(b"\0", b"")
