"""How fields of a snapshot are addressed, and which values may stand there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.errors import InvalidOverridePath, InvalidOverrideValue
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies import override_values, paths
from brandbrain_core.policies.merging import merge
from brandbrain_core.policies.paths import anchor, check_path, item_of, leaves, rebuild, value_type, with_leaves
from brandbrain_core.policies.schema import SNAPSHOT, ValueKind, fields_under, patterns
from brandbrain_core.testing import snapshots as build
from brandbrain_core.testing.strategies import snapshots as some


def test_every_field_of_the_classes_is_addressable() -> None:
    """The patterns are exactly the FieldNodes that the classes of the snapshot declare."""
    expected = {
        "positioning.what_we_do": "string",
        "positioning.who_for": "string",
        "positioning.differentiators": "list of strings",
        "positioning.proof_types": "list of strings",
        "voice.tone_tags": "list of strings",
        "voice.do": "list of strings",
        "voice.dont": "list of strings",
        "voice.cta_policy": "string",
        "voice.emoji_policy": "string",
        "pillars.*.name": "string",
        "pillars.*.description": "string",
        "pillars.*.themes": "list of strings",
        "constraints.taboos": "list of strings",
        "constraints.risk_boundaries": "list of strings",
        "platform_profiles.*.rules": "object",
        "platform_profiles.*.tone_adjustment": "string",
        "platform_profiles.*.hashtag_strategy": "string",
        "platform_profiles.*.posting_cadence": "string",
        "platform_profiles.*.content_types": "list of strings",
        "meta.content_goal": "string",
        "meta.priority_platforms": "list of strings",
    }

    assert expected == {pattern: kind.value for pattern, kind in patterns().items()}


def test_fields_of_the_lists_are_named_with_a_wildcard() -> None:
    """What stands under a list is told apart by a key, which the schema leaves open."""
    assert ("*.name", "*.description", "*.themes") == fields_under(SNAPSHOT.members["pillars"])  # type: ignore[arg-type]


@given(st.data())
def test_leaves_are_the_nodes_of_the_document(data: st.DataObject) -> None:
    """Every object with a value and a confidence in the JSON of a snapshot is a leaf at its path; nothing else is."""
    snapshot = data.draw(some.snapshots)
    merged = merge(snapshot, data.draw(some.overrides(snapshot)), version=1)

    expected = sorted(_node_paths(wire.unstructure(merged), ()))

    assert expected == sorted(leaves(merged))


def test_leaves_come_in_the_order_of_the_schema() -> None:
    """The order is that of the classes and of the items, whatever the mapping of own fields says."""
    snapshot = build.snapshot(pillars=("people", "craft"), platforms=())
    snapshot = attrs.evolve(snapshot, own_fields={"z": build.field(1), "a": build.field(2)})

    names = [path for path in leaves(snapshot) if path.endswith(".name")]

    assert ["pillars.people.name", "pillars.craft.name"] == names
    assert ["meta.priority_platforms", "a", "z"] == list(leaves(snapshot))[-3:]


@given(some.snapshots)
def test_putting_back_what_was_read_changes_nothing(snapshot: Snapshot) -> None:
    """Leaves, and a rebuild with them, are inverse; the result is even the same object."""
    assert snapshot is with_leaves(snapshot, leaves(snapshot))


def test_a_rebuild_reaches_absent_optional_fields() -> None:
    """A field that the profile lacks can be filled, and one that it has can be emptied."""
    snapshot = build.snapshot(platforms=("web", "instagram"))
    filled: FieldNode[JsonValue] = build.field("dry")

    def slot(path: str, node: paths.Node | None, _: Any) -> paths.Node | None:
        return {
            "platform_profiles.web.tone_adjustment": filled,
            "platform_profiles.instagram.hashtag_strategy": None,
        }.get(path, node)

    web, instagram = rebuild(snapshot, slot).platform_profiles

    assert (filled, None) == (web.tone_adjustment, instagram.hashtag_strategy)
    assert snapshot.pillars is rebuild(snapshot, slot).pillars


@pytest.mark.parametrize(
    ("given_path", "expected"),
    [
        ("pillars.0.name", "pillars.craft.name"),
        ("pillars.1", "pillars.people"),
        ("pillars.01.name", "pillars.people.name"),
        ("pillars.people.name", "pillars.people.name"),
        ("pillars.new.name", "pillars.new.name"),
        ("pillars", "pillars"),
        ("platform_profiles.0.rules", "platform_profiles.instagram.rules"),
        ("pillars.0.owner", "pillars.craft.owner"),
        ("campaigns.0.name", "campaigns.0.name"),
    ],
)
def test_an_index_is_replaced_by_the_key_that_stands_there(given_path: str, expected: str) -> None:
    """Only the lists of the schema count their items; a key is taken as it is."""
    assert expected == anchor(given_path, build.snapshot())


def test_a_key_that_looks_like_a_number_beats_the_index() -> None:
    """A pillar called 1 is meant by pillars.1, not the second one."""
    assert "pillars.1.name" == anchor("pillars.1.name", build.snapshot(pillars=("1", "craft")))


@pytest.mark.parametrize("path", ["pillars.2.name", "pillars.99999999999999999999.name", "platform_profiles.1"])
def test_an_index_past_the_end_is_refused(path: str) -> None:
    """There is no item that it could be anchored to, and the error says how many there are."""
    with pytest.raises(InvalidOverridePath) as refused:
        anchor(path, build.snapshot())

    assert path == refused.value.path
    assert "counted from 0" in refused.value.why


def test_an_index_needs_a_snapshot() -> None:
    """Before the first compile there is nothing to count in."""
    with pytest.raises(InvalidOverridePath) as refused:
        anchor("pillars.0.name", None)

    assert "no snapshot yet" in refused.value.why


MALFORMED = [
    "",
    " ",
    ".",
    "voice.",
    ".voice",
    "voice..do",
    "voice. .do",
    "voice. do",
    " voice.do",
    "tag\x00line",
    "tag\nline",
    "tag\ud800line",
    "tag\u2028line",
    "a" * 256,
    "a.b.c.d.e.f.g.h.i",
    "pillars[0].name",
    "own_fields.tagline",
    "own_fields",
]


@pytest.mark.parametrize("path", MALFORMED)
@pytest.mark.parametrize("pin", [False, True])
def test_a_malformed_path_is_refused(path: str, pin: bool) -> None:
    """Neither an override nor a pin can stand there."""
    with pytest.raises(InvalidOverridePath) as refused:
        check_path(path, pin=pin)

    assert f"Invalid override path: {path}" == str(refused.value)


@pytest.mark.parametrize("path", MALFORMED)
def test_a_malformed_path_is_refused_before_it_is_anchored(path: str) -> None:
    """So that nothing is counted in it."""
    with pytest.raises(InvalidOverridePath):
        anchor(path, build.snapshot())


@pytest.mark.parametrize(
    "path",
    [
        "version",
        "schema_version",
        "schema_version.major",
        "meta.compiled_at",
        "meta.compiled_at.year",
        "meta.evidence_summary",
        "meta.evidence_summary.total_count",
        "meta.evidence_summary.anything",
        "meta.missing_inputs",
        "meta.synthesizer.model",
        "meta.web_key_pages",
        "examples.canonical_evidence",
        "examples.user_examples",
        "examples.user_examples.0",
        "pillars.craft.id",
        "pillars.craft.kept",
        "platform_profiles.web.platform",
        "platform_profiles.web.rules.hashtags",
        "voice.do.0",
        "voice.do.value",
        "platform_profiles.myspace.rules",
        "platform_profiles.myspace.note",
        "platform_profiles.Instagram.rules",
        "pillars.two words.name",
    ],
)
@pytest.mark.parametrize("pin", [False, True])
def test_bookkeeping_and_what_cannot_be_is_refused(path: str, pin: bool) -> None:
    """What the compiler sets, what is below a field, and items that cannot exist stay as they are."""
    with pytest.raises(InvalidOverridePath):
        check_path(path, pin=pin)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("constraints", "taboos, risk_boundaries"),
        ("pillars.craft", "name, description, themes"),
        ("pillars", "*.name, *.description, *.themes"),
        ("meta", "content_goal, priority_platforms"),
        ("examples", ""),
    ],
)
def test_a_group_can_be_pinned_and_not_overridden(path: str, fields: str) -> None:
    """The refusal lists the fields that can be overridden instead."""
    check_path(path, pin=True)
    with pytest.raises(InvalidOverridePath) as refused:
        check_path(path)

    assert refused.value.why.endswith(fields)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("voice.cta_policy", ValueKind.TEXT),
        ("pillars.new.name", ValueKind.TEXT),
        ("pillars.new.themes", ValueKind.TEXTS),
        ("platform_profiles.x.rules", ValueKind.OBJECT),
        ("positioning.tagline", ValueKind.ANY),
        ("pillars.craft.owner.name", ValueKind.ANY),
        ("tagline", ValueKind.ANY),
        ("a.b.c.d.e.f.g.h", ValueKind.ANY),
        ("a" * 255, ValueKind.ANY),
        ("Kampagne.größe 2", ValueKind.ANY),
    ],
)
def test_a_path_has_a_kind_of_value(path: str, kind: ValueKind) -> None:
    """Fields of the schema have their own kind; everywhere else anything may stand."""
    check_path(path)
    assert kind is value_type(path)


@pytest.mark.parametrize("path", ["voice", "version", "pillars", "pillars.craft", "meta.compiled_at", "voice.do.0"])
def test_only_fields_have_a_kind_of_value(path: str) -> None:
    """Groups and bookkeeping have none."""
    with pytest.raises(InvalidOverridePath):
        value_type(path)


def test_item_of_names_the_item_that_a_path_leads_into() -> None:
    """An item itself, its fields and own fields belong to it; the list as a whole does not."""
    expected = [("pillars", "a"), ("pillars", "a"), ("platform_profiles", "x"), None, None]
    given_paths = ["pillars.a", "pillars.a.b.c", "platform_profiles.x.rules", "pillars", "voice.do"]
    assert expected == [item_of(path) for path in given_paths]


@given(some.edits())
def test_values_of_the_right_kind_are_taken(edit: tuple[str, JsonValue]) -> None:
    """Whatever the strategy calls right by itself passes both checks."""
    path, value = edit
    check_path(path)
    override_values.check_value(path, value)


BAD_VALUES: list[tuple[str, Any, str]] = [
    ("voice.cta_policy", 3, "must be a string"),
    ("voice.cta_policy", True, "must be a string"),
    ("voice.cta_policy", None, "must be a string"),
    ("voice.cta_policy", ["soft"], "must be a string"),
    ("voice.cta_policy", " \n", "must not be blank"),
    ("voice.cta_policy", "a\x00b", "NUL"),
    ("voice.cta_policy", "\ud800", "half of a character"),
    ("voice.cta_policy", "a" * 10_001, "10000"),
    ("voice.do", "Say why", "must be a list of strings"),
    ("voice.do", {"0": "Say why"}, "must be a list of strings"),
    ("voice.do", None, "must be a list of strings"),
    ("voice.do", ["Say why", 3], "must be a list of strings"),
    ("voice.do", [["Say why"]], "must be a list of strings"),
    ("voice.do", ["Say why", " "], "no blank items"),
    ("voice.do", ["a"] * 101, "at most 100 items"),
    ("voice.do", ["a" * 10_001], "10000"),
    ("voice.do", ["a\x00"], "NUL"),
    ("platform_profiles.x.rules", [], "must be an object"),
    ("platform_profiles.x.rules", None, "must be an object"),
    ("platform_profiles.x.rules", {"a": {"b\x00": 1}}, "NUL"),
    ("platform_profiles.x.rules", {1: 2}, "strings as names"),
    ("tagline", None, "must not be null"),
    ("tagline", float("nan"), "NaN"),
    ("tagline", [float("inf")], "NaN"),
    ("tagline", 2**63, "64 bits"),
    ("tagline", {"a": -(2**63) - 1}, "64 bits"),
    ("tagline", {str(number): 0 for number in range(101)}, "at most 100 items"),
    ("tagline", [[0] * 50] * 50, "at most 2000 parts"),
    ("tagline", {"a": {1, 2}}, "must be JSON, not set"),
    ("tagline", b"bytes", "must be JSON, not bytes"),
]


@pytest.mark.parametrize(("path", "value", "why"), BAD_VALUES)
def test_a_value_of_another_kind_is_refused(path: str, value: Any, why: str) -> None:
    """The error names the path and says what would be right."""
    with pytest.raises(InvalidOverrideValue) as refused:
        override_values.check_value(path, value)

    assert path == refused.value.path
    assert why in refused.value.why


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("voice.cta_policy", "whenever it suits"),
        ("voice.cta_policy", "a" * 10_000),
        ("voice.do", []),
        ("voice.do", ["a"] * 100),
        ("platform_profiles.x.rules", {}),
        ("tagline", False),
        ("tagline", 0),
        ("tagline", ""),
        ("tagline", []),
        ("tagline", [None]),
        ("tagline", 2**63 - 1),
        ("tagline", -(2**63)),
    ],
)
def test_values_at_the_edge_are_taken(path: str, value: Any) -> None:
    """Enums take any text, lists may be empty, falsy values of one's own are values."""
    override_values.check_value(path, value)


def _nested(depth: int) -> JsonValue:
    value: JsonValue = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_sixteen_levels_are_taken() -> None:
    """The deepest value that is allowed."""
    override_values.check_value("tagline", _nested(16))


@pytest.mark.parametrize("depth", [17, 100_000])
def test_deeper_nesting_is_refused(depth: int) -> None:
    """However deep a value is, it is a refusal and not a crash."""
    with pytest.raises(InvalidOverrideValue, match="nested at most 16 deep"):
        override_values.check_value("tagline", _nested(depth))


def _node_paths(data: JsonValue, path: tuple[str, ...]) -> Iterator[str]:
    """Walk a document without knowing its classes."""
    if isinstance(data, dict) and isinstance(data.get("confidence"), float) and "value" in data:
        yield ".".join(path)
    elif isinstance(data, dict):
        for name, member in data.items():
            yield from _node_paths(member, (*path, name))
    elif isinstance(data, list):
        for item in data:
            key = item.get("id", item.get("platform")) if isinstance(item, dict) else None
            yield from _node_paths(item, (*path, str(key)))
