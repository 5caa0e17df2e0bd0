"""
Builders: a sensible value of every kind, of which a test names only what matters to it.

>>> from brandbrain_core.testing import build
>>> build.source(identifier="marrowby").identifier
'marrowby'

Ids are numbered: the same number is the same thing in every test, and a larger number is newer.
"""

from brandbrain_core.testing.builders.brands import answers, brand, onboarding, overrides, source
from brandbrain_core.testing.builders.compiles import (
    bundle,
    compile_run,
    configuration,
    draft,
    frozen_inputs,
    frozen_source,
    job,
    lease,
    progress,
    run_report,
)
from brandbrain_core.testing.builders.evidence import (
    collection_run,
    evidence_item,
    normalised_item,
    raw_item,
    raw_ref,
    sighting,
    web_page,
)
from brandbrain_core.testing.builders.numbered import (
    BRAND,
    SOURCE,
    brand_id,
    collection_run_id,
    job_id,
    raw_item_id,
    run_id,
    snapshot_id,
    source_id,
)
from brandbrain_core.testing.builders.snapshots import diff_summary, field_node, pillar, snapshot, stored_snapshot
from brandbrain_core.testing.clock import NOON

__all__ = [
    "BRAND",
    "NOON",
    "SOURCE",
    "answers",
    "brand",
    "brand_id",
    "bundle",
    "collection_run",
    "collection_run_id",
    "compile_run",
    "configuration",
    "diff_summary",
    "draft",
    "evidence_item",
    "field_node",
    "frozen_inputs",
    "frozen_source",
    "job",
    "job_id",
    "lease",
    "normalised_item",
    "onboarding",
    "overrides",
    "pillar",
    "progress",
    "raw_item",
    "raw_item_id",
    "raw_ref",
    "run_id",
    "run_report",
    "sighting",
    "snapshot",
    "snapshot_id",
    "source",
    "source_id",
    "stored_snapshot",
    "web_page",
]
