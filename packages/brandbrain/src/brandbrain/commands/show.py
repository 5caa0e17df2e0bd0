"""`brandbrain show`."""

from __future__ import annotations

import asyncio

import click

from brandbrain.invocation import Invocation, brand_option, include_option, invoked
from brandbrain.stored import NothingCompiled, newest
from brandbrain.views.explanation import explanation
from brandbrain.views.snapshot import whole
from brandbrain.wiring import opened
from brandbrain_core import wire
from brandbrain_core.bodies import includes, latest_body
from brandbrain_core.errors import SnapshotNotFound
from brandbrain_core.services.snapshots import explain_field


@click.command()
@click.argument("named", metavar="[BRAND]", required=False)
@brand_option
@click.option("--field", "path", metavar="PATH", help="Explain one field, down to the quoted evidence.")
@include_option
@invoked()
def show(call: Invocation, named: str | None, wanted: str | None, path: str | None, include: str) -> None:
    """
    Show the newest snapshot of a BRAND, or explain one field of it.

    \b
    brandbrain show
    brandbrain show --field voice.tone_tags
    brandbrain show --json --include full
    """
    asyncio.run(_show(call, named or wanted, path, include))


async def _show(call: Invocation, wanted: str | None, path: str | None, include: str) -> None:
    async with opened(call.settings, clock=call.around.clock, ids=call.around.ids) as deps:
        found = await newest(deps, wanted)
        if path is None:
            if call.as_json:
                click.echo(latest_body(found.stored, found.report, includes(include)))
            else:
                call.show(*whole(found.brand.name, found.stored, found.snapshot))
            return
        async with deps.store.reading() as work:
            try:
                why = await explain_field(work, found.brand.id, path)
            except SnapshotNotFound:
                raise NothingCompiled(found.brand.name) from None
    if call.as_json:
        click.echo(wire.dumps(why))
    else:
        call.show(*explanation(why))
