"""
The shape of a snapshot as people address it: read once from the classes of `brandbrain_core.model.snapshot`.

A snapshot is a tree. A `Group` has named members; `Items` is a list whose items are told apart by a key; a `Leaf` is a
FieldNode, which people may override and pin; a `Record` is bookkeeping, which they may not. What the tree does not have
is a place for fields of their own.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeAlias

import attrs

from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.own_fields import ITEM_KEY

OWN_FIELDS: Final = "own_fields"
"""The member of `Snapshot` that holds the user's own fields; it is no part of any path."""


class ValueKind(StrEnum):
    """What a field's value is."""

    TEXT = "string"
    TEXTS = "list of strings"
    OBJECT = "object"
    ANY = "any JSON value but null"


@attrs.frozen(kw_only=True)
class Leaf:
    """A field; *optional* where a snapshot may lack it."""

    kind: ValueKind
    optional: bool = False


@attrs.frozen(kw_only=True)
class Record:
    """Bookkeeping: neither it nor anything below it can be overridden or pinned."""


@attrs.frozen(kw_only=True)
class Group:
    """
    Named members.

    Attributes:
        made_by: The class of the values at this place.
        addressed: The members that hold fields, in the order of the class: all but the records.
    """

    made_by: type[Any]
    members: Mapping[str, Member]
    addressed: tuple[tuple[str, Leaf | Group | Items], ...]


@attrs.frozen(kw_only=True)
class Items:
    """A list of things with identity; *key* is the member that tells them apart."""

    key: str
    item: Group


Member: TypeAlias = Leaf | Record | Group | Items

_SECTIONS: Final = frozenset(typing.get_type_hints(Snapshot).values())
_KINDS: Final[Mapping[Any, ValueKind]] = {
    str: ValueKind.TEXT,
    tuple[str, ...]: ValueKind.TEXTS,
    JsonObject: ValueKind.OBJECT,
    JsonValue: ValueKind.ANY,
}


def _without_none(hint: Any) -> Any:
    """Return the type that remains of an optional one."""
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        (hint,) = (choice for choice in typing.get_args(hint) if choice is not types.NoneType)
    return hint


def _member(hint: Any) -> Member:
    kind = _without_none(hint)
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is FieldNode:
        return Leaf(kind=_KINDS[arguments[0]], optional=kind is not hint)
    if typing.get_origin(kind) is tuple and arguments[0] in ITEM_KEY:
        return Items(key=ITEM_KEY[arguments[0]], item=_group(arguments[0]))
    if attrs.has(kind):
        group = _group(kind)
        return group if group.addressed or kind in _SECTIONS else Record()
    return Record()


def _group(made_by: type[Any]) -> Group:
    hints = typing.get_type_hints(made_by)
    members = {a.name: _member(hints[a.name]) for a in attrs.fields(made_by) if a.name != OWN_FIELDS}
    addressed = tuple((name, m) for name, m in members.items() if not isinstance(m, Record))
    return Group(made_by=made_by, members=members, addressed=addressed)


SNAPSHOT: Final = _group(Snapshot)
"""The tree of a whole snapshot."""


def patterns() -> Mapping[str, ValueKind]:
    """
    Return every field of the schema with the kind of its value; ``*`` stands for the key of an item.

    >>> patterns()["pillars.*.themes"].value
    'list of strings'
    """
    return {".".join(path): leaf.kind for path, leaf in _leaves(SNAPSHOT, ())}


def fields_under(group: Group | Items) -> tuple[str, ...]:
    """
    Return the fields of *group*, relative to it, in the order of the schema.

    >>> fields_under(SNAPSHOT.members["constraints"])
    ('taboos', 'risk_boundaries')
    """
    return tuple(".".join(path) for path, _ in _leaves(group, ()))


def _leaves(member: Leaf | Group | Items, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    if isinstance(member, Leaf):
        yield path, member
    elif isinstance(member, Items):
        yield from _leaves(member.item, (*path, "*"))
    else:
        for name, below in member.addressed:
            yield from _leaves(below, (*path, name))
