"""
Plug-ins of third parties: entry points in the groups `brandbrain.stores`, `brandbrain.sources` and
`brandbrain.synthesizers`.

- A store's name is the scheme of its database URLs; its object is called as
  ``await make(url, migrate=..., clock=...)`` and gives a `brandbrain_core.ports.Store`.
- A source's object is called with the environment and gives a `brandbrain_core.ports.Collector`, or None where it is
  not configured; raw shapes of its own come with it as ``normalisers``, by name.
- A synthesizer's object is called with the environment and gives a `brandbrain_core.ports.Synthesizer`, or None.

A plug-in that breaks while it is loaded is reported by ``brandbrain doctor``, and is an error where it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

import attrs

from brandbrain_core.errors import InvalidSettings, Problem

STORES: Final = "brandbrain.stores"
SOURCES: Final = "brandbrain.sources"
SYNTHESIZERS: Final = "brandbrain.synthesizers"
GROUPS: Final = (STORES, SOURCES, SYNTHESIZERS)

OURS: Final = frozenset({"brandbrain-store", "brandbrain-sources", "brandbrain-synthesis"})
"""Our own packages are listed like everybody's, and wired by us."""


@attrs.frozen(kw_only=True)
class Plugin:
    """
    An installed plug-in.

    Attributes:
        distribution: Name and version of the package it came with.
        error: Why it could not be loaded; None: it could.
        made: The object that its entry point names; None with an error.
    """

    group: str
    name: str
    distribution: str
    error: str | None
    made: Any


@attrs.frozen(kw_only=True)
class Plugins:
    """The installed plug-ins, each loaded when it is asked for."""

    points: tuple[EntryPoint, ...] = ()

    def all(self) -> Iterator[Plugin]:
        """Load and yield every plug-in, by group and name."""
        for point in sorted(self.points, key=lambda p: (GROUPS.index(p.group), p.name)):
            yield load(point)

    def of(self, group: str) -> Mapping[str, EntryPoint]:
        """Return the entry points of third parties in a group by name, unloaded."""
        return {p.name: p for p in self.points if p.group == group and (p.dist is None or p.dist.name not in OURS)}

    def wanted(self, group: str, name: str, *, setting: str) -> Any:
        """
        Load the plug-in that a setting names.

        Raises:
            InvalidSettings: There is none, or it breaks.
        """
        point = self.of(group).get(name)
        if point is None:
            raise _unusable(setting, f"{name!r} is not known; no plug-in of this name is installed")
        plugin = load(point)
        if plugin.error is not None:
            raise _unusable(setting, f"the plug-in {name!r} of {plugin.distribution} is broken: {plugin.error}")
        return plugin.made


def installed(points: Iterable[EntryPoint] | None = None) -> Plugins:
    """Return the plug-ins of this installation; or, for tests, those at the given entry points."""
    found = points if points is not None else (point for group in GROUPS for point in entry_points(group=group))
    return Plugins(points=tuple(found))


def load(point: EntryPoint) -> Plugin:
    """Load a plug-in; whatever goes wrong with it is said, not raised."""
    distribution = f"{point.dist.name} {point.dist.version}" if point.dist is not None else "an unknown package"
    made, error = None, None
    try:
        made = point.load()
    except Exception as broken:  # noqa: BLE001  the code is a stranger's
        error = f"{type(broken).__name__}: {broken}"
    return Plugin(group=point.group, name=point.name, distribution=distribution, error=error, made=made)


def _unusable(setting: str, why: str) -> InvalidSettings:
    return InvalidSettings([Problem(code="bad_value", message=f"{setting}: {why}")])
