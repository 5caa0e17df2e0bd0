"""
CSV: a row of names, then one item a row; commas, semicolons or tabs between the cells.

Characters that are not UTF-8 are replaced and the row is reported. Empty cells are absent.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from brandbrain_core.errors import InvalidFile
from brandbrain_sources.files.row import MAX_ROW, NOT_UTF8, REPLACED, BadRow, Row

KNOWN_COLUMNS: Final = frozenset(
    {"canonical_url", "url", "text_primary", "text_secondary", "title", "external_id", "platform", "author_ref", "text"}
    | {"caption", "shortcode", "webvideourl", "post_url", "full_urn", "activity_urn"}
)
"""Some column must have one of these names, in any case."""


def read(path: Path) -> Iterator[Row | BadRow]:
    """Yield a row for each row below the names; raise `InvalidFile` if the names are none that are known."""
    with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = _cells(file, _delimiter(path))
        _, names = next(rows, (0, ""))
        if isinstance(names, str) or not KNOWN_COLUMNS & {name.strip().lower() for name in names}:
            why = "it is neither JSON nor CSV with columns such as canonical_url and text_primary"
            raise InvalidFile(path.name, why)
        columns = [name.strip() for name in names]
        for line, cells in rows:
            yield _row(columns, cells, f"line {line}")


class _Lines:
    """The lines of a file without NUL; of one that is too long nothing is left, and that is noted."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.number = 0
        self.has_dropped = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_ROW + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_ROW and not line.endswith("\n"):
            self.has_dropped = True
            while line and not line.endswith("\n"):
                line = self._file.readline(MAX_ROW)
            return "\n"
        return line.replace("\0", "")


def _delimiter(path: Path) -> str:
    with path.open("r", encoding="utf-8-sig", errors="replace", newline="") as file:
        names = file.readline(MAX_ROW)
    return max(",;\t", key=names.count)


def _cells(file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Yield the line and the cells of each row that is not blank; of a bad one the reason in place of the cells."""
    lines = _Lines(file)
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        begin = lines.number + 1
        try:
            cells: list[str] | str = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            cells = f"it is no row of CSV: {error}"
        if lines.has_dropped:
            lines.has_dropped = False
            cells = f"it is longer than {MAX_ROW} characters"
        if isinstance(cells, str) or any(cell.strip() for cell in cells):
            yield begin, cells


def _row(columns: list[str], cells: list[str] | str, place: str) -> Row | BadRow:
    if isinstance(cells, str):
        return BadRow(place=place, why=cells)
    if sum(map(len, cells)) > MAX_ROW:
        return BadRow(place=place, why=f"it is longer than {MAX_ROW} characters")
    if len(cells) > len(columns):
        return BadRow(place=place, why=f"it has {len(cells)} cells, and there are {len(columns)} columns")
    payload = {name: cell for name, cell in zip(columns, cells, strict=False) if name and cell.strip()}
    replaced = any(REPLACED in cell for cell in cells)
    return Row(place=place, payload=payload, note=NOT_UTF8 if replaced else None)
