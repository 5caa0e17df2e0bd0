"""A whole snapshot in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from brandbrain.views.nodes import add_field, bullets, confidence, grid, standing, value_line
from brandbrain.words import as_text, counted, moment
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.snapshot import Meta, Section, Snapshot
from brandbrain_core.model.stored_snapshot import Origin, StoredSnapshot
from brandbrain_core.policies.paths import item_of, leaves

_TITLES = {
    Section.POSITIONING: "Positioning",
    Section.VOICE: "Voice",
    Section.PILLARS: "Pillars",
    Section.CONSTRAINTS: "Constraints",
    Section.PLATFORM_PROFILES: "Platforms",
    Section.META: "Goals",
}

_ITEMS = {Section.PILLARS: "pillar", Section.PLATFORM_PROFILES: "platform"}
_MAIN = {
    "what we do": "positioning.what_we_do",
    "who for": "positioning.who_for",
    "tone": "voice.tone_tags",
    "calls to action": "voice.cta_policy",
    "emoji": "voice.emoji_policy",
    "taboos": "constraints.taboos",
}


def whole(brand_name: str, stored: StoredSnapshot, snapshot: Snapshot) -> Iterator[RenderableType]:
    """Yield everything that a snapshot says, section by section."""
    yield from head(brand_name, stored, snapshot)
    nodes = leaves(snapshot)
    for section in Section:
        yield Text()
        yield _title(section, snapshot.meta)
        yield _fields(section, nodes, snapshot)
    if snapshot.own_fields:
        yield Text()
        yield Text("Your own fields", style="bold")
        table = grid()
        for path, node in sorted(snapshot.own_fields.items()):
            add_field(table, path, node, None)
        yield table
    yield from _examples(snapshot)
    yield from missing(snapshot)


def summary(brand_name: str, stored: StoredSnapshot, snapshot: Snapshot) -> Iterator[RenderableType]:
    """Yield the heart of a snapshot: a line for each section's main fields."""
    yield from head(brand_name, stored, snapshot)
    yield Text()
    nodes = leaves(snapshot)
    table = Table.grid(padding=(0, 2))
    table.expand = True
    table.add_column(no_wrap=True, width=15)
    table.add_column(ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column(no_wrap=True, width=13)
    for label, path in _MAIN.items():
        table.add_row(label, value_line(nodes[path].value), standing(nodes[path]))
    pillars = snapshot.meta.confidence_summary.get(Section.PILLARS)
    names = [pillar.name.value for pillar in snapshot.pillars]
    table.add_row("pillars", value_line(names), confidence(pillars.confidence) if pillars else Text())
    table.add_row("platforms", value_line([profile.platform for profile in snapshot.platform_profiles]), Text())
    yield table


def head(brand_name: str, stored: StoredSnapshot, snapshot: Snapshot) -> Iterator[RenderableType]:
    """Yield whose snapshot it is, which version, made when and of what."""
    meta = snapshot.meta
    yield Text(brand_name, style="bold")
    made = "edited" if stored.origin is Origin.OVERRIDE else "compiled"
    drafter = f"drafted by {meta.synthesizer.id}" + (f" ({meta.synthesizer.model})" if meta.synthesizer.model else "")
    line = Text(f"version {stored.version} · {made} {moment(stored.created_at)} · {drafter}", style="dim")
    if meta.synthesizer.degraded:
        line.append(" · degraded: a better synthesizer failed", style="bold red")
    yield line
    yield Text(evidence_line(meta), style="dim")


def evidence_line(meta: Meta) -> str:
    """Return how much evidence was chosen, by platform."""
    summary = meta.evidence_summary
    by_platform = ", ".join(f"{count} {name}" for name, count in sorted(summary.by_platform.items()) if count)
    chosen = f"evidence chosen: {counted(summary.total_count, 'item', 'items')}"
    return f"{chosen} ({by_platform})" if by_platform else chosen


def missing(snapshot: Snapshot) -> Iterator[RenderableType]:
    """Yield what would make the snapshot surer."""
    if snapshot.meta.missing_inputs:
        yield Text()
        yield Text("What would make this surer", style="bold")
        yield _indented(bullets(snapshot.meta.missing_inputs))


def _title(section: Section, meta: Meta) -> Text:
    title = Text(_TITLES[section], style="bold")
    summary = meta.confidence_summary.get(section)
    if summary is not None:
        title = Text("  ").join([title, confidence(summary.confidence)])
    return title


def _fields(section: Section, nodes: Mapping[str, FieldNode[JsonValue]], snapshot: Snapshot) -> Table:
    table = grid()
    summary = snapshot.meta.confidence_summary.get(section)
    rules = summary.rules if summary else {}
    item: str | None = None
    kept = _kept(snapshot)
    for path, node in nodes.items():
        if path in snapshot.own_fields or path.split(".", 1)[0] != section:
            continue
        found = item_of(path)
        if found is not None and found[1] != item:
            item = found[1]
            mark = (" kept for a person's sake", "bold magenta") if found in kept else ""
            table.add_row(f"  {_ITEMS[section]}", Text.assemble((".".join(found), "underline"), mark))
        name = path.split(".")[-1]
        add_field(table, f"  {name}" if found else name, node, rules.get(path))
    if not table.row_count:
        table.add_row(Text("  (none)", style="dim italic"), "")
    return table


def _kept(snapshot: Snapshot) -> set[tuple[str, str]]:
    return {("pillars", pillar.id) for pillar in snapshot.pillars if pillar.kept} | {
        ("platform_profiles", profile.platform) for profile in snapshot.platform_profiles if profile.kept
    }


def _examples(snapshot: Snapshot) -> Iterator[RenderableType]:
    lists = {
        "Examples the brand named": [as_text(example) for example in snapshot.examples.user_examples],
        "Key pages": list(snapshot.meta.web_key_pages),
        "Proof": [_claim(claim) for claim in snapshot.meta.proof_library],
    }
    for title, lines in lists.items():
        if lines:
            yield Text()
            yield Text(title, style="bold")
            yield _indented(bullets(lines))
    if snapshot.examples.canonical_evidence:
        yield Text()
        shown = counted(len(snapshot.examples.canonical_evidence), "item", "items")
        yield Text.assemble(("Examples from the evidence", "bold"), (f"  {shown}", "dim"))


def _claim(claim: JsonValue) -> str:
    if isinstance(claim, Mapping) and claim.get("support"):
        return f"{claim.get('claim')} ({claim['support']})"
    return as_text(claim.get("claim")) if isinstance(claim, Mapping) else as_text(claim)


def _indented(what: RenderableType) -> Table:
    table = Table.grid(padding=(0, 0))
    table.add_column(width=2)
    table.add_column(ratio=1)
    table.add_row("", what)
    return table
