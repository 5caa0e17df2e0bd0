"""
What a person's edit makes of the overrides of a brand: all of it is right, or nothing changes.

An override is a value at a path. A pin freezes the value that its field has at that moment; a pin on a group freezes
every field under it; a pin on what is not there yet freezes it once it is. Of each list item that an override or a pin
touches, what was inferred is put aside, so that the item can outlive the compiler's interest in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import attrs

from brandbrain_core.errors import InvalidOverridePath, InvalidOverrideValue
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.merging import as_json, inferred_node, is_pinned, merge
from brandbrain_core.policies.override_values import check_value
from brandbrain_core.policies.paths import anchor, at_or_above, check_path, is_own, item_of, leaves
from brandbrain_core.policies.schema import SNAPSHOT, Group, Items

MAX_OVERRIDES: Final = 500
"""Overridden fields of one brand."""

MAX_PINS: Final = 500
"""Pinned paths of one brand."""


def patch(
    overrides: Overrides,
    *,
    values: Mapping[str, JsonValue | None] | None = None,
    pinned_paths: Sequence[str] | None = None,
    snapshot: Snapshot | None,
    now: datetime,
) -> Overrides:
    """
    Return *overrides* after an edit; the very same object if the edit changes nothing.

    Args:
        values: Put in by path, each in place of what was there; None takes the override at that path away.
        pinned_paths: Takes the place of all pins; repeated paths count once. None leaves the pins alone.
        snapshot: The newest one of the brand, as people see it: indices count in it, and pins freeze what it says.
        now: Becomes `updated_at`.

    Raises:
        InvalidOverridePath: A path is malformed, or does not go with the others. It names the first such path, as it
            was given: of *values*, then of *pinned_paths*; those wrong by themselves before those that clash.
        InvalidOverrideValue: A value is not of its field's kind.
    """
    edits = _edits(values or {}, overrides, snapshot)
    pins = None if pinned_paths is None else _pins(pinned_paths, snapshot)
    merged = {path: value for path, value in {**overrides.values, **edits}.items() if value is not None}
    candidate = attrs.evolve(overrides, values=merged, pinned_paths=overrides.pinned_paths if pins is None else pins)
    candidate = freeze(candidate, None)
    given = [*(values or ()), *(pinned_paths or ())]
    with _named_as_given({_anchored(path, overrides, snapshot): path for path in reversed(given)}):
        _check_room(candidate, overrides)
        _check_own_fields(candidate, [*(path for path in edits if path in merged), *(pins or ())])
        _check_pillars(candidate, [*edits, *merged], snapshot)
    if snapshot is not None:
        candidate = freeze(candidate, merge(snapshot, candidate, version=snapshot.version))
    return overrides if _content(candidate) == _content(overrides) else attrs.evolve(candidate, updated_at=now)


def freeze(overrides: Overrides, snapshot: Snapshot | None) -> Overrides:
    """
    Return *overrides* with everything put aside that they must outlive, and nothing else.

    Pinned fields keep the value they were frozen at and, where they have none yet, get the one they have now. Touched
    list items that the compiler proposes get their inferred fields put aside, once. Pins and items that are let go are
    forgotten.

    Args:
        snapshot: Merged with these overrides; None: the brand has none yet.
    """
    pins = frozenset(overrides.pinned_paths)
    now = dict(overrides.values) if snapshot is None else {p: as_json(n.value) for p, n in leaves(snapshot).items()}
    values = {**now, **overrides.pinned_values}
    return attrs.evolve(
        overrides,
        pinned_values={path: values[path] for path in sorted(values) if is_pinned(path, pins)},
        kept_items=_kept_items(overrides, snapshot),
    )


def _edits(
    values: Mapping[str, JsonValue | None], overrides: Overrides, snapshot: Snapshot | None
) -> dict[str, JsonValue | None]:
    """Return *values* by anchored path, each checked by itself."""
    edits: dict[str, JsonValue | None] = {}
    for given, value in values.items():
        path = _anchored(given, overrides, snapshot)
        if path in edits:
            raise InvalidOverridePath(given, f"it names the same field as another path of this edit: {path}")
        with _named_as_given({path: given}):
            if value is not None or path not in overrides.values:
                check_path(path)
            if value is not None:
                check_value(path, value)
        edits[path] = as_json(value)
    return edits


def _pins(paths: Iterable[str], snapshot: Snapshot | None) -> tuple[str, ...]:
    """Return *paths* anchored and checked, each once, in the order given."""
    anchored: dict[str, None] = {}
    for given in paths:
        path = anchor(given, snapshot)
        with _named_as_given({path: given}):
            check_path(path, pin=True)
        anchored[path] = None
    return tuple(anchored)


def _anchored(given: str, overrides: Overrides, snapshot: Snapshot | None) -> str:
    """Return *given* anchored; a stored path is, even where an index of that name has come to mean nothing."""
    return given if given in overrides.values else anchor(given, snapshot)


@contextmanager
def _named_as_given(names: Mapping[str, str]) -> Iterator[None]:
    """Let errors name a path as it was given; *names* has the given paths by anchored ones."""
    try:
        yield
    except (InvalidOverridePath, InvalidOverrideValue) as refused:
        raise type(refused)(names.get(refused.path, refused.path), refused.why) from None


def _check_room(overrides: Overrides, before: Overrides) -> None:
    """Check the bounds of a brand; what is over a bound already may stay and shrink."""
    added = [path for path in overrides.values if path not in before.values]
    if added and len(overrides.values) > MAX_OVERRIDES:
        raise InvalidOverridePath(added[-1], f"a brand has at most {MAX_OVERRIDES} overrides")
    pins = [path for path in overrides.pinned_paths if path not in before.pinned_paths]
    if pins and len(overrides.pinned_paths) > MAX_PINS:
        raise InvalidOverridePath(pins[-1], f"a brand has at most {MAX_PINS} pins")


def _check_own_fields(overrides: Overrides, edited: Iterable[str]) -> None:
    """Check that no field of the user's own stands below another."""
    own = {path for path in {*overrides.values, *overrides.pinned_values} if is_own(path)}
    groups = {upper for path in own for upper in at_or_above(path)[:-1]}
    for path in edited:
        upper = next((upper for upper in at_or_above(path)[:-1] if upper in own), None)
        if upper is not None:
            raise InvalidOverridePath(path, f"{upper} is a field, so nothing can stand below it")
        if path in own and path in groups:
            raise InvalidOverridePath(path, "there are fields below it, so it cannot be a field itself")


def _check_pillars(overrides: Overrides, touched: Iterable[str], snapshot: Snapshot | None) -> None:
    """Check that each overridden pillar has a name: a proposed one, one put aside, or one given by a person."""
    held = [*overrides.values, *overrides.pinned_values]
    proposed = () if snapshot is None else (pillar.id for pillar in snapshot.pillars if not pillar.kept)
    named = {f"pillars.{key}" for key in proposed} | {path.removesuffix(".name") for path in held}
    nameless = {".".join(item) for path in overrides.values if (item := item_of(path)) and item[0] == "pillars"}
    nameless -= named | overrides.kept_items.keys()
    for path in touched if nameless else ():
        pillar = ".".join(item_of(path) or ())
        if pillar in nameless:
            raise InvalidOverridePath(path, f"{pillar} would be a pillar without a name; override {pillar}.name too")


def _content(overrides: Overrides) -> str:
    """Return what tells two edits apart, as text: for Python 1, 1.0 and true are equal, for JSON they are not."""
    return canonical([overrides.values, overrides.pinned_paths, overrides.pinned_values, overrides.kept_items])


def _kept_items(overrides: Overrides, snapshot: Snapshot | None) -> dict[str, Mapping[str, JsonValue]]:
    pins = frozenset(overrides.pinned_paths)
    held = {".".join(item) for path in (*overrides.values, *pins) if (item := item_of(path))}
    proposed = {} if snapshot is None else dict(_proposed_items(snapshot))
    kept = {**proposed, **overrides.kept_items}
    return {path: kept[path] for path in sorted(kept) if path in held or is_pinned(path, pins)}


def _proposed_items(snapshot: Snapshot) -> Iterator[tuple[str, Mapping[str, JsonValue]]]:
    """Yield each list item that the compiler proposes, by path, with its inferred values by name."""
    for name, items in SNAPSHOT.addressed:
        if isinstance(items, Items):
            for item in getattr(snapshot, name):
                if not item.kept:
                    yield f"{name}.{getattr(item, items.key)}", _inferred_values(items.item, item)


def _inferred_values(group: Group, item: object) -> Mapping[str, JsonValue]:
    nodes = {name: getattr(item, name) for name, _ in group.addressed}
    found = {name: inferred_node(node) for name, node in nodes.items() if node is not None}
    return {name: as_json(node.value) for name, node in found.items() if node is not None}
