"""Why a field says what it says, down to the quoted evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from brandbrain.views.nodes import confidence, value_of
from brandbrain.words import counted, day, grounds, rule_in_words
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.fields import SourceType
from brandbrain_core.questions import BY_ID
from brandbrain_core.services.snapshots import Explanation

QUOTED: Final = 240
"""So many characters of an item are quoted."""


def explanation(why: Explanation) -> Iterator[RenderableType]:
    """Yield a field, its value and confidence, the rule in words, and every cited item, quoted."""
    node = why.node
    yield Text(why.path, style="bold")
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_row("  value", value_of(node.value))
    if node.override_value is not None:
        table.add_row("", Text("a person overrode it", style="bold magenta"))
    if node.locked:
        table.add_row("", Text("pinned: it stays until it is unpinned", style="bold cyan"))
    if node.is_fronted:
        inferred = Text("nothing", style="dim") if node.inferred_value is None else value_of(node.inferred_value)
        table.add_row("  the compiler says", inferred)
    table.add_row("  confidence", confidence(node.confidence))
    table.add_row("  because", Text(rule_in_words(why.rule, node)))
    table.add_row("  rests on", Text(grounds(node)))
    for source in node.sources:
        if source.type is SourceType.ANSWER:
            label = BY_ID[source.id].label if source.id in BY_ID else source.id
            table.add_row("", Text(f"{source.id}: {label}", style="dim"))
    yield table
    if why.evidence:
        yield Text()
        yield Text("Evidence", style="bold")
        yield _items(why.evidence)
    if why.missing:
        yield Text(f"  {counted(len(why.missing), 'item is', 'items are')} gone since", style="dim")


def _items(items: tuple[EvidenceItem, ...]) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", width=4)
    table.add_column(ratio=1, overflow="fold")
    for number, item in enumerate(items, 1):
        table.add_row(f"{number}.", Group(*_item(item)))
    return table


def _item(item: EvidenceItem) -> Iterator[Text]:
    author = f" · {item.author_ref}" if item.author_ref else ""
    yield Text(f"{item_title(item)}{author}")
    yield Text(item.canonical_url, style="blue")
    quote = quoted(item)
    yield Text(f"“{quote}”" if quote else "(no text)", style="italic" if quote else "dim")


def item_title(item: EvidenceItem) -> str:
    """Return what an item is and of when: ``instagram post · 2 Jan 2026``."""
    when = day(item.published_at) if item.published_at else "undated"
    return f"{item.platform} {item.content_type.split('_')[-1]} · {when}"


def quoted(item: EvidenceItem) -> str:
    """Return the beginning of what an item says; where it has no text of its own, of its transcript or title."""
    text = " ".join((item.text_primary or item.transcript or item.title or "").split())
    if len(text) <= QUOTED:
        return text
    return text[:QUOTED].rsplit(" ", 1)[0] + " …"
