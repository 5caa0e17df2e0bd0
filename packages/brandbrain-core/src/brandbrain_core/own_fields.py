"""Where the user's own fields stand in the JSON of a snapshot: at their path, beside the fields of the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, get_args, get_origin, get_type_hints

import attrs

from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonObject
from brandbrain_core.model.snapshot import Pillar, PlatformProfile, Snapshot

ITEM_KEY: Final[Mapping[type, str]] = {Pillar: "id", PlatformProfile: "platform"}
"""The member by which an item of a list with identity is addressed."""


def splice(snapshot: dict[str, Any], own: JsonObject) -> dict[str, Any]:
    """
    Return the JSON *snapshot* with the *own* fields put in at their paths.

    A path into a list with identity goes by the item's key; the item must be there.
    """
    for path, node in own.items():
        *groups, leaf = path.split(".")
        place: Any = snapshot
        owner: type | None = Snapshot
        for group in groups:
            if isinstance(place, list):
                place = _item(place, group, owner)
            else:
                place = place.setdefault(group, {})
                owner = _classes(owner).get(group) if owner else None
        place[leaf] = node
    return snapshot


def split(snapshot: JsonObject) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the JSON snapshot without the user's own fields, and these by path: what `splice` puts together."""
    own: dict[str, Any] = {}
    return _strip(snapshot, Snapshot, "", own), own


def _strip(data: JsonObject, cls: type, prefix: str, own: dict[str, Any]) -> dict[str, Any]:
    names = {a.name for a in attrs.fields(cls)}
    inner = _classes(cls)
    known: dict[str, Any] = {}
    for key, value in data.items():
        path = f"{prefix}{key}"
        if key not in names:
            own.update(_nodes(value, path))
        elif key not in inner:
            known[key] = value
        elif isinstance(value, list):
            item_key = ITEM_KEY[inner[key]]
            known[key] = [_strip(item, inner[key], f"{path}.{item[item_key]}.", own) for item in value]
        else:
            known[key] = _strip(value, inner[key], f"{path}.", own)
    return known


def _nodes(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if _is_node(value) or not isinstance(value, Mapping):
        yield path, value
        return
    for key, inner in value.items():
        yield from _nodes(inner, f"{path}.{key}")


def _is_node(value: Any) -> bool:
    return isinstance(value, Mapping) and "value" in value and isinstance(value.get("confidence"), int | float)


def _item(items: list[Any], key: str, cls: type | None) -> Any:
    member = ITEM_KEY[cls] if cls else "id"
    return next(item for item in items if item[member] == key)


@cache
def _classes(cls: type) -> Mapping[str, type]:
    """Return the members of *cls* that are groups of fields: the class of the group, or of the items of the list."""
    found: dict[str, type] = {}
    for name, hint in get_type_hints(cls).items():
        candidate = get_args(hint)[0] if get_origin(hint) is tuple else hint
        if isinstance(candidate, type) and attrs.has(candidate) and candidate is not FieldNode:
            found[name] = candidate
    return found
