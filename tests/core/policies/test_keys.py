"""API keys as text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.ids import KeyId, TenantId
from brandbrain_core.model.key import ApiKey, Scope
from brandbrain_core.policies import keys
from brandbrain_core.testing import build

randomness = st.binary(min_size=keys.RANDOM_BYTES, max_size=keys.RANDOM_BYTES)


def _stored(made: keys.MadeKey, **changes: Any) -> ApiKey:
    key = ApiKey(
        id=KeyId(build.SOURCE),
        tenant=TenantId("ours"),
        name="test",
        prefix=made.prefix,
        digest=made.digest,
        scopes=(Scope.READ,),
        created_at=build.NOON,
    )
    return attrs.evolve(key, **changes)


@given(randomness)
def test_a_key_is_recognised(random: bytes) -> None:
    """By its beginning and by its digest; neither tells the rest of it."""
    made = keys.make(random)
    assert made.prefix == keys.prefix_of(made.text)
    assert made.text.startswith("bb_")
    assert keys.accepts(_stored(made), made.text, now=build.NOON)
    assert made.text not in repr(made)
    assert made.digest not in repr(_stored(made))


@given(randomness, randomness)
def test_other_randomness_is_another_key(one: bytes, other: bytes) -> None:
    """One key is not accepted for another."""
    text = keys.make(other).text
    assert (one == other) is keys.accepts(_stored(keys.make(one)), text, now=build.NOON)


@given(st.text())
def test_other_text_is_no_key(text: str) -> None:
    """Whatever it is."""
    assert keys.prefix_of(text) is None


@pytest.mark.parametrize(
    ("changes", "accepted"),
    [
        ({}, True),
        ({"revoked_at": build.NOON}, False),
        ({"expires_at": build.NOON}, False),
        ({"expires_at": build.NOON + timedelta(microseconds=1)}, True),
    ],
)
def test_a_key_that_is_over_is_refused(changes: dict[str, Any], accepted: bool) -> None:
    """Revoked at any time, or from the moment at which it expires."""
    made = keys.make(bytes(keys.RANDOM_BYTES))
    assert accepted is keys.accepts(_stored(made, **changes), made.text, now=build.NOON)


@pytest.mark.parametrize("number", [0, 39, 41])
def test_too_little_randomness_makes_no_key(number: int) -> None:
    """Nor too much, which would only seem safer."""
    with pytest.raises(ValueError, match="40 bytes"):
        keys.make(bytes(number))


def test_scopes_include_those_before_them() -> None:
    """Of every pair."""
    order = list(Scope)
    for held in order:
        for needed in order:
            assert (order.index(held) >= order.index(needed)) is keys.allows([held], needed)
    assert not keys.allows([], Scope.READ)
