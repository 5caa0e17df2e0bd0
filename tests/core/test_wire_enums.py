"""Enumerations on the wire."""

from __future__ import annotations

from enum import StrEnum

import pytest

from brandbrain_core import wire
from brandbrain_core.model.platform import ContentType, Platform


@pytest.mark.parametrize("member", [*Platform, *ContentType])
def test_a_member_comes_back_as_itself(member: StrEnum) -> None:
    """What was written as text is read as the member, not as bare text."""
    assert member is wire.structure(wire.unstructure(member), type(member))


def test_an_unknown_member_is_refused() -> None:
    """A text that is no member does not pass for one."""
    with pytest.raises(ValueError, match="myspace"):
        wire.structure("myspace", Platform)
