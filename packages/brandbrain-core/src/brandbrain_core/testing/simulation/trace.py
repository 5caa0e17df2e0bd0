"""What happened, in order: kept as it was, and written out only if somebody wants to read it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from brandbrain_core.model.job import Job, Lease
from brandbrain_core.model.run import CompileRun
from brandbrain_core.ports import Beat, Ended, Released
from brandbrain_core.testing.clock import NOON


class Trace:
    """Events with their time; things are named in the order in which they are first told of."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._events: list[tuple[float, str, str, tuple[Any, ...]]] = []

    def __len__(self) -> int:
        return len(self._events)

    def note(self, who: str, what: str, *facts: object) -> None:
        """Note that *who* did *what*."""
        self._events.append((self._seconds(), who, what, facts))

    def lines(self) -> tuple[str, ...]:
        """Return the events as text, one line each; the same events give the same bytes."""
        names = _Names()
        return tuple(names.line(*event) for event in self._events)


class _Names:
    """Short names for ids, by order of appearance."""

    def __init__(self) -> None:
        self._known: dict[UUID, str] = {}

    def line(self, seconds: float, who: str, what: str, facts: tuple[Any, ...]) -> str:
        return " ".join([f"{seconds:10.3f}", f"{who:<9}", what, *self._said(facts)])

    def _said(self, facts: tuple[Any, ...]) -> Iterator[str]:
        for fact in facts:
            if isinstance(fact, tuple | list):
                yield f"[{', '.join(self._said(tuple(fact)))}]"
            else:
                yield self._one(fact)

    def _one(self, fact: Any) -> str:
        match fact:
            case UUID():
                return self._known.setdefault(fact, f"#{len(self._known) + 1}")
            case Lease():
                return f"{self._one(fact.job_id)}/{fact.token}"
            case Job():
                return f"job {self._one(fact.id)} {fact.status} attempts={fact.attempts} token={fact.lease_token}"
            case CompileRun():
                return f"run {self._one(fact.id)}"
            case Beat():
                return "lost" if fact.lost else "stop" if fact.cancel else "well"
            case Ended():
                return f"{fact.status}{' again' if fact.repeated else ''}"
            case Released():
                return f"{self._one(fact.job_id)}/{fact.token} of {fact.worker} now {fact.status}"
            case datetime():
                return f"{(fact - NOON).total_seconds():.6f}"
            case float():
                return f"{fact:.3f}"
            case BaseException():
                return f"{type(fact).__name__}"
            case str() | int() | None:
                return str(fact)
        return type(fact).__name__
