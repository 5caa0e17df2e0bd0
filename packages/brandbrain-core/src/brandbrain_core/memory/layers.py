"""
Tables and sorted indexes with one layer of changes that are not committed yet.

The committed rows are shared by all transactions. A transaction that writes keeps its changes in a layer of its own,
sees them, and puts them into the committed rows in one go; until then nobody else sees them. There is one writer at a
time.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterator, MutableMapping
from typing import Any, Final, Generic, TypeVar, cast, overload

K = TypeVar("K")
T = TypeVar("T")
V = TypeVar("V")


class ReadOnly(RuntimeError):
    """Writing in a transaction that only reads, or that has ended."""

    def __str__(self) -> str:
        return "this transaction is read-only, or has ended"


class _Gone:
    """The type of the marks in place of a row."""


_GONE: Final = _Gone()
"""It was deleted, or was never there."""

_UNCHANGED: Final = _Gone()
"""It is as it was committed."""


class Table(MutableMapping[K, V], Generic[K, V]):
    """Rows by key; values are never changed in place."""

    def __init__(self, committed: dict[K, V], *, writable: bool) -> None:
        self._committed = committed
        self._changes: dict[K, V | _Gone] = {}
        self._writable = writable

    def __getitem__(self, key: K) -> V:
        value = self._found(key)
        if isinstance(value, _Gone):
            raise KeyError(key)
        return value

    def __setitem__(self, key: K, value: V) -> None:
        self._require_writable()
        self._changes[key] = value

    def __delitem__(self, key: K) -> None:
        self._require_writable()
        if key not in self:
            raise KeyError(key)
        self._changes[key] = _GONE

    def __iter__(self) -> Iterator[K]:
        if not self._changes:
            return iter(self._committed)
        unchanged = (key for key in self._committed if key not in self._changes)
        changed = (key for key, value in self._changes.items() if not isinstance(value, _Gone))
        return iter([*unchanged, *changed])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: object) -> bool:
        return self._found(cast(K, key)) is not _GONE

    @overload
    def get(self, key: K, /) -> V | None: ...

    @overload
    def get(self, key: K, /, default: V | T) -> V | T: ...

    def get(self, key: K, /, default: object = None) -> object:
        """Return the row, or *default*."""
        value = self._found(key)
        return default if value is _GONE else value

    def commit(self) -> None:
        """Make the changes everybody's."""
        for key, value in self._changes.items():
            if isinstance(value, _Gone):
                self._committed.pop(key, None)
            else:
                self._committed[key] = value
        self.close()

    def close(self) -> None:
        """Forget changes that were not committed, and take no more."""
        self._changes = {}
        self._writable = False

    def _found(self, key: K) -> V | _Gone:
        """Return the row, or that there is none; keys are hashed as seldom as may be."""
        if self._changes:
            value = self._changes.get(key, _UNCHANGED)
            if value is not _UNCHANGED:
                return value
        return self._committed.get(key, _GONE)

    def _require_writable(self) -> None:
        if not self._writable:
            raise ReadOnly


class SortedIndex(Generic[K]):
    """Keys in order, each once."""

    def __init__(self, committed: list[K], *, writable: bool) -> None:
        self._committed: list[Any] = committed
        self._added: list[Any] = []
        self._removed: set[K] = set()
        self._writable = writable

    def __iter__(self) -> Iterator[K]:
        committed = self._committed
        if not self._added and not self._removed:
            return iter(committed)
        if self._removed:
            committed = [key for key in committed if key not in self._removed]
        return heapq.merge(committed, list(self._added))

    def add(self, key: K) -> None:
        """Add a key that is not there."""
        self._require_writable()
        if key in self._removed:
            self._removed.discard(key)
        else:
            insort(self._added, key)

    def remove(self, key: K) -> None:
        """Remove a key that is there."""
        self._require_writable()
        place = bisect_left(self._added, key)
        if place < len(self._added) and self._added[place] == key:
            del self._added[place]
        else:
            self._removed.add(key)

    def commit(self) -> None:
        """Make the changes everybody's."""
        for key in self._removed:
            del self._committed[bisect_left(self._committed, key)]
        for key in self._added:
            insort(self._committed, key)
        self.close()

    def close(self) -> None:
        """Forget changes that were not committed, and take no more."""
        self._added, self._removed = [], set()
        self._writable = False

    def _require_writable(self) -> None:
        if not self._writable:
            raise ReadOnly
