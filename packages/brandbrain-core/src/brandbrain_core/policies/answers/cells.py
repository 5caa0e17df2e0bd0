"""
Reads one answer out of JSON: each function returns its value, or raises `WrongAnswer` with the reason.

Absent and null are for the caller to tell: no function here is called for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from brandbrain_core.errors import Problem
from brandbrain_core.model.json import JsonValue

T = TypeVar("T")


class WrongAnswer(Exception):
    """One answer that is not what it should be; carries the problem to report."""

    def __init__(self, code: str, message: str, pointer: str) -> None:
        super().__init__(code, message, pointer)
        self.problem = Problem(code=code, message=message, pointer=pointer)


class Cell:
    """
    A value and where it stands.

    Attributes:
        name: How messages call it, e.g. ``tier0.edge[1]``.
        pointer: JSON pointer within the answers.
    """

    def __init__(self, value: JsonValue, name: str, pointer: str) -> None:
        self.value = value
        self.name = name
        self.pointer = pointer

    def member(self, key: str) -> Cell:
        """Return the member *key* of this object."""
        return Cell(self.value[key], f"{self.name}.{key}", f"{self.pointer}/{escape(key)}")

    def item(self, index: int) -> Cell:
        """Return the item at *index* of this list."""
        return Cell(self.value[index], f"{self.name}[{index}]", f"{self.pointer}/{index}")

    def wrong(self, code: str, why: str) -> WrongAnswer:
        """Return the error that says what is wrong here."""
        return WrongAnswer(code, f"{self.name} {why}", self.pointer)


def escape(key: str) -> str:
    """
    Return *key* as a token of a JSON pointer.

    >>> escape("a/b~c")
    'a~1b~0c'
    """
    return key.replace("~", "~0").replace("/", "~1")


def string(cell: Cell) -> str:
    """Read a string that is not blank, as it stands."""
    if not isinstance(cell.value, str):
        raise cell.wrong("wrong_type", f"must be a string, not {kind_of(cell.value)}")
    if not cell.value.strip():
        raise cell.wrong("blank", "must not be blank")
    return cell.value


def listed(cell: Cell, read: Callable[[Cell], T], limit: int | None = None) -> tuple[T, ...]:
    """Read a list of at most *limit* items, each by *read*."""
    if not isinstance(cell.value, (list, tuple)):
        raise cell.wrong("wrong_type", f"must be a list, not {kind_of(cell.value)}")
    if limit is not None and len(cell.value) > limit:
        raise cell.wrong("too_many", f"may have at most {limit} items, not {len(cell.value)}")
    return tuple(read(cell.item(index)) for index in range(len(cell.value)))


def strings(cell: Cell, limit: int | None = None) -> tuple[str, ...]:
    """Read a list of at most *limit* strings, none blank."""
    return listed(cell, string, limit)


def integer(cell: Cell, least: int, most: int) -> int:
    """Read a whole number from *least* to *most*; a boolean is none."""
    value = cell.value
    whole = isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value)
    if not whole:
        raise cell.wrong("wrong_type", f"must be a whole number, not {kind_of(value)}")
    if not least <= value <= most:
        raise cell.wrong("out_of_range", f"must be from {least} to {most}")
    return int(value)


_KINDS = ((bool, "a boolean"), (int, "a number"), (float, "a number"), (str, "a string"), (list, "a list"))


def kind_of(value: JsonValue) -> str:
    """
    Return what a value is, for people.

    >>> kind_of(True), kind_of({}), kind_of(None)
    ('a boolean', 'an object', 'null')
    """
    if value is None:
        return "null"
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "an object")
