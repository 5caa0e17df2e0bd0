"""Finding what stands at a path: a tree of segments that is walked down once, however many routes there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class PathTree(Generic[T]):
    """
    Things at paths, where a name in braces stands for any one segment that is not empty.

    A segment that is written out goes before one in braces; there is no way back from it.

    >>> tree = PathTree({"/brands": "all", "/brands/{id}": "one"})
    >>> tree.at("/brands/7")
    ('one', {'id': '7'})
    >>> tree.at("/brands"), tree.at("/brands/"), tree.at("/else")
    (('all', {}), None, None)
    """

    def __init__(self, things: Mapping[str, T]) -> None:
        self._root: _Node[T] = _Node()
        for path, thing in things.items():
            node = self._root
            for segment in path.split("/"):
                node = node.below(segment)
            node.here = thing

    def at(self, path: str) -> tuple[T, dict[str, str]] | None:
        """Return what stands at *path*, with the segments that names in braces stand for; None: nothing does."""
        node, named = self._root, {}
        for segment in path.split("/"):
            below = node.written.get(segment)
            if below is None:
                if node.braced is None or not segment:
                    return None
                below = node.braced
                named[below.name] = segment
            node = below
        return None if node.here is None else (node.here, named)


class _Node(Generic[T]):
    """A place in the tree; *name* is the one in braces that leads here."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.written: dict[str, _Node[T]] = {}
        self.braced: _Node[T] | None = None
        self.here: T | None = None

    def below(self, segment: str) -> _Node[T]:
        """Return the place below, made if need be; raise `ValueError` for a second name in the same place."""
        if not segment.startswith("{"):
            return self.written.setdefault(segment, _Node())
        name = segment.strip("{}")
        self.braced = self.braced or _Node(name)
        if self.braced.name != name:
            raise ValueError(f"{name} and {self.braced.name} stand for the same segment")
        return self.braced
