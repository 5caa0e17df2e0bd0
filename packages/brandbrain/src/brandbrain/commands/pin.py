"""`brandbrain pin`."""

from __future__ import annotations

import asyncio

import click

from brandbrain.editing import Edited, edit, report
from brandbrain.invocation import Invocation, brand_option, invoked
from brandbrain.wiring import opened


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@brand_option
@invoked()
def pin(call: Invocation, paths: tuple[str, ...], wanted: str | None) -> None:
    """
    Freeze the fields at PATHs at what they say now, however the brand is compiled later.

    A path of a group, such as voice or pillars.0, pins every field below it.
    """
    asyncio.run(_pin(call, paths, wanted))


async def _pin(call: Invocation, paths: tuple[str, ...], wanted: str | None) -> None:
    async with opened(call.settings, clock=call.around.clock, ids=call.around.ids) as deps:

        def more(before: Edited) -> tuple[str, ...]:
            return (*before.overrides.pinned_paths, *paths)

        report(call, await edit(deps, wanted, pins=more), paths)
