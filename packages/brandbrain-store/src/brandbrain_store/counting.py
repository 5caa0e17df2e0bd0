"""How many statements a task has sent to its databases: for access logs and for tests of budgets."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

_SENT: Final[ContextVar[int]] = ContextVar("statements_sent", default=0)


def note_statement() -> None:
    """Count one statement more for the running task."""
    _SENT.set(_SENT.get() + 1)


def statements_sent() -> int:
    """
    Return how many statements the running task has sent so far; begins and commits do not count.

    >>> before = statements_sent()
    >>> note_statement()
    >>> statements_sent() - before
    1
    """
    return _SENT.get()
