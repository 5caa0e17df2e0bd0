"""
What the database says, as errors of core.

A database that cannot be reached, is full, or did not answer in time is `Unavailable`: the same call may work later.
So is an SQLite file that is damaged, none at all, or may not be written: the call may work once that is mended.
A unique index that refuses a row is what the repository says it means. All else is a defect and stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from brandbrain_core.errors import BrandBrainError, Unavailable

_PASSING_STATES: Final = ("08", "53", "57", "58", "40", "55P03", "25P03")
"""
SQLSTATE classes that pass by themselves: connection, resources, operator intervention, system, serialization; lock not
available; idle transaction ended.
"""

_AWAY_TEXTS: Final = (
    "database is locked",
    "database table is locked",
    "database or disk is full",
    "disk i/o error",
    "unable to open database file",
    "file is not a database",
    "database disk image is malformed",
    "attempt to write a readonly database",
    "no active connection",
    "connection closed",
    "connection is closed",
)
"""SQLite has no codes that its driver hands on; these are its own fixed texts."""


def raise_if_away(error: BaseException | None) -> None:
    """Raise `Unavailable` if *error* is the database layer's word for a database that is out of reach."""
    if isinstance(error, PoolTimeout):
        raise Unavailable("database", "all connections are busy") from error
    if isinstance(error, DBAPIError) and _passes(error):
        raise Unavailable("database", _reason(error)) from error


class _Translated:
    """A class, not a generator: it stands round every statement, and costs a tenth of one so."""

    def __enter__(self) -> None:
        """Nothing is to be done."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        raise_if_away(error)


class _Connecting(_Translated):
    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        super().__exit__(kind, error, traceback)
        if isinstance(error, OSError | TimeoutError):
            raise Unavailable("database", str(error) or "it did not answer in time") from error
        is_foreign = isinstance(error, Exception) and not isinstance(error, BrandBrainError)
        if is_foreign and _sqlstate(error).startswith(_PASSING_STATES):
            raise Unavailable("database", str(error)) from error


_TRANSLATED: Final = _Translated()
_CONNECTING: Final = _Connecting()


def translated() -> AbstractContextManager[None]:
    """Raise `Unavailable` in place of what the database layer raises when the database is out of reach."""
    return _TRANSLATED


def connecting() -> AbstractContextManager[None]:
    """Do as `translated`, also for what a driver raises before there is a connection."""
    return _CONNECTING


@contextmanager
def unique_violation_as(meaning: BrandBrainError) -> Iterator[None]:
    """Raise *meaning* where a unique index refuses what is written; the transaction must then end."""
    try:
        yield
    except IntegrityError as error:
        if _sqlstate(error.orig) == "23505" or "UNIQUE constraint failed" in str(error.orig):
            raise meaning from error
        raise


def _passes(error: DBAPIError) -> bool:
    if error.connection_invalidated or isinstance(error, InterfaceError):
        return True
    if _sqlstate(error.orig).startswith(_PASSING_STATES):
        return True
    text = str(error.orig).lower()
    return any(part in text for part in _AWAY_TEXTS)


def _sqlstate(error: BaseException | None) -> str:
    return str(getattr(error, "sqlstate", None) or getattr(error.__cause__ if error else None, "sqlstate", None) or "")


def _reason(error: DBAPIError) -> str:
    """Return the database's own words, without the statement and its parameters."""
    return str(error.orig).strip().splitlines()[0][:500] if str(error.orig).strip() else type(error).__name__
