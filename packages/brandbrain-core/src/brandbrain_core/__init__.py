"""
The domain of brandbrain: model, pure policies, the compile pipeline, ports and services.

Here are the values and the pure functions that most callers want. Services live in `brandbrain_core.services`, adapters
without a database in `brandbrain_core.memory`, the kit for authors of adapters in `brandbrain_core.testing`. Importing
this does no I/O.
"""

from brandbrain_core.errors import BrandBrainError
from brandbrain_core.model.answers import Answers
from brandbrain_core.model.brand import Brand, Onboarding
from brandbrain_core.model.bundle import Bundle
from brandbrain_core.model.caps import Caps
from brandbrain_core.model.draft import Brief, Draft, DraftPillar, Inference
from brandbrain_core.model.evidence import EvidenceItem, NormalisedItem
from brandbrain_core.model.features import FeatureReport
from brandbrain_core.model.fields import FieldNode, FieldSource, SourceType
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.model.reports import Change, QaReport
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.model.source import Source
from brandbrain_core.policies.answers import read as read_answers
from brandbrain_core.policies.bundling import bundle
from brandbrain_core.policies.diffing import diff_snapshots
from brandbrain_core.policies.gating import check as check_gating
from brandbrain_core.policies.merging import merge
from brandbrain_core.policies.overriding import patch as patch_overrides
from brandbrain_core.wire import dumps, loads, structure, unstructure

__all__ = [
    "Answers",
    "Brand",
    "BrandBrainError",
    "Brief",
    "Bundle",
    "Capability",
    "Caps",
    "Change",
    "ContentType",
    "Draft",
    "DraftPillar",
    "EvidenceItem",
    "FeatureReport",
    "FieldNode",
    "FieldSource",
    "Inference",
    "NormalisedItem",
    "Onboarding",
    "Overrides",
    "Platform",
    "QaReport",
    "Snapshot",
    "Source",
    "SourceType",
    "bundle",
    "check_gating",
    "diff_snapshots",
    "dumps",
    "loads",
    "merge",
    "patch_overrides",
    "read_answers",
    "structure",
    "unstructure",
]
