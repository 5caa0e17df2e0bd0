"""`brandbrain schema`."""

from __future__ import annotations

import json

import click

from brandbrain.invocation import Invocation, invoked
from brandbrain_core.json_schema import snapshot_schema


@click.command()
@invoked(database=False)
def schema(call: Invocation) -> None:
    """Print the JSON Schema (2020-12) that every snapshot of this version obeys."""
    click.echo(json.dumps(snapshot_schema(), ensure_ascii=False, indent=None if call.as_json else 2))
