"""
Reads a subset of the syntax of regular expressions, with the meaning that they have in Python.

There is: characters, ``.``, sets, the escapes ``\\d \\w \\s \\D \\W \\S \\b \\B \\A \\Z \\n \\r \\t \\xhh \\uhhhh``,
``^``, ``$``, groups (plain, ``(?:``, and named), alternatives, and the quantifiers ``* + ? {m} {m,} {m,n}``, lazy or
not. There is not, since it has no bound on its time or no meaning for a mere
yes or no: look-around, back-references, conditions, atomic groups, possessive quantifiers, flags but a leading
``(?i)``, which is the rule anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NoReturn

from brandbrain_core.policies.patterns.nodes import (
    Assertion,
    CharSet,
    Choice,
    Kind,
    KindOf,
    Node,
    Place,
    Repeat,
    Sequence,
)

DEPTH_MAX: Final = 20
"""Groups nested deeper than this are refused."""

REPEAT_MAX: Final = 200
"""No quantifier may count further than this."""

_SIGNS: Final[Mapping[str, Node]] = {".": CharSet(negated=True), "^": Assertion(Place.START), "$": Assertion(Place.END)}
_PLACES: Final = {"b": Place.BOUNDARY, "B": Place.INSIDE, "A": Place.START, "Z": Place.END}
_CONTROLS: Final = {"n": "\n", "r": "\r", "t": "\t", "f": "\f", "v": "\v"}
_HEX: Final = re.compile(r"x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}")
_COUNTS: Final = re.compile(r"\{(\d+)\}|\{(\d*),(\d*)\}")
_GROUP_NAME: Final = re.compile(r"\?P?<[A-Za-z_][A-Za-z0-9_]{0,30}>")


class BadPattern(ValueError):
    """A pattern that cannot be read; the text says why, for people."""


def parse(pattern: str) -> Node:
    """Return what *pattern* is made of; raise `BadPattern`."""
    return _Parser(pattern.removeprefix("(?i)")).whole()


class _Parser:
    """Reads from left to right; *at* is the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.choice()
        if self.at < len(self.text):
            self.refuse("a bracket closes that was never opened")
        return node

    def choice(self) -> Node:
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.peek() not in "|)":
            parts.append(self.repeated(self.atom()))
        return Sequence(tuple(parts))

    def repeated(self, part: Node) -> Node:
        bounds = self.quantifier()
        if bounds is None:
            return part
        self.take("?")
        if self.quantifier() is not None:
            self.refuse("a quantifier follows a quantifier")
        return Repeat(part, *bounds)

    def quantifier(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(sign):
                return bounds
        found = _COUNTS.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        return self.counts(found)

    def counts(self, found: re.Match[str]) -> tuple[int, int | None]:
        exactly, at_least, at_most = found.groups()
        least = int(exactly or at_least or 0)
        most = least if exactly else int(at_most) if at_most else None
        if max(least, most or 0) > REPEAT_MAX:
            self.refuse(f"nothing may be counted further than {REPEAT_MAX}")
        if most is not None and most < least:
            self.refuse("the numbers of a quantifier are the wrong way round")
        return least, most

    def atom(self) -> Node:
        character = self.next()
        if character == "(":
            return self.group()
        if character == "[":
            return self.char_set()
        if character == "\\":
            return self.escape()
        if character in "*+?":
            self.refuse("there is nothing to repeat")
        return _SIGNS.get(character) or _one(character)

    def group(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH_MAX:
            self.refuse("groups are nested too deep")
        if named := _GROUP_NAME.match(self.text, self.at):
            self.at = named.end()
        elif self.text.startswith("?:", self.at):
            self.at += 2
        elif self.peek() == "?":
            self.refuse("look-around, back-references and flags are not supported")
        node = self.choice()
        if not self.take(")"):
            self.refuse("a group is never closed")
        self.depth -= 1
        return node

    def escape(self) -> Node:
        character = self.peek()
        if character in _PLACES:
            self.at += 1
            return Assertion(_PLACES[character])
        meant = self.escaped()
        return CharSet(kinds=(meant,)) if isinstance(meant, KindOf) else _one(meant)

    def escaped(self) -> str | KindOf:
        """Return the character or kind that the escape stands for, here or in a set."""
        if self.at == len(self.text):
            self.refuse("a backslash stands at the end")
        if code := _HEX.match(self.text, self.at):
            self.at = code.end()
            return chr(int(code[0][1:], 16))
        character = self.next()
        if character.lower() in set(Kind):
            return KindOf(Kind(character.lower()), negated=character.isupper())
        if character in _CONTROLS:
            return _CONTROLS[character]
        if character.isalnum():
            self.refuse(f"the escape \\{character} is not supported")
        return character

    def char_set(self) -> Node:
        negated = self.take("^")
        ranges: list[tuple[str, str]] = []
        kinds: list[KindOf] = []
        while not (ranges or kinds) or self.peek() != "]":
            low = self.set_member()
            if isinstance(low, KindOf):
                kinds.append(low)
            else:
                ranges.append((low, self.range_end(low)))
        self.at += 1
        return CharSet(tuple(ranges), tuple(kinds), negated)

    def set_member(self) -> str | KindOf:
        if self.at == len(self.text):
            self.refuse("a set is never closed")
        character = self.next()
        return self.escaped() if character == "\\" else character

    def range_end(self, low: str) -> str:
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in {"]", ""}:
            return low
        self.at += 1
        high = self.set_member()
        if isinstance(high, KindOf) or high < low:
            self.refuse("a range of characters is the wrong way round")
        return high

    def peek(self) -> str:
        """Return the next character, or the empty string at the end."""
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def take(self, character: str) -> bool:
        if self.peek() != character:
            return False
        self.at += 1
        return True

    def refuse(self, why: str) -> NoReturn:
        raise BadPattern(f"{why} (at character {self.at})")


def _one(character: str) -> CharSet:
    return CharSet(((character, character),))
