"""Which calls a network may deliver twice: those of workers and sweeps, and cancellations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from brandbrain_core.testing.simulation.calls import Call

_OF_WORKERS: Final = frozenset(
    {"extend", "progress", "fence", "complete", "fail", "hand_back", "release_stale", "release_worker", "cancel"}
)
_REPEATED: Final = _OF_WORKERS | {"claim"}
_READS: Final = frozenset({"get", "of_run", "head", "latest", "active", "append"})


def may_be_doubled(call: Call) -> bool:
    """Tell whether this call may be carried out twice in a row, in one transaction."""
    return call.repository == "jobs" and call.name in _OF_WORKERS


def is_repeatable(calls: Sequence[Call]) -> bool:
    """
    Tell whether a whole transaction may be carried out once more, at any later time.

    A publication may: its fence, or the version that it took for the next, refuses it. What people send may not, but
    for cancellations: their requests are repeated by asking the service again.
    """
    names = [(call.repository == "jobs", call.name) for call in calls]
    return any(name in _REPEATED for is_job, name in names if is_job) and all(
        name in _REPEATED if is_job else name in _READS for is_job, name in names
    )
