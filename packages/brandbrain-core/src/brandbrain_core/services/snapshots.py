"""Reading snapshots: the latest, the history, the difference of two."""

from __future__ import annotations

import attrs

from brandbrain_core import wire
from brandbrain_core.errors import FieldNotFound
from brandbrain_core.ids import BrandId, EvidenceId, SnapshotId
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.fields import FieldNode, SourceType
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.reports import Change
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies.diffing import diff_snapshots
from brandbrain_core.policies.paths import anchor, leaves
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services.deps import Deps


@attrs.frozen(kw_only=True)
class Explanation:
    """
    Why a field says what it says.

    Attributes:
        path: Anchored.
        rule: The name of the rule that set its confidence; None: a person's word, or a field of the user's own.
        evidence: The items it rests on, as far as they still exist, in the order of its sources.
        missing: Ids of evidence that is gone.
    """

    path: str
    node: FieldNode[JsonValue]
    rule: str | None
    evidence: tuple[EvidenceItem, ...]
    missing: tuple[EvidenceId, ...]


async def latest_snapshot(deps: Deps, brand_id: BrandId) -> Snapshot:
    """Return the latest snapshot of a brand; raise `SnapshotNotFound`."""
    async with deps.store.reading() as work:
        return wire.loads((await work.snapshots.latest(brand_id)).document, Snapshot)


async def explain_field(work: UnitOfWork, brand_id: BrandId, path: str) -> Explanation:
    """
    Explain one field of the latest snapshot, down to the evidence.

    Raises:
        SnapshotNotFound: Nothing was compiled yet.
        InvalidOverridePath: The path is malformed, or an index where no item stands.
        FieldNotFound: The snapshot has no such field.
    """
    snapshot = wire.loads((await work.snapshots.latest(brand_id)).document, Snapshot)
    anchored = anchor(path, snapshot)
    node = leaves(snapshot).get(anchored)
    if node is None:
        raise FieldNotFound(path)
    cited = [EvidenceId(wire.structure(s.id, EvidenceId)) for s in node.sources if s.type is SourceType.EVIDENCE]
    items = await work.evidence.batch(cited)
    found = {item.id for item in items}
    section = snapshot.meta.confidence_summary.get(anchored.split(".")[0])
    return Explanation(
        path=anchored,
        node=node,
        rule=section.rules.get(anchored) if section else None,
        evidence=items,
        missing=tuple(i for i in cited if i not in found),
    )


async def diff_versions(
    work: UnitOfWork, brand_id: BrandId, before: SnapshotId, after: SnapshotId
) -> tuple[Change, ...]:
    """Return what changed between two versions of a brand; raise `SnapshotNotFound`."""
    documents = [(await work.snapshots.get(brand_id, each)).document for each in (before, after)]
    first, second = (wire.loads(document, Snapshot) for document in documents)
    return diff_snapshots(first, second)
