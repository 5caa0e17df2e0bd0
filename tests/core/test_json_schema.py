"""The JSON Schema of a snapshot: current, valid itself, and true of what is on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core import wire
from brandbrain_core.json_schema import Definitions, shipped_snapshot_schema, snapshot_schema
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.policies.merging import merge
from brandbrain_core.testing import snapshots as build
from brandbrain_core.testing.strategies import snapshots as some

VALIDATOR = jsonschema.Draft202012Validator(shipped_snapshot_schema())


def document(**values: Any) -> Any:
    """Return the JSON of a snapshot with overrides, an own field and a pin."""
    overrides = Overrides(brand_id=some.BRAND, values={"positioning.tagline": "Up!", **values}, pinned_paths=("voice",))
    return wire.unstructure(merge(build.snapshot(), overrides, version=1))


def test_the_shipped_schema_is_current() -> None:
    """What is committed is what the classes make now; `make generate` writes it."""
    assert snapshot_schema() == shipped_snapshot_schema()


def test_the_schema_is_valid_itself() -> None:
    """By the meta-schema of 2020-12."""
    jsonschema.Draft202012Validator.check_schema(snapshot_schema())


@given(st.data())
def test_every_merged_snapshot_is_valid(data: st.DataObject) -> None:
    """Whatever was inferred, overridden, pinned, kept or added by people."""
    snapshot = data.draw(some.snapshots)
    merged = merge(snapshot, data.draw(some.overrides(snapshot)), version=snapshot.version)

    assert [] == [error.message for error in VALIDATOR.iter_errors(wire.unstructure(merged))]


def _delete(data: Any, *path: str | int) -> None:
    *groups, last = path
    for group in groups:
        data = data[group]
    del data[last]


def _put(data: Any, value: Any, *path: str | int) -> None:
    *groups, last = path
    for group in groups:
        data = data[group]
    data[last] = value


@pytest.mark.parametrize(
    "path",
    [
        ("schema_version",),
        ("version",),
        ("meta", "synthesizer", "degraded"),
        ("meta", "evidence_summary", "by_platform"),
        ("voice", "do", "locked"),
        ("voice", "do", "override_value"),
        ("voice", "do"),
        ("pillars", 0, "id"),
        ("positioning", "tagline", "value"),
        ("examples", "canonical_evidence"),
    ],
)
def test_a_snapshot_that_lacks_a_member_is_invalid(path: tuple[str | int, ...]) -> None:
    """What is always on the wire is required."""
    data = document()
    assert VALIDATOR.is_valid(data)
    _delete(data, *path)

    assert not VALIDATOR.is_valid(data)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (2, ("schema_version",)),
        (0, ("version",)),
        ("1", ("version",)),
        (1.5, ("voice", "do", "confidence")),
        ("a", ("voice", "do", "value")),
        ([1], ("voice", "do", "value")),
        (["a"], ("voice", "cta_policy", "value")),
        (None, ("voice", "do", "inferred_value")),
        ("hearsay", ("voice", "do", "sources", 0, "type")),
        ("Up!", ("positioning", "tagline")),
        ([], ("positioning", "campaign")),
        (None, ("meta", "synthesizer", "model")),
        ([1], ("examples", "canonical_evidence")),
        ("many", ("meta", "evidence_summary", "total_count")),
    ],
)
def test_a_snapshot_with_another_type_is_invalid(value: Any, path: tuple[str | int, ...]) -> None:
    """Types, bounds and the fields of the user's own are checked, and null is not absent."""
    data = document()
    _put(data, value, *path)

    assert not VALIDATOR.is_valid(data)


def test_members_are_described() -> None:
    """By what the docstrings of the classes say."""
    definitions = snapshot_schema()["$defs"]

    assert "Whether the field is pinned." == definitions["TextFieldNode"]["properties"]["locked"]["description"]
    assert "How the brand speaks." == definitions["Voice"]["description"]


class Colour(StrEnum):
    """A colour."""

    RED = "red"


@attrs.frozen(kw_only=True)
class Sail:
    """A sail."""

    colour: Colour
    sizes: Mapping[str, int] | None = None
    price: int | str = 0
    spare: bool | None = True


def test_any_class_of_the_wire_has_a_schema() -> None:
    """Members that are left out where they are None are optional; the rest is required."""
    definitions = Definitions("#/components/schemas/")

    assert {"$ref": "#/components/schemas/Sail"} == definitions.of(Sail)
    assert {
        "title": "Sail",
        "description": "A sail.",
        "type": "object",
        "properties": {
            "colour": {"enum": ["red"]},
            "sizes": {"type": "object", "additionalProperties": {"type": "integer"}},
            "price": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
            "spare": {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
        },
        "required": ["colour", "price", "spare"],
    } == definitions.found["Sail"]


def test_a_type_that_is_not_of_the_wire_has_none() -> None:
    """It is better to fail than to describe nothing."""
    with pytest.raises(TypeError):
        Definitions().of(bytes)
