"""
The merge of what a compiler inferred with what people decided.

Per field an override wins; else, if it is pinned, the value it had when it was pinned; else what was inferred. A merged
snapshot still says what was inferred, so that it can be merged anew with other overrides: `merge` first takes away
whatever an earlier merge put in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final

import attrs

from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies.paths import Node, at_or_above, is_own, item_of, rebuild
from brandbrain_core.policies.schema import SNAPSHOT, Group, Items, Leaf, ValueKind

OWN_CONFIDENCE: Final = 1.0
"""Of a field that rests on a person's word alone."""

KEPT_CONFIDENCE: Final = 0.1
"""Of a field of a kept item that was inferred once and is no longer: as of any field without sources."""

_EMPTY: Final[dict[ValueKind, JsonValue]] = {ValueKind.TEXT: "", ValueKind.TEXTS: (), ValueKind.OBJECT: {}}


def merge(snapshot: Snapshot, overrides: Overrides, *, version: int) -> Snapshot:
    """
    Return *snapshot* as *version*, with *overrides* applied to what was inferred, whatever was applied before.

    An item of a list that only people hold on to is put after those that were proposed, in the order of the keys, and
    says `kept`.

    Args:
        snapshot: A draft, or what an earlier merge made of one.
        overrides: As `overriding.patch` made them: checked and anchored.
    """
    front = _front(overrides)
    base = rebuild(inferred(snapshot), front)
    lists = {
        name: (*getattr(base, name), *_kept_items(name, items, getattr(base, name), overrides, front))
        for name, items in SNAPSHOT.addressed
        if isinstance(items, Items)
    }
    return attrs.evolve(base, version=version, own_fields=_own_fields(overrides, front), **lists)  # type: ignore[arg-type]


def inferred(snapshot: Snapshot) -> Snapshot:
    """Return *snapshot* as the compiler alone would have it: without overrides, pins, kept items and own fields."""
    lists = {
        name: proposed
        for name, items in SNAPSHOT.addressed
        if isinstance(items, Items)
        and (proposed := tuple(item for item in getattr(snapshot, name) if not item.kept)) != getattr(snapshot, name)
    }
    if lists or snapshot.own_fields:
        snapshot = attrs.evolve(snapshot, own_fields={}, **lists)  # type: ignore[arg-type]
    return rebuild(snapshot, _strip)


def inferred_node(node: Node) -> Node | None:
    """Return *node* as the compiler alone would have it; None: it inferred nothing there."""
    if not node.is_fronted:
        return node
    if node.inferred_value is None:
        return None
    return FieldNode(value=node.inferred_value, confidence=node.confidence, sources=node.sources)


def is_pinned(path: str, pins: Collection[str]) -> bool:
    """
    Return whether *path*, or a group above it, is among the *pins*; both are anchored.

    >>> is_pinned("voice.do", {"voice"}), is_pinned("voice.dont", {"voice.do"})
    (True, False)
    """
    return bool(pins) and any(upper in pins for upper in at_or_above(path))


def as_json(value: JsonValue) -> JsonValue:
    """Return the value of a field as JSON has it: a tuple is a list."""
    return list(value) if isinstance(value, tuple) else value


def _strip(_: str, node: Node | None, leaf: Leaf) -> Node | None:
    if node is None:
        return None
    return inferred_node(node) or _nothing(leaf)


def _nothing(leaf: Leaf) -> Node | None:
    """Return what stands where nothing was inferred: only an optional field can be absent."""
    return None if leaf.optional else FieldNode(value=_EMPTY[leaf.kind], confidence=0.0)


def _front(overrides: Overrides) -> Callable[[str, Node | None, Leaf], Node | None]:
    """Return the function that puts override or pin in front of what was inferred at a path."""
    pins = frozenset(overrides.pinned_paths)

    def front(path: str, node: Node | None, leaf: Leaf) -> Node | None:
        override, locked = overrides.values.get(path), is_pinned(path, pins)
        if override is None and not locked:
            return node
        standing = override
        if override is None:
            standing = overrides.pinned_values.get(path, None if node is None else node.value)
        if standing is None:
            return node
        return FieldNode(
            value=tuple(standing) if leaf.kind is ValueKind.TEXTS else standing,
            confidence=OWN_CONFIDENCE if node is None else node.confidence,
            sources=() if node is None else node.sources,
            locked=locked,
            override_value=as_json(override),
            inferred_value=None if node is None else node.value,
        )

    return front


def _kept_items(
    name: str,
    items: Items,
    proposed: Iterable[Any],
    overrides: Overrides,
    front: Callable[[str, Node | None, Leaf], Node | None],
) -> Iterator[Any]:
    """Make the items of the list *name* that people hold on to and nobody proposed."""
    there = {getattr(item, items.key) for item in proposed}
    held = (item_of(path) for path in (*overrides.values, *overrides.pinned_values, *overrides.kept_items))
    for key in sorted({item[1] for item in held if item and item[0] == name} - there):
        fields = _kept_fields(f"{name}.{key}", items.item, overrides, front)
        yield items.item.made_by(**{items.key: key, "kept": True}, **fields)


def _kept_fields(
    path: str, item: Group, overrides: Overrides, front: Callable[[str, Node | None, Leaf], Node | None]
) -> dict[str, Node | None]:
    kept = overrides.kept_items.get(path, {})
    fields: dict[str, Node | None] = {}
    for name, leaf in item.addressed:
        if isinstance(leaf, Leaf):
            node = _kept_node(kept[name], leaf) if name in kept else None
            fields[name] = front(f"{path}.{name}", node, leaf) or _nothing(leaf)
    return fields


def _kept_node(value: JsonValue, leaf: Leaf) -> Node:
    return FieldNode(value=tuple(value) if leaf.kind is ValueKind.TEXTS else value, confidence=KEPT_CONFIDENCE)


def _own_fields(
    overrides: Overrides, front: Callable[[str, Node | None, Leaf], Node | None]
) -> dict[str, FieldNode[JsonValue]]:
    paths = sorted(path for path in {*overrides.values, *overrides.pinned_values} if is_own(path))
    leaf = Leaf(kind=ValueKind.ANY, optional=True)
    return {path: node for path in paths if (node := front(path, None, leaf)) is not None}
