from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.model.platform import Platform
from brandbrain_core.policies.canonical import canonical

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(values)
def test_reading_it_gives_the_value_back(value: Any) -> None:
    """Nothing is lost, and writing what was read gives the same text."""
    text = canonical(value)

    assert value == json.loads(text)
    assert text == canonical(json.loads(text))


@given(st.dictionaries(texts, values), st.randoms())
def test_the_order_of_keys_does_not_count(value: dict[str, Any], chance: Any) -> None:
    """Equal objects give equal text."""
    members = list(value.items())
    chance.shuffle(members)

    assert canonical(value) == canonical(dict(members))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None]}, '{"a":[true,null],"b":1}'),
        ("Grüße 🧵", '"Grüße 🧵"'),
        ("\u00e9 e\u0301", '"\u00e9 e\u0301"'),
        ([1, 1.0, 0.1, 1e300], "[1,1.0,0.1,1e+300]"),
        ((1, (2,)), "[1,[2]]"),
        (MappingProxyType({"x": MappingProxyType({"y": 1})}), '{"x":{"y":1}}'),
        ({Platform.WEB: Platform.TIKTOK}, '{"web":"tiktok"}'),
        ('a"\\\n\x00', '"a\\"\\\\\\n\\u0000"'),
    ],
)
def test_the_text_of(value: Any, expected: str) -> None:
    """Sorted, without spaces, characters as themselves, numbers as they are."""
    assert expected == canonical(value)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        [float("inf")],
        {"a": -float("inf")},
        "\ud800",
        {"\udfff": 1},
        {1: "a"},
        [{None: "a"}],
        {"a": {2.5}},
        b"bytes",
        object(),
    ],
)
def test_what_has_no_json_form_is_refused(value: Any) -> None:
    """It is a ValueError, never text that reads back as something else."""
    with pytest.raises(ValueError, match=r".+"):
        canonical(value)


def test_nesting_without_end_is_refused() -> None:
    """A list that holds itself is a ValueError, not a crash."""
    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(ValueError, match="deep"):
        canonical(endless)
