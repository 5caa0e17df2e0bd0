"""What a snapshot should say, worked out plainly from its JSON: fields, overrides, pins, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

KEYS: Final = {"pillars": "id", "platform_profiles": "platform"}
"""Lists of things with identity, and the member that tells them apart."""

WHOLE: Final = ("examples.canonical_evidence", "examples.user_examples", "meta.web_key_pages", "meta.proof_library")
"""Lists that are compared as one field, though nobody can override them."""

Values = dict[str, Any]
"""Values by path."""


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are the same JSON: 1, 1.0 and true are three different ones."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def dumped(body: Any) -> bytes:
    """Return JSON as it is sent."""
    return json.dumps(body).encode()


def nodes(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every FieldNode of a snapshot's JSON with its path."""
    for name, member in document.items():
        path = f"{prefix}{name}"
        if name in KEYS and isinstance(member, list):
            for item in member:
                yield from nodes(item, f"{path}.{item[KEYS[name]]}.")
        elif isinstance(member, dict) and "value" in member and "confidence" in member:
            yield path, member
        elif isinstance(member, dict):
            yield from nodes(member, f"{path}.")


def shown(document: Mapping[str, Any]) -> Values:
    """Return the value that counts of every field."""
    return {path: node["value"] for path, node in nodes(document)}


def inferred(document: Mapping[str, Any]) -> Values:
    """Return what the compiler alone would have said, without items that only people keep."""
    proposed = {key: [item for item in document[key] if not item.get("kept")] for key in KEYS}
    found: Values = {}
    for path, node in nodes({**document, **proposed}):
        if node["locked"] or node["override_value"] is not None:
            if "inferred_value" in node:
                found[path] = node["inferred_value"]
        else:
            found[path] = node["value"]
    return found


def compared(document: Mapping[str, Any]) -> Values:
    """Return everything in which two versions can differ."""
    whole = {path: document[path.split(".")[0]].get(path.split(".")[1], []) for path in WHOLE}
    return shown(document) | whole


def difference(before: Values, after: Values) -> list[dict[str, Any]]:
    """Return the changes from one version to another, by path."""
    changes = []
    for path in sorted(before.keys() | after.keys()):
        sides = {name: side[path] for name, side in (("before", before), ("after", after)) if path in side}
        if len(sides) == 1 or not same(sides["before"], sides["after"]):
            changes.append({"path": path, **sides})
    return changes


def summary(changes: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many fields changed, came and went."""
    added = sum("before" not in change for change in changes)
    removed = sum("after" not in change for change in changes)
    return {"fields_changed": len(changes) - added - removed, "fields_added": added, "fields_removed": removed}


def pillar_of(path: str) -> str | None:
    """Return the path of the pillar that *path* names or leads into."""
    parts = path.split(".")
    return ".".join(parts[:2]) if parts[0] == "pillars" and len(parts) > 1 else None


@attrs.define
class Decisions:
    """
    What people decided about a brand.

    Attributes:
        frozen: The values that pins froze, by path.
        kept: By path of a pillar that a decision touches: what was inferred of it when it first was.
    """

    values: Values = attrs.field(factory=dict)
    pins: list[str] = attrs.field(factory=list)
    frozen: Values = attrs.field(factory=dict)
    kept: dict[str, Values] = attrs.field(factory=dict)

    def is_pinned(self, path: str) -> bool:
        """Tell whether the path or a group above it is pinned."""
        return any(path == pin or path.startswith(f"{pin}.") for pin in self.pins)

    def effective(self, said: Values) -> Values:
        """Return what a snapshot shows where the compiler said this: override, else pin, else what was said."""
        proposed = {pillar_of(path) for path in said}
        kept = [fields for pillar, fields in self.kept.items() if pillar not in proposed]
        result = dict(said)
        for layer in (*kept, self.frozen, self.values):
            result |= layer
        return result

    def freeze(self, said: Values | None) -> None:
        """Let pins take the values that stand now, keep pillars that are touched, and forget what was let go."""
        standing = self.values if said is None else self.effective(said)
        standing = {**standing, **self.frozen}
        self.frozen = {path: value for path, value in standing.items() if self.is_pinned(path)}
        proposed: dict[str, Values] = {}
        for path, value in (said or {}).items():
            if (pillar := pillar_of(path)) is not None:
                proposed.setdefault(pillar, {})[path] = value
        touched = {pillar_of(path) for path in (*self.values, *self.pins)}
        known = {**proposed, **self.kept}
        self.kept = {pillar: fields for pillar, fields in known.items() if pillar in touched or self.is_pinned(pillar)}

    def changed(self, edits: Values, pins: list[str] | None) -> bool:
        """Put edits in (None takes away), replace the pins; return whether that changed anything."""
        values = {path: value for path, value in {**self.values, **edits}.items() if value is not None}
        wanted = self.pins if pins is None else list(dict.fromkeys(pins))
        if same(values, self.values) and wanted == self.pins:
            return False
        self.values, self.pins = values, wanted
        return True
