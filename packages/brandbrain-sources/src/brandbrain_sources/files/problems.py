"""What was wrong on the way, told in full up to a bound."""

from __future__ import annotations

from typing import Final

import attrs

MAX_TOLD: Final = 100
"""More problems than this are only counted."""


@attrs.define
class Problems:
    """
    Collects problems; only the first of them are kept.

    >>> problems = Problems()
    >>> for number in range(102): problems.add(f"line {number}: odd")
    >>> problems.told()[0], problems.told()[-1]
    ('line 0: odd', 'and 2 more')
    """

    _first: list[str] = attrs.field(factory=list, init=False)
    _more: int = attrs.field(default=0, init=False)
    lost: int = attrs.field(default=0, init=False)
    """How many rows gave nothing."""

    def add(self, problem: str, *, lost: bool = True) -> None:
        """Take note of *problem*; *lost*: the row is none that can be used."""
        self.lost += lost
        if len(self._first) < MAX_TOLD:
            self._first.append(problem)
        else:
            self._more += 1

    def told(self) -> tuple[str, ...]:
        """Return the first problems, and how many more there were."""
        return (*self._first, f"and {self._more} more") if self._more else tuple(self._first)
