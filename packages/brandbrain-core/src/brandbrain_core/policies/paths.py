"""
Paths: how people name a field of a snapshot, and how its fields are read and replaced by path.

A path is dotted. An item of a list goes by its key (``pillars.craft.name``) or by its index (``pillars.0.name``);
stored paths are always *anchored*, that is, by key. A path that the schema does not know names a field of the user's
own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn, TypeAlias, TypeVar

import attrs

from brandbrain_core.errors import InvalidOverridePath
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.platform import Platform
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies.schema import OWN_FIELDS, SNAPSHOT, Group, Items, Leaf, Record, ValueKind, fields_under

MAX_LENGTH: Final = 255
"""Of a path, in characters."""

MAX_DEPTH: Final = 8
"""Of a path, in segments."""

PROFILE_PLATFORMS: Final = (*(platform.value for platform in Platform), "x")
"""The platforms that can have a profile: those that can be connected, and X, which can only be answered for."""

Node: TypeAlias = FieldNode[JsonValue]
Slot: TypeAlias = Callable[[str, "Node | None", Leaf], "Node | None"]
_V = TypeVar("_V")

_UNFIT: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})


def leaves(snapshot: Snapshot) -> Mapping[str, Node]:
    """Return every field of *snapshot* by anchored path: in the order of the schema, then the user's own, sorted."""
    found: dict[str, Node] = {}

    def note(path: str, node: Node | None, _: Leaf) -> Node | None:
        if node is not None:
            found[path] = node
        return node

    rebuild(snapshot, note)
    return found | dict(sorted(snapshot.own_fields.items()))


def rebuild(snapshot: Snapshot, slot: Slot) -> Snapshot:
    """
    Return *snapshot* with *slot* applied to every field of the schema; what does not change is shared, not copied.

    Args:
        slot: Gets the anchored path, the field there (None: an optional one that is absent) and its leaf of the schema;
            gives what shall stand there, None only for an optional one. The user's own fields do not pass through it.
    """
    return _rebuild(SNAPSHOT, snapshot, "", slot)


def with_leaves(snapshot: Snapshot, nodes: Mapping[str, Node]) -> Snapshot:
    """Return *snapshot* with *nodes* in place of its fields at these anchored paths; other paths are ignored."""
    return rebuild(snapshot, lambda path, node, _: nodes.get(path, node))


def anchor(path: str, snapshot: Snapshot | None) -> str:
    """
    Return *path* with the index of a list item replaced by the key of the item that stands there in *snapshot*.

    An item whose key looks like a number is preferred to one at that index.

    Raises:
        InvalidOverridePath: The path is malformed, or there is no such item, or no snapshot to count items in.
    """
    _check_form(path)
    segments = path.split(".")
    items = SNAPSHOT.members.get(segments[0])
    if len(segments) == 1 or not isinstance(items, Items) or not re.fullmatch("[0-9]+", segments[1]):
        return path
    if snapshot is None:
        _refuse(path, f"there is no snapshot yet in which {segments[1]} could count; name the item by its key")
    keys = [getattr(item, items.key) for item in getattr(snapshot, segments[0])]
    if segments[1] in keys:
        return path
    if int(segments[1]) >= len(keys):
        _refuse(path, f"{segments[0]} has {len(keys)} items, counted from 0; none has the index {segments[1]}")
    return ".".join([segments[0], keys[int(segments[1])], *segments[2:]])


def locate(path: str) -> Leaf | Record | Group | Items | None:
    """
    Return what the schema has at an anchored *path*; None: it is a place for a field of the user's own.

    Raises:
        InvalidOverridePath: It leads into something that has nothing below it, or to a platform that is not known.

    >>> locate("pillars.craft.name").kind.value, locate("positioning.tagline")
    ('string', None)
    """
    member: Leaf | Record | Group | Items | None = SNAPSHOT
    segments = path.split(".")
    for depth, segment in enumerate(segments):
        if isinstance(member, Group):
            member = member.members.get(segment)
        elif isinstance(member, Items):
            _check_key(path, member, segment)
            member = member.item
        if member is None:
            return None
        if isinstance(member, Leaf | Record) and depth + 1 < len(segments):
            upper = ".".join(segments[: depth + 1])
            _refuse(path, f"{upper} has no fields below it")
    return member


def value_type(path: str) -> ValueKind:
    """Return the kind of value of the field at an anchored *path*; raise `InvalidOverridePath` if it cannot be one."""
    member = locate(path)
    if member is None:
        return ValueKind.ANY
    if not isinstance(member, Leaf):
        _refuse(path, "it is no field")
    return member.kind


def is_own(path: str) -> bool:
    """Return whether an anchored *path* is for a field of the user's own; raise `InvalidOverridePath` as `locate`."""
    return locate(path) is None


def check_path(path: str, *, pin: bool = False) -> None:
    """
    Check that an anchored *path* may be overridden or, with *pin*, pinned: a group can be pinned and not overridden.

    Raises:
        InvalidOverridePath: It is malformed, or what stands there may not be changed.
    """
    _check_form(path)
    member = locate(path)
    if isinstance(member, Record):
        _refuse(path, "it is set by the compiler and cannot be overridden or pinned")
    if isinstance(member, Group | Items) and not pin:
        fields = ", ".join(fields_under(member))
        _refuse(path, f"it is a group; override its fields one by one{': ' + fields if fields else ''}")


def item_of(path: str) -> tuple[str, str] | None:
    """
    Return the list and the key of the item that an anchored *path* names or leads into; None: it leads into no item.

    >>> item_of("pillars.craft.name"), item_of("voice.do")
    (('pillars', 'craft'), None)
    """
    segments = path.split(".", 2)
    if len(segments) < 2 or not isinstance(SNAPSHOT.members.get(segments[0]), Items):
        return None
    return segments[0], segments[1]


def at_or_above(path: str) -> tuple[str, ...]:
    """
    Return *path* and every group above it, the widest first.

    >>> at_or_above("pillars.craft.name")
    ('pillars', 'pillars.craft', 'pillars.craft.name')
    """
    segments = path.split(".")
    return tuple(".".join(segments[:depth]) for depth in range(1, len(segments) + 1))


def _rebuild(group: Group, value: _V, prefix: str, slot: Slot) -> _V:
    changed: dict[str, Any] = {}
    for name, member in group.addressed:
        old, path = getattr(value, name), prefix + name
        new: Any
        if isinstance(member, Leaf):
            new = slot(path, old, member)
        elif isinstance(member, Group):
            new = _rebuild(member, old, f"{path}.", slot)
        else:
            new = _rebuild_items(member, old, path, slot)
        if new is not old:
            changed[name] = new
    return attrs.evolve(value, **changed) if changed else value  # type: ignore[misc]


def _rebuild_items(items: Items, old: tuple[Any, ...], path: str, slot: Slot) -> tuple[Any, ...]:
    new = tuple(_rebuild(items.item, item, f"{path}.{getattr(item, items.key)}.", slot) for item in old)
    return old if all(a is b for a, b in zip(old, new, strict=True)) else new


def _check_form(path: str) -> None:
    if len(path) > MAX_LENGTH:
        _refuse(path, f"it is longer than {MAX_LENGTH} characters")
    segments = path.split(".")
    if len(segments) > MAX_DEPTH:
        _refuse(path, f"it is deeper than {MAX_DEPTH} segments")
    if any(not segment or segment != segment.strip() for segment in segments):
        _refuse(path, "a segment between its dots is blank, or begins or ends with a space")
    if any(unicodedata.category(character) in _UNFIT for character in path):
        _refuse(path, "it has a control character")
    if "[" in path or "]" in path:
        _refuse(path, "an index goes between dots, as in pillars.0.name")
    if segments[0] == OWN_FIELDS:
        _refuse(path, "that name is taken")


def _check_key(path: str, items: Items, key: str) -> None:
    if items is SNAPSHOT.members["platform_profiles"] and key not in PROFILE_PLATFORMS:
        _refuse(path, f"{key} is no known platform; there are {', '.join(PROFILE_PLATFORMS)}")
    if any(character.isspace() for character in key):
        _refuse(path, "the key of an item has no spaces")


def _refuse(path: str, why: str) -> NoReturn:
    raise InvalidOverridePath(path, why)
