"""What must hold, by number, and the error that says that it does not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

RULES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "at most one running and one pending job of a brand",
        2: "tokens strictly grow over all claims",
        3: "a write is accepted if and only if its token is the job's and the job is running",
        4: "a run is as its job says, neither exists alone, and a run is terminal once",
        5: "one snapshot for a run that succeeded, none for another; a repeated complete says so",
        6: "versions grow by one and never change, inputs never go back, edits are in the head",
        7: "attempts are counted by claims, given back by handing back, and stay within bounds",
        8: "no sign of life extends past the deadline or a cancellation",
        9: "the newest kick-off is compiled, active, or ended with a reason",
        10: "a claim takes exactly the first ready jobs, a sweep exactly the stale ones",
        11: "terminal rows change by pruning and a person's retry alone",
        12: "when faults and input stop, nothing stays active",
    }
)
"""The invariants of jobs and leases."""

WORKER_BROKE: Final = 0
"""The number under which an error that a worker's own code let through is reported."""


class InvariantBroken(AssertionError):
    """Something that must always hold does not."""

    def __init__(self, rule: int, text: str) -> None:
        super().__init__(rule, text)
        self.rule = rule
        self.text = text

    def __str__(self) -> str:
        if self.rule == WORKER_BROKE:
            return self.text
        return f"invariant {self.rule} ({RULES[self.rule]}): {self.text}"


def require(condition: object, rule: int, text: str) -> None:
    """Raise `InvariantBroken` unless *condition* holds."""
    if not condition:
        raise InvariantBroken(rule, text)
