"""Strategies for snapshots as a compiler infers them, and for the edits that people make of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st

from brandbrain_core.errors import InvalidOverridePath
from brandbrain_core.ids import BrandId, EvidenceId
from brandbrain_core.model.fields import FieldNode, FieldSource, SourceType
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.snapshot import (
    Constraints,
    EvidenceSummary,
    Examples,
    Meta,
    Pillar,
    PlatformProfile,
    Positioning,
    SectionConfidence,
    Snapshot,
    SynthesizerInfo,
    Voice,
)
from brandbrain_core.policies.overriding import patch
from brandbrain_core.policies.paths import PROFILE_PLATFORMS, leaves
from brandbrain_core.policies.schema import ValueKind, patterns

BRAND: Final = BrandId(UUID(int=1))
"""The brand of the generated overrides."""

PILLARS: Final = ("craft", "people", "2024", "0", "harbour-days", "Ünique")
"""The keys of the generated pillars; some look like an index."""

words: st.SearchStrategy[str] = st.sampled_from(
    [
        "sail",
        "Sail",
        "sails ",
        "0",
        "true",
        "null",
        "größer",
        "gro\u0308ßer",
        "帆",
        "⛵\ufe0f",
        '"',
        "\\",
        "\x7f",
        "a.b",
        "\n.",
    ]
)
"""Texts that are not blank; few, so that they are often equal, and each odd in its own way."""

lists: st.SearchStrategy[tuple[str, ...]] = st.lists(words, max_size=3).map(tuple)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
evidence_ids = st.uuids().map(EvidenceId)

scalars: st.SearchStrategy[JsonValue] = st.sampled_from([None, False, True, 0, 1, -7, 0.5, 1.0, 1e300]) | words
_flat = scalars | st.lists(scalars, max_size=2)
json_values: st.SearchStrategy[JsonValue] = _flat | st.dictionaries(words, _flat, max_size=2)
"""What JSON can hold, null included."""

json_objects = st.dictionaries(words, json_values, max_size=3)

sources = st.sampled_from([(), *(((FieldSource(type=kind, id=f"{kind} 1")),) for kind in SourceType)])

own_paths = st.sampled_from(
    [
        "tagline",
        "campaign.slogan",
        "campaign.dates.start",
        "campaign",
        "positioning.tagline",
        "pillars.craft.owner",
        "pillars.harbour-days.budget.eur",
        "platform_profiles.x.note",
        "meta.reviewed_by",
        "examples.favourite",
    ]
)
"""Paths outside the schema; some lie within others."""


def nodes(values: st.SearchStrategy[Any]) -> st.SearchStrategy[FieldNode[Any]]:
    """Return a strategy for inferred fields with one of *values*."""
    return st.builds(
        FieldNode,
        value=values,
        confidence=st.sampled_from([0.0, 0.1, 0.45, 1.0]),
        sources=sources,
    )


texts_nodes = nodes(lists)
text_nodes = nodes(words)


def _pillars(keys: list[str]) -> st.SearchStrategy[tuple[Pillar, ...]]:
    return st.tuples(
        *(
            st.builds(Pillar, id=st.just(key), name=text_nodes, description=text_nodes, themes=texts_nodes)
            for key in keys
        )
    )


def _profiles(platforms: list[str]) -> st.SearchStrategy[tuple[PlatformProfile, ...]]:
    return st.tuples(
        *(
            st.builds(
                PlatformProfile,
                platform=st.just(platform),
                rules=st.none() | nodes(json_objects),
                tone_adjustment=st.none() | text_nodes,
                hashtag_strategy=st.none() | text_nodes,
                posting_cadence=st.none() | text_nodes,
                content_types=st.none() | texts_nodes,
            )
            for platform in platforms
        )
    )


metas = st.builds(
    Meta,
    compiled_at=moments,
    evidence_summary=st.builds(
        EvidenceSummary,
        total_count=st.integers(0, 999),
        by_platform=st.dictionaries(st.sampled_from(PROFILE_PLATFORMS), st.integers(0, 999), max_size=2),
    ),
    missing_inputs=lists,
    missing_input_codes=lists,
    confidence_summary=st.dictionaries(
        st.sampled_from(["positioning", "voice"]),
        st.builds(
            SectionConfidence, confidence=st.just(0.5), band=st.just("medium"), rules=st.just({"voice.do": "captions"})
        ),
    ),
    content_goal=text_nodes,
    priority_platforms=texts_nodes,
    web_key_pages=lists,
    proof_library=st.lists(json_values, max_size=2).map(tuple),
    synthesizer=st.builds(
        SynthesizerInfo,
        id=st.just("rules"),
        model=st.none() | words,
        prompt_version=st.just("1"),
        degraded=st.booleans(),
    ),
)

snapshots: st.SearchStrategy[Snapshot] = st.builds(
    Snapshot,
    version=st.integers(1, 50),
    positioning=st.builds(
        Positioning,
        what_we_do=text_nodes,
        who_for=text_nodes,
        differentiators=texts_nodes,
        proof_types=texts_nodes,
    ),
    voice=st.builds(
        Voice,
        tone_tags=texts_nodes,
        do=texts_nodes,
        dont=texts_nodes,
        cta_policy=text_nodes,
        emoji_policy=text_nodes,
    ),
    pillars=st.lists(st.sampled_from(PILLARS), unique=True, max_size=3).flatmap(_pillars),
    constraints=st.builds(Constraints, taboos=texts_nodes, risk_boundaries=texts_nodes),
    platform_profiles=st.lists(st.sampled_from(PROFILE_PLATFORMS), unique=True, max_size=2).flatmap(_profiles),
    examples=st.builds(Examples, canonical_evidence=st.lists(evidence_ids, max_size=2).map(tuple), user_examples=lists),
    meta=metas,
    own_fields=st.just({}),
)
"""Snapshots as a compiler infers them: no overrides, pins, kept items or own fields."""

_VALUES: Final[dict[ValueKind, st.SearchStrategy[JsonValue]]] = {
    ValueKind.TEXT: words,
    ValueKind.TEXTS: lists.map(list),
    ValueKind.OBJECT: json_objects,
    ValueKind.ANY: json_values.filter(lambda value: value is not None),
}


@st.composite
def schema_paths(draw: st.DrawFn) -> str:
    """Return a strategy for anchored paths of the schema, of items that may or may not be there."""
    pattern = draw(st.sampled_from(sorted(patterns())))
    if pattern.startswith("pillars."):
        return pattern.replace("*", draw(st.sampled_from([*PILLARS, "new"])))
    return pattern.replace("*", draw(st.sampled_from(PROFILE_PLATFORMS)))


@st.composite
def edits(draw: st.DrawFn, *, removals: bool = False) -> tuple[str, JsonValue]:
    """
    Return a strategy for one path and a value that may stand there; with *removals* sometimes None.

    The two are right by themselves; they may clash with others, and the path may be that of a pillar without a name.
    """
    if draw(st.booleans()):
        path = draw(schema_paths())
        kind = next(kind for pattern, kind in patterns().items() if _matches(path, pattern))
    else:
        path, kind = draw(own_paths), ValueKind.ANY
    return path, draw(st.none() | _VALUES[kind] if removals else _VALUES[kind])


pin_paths = schema_paths() | own_paths | st.sampled_from(["voice", "meta", "pillars", "pillars.craft", "examples"])
"""Paths that may be pinned, of fields and of groups."""


@st.composite
def overrides(draw: st.DrawFn, snapshot: Snapshot | None) -> Overrides:
    """Return a strategy for overrides and pins that were made one by one, with *snapshot* as the newest."""
    made = Overrides(brand_id=BRAND)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    changes = draw(st.lists(edits(), max_size=5))
    pins = draw(st.lists(pin_paths | _existing(snapshot), max_size=4))
    for path, value in changes:
        made = _unless_refused(made, {path: value}, None, snapshot, now)
    for path in pins:
        made = _unless_refused(made, None, [*made.pinned_paths, path], snapshot, now)
    return made


def _existing(snapshot: Snapshot | None) -> st.SearchStrategy[str]:
    return st.nothing() if snapshot is None else st.sampled_from(sorted(leaves(snapshot)))


def _unless_refused(
    made: Overrides,
    values: dict[str, JsonValue] | None,
    pins: list[str] | None,
    snapshot: Snapshot | None,
    now: datetime,
) -> Overrides:
    try:
        return patch(made, values=values, pinned_paths=pins, snapshot=snapshot, now=now)
    except InvalidOverridePath:
        return made


def _matches(path: str, pattern: str) -> bool:
    pairs = zip(path.split("."), pattern.split("."), strict=False)
    return path.count(".") == pattern.count(".") and all(want in ("*", part) for part, want in pairs)
