"""`brandbrain diff`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

import click

from brandbrain.brand_choice import choose_brand
from brandbrain.invocation import Invocation, brand_option, invoked
from brandbrain.stored import NothingCompiled, entry_of, version_of
from brandbrain.views.changes import changes
from brandbrain.views.explanation import item_title, quoted
from brandbrain.views.nodes import shortened
from brandbrain.wiring import opened
from brandbrain.words import counted, moment
from brandbrain_core import wire
from brandbrain_core.errors import NotFound
from brandbrain_core.ids import EvidenceId, SnapshotId
from brandbrain_core.model.brand import Brand
from brandbrain_core.model.reports import Change
from brandbrain_core.ports import UnitOfWork
from brandbrain_core.services.snapshots import diff_versions


class OnlyOneVersion(NotFound):
    """There is nothing to compare the only version with."""

    code = "only_one_version"

    def __str__(self) -> str:
        return "There is only one version; nothing to compare it with"


@click.command()
@click.argument("first", metavar="[A]", required=False)
@click.argument("second", metavar="[B]", required=False)
@brand_option
@invoked()
def diff(call: Invocation, first: str | None, second: str | None, wanted: str | None) -> None:
    """
    Show what changed from version A to version B.

    A and B are numbers of versions or ids of snapshots. Without B: up to the newest version; without both: the last
    two versions.

    \b
    brandbrain diff
    brandbrain diff 1 4
    """
    asyncio.run(_diff(call, first, second, wanted))


async def _diff(call: Invocation, first: str | None, second: str | None, wanted: str | None) -> None:
    async with (
        opened(call.settings, clock=call.around.clock, ids=call.around.ids) as deps,
        deps.store.reading() as work,
    ):
        brand = await choose_brand(work, wanted)
        before, after = await _ends(work, brand, first, second)
        found = await diff_versions(work, brand.id, before, after)
        labels = await _labels(work, found)
        old, new = await entry_of(work, brand.id, before), await entry_of(work, brand.id, after)
    if call.as_json:
        body = {"snapshot_id": new.id, "against": old.id, "changes": found}
        click.echo(wire.dumps({**body, "changes": [wire.unstructure(change) for change in found]}))
        return
    call.note(
        f"{brand.name}: version {old.version} ({moment(old.created_at)}) to {new.version} ({moment(new.created_at)})"
    )
    if found:
        call.show(*changes(found, labels))
    call.note(f"{counted(len(found), 'field differs', 'fields differ')}")


async def _labels(work: UnitOfWork, found: Sequence[Change]) -> Mapping[str, str]:
    """Return the cited items of evidence by id, as people know them."""
    change = next((change for change in found if change.path == "examples.canonical_evidence"), None)
    if change is None:
        return {}
    ids = {str(item) for side in (change.before, change.after) if isinstance(side, list) for item in side}
    items = await work.evidence.batch([EvidenceId(UUID(item)) for item in sorted(ids)])
    return {str(item.id): f"{item_title(item)}: {shortened(quoted(item))}" for item in items}


async def _ends(work: UnitOfWork, brand: Brand, first: str | None, second: str | None) -> tuple[SnapshotId, SnapshotId]:
    last = await work.snapshots.history(brand.id, before_version=None, offset=0, limit=2)
    if not last:
        raise NothingCompiled(brand.name)
    if first is None and len(last) == 1:
        raise OnlyOneVersion
    before = await version_of(work, brand.id, first) if first is not None else last[1].id
    after = await version_of(work, brand.id, second) if second is not None else last[0].id
    return before, after
