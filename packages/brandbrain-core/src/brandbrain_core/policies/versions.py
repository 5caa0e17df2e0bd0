"""The version of every policy that shapes a snapshot: part of the input hash, so that another policy compiles anew."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from brandbrain_core.policies.assembly import ASSEMBLY_VERSION
from brandbrain_core.policies.bundling import BUNDLING_VERSION
from brandbrain_core.policies.confidence import CONFIDENCE_VERSION
from brandbrain_core.policies.features import FEATURES_VERSION
from brandbrain_core.policies.lexicon import LEXICON_VERSION

MERGE_VERSION: Final = "1"

POLICY_VERSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "assembly": ASSEMBLY_VERSION,
        "bundling": BUNDLING_VERSION,
        "confidence": CONFIDENCE_VERSION,
        "features": FEATURES_VERSION,
        "lexicons": LEXICON_VERSION,
        "merge": MERGE_VERSION,
    }
)
"""By the name of the policy."""
