from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brandbrain_core.errors import SourceFailed
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.platform import SUPPORTED, Capability, Platform
from brandbrain_core.policies.caps import effective_cap


@given(st.sampled_from(sorted(SUPPORTED)), st.integers(min_value=1), st.booleans())
def test_settings_never_raise_a_cap(kind: tuple[Platform, Capability], asked: int, from_file: bool) -> None:
    """Whatever a source asks for, it gets that or less, and never more than its cap."""
    cap = effective_cap(Caps(), *kind, None, from_file=from_file)
    given_cap = effective_cap(Caps(), *kind, {"max_items": asked}, from_file=from_file)

    assert min(cap, asked) == given_cap


def test_caps_by_kind() -> None:
    """Each kind of source has its own cap; only the corpus limits files."""
    caps = [effective_cap(Caps(), *kind, {}) for kind in SUPPORTED]

    assert [8, 6, 6, 6, 6, 6, 3] == caps
    assert 2000 == effective_cap(Caps(), Platform.WEB, Capability.CRAWL_PAGES, None, from_file=True)


@pytest.mark.parametrize("asked", [0, -1, True, "3", 2.5, [], float("nan")])
def test_a_malformed_setting_is_this_sources_failure(asked: Any) -> None:
    """It fails the source with a reason, and nothing else."""
    with pytest.raises(SourceFailed, match="max_items") as caught:
        effective_cap(Caps(), Platform.WEB, Capability.CRAWL_PAGES, {"max_items": asked})

    assert "invalid_settings" == caught.value.error_code
