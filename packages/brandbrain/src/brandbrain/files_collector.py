"""The collector ``file`` of the command: one source from one file, or from several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import attrs

from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.ports import Collected, CollectedItem, CollectRequest, ExternalRuns
from brandbrain_sources.files import FileCollector

ONE: Final = "file"
"""The setting of a source that names its file, as `FileCollector` understands it."""

SEVERAL: Final = "files"
"""The setting that names several files of one source."""


class FilesCollector:
    """
    Reads a source from the files that its settings name; see `brandbrain_core.ports.Collector`.

    Of several files one that cannot be read is a problem, unless none can. Under the cap the later files go first, as
    people add newer ones behind.
    """

    name: Final = FileCollector.name
    version: Final = FileCollector.version
    capped: Final = False

    def __init__(self, inner: FileCollector) -> None:
        self._inner = inner

    def serves(self, platform: Platform, capability: Capability, settings: JsonObject) -> bool:
        """Tell whether the settings name files."""
        files = files_of(settings)
        return bool(files) and self._inner.serves(platform, capability, {ONE: files[0]})

    def input_of(self, request: CollectRequest) -> JsonObject:
        """Return what the collection depends on: of several files, one after the other."""
        inputs = [self._inner.input_of(part) for part in _parts(request)]
        return inputs[0] if len(inputs) == 1 else {SEVERAL: inputs}

    async def collect(self, request: CollectRequest, runs: ExternalRuns) -> Collected:
        """Return the items of all files; raise `SourceFailed` where no file gave any."""
        parts = _parts(request)
        if len(parts) == 1:
            return await self._inner.collect(parts[0], runs)
        items: list[CollectedItem] = []
        problems: list[str] = []
        failures: list[SourceFailed] = []
        rejected = 0
        for part in reversed(parts):
            name = Path(str(part.settings[ONE])).name
            try:
                brought = await self._inner.collect(part, runs)
            except SourceFailed as failure:
                failures.append(failure)
                problems.append(f"{name}: {failure.why}")
                continue
            items.extend(brought.items)
            rejected += brought.rejected or 0
            problems.extend(f"{name}: {problem}" for problem in brought.problems)
        if not items:
            raise failures[0]
        return Collected(items=tuple(items[: request.cap]), problems=tuple(problems), rejected=rejected)


def settings_of(files: Sequence[Path]) -> JsonObject:
    """Return the settings of a source that is read from these files."""
    names = [str(file) for file in files]
    return {ONE: names[0]} if len(names) == 1 else {SEVERAL: names}


def files_of(settings: JsonObject) -> tuple[str, ...]:
    """
    Return the files that settings name.

    >>> files_of({"file": "a.json"}), files_of({"files": ["a.json", "b.json"]}), files_of({"files": 3})
    (('a.json',), ('a.json', 'b.json'), ())
    """
    named = settings.get(SEVERAL, [settings.get(ONE)])
    return tuple(name for name in named if isinstance(name, str)) if isinstance(named, list | tuple) else ()


def _parts(request: CollectRequest) -> list[CollectRequest]:
    rest = {name: value for name, value in request.settings.items() if name not in (ONE, SEVERAL)}
    return [attrs.evolve(request, settings={**rest, ONE: file}) for file in files_of(request.settings)]
