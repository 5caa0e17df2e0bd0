"""Differences and histories in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from brandbrain.words import as_text, moment_in_column
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.reports import Absent, Change, DiffSummary
from brandbrain_core.model.stored_snapshot import HistoryEntry, Origin


def changes(found: Sequence[Change], labels: Mapping[str, str]) -> Iterator[RenderableType]:
    """
    Yield each changed field with what stood there before and what stands there now.

    Args:
        found: The changes.
        labels: What is shown in place of values that say nothing to people, such as ids of evidence.
    """
    for change in found:
        yield Text(change.path, style="bold")
        table = Table.grid(padding=(0, 1))
        table.add_column(width=3, justify="right")
        table.add_column(ratio=1, overflow="fold")
        for sign, text in _lines(change):
            table.add_row(Text(sign), Text(labels.get(text, text)), style={"-": "red", "+": "green"}.get(sign, "dim"))
        yield table


def history(entries: Sequence[HistoryEntry]) -> Table:
    """Return the versions of a brand, newest first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, justify in (("version", "right"), ("when", "left"), ("made by", "left"), ("what changed", "left")):
        table.add_column(name, justify=justify, no_wrap=name != "what changed")  # type: ignore[arg-type]
    for entry in entries:
        by = "an edit" if entry.origin is Origin.OVERRIDE else "a compile"
        table.add_row(str(entry.version), moment_in_column(entry.created_at), by, what_changed(entry))
    return table


def what_changed(entry: HistoryEntry) -> str:
    """Return what a version changed, in words; an edit may change only what stands behind the values, such as pins."""
    counts = entry.diff_summary
    is_quiet = counts is not None and not (counts.fields_changed or counts.fields_added or counts.fields_removed)
    if is_quiet and entry.origin is Origin.OVERRIDE:
        return "only pins or overrides"
    return summary(counts)


def summary(diff: DiffSummary | None) -> str:
    """
    Return a difference in words; None: there was no version before.

    >>> summary(DiffSummary(fields_changed=2, fields_added=0, fields_removed=1))
    '2 changed, 1 removed'
    """
    if diff is None:
        return "the first version"
    counts = {"changed": diff.fields_changed, "added": diff.fields_added, "removed": diff.fields_removed}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing"


def _lines(change: Change) -> Iterator[tuple[str, str]]:
    before, after = _items(change.before), _items(change.after)
    gone = [item for item in before if item not in after]
    come = [item for item in after if item not in before]
    if not gone and not come:
        gone, come = [", ".join(before)], [", ".join(after)]
    kept = sum(item in after for item in before)
    yield from (("-", item) for item in gone)
    yield from (("+", item) for item in come)
    if kept and (gone != [", ".join(before)]):
        yield "", f"{kept} unchanged"


def _items(value: JsonValue) -> list[str]:
    if isinstance(value, Absent):
        return []
    if isinstance(value, list | tuple):
        return [as_text(item) for item in value]
    return [as_text(value)]
