"""`brandbrain unpin`."""

from __future__ import annotations

import asyncio

import click

from brandbrain.editing import Edited, edit, report
from brandbrain.invocation import Invocation, brand_option, invoked
from brandbrain.wiring import opened
from brandbrain_core.errors import FieldNotFound, InvalidOverridePath
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies.paths import anchor


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@brand_option
@invoked()
def unpin(call: Invocation, paths: tuple[str, ...], wanted: str | None) -> None:
    """Let the fields at PATHs, as they were pinned, follow the compiler again."""
    asyncio.run(_unpin(call, paths, wanted))


class NotPinned(FieldNotFound):
    """There is no pin at this path; *pinned* are there."""

    code = "not_pinned"

    def __init__(self, path: str, pinned: tuple[str, ...]) -> None:
        super().__init__(path)
        self.args = (path, pinned)
        self.pinned = pinned

    def __str__(self) -> str:
        there = f"pinned are {', '.join(self.pinned)}" if self.pinned else "nothing is pinned"
        return f"{self.path} is not pinned; {there}"


async def _unpin(call: Invocation, paths: tuple[str, ...], wanted: str | None) -> None:
    async with opened(call.settings, clock=call.around.clock, ids=call.around.ids) as deps:

        def fewer(before: Edited) -> tuple[str, ...]:
            pinned = before.overrides.pinned_paths
            gone = {_pinned(path, pinned, before.snapshot) for path in paths}
            return tuple(path for path in pinned if path not in gone)

        report(call, await edit(deps, wanted, pins=fewer), paths)


def _pinned(path: str, pinned: tuple[str, ...], snapshot: Snapshot | None) -> str:
    """Return the pin that *path* names: as it is stored, or by index."""
    if path in pinned:
        return path
    try:
        anchored = anchor(path, snapshot)
    except InvalidOverridePath:
        raise NotPinned(path, pinned) from None
    if anchored not in pinned:
        raise NotPinned(path, pinned)
    return anchored
