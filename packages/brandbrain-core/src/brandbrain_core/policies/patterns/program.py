"""
A regular expression as a machine of states, and the run of it over a text.

All states that the text so far can lead to are kept side by side, so each character is looked at once: the time is at
most states × characters.

Source:
    Ken Thompson, Regular Expression Search Algorithm, CACM 11 (1968).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, TypeAlias

import attrs

from brandbrain_core.policies.patterns.nodes import (
    Assertion,
    CharSet,
    Choice,
    Node,
    Place,
    Repeat,
    Sequence,
    is_word,
)
from brandbrain_core.policies.patterns.syntax import BadPattern

STATES_MAX: Final = 1000
"""A pattern that needs more states is refused."""

_Surroundings: TypeAlias = tuple[bool, bool, bool, bool]


@attrs.frozen
class State:
    """
    One state.

    Attributes:
        test: What must be true to go on; None: nothing.
        then: Where it goes on, by index.
    """

    test: CharSet | Assertion | None
    then: tuple[int, ...]


@attrs.frozen
class Program:
    """The states, where to start, and the state that is reached when the pattern was found."""

    states: tuple[State, ...]
    start: int
    found: int

    def search(self, text: str) -> bool:
        """Tell whether the pattern occurs anywhere in *text*."""
        active: frozenset[int] = frozenset()
        steps: dict[tuple[frozenset[int], str, _Surroundings], frozenset[int] | None] = {}
        for at in range(len(text) + 1):
            character = text[at : at + 1]
            key = (active, character, _surroundings(text, at))
            if key not in steps:
                steps[key] = self._step(*key)
            following = steps[key]
            if following is None:
                return True
            active = following
        return False

    def _step(self, active: frozenset[int], character: str, around: _Surroundings) -> frozenset[int] | None:
        """Return the states after *character*; None: the pattern was found before it."""
        reached = self._closure({*active, self.start}, around)
        if self.found in reached:
            return None
        after: set[int] = set()
        for index in reached:
            state = self.states[index]
            if character and isinstance(state.test, CharSet) and state.test.holds(character):
                after.update(state.then)
        return frozenset(after)

    def _closure(self, begin: Iterable[int], around: _Surroundings) -> set[int]:
        """Return *begin* and all that can be reached from there without a character."""
        reached: set[int] = set()
        waiting = list(begin)
        while waiting:
            index = waiting.pop()
            if index in reached:
                continue
            reached.add(index)
            test = self.states[index].test
            if test is None or (isinstance(test, Assertion) and _holds(test.place, around)):
                waiting.extend(self.states[index].then)
        return reached


def build(node: Node) -> Program:
    """Return the machine of *node*; raise `BadPattern` if it would be too large."""
    builder = _Builder()
    found = builder.add(None, ())
    start = builder.before(node, found)
    return Program(tuple(builder.states), start, found)


class _Builder:
    """Adds states from the end of the pattern to its start, since each must know what comes after it."""

    def __init__(self) -> None:
        self.states: list[State] = []

    def add(self, test: CharSet | Assertion | None, then: tuple[int, ...]) -> int:
        if len(self.states) >= STATES_MAX:
            raise BadPattern("it is too large once its repetitions are written out")
        self.states.append(State(test, then))
        return len(self.states) - 1

    def before(self, node: Node, then: int) -> int:
        """Add *node* in front of the state *then*; return where it starts."""
        if isinstance(node, Sequence):
            for part in reversed(node.parts):
                then = self.before(part, then)
            return then
        if isinstance(node, Choice):
            return self.add(None, tuple(self.before(option, then) for option in node.options))
        if isinstance(node, Repeat):
            return self.repeat(node, then)
        return self.add(node, (then,))

    def repeat(self, node: Repeat, then: int) -> int:
        if node.most is None:
            loop = self.add(None, ())
            body = self.before(node.part, loop)
            self.states[loop] = State(None, (body, then))
            then = loop
        else:
            end = then
            for _ in range(node.most - node.least):
                then = self.add(None, (self.before(node.part, then), end))
        for _ in range(node.least):
            then = self.before(node.part, then)
        return then


def _surroundings(text: str, at: int) -> _Surroundings:
    return (at == 0, at == len(text), is_word(text[at - 1 : at]) if at else False, is_word(text[at : at + 1]))


def _holds(place: Place, around: _Surroundings) -> bool:
    at_start, at_end, word_before, word_after = around
    return {
        Place.START: at_start,
        Place.END: at_end,
        Place.BOUNDARY: word_before is not word_after,
        Place.INSIDE: word_before is word_after,
    }[place]
