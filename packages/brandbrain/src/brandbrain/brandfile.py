"""A brand file: one TOML file with a brand's name, its answers and its sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import cattrs

from brandbrain.documents import read_json, read_toml
from brandbrain_core import wire
from brandbrain_core.errors import InvalidFile
from brandbrain_core.model.json import JsonObject
from brandbrain_core.questions import CATALOGUE


@attrs.frozen(kw_only=True)
class SourceEntry:
    """
    One source of a brand file.

    Attributes:
        file: An export to read instead of collecting, relative to the brand file.
        folder: A folder that holds the website to crawl, relative to the brand file.
    """

    platform: str
    capability: str
    identifier: str
    is_enabled: bool = True
    file: str | None = None
    folder: str | None = None
    settings: JsonObject | None = None


@attrs.frozen(kw_only=True)
class BrandFile:
    """
    What a brand file says.

    Attributes:
        folder: Where it lies; relative paths start here.
        files: Exports whose sources are found out by looking into them, relative.
    """

    name: str
    website_url: str | None = None
    tier: int | None = None
    answers: JsonObject = attrs.field(factory=dict)
    sources: tuple[SourceEntry, ...] = ()
    files: tuple[str, ...] = ()
    folder: Path = Path()


def read_brand_file(path: Path) -> BrandFile:
    """Read a brand file; raise `InvalidFile` with every unknown key and wrong type in it."""
    data = read_toml(path)
    if "folder" in data:
        raise InvalidFile(str(path), "folder belongs to a source, not to the brand")
    try:
        brand = wire.structure(data, BrandFile)
    except cattrs.BaseValidationError as error:
        raise InvalidFile(str(path), "; ".join(_told(error))) from None
    if not brand.name.strip():
        raise InvalidFile(str(path), "name must not be blank")
    return attrs.evolve(brand, folder=path.parent)


def read_answers(path: Path) -> JsonObject:
    """
    Read answers keyed by question id, TOML or JSON by the file's suffix; an ``[answers]`` table may hold them.

    Raises:
        InvalidFile: It is neither, or no object.
    """
    data: Any = read_json(path) if path.suffix.lower() == ".json" else read_toml(path)
    if not isinstance(data, Mapping):
        raise InvalidFile(str(path), "must hold an object of answers by question id")
    inner = data.get("answers")
    return flat_answers(inner if isinstance(inner, Mapping) else data)


def flat_answers(data: JsonObject) -> JsonObject:
    """
    Return answers by full question id, where they may be nested in TOML tables such as ``[tier0]``.

    >>> flat_answers({"tier0": {"what_we_do": "Mend sails"}, "tier0.who_for": "Sailors"})
    {'tier0.what_we_do': 'Mend sails', 'tier0.who_for': 'Sailors'}
    """
    tiers = {question.id.split(".")[0] for question in CATALOGUE}
    flat: dict[str, Any] = {}
    for key, value in data.items():
        if key in tiers and isinstance(value, Mapping):
            flat.update({f"{key}.{name}": answer for name, answer in value.items()})
        else:
            flat[key] = value
    return flat


def _told(error: cattrs.BaseValidationError) -> Iterator[str]:
    """Yield what is wrong, each with where it stands: ``sources[0].capability is missing``."""
    for told in cattrs.transform_error(error, "", _in_words):
        what, _, place = told.rpartition(" @ ")
        yield f"{place.lstrip('.')} {what}".strip()


def _in_words(error: BaseException, wanted: type | None) -> str:
    if isinstance(error, KeyError):
        return "is missing"
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        known = (a.name for a in attrs.fields(error.cl) if (error.cl, a.name) != (BrandFile, "folder"))
        return f"has no key {', '.join(sorted(error.extra_fields))} (there are {', '.join(known)})"
    if wanted in (SourceEntry, JsonObject) or isinstance(error, AttributeError):
        return "must be a table"
    return str(error)
