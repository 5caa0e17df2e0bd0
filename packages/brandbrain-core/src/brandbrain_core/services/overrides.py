"""Overrides and pins: stored, and shown at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from brandbrain_core import wire
from brandbrain_core.ids import BrandId, SnapshotId
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.model.stored_snapshot import Origin, StoredSnapshot
from brandbrain_core.pipeline.newest import newest_snapshot
from brandbrain_core.policies import overriding
from brandbrain_core.policies.diffing import diff_snapshots, summarise
from brandbrain_core.policies.hashing import input_hash
from brandbrain_core.policies.merging import merge
from brandbrain_core.services.deps import Deps


@attrs.frozen(kw_only=True)
class Patched:
    """The overrides after a patch, and the snapshot that shows them; None: nothing compiled yet, or nothing changed."""

    overrides: Overrides
    snapshot: StoredSnapshot | None


async def patch_overrides(
    deps: Deps,
    brand_id: BrandId,
    *,
    values: Mapping[str, JsonValue] | None = None,
    pinned_paths: Sequence[str] | None = None,
) -> Patched:
    """
    Merge *values* key by key (None removes), replace the pins, and publish the re-merged snapshot with them.

    Concurrent calls all take effect, one after the other.

    Raises:
        BrandNotFound: There is no such brand.
        InvalidOverridePath, InvalidOverrideValue: The first bad one; nothing was changed.
    """
    now = deps.clock.now()
    async with deps.store.transaction() as work:
        before = await work.overrides.get(brand_id, for_update=True)
        latest = await newest_snapshot(work, brand_id)
        shown = wire.loads(latest.document, Snapshot) if latest else None
        after = overriding.patch(before, values=values, pinned_paths=pinned_paths, snapshot=shown, now=now)
        if after is before:
            return Patched(overrides=before, snapshot=None)
        await work.overrides.save(after)
        if latest is None or shown is None:
            return Patched(overrides=after, snapshot=None)
        merged = merge(shown, after, version=latest.version + 1)
        published = attrs.evolve(
            latest,
            id=SnapshotId(deps.ids.new()),
            version=merged.version,
            origin=Origin.OVERRIDE,
            input_hash=input_hash(latest.inputs_hash, after),
            diff_summary=summarise(diff_snapshots(shown, merged)),
            document=wire.dumps(merged),
            created_at=now,
        )
        await work.snapshots.append(published)
    return Patched(overrides=after, snapshot=published)
