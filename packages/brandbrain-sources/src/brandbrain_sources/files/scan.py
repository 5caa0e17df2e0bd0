"""What a file holds, so that one source can be made for each account in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import attrs

from brandbrain_core.errors import InvalidIdentifier, ItemRejected
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.platform import Capability, Platform, source_name
from brandbrain_core.policies.identifiers import normalise as normalise_identifier
from brandbrain_core.ports import NormaliseContext
from brandbrain_sources.files.problems import Problems
from brandbrain_sources.files.row import BadRow
from brandbrain_sources.files.rows import read_rows
from brandbrain_sources.files.shapes import detect, kind_of
from brandbrain_sources.normalise import NORMALISERS, error_of
from brandbrain_sources.normalise.reading import member, text

_ACCOUNT_MEMBERS: Final = ("inputUrl", "input", "channelUrl", "source_company", "company_input")


@attrs.frozen(kw_only=True)
class ShapedRow:
    """A row whose shape is known, and of which kind it is; None: it does not say."""

    place: str
    shape: str
    kind: tuple[Platform, Capability] | None
    payload: JsonObject


@attrs.frozen(kw_only=True)
class FileGroup:
    """
    The rows of one platform and capability.

    Attributes:
        identifier: The account that most of them name; for the web the site. In normalised form.
        count: How many rows.
    """

    platform: Platform
    capability: Capability
    identifier: str
    count: int


@attrs.frozen(kw_only=True)
class FileScan:
    """What a file holds: its groups, the largest first, and what is wrong with it, by line or item."""

    groups: tuple[FileGroup, ...]
    problems: tuple[str, ...]


def scan(path: Path) -> FileScan:
    """
    Return what the file at *path* holds; blocks while it reads.

    Raises:
        InvalidFile: It cannot be read at all.
    """
    problems = Problems()
    counts: Counter[tuple[Platform, Capability]] = Counter()
    accounts: defaultdict[tuple[Platform, Capability], Counter[str]] = defaultdict(Counter)
    for row in shaped_rows(path, problems):
        if row.kind is None:
            problems.add(f"{row.place}: it does not say of which platform it is")
            continue
        counts[row.kind] += 1
        accounts[row.kind].update(islice(_accounts(row), 1))
    groups = []
    for kind, count in sorted(counts.items(), key=lambda each: (-each[1], each[0])):
        identifier = _commonest(accounts[kind])
        if identifier is None:
            problems.add(f"No row of {source_name(*kind)} names its account")
        else:
            groups.append(FileGroup(platform=kind[0], capability=kind[1], identifier=identifier, count=count))
    return FileScan(groups=tuple(groups), problems=problems.told())


def shaped_rows(path: Path, problems: Problems) -> Iterator[ShapedRow]:
    """Yield the rows of the file whose shape is known; say in *problems* what is wrong with the others."""
    for row in read_rows(path):
        if isinstance(row, BadRow):
            problems.add(str(row))
            continue
        if row.note is not None:
            problems.add(f"{row.place}: {row.note}", lost=False)
        shape = detect(row.payload)
        if shape is None:
            problems.add(f"{row.place}: {error_of(row.payload) or 'it has no shape that is known'}")
            continue
        yield ShapedRow(place=row.place, shape=shape, kind=kind_of(shape, row.payload), payload=row.payload)


def _commonest(accounts: Counter[str]) -> str | None:
    return min(accounts, key=lambda name: (-accounts[name], name), default=None)


def _accounts(row: ShapedRow) -> Iterator[str]:
    """Yield the accounts that a row names, the one that published it first."""
    if row.kind is None:
        return
    platform, capability = row.kind
    item = _item(row)
    candidates = [item.author_ref if item is not None else None]
    if platform is Platform.WEB:
        candidates = [_site(item.canonical_url) if item is not None else None]
    candidates += [text(row.payload.get(name)) for name in _ACCOUNT_MEMBERS]
    candidates.append(_handle(text(member(row.payload, "channelUsername"))))
    for candidate in candidates:
        if candidate is not None:
            try:
                yield normalise_identifier(platform, capability, candidate)
            except InvalidIdentifier:
                continue


def _item(row: ShapedRow) -> NormalisedItem | None:
    platform, capability = row.kind or (Platform.WEB, Capability.CRAWL_PAGES)
    try:
        return NORMALISERS[row.shape](
            row.payload, NormaliseContext(platform=platform, capability=capability, identifier="")
        )
    except ItemRejected:
        return None


def _site(url: str) -> str | None:
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    return None if host.endswith(".invalid") else f"{scheme}://{host}"


def _handle(name: str | None) -> str | None:
    return f"@{name.removeprefix('@')}" if name else None
