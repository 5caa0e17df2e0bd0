"""Edits of overrides and pins: read, change, patch, and say what the snapshot shows now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs
import click

from brandbrain.brand_choice import choose_brand
from brandbrain.invocation import Invocation
from brandbrain.words import as_text
from brandbrain_core import wire
from brandbrain_core.errors import InvalidOverridePath
from brandbrain_core.model.brand import Brand
from brandbrain_core.model.fields import FieldNode
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.pipeline.newest import newest_snapshot
from brandbrain_core.policies.paths import anchor, leaves
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.joined import JoinedStore
from brandbrain_core.services.overrides import patch_overrides


@attrs.frozen(kw_only=True)
class Edited:
    """
    A brand's overrides, and the newest snapshot that shows them.

    Attributes:
        snapshot: None: nothing was compiled yet.
        is_new: Whether the edit published a version.
    """

    brand: Brand
    overrides: Overrides
    snapshot: Snapshot | None
    is_new: bool = False


async def edit(
    deps: Deps,
    wanted: str | None,
    *,
    values: Callable[[Edited], Mapping[str, JsonValue]] | None = None,
    pins: Callable[[Edited], Sequence[str]] | None = None,
) -> Edited:
    """
    Patch the overrides of the brand that is wanted with what these make of the state; return the new state.

    The state is locked from when it is read until it is patched: of two edits at one moment the second one begins with
    what the first one has left.
    """
    async with deps.store.reading() as work:
        brand = await choose_brand(work, wanted)
    async with deps.store.transaction() as work:
        overrides = await work.overrides.get(brand.id, for_update=True)
        newest = await newest_snapshot(work, brand.id)
        snapshot = wire.loads(newest.document, Snapshot) if newest else None
        before = Edited(brand=brand, overrides=overrides, snapshot=snapshot)
        patched = await patch_overrides(
            attrs.evolve(deps, store=JoinedStore(work)),
            brand.id,
            values=values(before) if values else None,
            pinned_paths=pins(before) if pins else None,
        )
    shown = wire.loads(patched.snapshot.document, Snapshot) if patched.snapshot else snapshot
    return Edited(brand=brand, overrides=patched.overrides, snapshot=shown, is_new=patched.snapshot is not None)


def report(call: Invocation, after: Edited, paths: Sequence[str]) -> None:
    """Print the overrides as JSON, or what each edited field says now."""
    if call.as_json:
        click.echo(wire.dumps(overrides_body(after.overrides)))
        return
    snapshot = after.snapshot
    if snapshot is None:
        call.out.print(f"stored; {after.brand.name} has no snapshot yet that could show it", markup=False)
        return
    for path, node in _touched(snapshot, paths).items():
        marks = [
            *(["overridden"] if node.override_value is not None else []),
            *(["pinned"] if node.locked else []),
        ]
        mark = f" ({', '.join(marks)})" if marks else ""
        call.out.print(f"{path}{mark}: {as_text(node.value)}", markup=False, highlight=False, soft_wrap=True)
    if after.is_new:
        call.note(f"{after.brand.name} is now at version {snapshot.version}")
    else:
        call.note(f"nothing changed; {after.brand.name} stays at version {snapshot.version}")


def overrides_body(overrides: Overrides) -> dict[str, object]:
    """Return overrides as the API has them."""
    return {
        "brand_id": overrides.brand_id,
        "overrides_json": overrides.values,
        "pinned_paths": overrides.pinned_paths,
        "updated_at": overrides.updated_at,
    }


def _touched(snapshot: Snapshot, paths: Sequence[str]) -> Mapping[str, FieldNode[JsonValue]]:
    """Return the fields at or below *paths*."""
    roots = []
    for path in paths:
        try:
            roots.append(anchor(path, snapshot))
        except InvalidOverridePath:
            roots.append(path)
    nodes = leaves(snapshot)
    return {p: node for p, node in nodes.items() if any(p == root or p.startswith(f"{root}.") for root in roots)}
