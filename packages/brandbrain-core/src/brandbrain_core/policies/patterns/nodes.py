"""What a regular expression is made of, once it is read."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import attrs


class Place(StrEnum):
    """A condition on a position between two characters."""

    START = "start"
    END = "end"
    BOUNDARY = "boundary"
    INSIDE = "inside"


class Kind(StrEnum):
    """A kind of character with an escape of its own."""

    DIGIT = "d"
    WORD = "w"
    SPACE = "s"

    def holds(self, character: str) -> bool:
        """Tell whether *character* is of this kind."""
        if self is Kind.DIGIT:
            return character.isdecimal()
        if self is Kind.SPACE:
            return character.isspace()
        return is_word(character)


def is_word(character: str) -> bool:
    """Tell whether *character* is part of a word: a letter, a digit or an underscore; the empty string is not."""
    return character.isalnum() or character == "_"


@attrs.frozen
class KindOf:
    """A kind of character, or with *negated* everything else."""

    kind: Kind
    negated: bool = False

    def holds(self, character: str) -> bool:
        """Tell whether *character* is meant."""
        return self.kind.holds(character) is not self.negated


@attrs.frozen
class CharSet:
    """
    One character out of a set; case does not count.

    Attributes:
        ranges: Inclusive, by first and last character.
        negated: One character that is not in the set. The empty negated set is any character.
    """

    ranges: tuple[tuple[str, str], ...] = ()
    kinds: tuple[KindOf, ...] = ()
    negated: bool = False

    def holds(self, character: str) -> bool:
        """Tell whether *character* is meant."""
        forms = {character, character.lower(), character.upper()}
        return any(self._has(form) for form in forms if len(form) == 1) is not self.negated

    def _has(self, form: str) -> bool:
        return any(first <= form <= last for first, last in self.ranges) or any(k.holds(form) for k in self.kinds)


@attrs.frozen
class Assertion:
    """Matches nothing, at such a place."""

    place: Place


@attrs.frozen
class Sequence:
    """One after the other; without parts: the empty text."""

    parts: tuple[Node, ...]


@attrs.frozen
class Choice:
    """One of them."""

    options: tuple[Node, ...]


@attrs.frozen
class Repeat:
    """*least* to *most* times; *most* None: without end."""

    part: Node
    least: int
    most: int | None


Node: TypeAlias = "CharSet | Assertion | Sequence | Choice | Repeat"
