"""Lists on the wire."""

from __future__ import annotations

import pytest

from brandbrain_core import wire


@pytest.mark.parametrize("value", ["voice", {"voice": 1}, 5, None])
def test_what_is_no_list_does_not_pass_for_one(value: object) -> None:
    """A text is no list of its letters, an object no list of its names."""
    with pytest.raises(TypeError, match="must be a list"):
        wire.structure(value, tuple[str, ...])


def test_a_list_comes_back_as_a_tuple() -> None:
    """In its order."""
    assert ("b", "a") == wire.structure(["b", "a"], tuple[str, ...])
