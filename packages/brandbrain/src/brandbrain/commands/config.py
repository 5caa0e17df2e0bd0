"""`brandbrain config`."""

from __future__ import annotations

import json

import click
from rich.table import Table

from brandbrain.invocation import Invocation, invoked
from brandbrain.words import as_text


@click.command()
@invoked()
def config(call: Invocation) -> None:
    """List every setting, its value and where that came from; secrets are hidden."""
    shown = [(name, value, origin) for name, value, origin in call.loaded.shown()]
    if call.as_json:
        rows = [{"name": name, "value": value, "origin": origin} for name, value, origin in shown]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("setting", no_wrap=True)
    table.add_column("value", ratio=1, overflow="fold")
    table.add_column("origin", no_wrap=True)
    for name, value, origin in shown:
        style = "dim" if origin == "default" else None
        table.add_row(name, "-" if value is None else as_text(value), origin, style=style)
    call.show(table)
