from __future__ import annotations

from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.versions import POLICY_VERSIONS


def test_every_policy_that_shapes_a_result_has_a_version() -> None:
    """They go into the input hash, so they must be text that is not empty."""
    assert {"assembly", "bundling", "confidence", "features", "lexicons", "merge"} == POLICY_VERSIONS.keys()
    assert all(POLICY_VERSIONS.values())
    assert canonical(POLICY_VERSIONS)
