"""What `brandbrain doctor` looks at: each check says what it found, and never raises."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import attrs

from brandbrain import synthesizers as synthesis
from brandbrain.collectors import Given, collecting
from brandbrain.plugins import Plugins
from brandbrain.settings import Settings
from brandbrain.wiring import BUILT_IN_STORES, check_file, embedded_file, open_settings_store
from brandbrain_core.errors import BrandBrainError
from brandbrain_core.ports import Clock
from brandbrain_store import migrate as migrations
from brandbrain_store.embedded import PostgresNotFound, find_binaries

PACKAGES: Final = ("core", "store", "sources", "synthesis", "worker", "http")
OLDEST_PYTHON: Final = (3, 11)


class Health(StrEnum):
    """Of one thing; only BROKEN makes the whole broken."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@attrs.frozen(kw_only=True)
class Finding:
    """What was found of one thing."""

    name: str
    health: Health
    detail: str


@attrs.frozen(kw_only=True)
class Patient:
    """What is examined: the settings of this installation, its plug-ins, and the folder it is called in."""

    settings: Settings
    plugins: Plugins
    folder: Path
    env: Mapping[str, str]
    clock: Clock


async def examine(patient: Patient) -> Sequence[Finding]:
    """Return a finding for each thing that brandbrain needs or could use."""
    found = [_python(), *_packages(), *_plugins(patient), *_collectors(patient), *_synthesizers(patient)]
    found += [await _careful("database", lambda: _database(patient)), _folder(patient), _postgres()]
    return found


def _python() -> Finding:
    health = Health.OK if sys.version_info >= OLDEST_PYTHON else Health.BROKEN
    return Finding(name="python", health=health, detail=f"{platform.python_version()} at {sys.executable}")


def _packages() -> Iterator[Finding]:
    ours = version("brandbrain")
    for name in PACKAGES:
        try:
            found = version(f"brandbrain-{name}")
        except PackageNotFoundError:
            yield Finding(name=f"brandbrain-{name}", health=Health.BROKEN, detail="is not installed")
            continue
        fits = found == ours
        detail = found if fits else f"{found} does not go with brandbrain {ours}"
        yield Finding(name=f"brandbrain-{name}", health=Health.OK if fits else Health.BROKEN, detail=detail)


def _plugins(patient: Patient) -> Iterator[Finding]:
    for plugin in patient.plugins.all():
        name = f"{plugin.group.removeprefix('brandbrain.')} plug-in {plugin.name}"
        health = Health.OK if plugin.error is None else Health.BROKEN
        yield Finding(
            name=name, health=health, detail=f"{plugin.distribution}{f': {plugin.error}' if plugin.error else ''}"
        )


def _collectors(patient: Patient) -> Iterator[Finding]:
    try:
        means = collecting(
            patient.settings, given=Given(), plugins=patient.plugins, env=patient.env, clock=patient.clock
        )
    except BrandBrainError as error:
        yield Finding(name="collectors", health=Health.BROKEN, detail=str(error))
        return
    names = ", ".join(collector.name for collector in means.collectors)
    yield Finding(name="collectors", health=Health.OK, detail=names)


def _synthesizers(patient: Patient) -> Iterator[Finding]:
    try:
        usable = synthesis.synthesizers(patient.settings, plugins=patient.plugins, env=patient.env)
    except BrandBrainError as error:
        yield Finding(name="synthesizers", health=Health.BROKEN, detail=str(error))
        return
    yield Finding(name="synthesizers", health=Health.OK, detail=", ".join(s.id for s in usable))
    for name, why in synthesis.unusable(patient.settings):
        yield Finding(name=f"synthesizer {name}", health=Health.NOTE, detail=why)


async def _careful(name: str, look: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        return await look()
    except (BrandBrainError, OSError, sqlite3.Error) as error:
        return Finding(name=name, health=Health.BROKEN, detail=str(error))


async def _database(patient: Patient) -> Finding:
    url = patient.settings.database_url
    scheme = url.partition(":")[0].partition("+")[0]
    file = embedded_file(url) if scheme in BUILT_IN_STORES else None
    if file is not None:
        return await _embedded(url, file)
    store = await open_settings_store(patient.settings, clock=patient.clock, plugins=patient.plugins)
    await store.close()
    return Finding(name="database", health=Health.OK, detail=f"{scheme}: answers, schema is up to date")


async def _embedded(url: str, file: Path) -> Finding:
    check_file(file, create=True)
    mode = _journal_mode(file)
    if mode is None:
        return Finding(name="database", health=Health.NOTE, detail=f"{file} is not there yet; compiling makes it")
    found, expected = await migrations.current(url), migrations.head()
    if mode != "wal":
        return Finding(name="database", health=Health.BROKEN, detail=f"{file} is in {mode} mode, not in WAL mode")
    if found != expected:
        detail = f"{file} has schema {found or 'none'}; the next command brings it to {expected}, if it is not newer"
        return Finding(name="database", health=Health.NOTE, detail=detail)
    return Finding(name="database", health=Health.OK, detail=f"{file}: schema {found}, WAL")


def _journal_mode(file: Path) -> str | None:
    """Return how SQLite journals the file; None: there is none."""
    if not file.exists():
        return None
    with closing(sqlite3.connect(f"file:{file.resolve()}?mode=ro", uri=True)) as connection:
        (mode,) = connection.execute("pragma journal_mode").fetchone()
    return str(mode)


def _folder(patient: Patient) -> Finding:
    writable = os.access(patient.folder, os.W_OK)
    detail = f"{patient.folder} is {'' if writable else 'not '}writable"
    return Finding(name="folder", health=Health.OK if writable else Health.NOTE, detail=detail)


def _postgres() -> Finding:
    try:
        folder = find_binaries()
    except PostgresNotFound as error:
        return Finding(name="private postgresql", health=Health.NOTE, detail=f"{error} (only if you want one)")
    return Finding(name="private postgresql", health=Health.OK, detail=f"binaries at {folder}")
