"""`brandbrain migrate`."""

from __future__ import annotations

import asyncio
import json

import click

from brandbrain.invocation import Invocation, invoked
from brandbrain_store import migrate as migrations


@click.command()
@invoked()
def migrate(call: Invocation) -> None:
    """
    Bring the database to the schema of this version.

    An embedded database (SQLite) needs no such call: every command brings it up to date.
    """
    asyncio.run(_migrate(call))


async def _migrate(call: Invocation) -> None:
    url = call.settings.database_url
    before = await migrations.current(url)
    await migrations.upgrade(url)
    after = migrations.head()
    if call.as_json:
        click.echo(json.dumps({"before": before, "after": after}))
    else:
        click.echo(f"schema {after}" + (", as it was" if before == after else f", was {before or 'none'}"))
