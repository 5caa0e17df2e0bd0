"""The collector ``file``: items that a user brings, exported from anywhere."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs

from brandbrain_core.errors import InvalidFile, ItemRejected, SourceFailed
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import SUPPORTED, Capability, Platform, source_name
from brandbrain_core.ports import Collected, CollectedItem, CollectRequest, ExternalRuns, NormaliseContext
from brandbrain_sources.files.access import Allowed, FileAccess
from brandbrain_sources.files.problems import Problems
from brandbrain_sources.files.scan import ShapedRow, shaped_rows
from brandbrain_sources.normalise import NORMALISERS

_LONG_AGO: Final = datetime(1, 1, 1, tzinfo=UTC)


@attrs.frozen(order=True)
class _Ranked:
    """A row by age; of two of one age the earlier in the file goes first."""

    published_at: datetime
    behind: int
    row: ShapedRow = attrs.field(order=False)


class FileCollector:
    """
    Reads the items of one source from the file that its setting ``file`` names; see `brandbrain_core.ports.Collector`.

    Args:
        allowed: The files and folders that may be read, or a rule for resolved paths. Empty: none.
    """

    name = "file"
    version = "1"
    capped = False

    def __init__(self, *, allowed: Allowed = frozenset()) -> None:
        self._access = FileAccess(allowed)

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:
        """Every kind of source whose settings name a file."""
        return (platform, capability) in SUPPORTED and isinstance(settings.get("file"), str)

    def input_of(self, request: CollectRequest) -> JsonObject:
        """
        Return the file's name, the digest of its content and the cap.

        A file that cannot be read has no digest, so that it is collected once it can be.
        """
        name = _file_of(request)
        about = {"file": Path(name).name, "max_items": request.cap}
        try:
            return about | {"sha256": self._access.digest(self._access.checked(name))}
        except SourceFailed as failure:
            return about | {"unreadable": failure.error_code}

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:  # noqa: ARG002
        """
        Return the rows of the source's platform and capability, the newest if there are more than the cap.

        Raises:
            SourceFailed: Codes ``file_not_allowed``, ``file_missing``, ``file_too_large``, ``file_unreadable``, or
                ``file_without_items`` where no row is of this kind.
        """
        stamp = await asyncio.to_thread(self._access.checked, _file_of(request))
        return await asyncio.to_thread(_collected, stamp.path, request)


def _file_of(request: CollectRequest) -> str:
    name = request.settings.get("file")
    return name if isinstance(name, str) else ""


def _collected(path: Path, request: CollectRequest) -> Collected:
    problems = Problems()
    wanted = (request.platform, request.capability)
    rows = (row for row in shaped_rows(path, problems) if row.kind is None or row.kind == wanted)
    try:
        newest = heapq.nlargest(request.cap, (_ranked(index, row, request) for index, row in enumerate(rows)))
    except InvalidFile as error:
        raise SourceFailed("file_unreadable", str(error)) from error
    except OSError as error:
        raise SourceFailed("file_unreadable", f"{path.name}: it cannot be read to the end") from error
    told = problems.told()
    if not newest:
        first = f"; {told[0]}" if told else ""
        raise SourceFailed("file_without_items", f"{path.name} holds nothing of {source_name(*wanted)}{first}")
    kept = sorted(newest, key=lambda ranked: -ranked.behind)
    items = tuple(CollectedItem(shape=ranked.row.shape, payload=ranked.row.payload) for ranked in kept)
    return Collected(items=items, problems=told, rejected=problems.lost)


def _ranked(index: int, row: ShapedRow, request: CollectRequest) -> _Ranked:
    source = NormaliseContext(platform=request.platform, capability=request.capability, identifier=request.identifier)
    try:
        published_at = NORMALISERS[row.shape](row.payload, source).published_at
    except ItemRejected:
        published_at = None
    return _Ranked(published_at or _LONG_AGO, -index, row)
