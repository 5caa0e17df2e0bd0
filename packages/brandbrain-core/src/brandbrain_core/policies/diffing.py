"""
What differs between two snapshots, as people see them: by the effective value of each leaf.

Bookkeeping (ids, counts, times, confidence, sources, pins) is no leaf. Values are compared as JSON: to Python ``1``,
``1.0`` and ``True`` are equal, to a reader of the document they are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from brandbrain_core.errors import DiffMismatch
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.reports import ABSENT, Change, DiffSummary
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.merging import as_json
from brandbrain_core.policies.paths import leaves

_SIMPLE: Final = (str, bool, type(None))


def effective(snapshot: Snapshot) -> Mapping[str, JsonValue]:
    """Return the value that counts of every leaf of *snapshot*, by anchored path, as JSON has it."""
    values = {path: as_json(node.value) for path, node in leaves(snapshot).items()}
    values["examples.canonical_evidence"] = [str(item) for item in snapshot.examples.canonical_evidence]
    values["examples.user_examples"] = list(snapshot.examples.user_examples)
    values["meta.web_key_pages"] = list(snapshot.meta.web_key_pages)
    values["meta.proof_library"] = list(snapshot.meta.proof_library)
    return values


def diff(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> tuple[Change, ...]:
    """
    Return what makes *after* of *before*, sorted by path; both are as `effective` gives them.

    >>> [(change.path, change.after) for change in diff({"a": 1, "b": 2}, {"a": 1, "b": 3})]
    [('b', 3)]
    """
    return tuple(
        Change(path=path, before=old, after=new)
        for path in sorted(before.keys() | after.keys())
        if not _same(old := before.get(path, ABSENT), new := after.get(path, ABSENT))
    )


def diff_snapshots(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Return the `diff` of the effective values of two snapshots."""
    return diff(effective(before), effective(after))


def apply(changes: Sequence[Change], view: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """
    Return *view* with *changes* made: ``apply(diff(a, b), a) == b``.

    Raises:
        DiffMismatch: At a changed path, *view* is not what the changes were made from; it names the first.
    """
    result = dict(view)
    for change in changes:
        if not _same(result.pop(change.path, ABSENT), change.before):
            raise DiffMismatch(change.path)
        if change.after is not ABSENT:
            result[change.path] = change.after
    return result


def summarise(changes: Sequence[Change]) -> DiffSummary:
    """Return how many leaves changed, came and went."""
    added = sum(change.before is ABSENT for change in changes)
    removed = sum(change.after is ABSENT for change in changes)
    return DiffSummary(fields_changed=len(changes) - added - removed, fields_added=added, fields_removed=removed)


def _same(one: JsonValue, other: JsonValue) -> bool:
    if one is other:
        return True
    if one is ABSENT or other is ABSENT or type(one) is not type(other):
        return False
    if isinstance(one, _SIMPLE) or one != other:
        return bool(one == other)
    return canonical(one) == canonical(other)
