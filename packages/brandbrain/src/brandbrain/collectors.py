"""The collectors of this installation, in order of preference, with the normalisers of what they bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs

from brandbrain.files_collector import FilesCollector
from brandbrain.folder_collector import FolderCollector
from brandbrain.plugins import SOURCES, Plugins, load
from brandbrain.settings import Settings
from brandbrain.site import Folder
from brandbrain_core.errors import InvalidSettings, Problem
from brandbrain_core.model.platform import SUPPORTED, source_name
from brandbrain_core.ports import Clock, Collector, Normaliser
from brandbrain_sources.files import FileCollector
from brandbrain_sources.normalise import NORMALISERS
from brandbrain_sources.web import WebCollector

GIVEN: Final = ("file", "folder")
"""What a person brings is used before anything is fetched, however `BRANDBRAIN_COLLECTORS` orders the rest."""


@attrs.frozen(kw_only=True)
class Collecting:
    """Collectors in order, the order by kind of source where it was set, normalisers by raw shape."""

    collectors: tuple[Collector, ...]
    preferred: Mapping[str, tuple[str, ...]]
    normalisers: Mapping[str, Normaliser]


@attrs.frozen(kw_only=True)
class Given:
    """What a person named: files that may be read, and folders that stand in for sites."""

    files: tuple[Path, ...] = ()
    folders: tuple[Folder, ...] = ()


def collecting(
    settings: Settings, *, given: Given, plugins: Plugins, env: Mapping[str, str], clock: Clock
) -> Collecting:
    """
    Return how this installation collects.

    Raises:
        InvalidSettings: `BRANDBRAIN_COLLECTORS` names a kind of source or a collector that is not there, or broken.
    """
    built_in = _built_in(settings, given, clock)
    asked = {name for order in settings.collectors.values() for name in order}
    others = _plugged_in(plugins, env, asked=asked - {c.name for c in built_in})
    collectors = (*built_in, *others)
    _check(settings.collectors, collectors)
    normalisers: dict[str, Any] = dict(NORMALISERS)
    for collector in others:
        normalisers |= getattr(collector, "normalisers", {})
    return Collecting(
        collectors=collectors,
        preferred={kind: tuple(dict.fromkeys((*GIVEN, *order))) for kind, order in settings.collectors.items()},
        normalisers=normalisers,
    )


def _built_in(settings: Settings, given: Given, clock: Clock) -> tuple[Collector, ...]:
    return (
        FilesCollector(FileCollector(allowed=_allowed(settings, given))),
        FolderCollector(given.folders, clock=clock),
        WebCollector(allow_private=settings.crawler_allow_private, clock=clock),
    )


def _allowed(settings: Settings, given: Given) -> tuple[Path, ...]:
    return (*given.files, *([Path(settings.import_folder)] if settings.import_folder else []))


def _plugged_in(plugins: Plugins, env: Mapping[str, str], *, asked: set[str]) -> Sequence[Collector]:
    made = []
    for name, point in sorted(plugins.of(SOURCES).items()):
        if name in asked:
            factory = plugins.wanted(SOURCES, name, setting="BRANDBRAIN_COLLECTORS")
        elif (plugin := load(point)).error is None:
            factory = plugin.made
        else:
            continue
        collector = factory(env)
        if collector is not None:
            made.append(collector)
    return made


def _check(orders: Mapping[str, tuple[str, ...]], collectors: Sequence[Collector]) -> None:
    kinds = {source_name(*pair) for pair in SUPPORTED}
    names = {collector.name for collector in collectors}
    problems = [
        *(f"{kind} is no kind of source; there are {', '.join(sorted(kinds))}" for kind in orders if kind not in kinds),
        *(
            f"{name} is no collector that is configured here; there are {', '.join(sorted(names))}"
            for name in dict.fromkeys(name for order in orders.values() for name in order)
            if name not in names
        ),
    ]
    if problems:
        raise InvalidSettings(
            [Problem(code="bad_value", message=f"BRANDBRAIN_COLLECTORS: {problem}") for problem in problems]
        )
