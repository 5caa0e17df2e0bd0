"""`brandbrain history`."""

from __future__ import annotations

import asyncio

import click

from brandbrain.brand_choice import choose_brand
from brandbrain.invocation import Invocation, brand_option, invoked
from brandbrain.views.changes import history as history_table
from brandbrain.wiring import opened
from brandbrain_core import wire
from brandbrain_core.model.stored_snapshot import HistoryEntry


@click.command()
@brand_option
@click.option(
    "--limit", default=20, show_default=True, type=click.IntRange(1, 1_000_000), help="At most so many, newest first."
)
@invoked()
def history(call: Invocation, wanted: str | None, limit: int) -> None:
    """List the versions of a brand: when each was made, by what, and what it changed."""
    asyncio.run(_history(call, wanted, limit))


async def _history(call: Invocation, wanted: str | None, limit: int) -> None:
    async with (
        opened(call.settings, clock=call.around.clock, ids=call.around.ids) as deps,
        deps.store.reading() as work,
    ):
        brand = await choose_brand(work, wanted)
        entries = await work.snapshots.history(brand.id, before_version=None, offset=0, limit=limit)
        total = await work.snapshots.count(brand.id)
    if call.as_json:
        click.echo(wire.dumps({"snapshots": [entry_body(entry) for entry in entries], "total": total}))
        return
    call.show(history_table(entries))
    if total > len(entries):
        call.note(f"{total - len(entries)} older versions are not shown; --limit {total} shows them")


def entry_body(entry: HistoryEntry) -> dict[str, object]:
    """Return a line of the history as the API has it."""
    return {
        "snapshot_id": entry.id,
        "created_at": entry.created_at,
        "diff_summary": entry.diff_summary or {},
        "version": entry.version,
        "origin": entry.origin,
    }
