"""A field in a terminal: its value, and below it how sure it is, on what ground, and who stands in front of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from brandbrain.words import BAND_STYLE, as_text, counted, grounds, rule_in_words
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonValue
from brandbrain_core.policies.confidence import band

_INLINE: Final = 28
"""A list whose items are no longer than this is shown on one line."""

_NAME_WIDTH: Final = 20
_NOTHING: Final = ("(none)", "(empty)")
_SHORT: Final = 60
_ANSWERED: Final = ("_from_answer", "pillars_seeded")


def grid() -> Table:
    """Return a table of names and what is said under them."""
    table = Table.grid(padding=(0, 2), pad_edge=False)
    table.add_column(width=_NAME_WIDTH, no_wrap=True, overflow="ellipsis")
    table.add_column(ratio=1, overflow="fold")
    table.expand = True
    return table


def add_field(table: Table, name: str, node: FieldNode[JsonValue], rule: str | None) -> None:
    """Add a field to a `grid`."""
    table.add_row(Text(f"  {name}"), Group(value_of(node.value), about(node, rule)))


def value_of(value: JsonValue) -> RenderableType:
    """Return a value as people read it: short lists on one line, long ones one item a line."""
    if isinstance(value, list | tuple) and any(len(as_text(item)) > _INLINE for item in value):
        return bullets([as_text(item) for item in value])
    if isinstance(value, dict) and value:
        return bullets([f"{name}: {as_text(member)}" for name, member in value.items()])
    text = as_text(value)
    return Text(text, style="dim italic" if text in _NOTHING else "")


def value_line(value: JsonValue) -> Text:
    """Return a value on one line."""
    text = " ".join(as_text(value).split())
    return Text(text, style="dim italic" if text in _NOTHING else "")


def bullets(lines: Sequence[str]) -> RenderableType:
    """Return lines as a list, each wrapped behind its bullet."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(ratio=1, overflow="fold")
    for line in lines:
        table.add_row("·", Text(line))
    return table


def about(node: FieldNode[JsonValue], rule: str | None) -> Text:
    """Return one line about a field: confidence, ground, rule; before them, who stands in front of it."""
    parts: list[Text] = []
    if node.override_value is not None:
        parts.append(Text("overridden", style="bold magenta"))
    if node.locked:
        parts.append(Text("pinned", style="bold cyan"))
    if node.is_fronted:
        inferred = "nothing" if node.inferred_value is None else shortened(as_text(node.inferred_value))
        parts.append(Text(f"the compiler says: {inferred}", style="dim"))
    parts.append(confidence(node.confidence))
    ground = grounds(node)
    if ground != "no source":
        parts.append(Text(ground, style="dim"))
    if rule is not None and not rule.endswith(_ANSWERED):
        parts.append(Text(rule_in_words(rule, node), style="dim"))
    return Text(" · ", style="dim").join(parts)


def standing(node: FieldNode[JsonValue]) -> Text:
    """Return how a field stands, in a word or two: overridden, pinned, or its confidence."""
    if node.override_value is not None:
        return Text("overridden", style="bold magenta")
    return Text("pinned", style="bold cyan") if node.locked else confidence(node.confidence)


def confidence(number: float) -> Text:
    """Return a confidence with its band, in the band's colour."""
    name = band(number)
    return Text(f"{name.replace('_', ' ')} {number:.2f}", style=BAND_STYLE[name])


def shortened(text: str, limit: int = _SHORT) -> str:
    """
    Return a text cut to a length, at a word.

    >>> shortened("one two three", 9)
    'one two …'
    """
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return f"{line[: limit - 1].rsplit(' ', 1)[0]} …"


def more_of(number: int, shown: int) -> str:
    """
    Return how many more there are than were shown.

    >>> more_of(12, 10)
    'and 2 more'
    """
    return f"and {counted(number - shown, 'more', 'more')}"
