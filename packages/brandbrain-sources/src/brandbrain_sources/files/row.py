"""One row of a file, good or bad."""

from __future__ import annotations

from typing import Final

import attrs

from brandbrain_core.model.json import JsonObject

MAX_ROW: Final = 2**20
"""Longer rows are reported and passed over; bytes."""


REPLACED: Final = "\ufffd"
"""Stands for what is not UTF-8."""

NO_OBJECT: Final = "it is no object"
NOT_UTF8: Final = "some characters are not in UTF-8 and were replaced"


@attrs.frozen(kw_only=True)
class Row:
    """
    A row that could be read.

    Attributes:
        place: ``line 7`` or ``item 3``, counted from 1.
        note: What is odd about it all the same.
    """

    place: str
    payload: JsonObject
    note: str | None = None


@attrs.frozen(kw_only=True)
class BadRow:
    """A row that could not be read, and why."""

    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"
