"""Which files may be read: those in an allow-list, regular ones, of a bounded size."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from brandbrain_core.errors import SourceFailed

MAX_FILE: Final = 512 * 2**20
"""Larger files are not read; bytes."""

Allowed: TypeAlias = Callable[[Path], bool] | Collection[Path]
"""A rule for resolved paths, or the files and folders that may be read."""

_BLOCK: Final = 2**20


@attrs.frozen(kw_only=True)
class Stamp:
    """What tells whether a file may have changed since it was looked at."""

    path: Path
    size: int
    modified_ns: int


class FileAccess:
    """
    Opens the way to files that may be read, and remembers their digests.

    Args:
        allowed: With a collection, a file passes that is in it, or lies in a folder that is in it. Links are followed
            first, so that none leads out.
    """

    def __init__(self, allowed: Allowed) -> None:
        self._is_allowed = allowed if callable(allowed) else _within(allowed)
        self._digests: dict[Path, tuple[Stamp, str]] = {}

    def checked(self, name: str) -> Stamp:
        """
        Return the file that *name* names; raise `SourceFailed`.

        Codes: ``file_not_allowed`` (also for paths outside that do not exist), ``file_missing``, ``file_too_large``,
        ``file_unreadable``.
        """
        path = _resolved(name)
        if path is None or not self._is_allowed(path):
            why = f"The file {_shown(name)} is not among those that may be read: name it anew when you compile"
            raise SourceFailed("file_not_allowed", why)
        try:
            found = path.stat()
        except FileNotFoundError as error:
            raise SourceFailed("file_missing", f"The file {_shown(name)} does not exist") from error
        except OSError as error:
            raise SourceFailed("file_unreadable", f"The file {_shown(name)} cannot be read") from error
        if not stat.S_ISREG(found.st_mode):
            raise SourceFailed("file_unreadable", f"{_shown(name)} is no file")
        if found.st_size > MAX_FILE:
            raise SourceFailed("file_too_large", f"The file {_shown(name)} is larger than {MAX_FILE // 2**20} MiB")
        return Stamp(path=path, size=found.st_size, modified_ns=found.st_mtime_ns)

    def digest(self, stamp: Stamp) -> str:
        """Return the SHA-256 of the file's content, read anew only if the file has been touched since."""
        known = self._digests.get(stamp.path)
        if known is not None and known[0] == stamp:
            return known[1]
        digest = hashlib.sha256()
        try:
            with stamp.path.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
        except OSError as error:
            raise SourceFailed("file_unreadable", f"The file {_shown(stamp.path.name)} cannot be read") from error
        self._digests[stamp.path] = (stamp, digest.hexdigest())
        return digest.hexdigest()


def _within(allowed: Collection[Path]) -> Callable[[Path], bool]:
    roots = frozenset(root.resolve() for root in allowed)
    return lambda path: path in roots or any(parent in roots for parent in path.parents)


def _resolved(name: str) -> Path | None:
    try:
        return Path(name).resolve() if name and "\0" not in name else None
    except (OSError, RuntimeError, ValueError):
        return None


def _shown(name: str) -> str:
    return Path(name.replace("\0", "")).name[:100] or "without a name"
