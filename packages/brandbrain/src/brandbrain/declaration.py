"""What a call of `brandbrain compile` says of a brand: by its brand file, by its flags, by what lies in the files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import attrs

from brandbrain.brandfile import BrandFile, SourceEntry, flat_answers, read_answers, read_brand_file
from brandbrain.collectors import Given
from brandbrain.documents import is_file, why_no_file
from brandbrain.files_collector import settings_of
from brandbrain.folder_collector import SETTING as FOLDER
from brandbrain.folder_collector import folder_at
from brandbrain.site import Folder
from brandbrain_core.errors import InvalidFile, InvalidInput
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.identifiers import normalise
from brandbrain_core.services.sources import supported
from brandbrain_sources.files import scan

BRAND_FILE: Final = "brand.toml"
"""The brand file that is read where none is named and this one is there."""


@attrs.frozen(kw_only=True)
class Flags:
    """What the command line says; *brand_file* None: none is named."""

    brand_file: Path | None = None
    name: str | None = None
    web: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    answers: Path | None = None


@attrs.frozen(kw_only=True)
class DeclaredSource:
    """A source as it is declared; the identifier is in normalised form."""

    platform: Platform
    capability: Capability
    identifier: str
    is_enabled: bool = True
    settings: JsonObject | None = None

    @property
    def key(self) -> tuple[Platform, Capability, str]:
        """What tells it from the brand's other sources."""
        return self.platform, self.capability, self.identifier


@attrs.frozen(kw_only=True)
class Declaration:
    """
    What is said of a brand.

    Attributes:
        name: None: nobody gave one, and nothing suggests one.
        answers: None: nothing is said about them, the stored ones stay.
        tier: How far onboarding went, 0 to 2; None: as far as there are answers.
        is_whole: A brand file said it: sources that it does not name are not the brand's.
        given: The files and folders that may be read.
        problems: What is wrong with the files, by line, so far as they were looked into.
    """

    name: str | None
    website_url: str | None = None
    answers: JsonObject | None = None
    tier: int | None = None
    sources: tuple[DeclaredSource, ...] = ()
    is_whole: bool = False
    given: Given = Given()
    problems: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said at all, so that a stored brand must be meant."""
        return self.name is None and self.answers is None and not self.sources


def declare(flags: Flags, folder: Path) -> Declaration:
    """
    Read all that a call says of a brand.

    Args:
        flags: Of the command line.
        folder: Where it was called; a ``brand.toml`` there is read if the flags say nothing else.

    Raises:
        InvalidFile: A file cannot be read, or has members that no brand file has.
        InvalidIdentifier, UnsupportedCapability: Of a source.
        InvalidInput: No file or address says anything usable.
    """
    file = _brand_file(flags, folder)
    reader = _Reader(folder)
    if file is not None:
        reader.read_file(file)
    reader.scan(folder / each for each in flags.files)
    for url in flags.web:
        reader.add("web", "crawl_pages", url)
    answers = flat_answers(file.answers) if file is not None else None
    if flags.answers is not None:
        answers = read_answers(folder / flags.answers)
    website = file.website_url if file is not None else next(iter(flags.web), None)
    return Declaration(
        name=flags.name or (file.name if file is not None else _suggested_name(flags, reader)),
        website_url=website,
        answers=answers,
        tier=file.tier if file is not None else None,
        sources=reader.sources(),
        is_whole=file is not None,
        given=Given(files=tuple(reader.files), folders=tuple(reader.folders)),
        problems=tuple(reader.problems),
    )


def _brand_file(flags: Flags, folder: Path) -> BrandFile | None:
    if flags.brand_file is not None:
        return read_brand_file(folder / flags.brand_file)
    says_nothing = not (flags.web or flags.files or flags.answers or flags.name)
    if says_nothing and is_file(folder / BRAND_FILE):
        return read_brand_file(folder / BRAND_FILE)
    return None


class _Reader:
    """Gathers sources: several files may feed one."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[Path, None] = {}
        self.folders: list[Folder] = []
        self.problems: list[str] = []
        self._here = folder
        self._declared: dict[tuple[Platform, Capability, str], DeclaredSource] = {}
        self._files_of: dict[tuple[Platform, Capability, str], list[Path]] = {}

    def read_file(self, file: BrandFile) -> None:
        """Add the sources of a brand file."""
        for entry in file.sources:
            self._read_entry(file, entry)
        self.scan(file.folder / name for name in file.files)

    def add(
        self,
        platform: str,
        capability: str,
        identifier: str,
        *,
        is_enabled: bool = True,
        settings: JsonObject | None = None,
        file: Path | None = None,
    ) -> None:
        """Add a source, or another file to one."""
        kind = supported(platform, capability)
        key = (*kind, normalise(*kind, identifier))
        source = DeclaredSource(
            platform=key[0], capability=key[1], identifier=key[2], is_enabled=is_enabled, settings=settings
        )
        self._declared.setdefault(key, source)
        if file is not None:
            self.files[file] = None
            if file not in self._files_of.setdefault(key, []):
                self._files_of[key].append(file)

    def scan(self, files: Iterable[Path]) -> None:
        """Add a source for each account that the files hold; raise `InvalidFile` if one holds none."""
        for file in files:
            found = scan(_resolved(file, self._here))
            shown = _shown(file, self._here)
            self.problems.extend(f"{shown}, {problem}" for problem in found.problems)
            if not found.groups:
                why = found.problems[0] if found.problems else "it is empty"
                help_ = "a brand file can say of which account it is"
                raise InvalidFile(shown, f"it holds nothing that could be evidence ({why}); {help_}")
            for group in found.groups:
                self.add(group.platform, group.capability, group.identifier, file=file.resolve())

    def sources(self) -> tuple[DeclaredSource, ...]:
        """Return what was gathered, each source with its files."""
        return tuple(
            attrs.evolve(source, settings={**(source.settings or {}), **settings_of(self._files_of[key])})
            if key in self._files_of
            else source
            for key, source in self._declared.items()
        )

    def _read_entry(self, file: BrandFile, entry: SourceEntry) -> None:
        if entry.file is not None and entry.folder is not None:
            raise InvalidInput(f"{entry.platform}.{entry.capability}: give a file or a folder, not both")
        settings = dict(_storable(entry))
        if entry.folder is not None:
            folder = folder_at(file.folder / entry.folder, identifier=entry.identifier, website_url=file.website_url)
            self.folders.append(folder)
            settings[FOLDER] = str(folder.path)
        self.add(
            entry.platform,
            entry.capability,
            entry.identifier,
            is_enabled=entry.is_enabled,
            settings=settings or None,
            file=_resolved(file.folder / entry.file, self._here) if entry.file is not None else None,
        )


def _storable(entry: SourceEntry) -> JsonObject:
    """Return the settings of an entry; raise `InvalidInput` if they are no JSON, such as dates."""
    try:
        canonical(entry.settings or {})
    except ValueError as error:
        raise InvalidInput(f"{entry.platform}.{entry.capability}: the settings must be JSON: {error}") from None
    return entry.settings or {}


def _resolved(file: Path, folder: Path) -> Path:
    why = why_no_file(file)
    if why is not None:
        raise InvalidFile(_shown(file, folder), why)
    return file.resolve()


def _shown(file: Path, folder: Path) -> str:
    """Return the path as it was given: below the folder of the call without that folder."""
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def _suggested_name(flags: Flags, reader: _Reader) -> str | None:
    """Return the host of the site, else the account that the first file names most."""
    if flags.web:
        url = normalise(Platform.WEB, Capability.CRAWL_PAGES, flags.web[0])
        return (urlsplit(url).hostname or url).removeprefix("www.")
    account = next((source.identifier for source in reader.sources()), None)
    return account and (urlsplit(account).hostname or account)
