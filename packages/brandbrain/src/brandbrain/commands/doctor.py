"""`brandbrain doctor`."""

from __future__ import annotations

import asyncio
from typing import Final

import click
from rich.table import Table
from rich.text import Text

from brandbrain.api_examination import examine_api
from brandbrain.examination import Health, Patient, examine
from brandbrain.exits import Exit
from brandbrain.invocation import Invocation, invoked
from brandbrain.plugins import installed
from brandbrain_core import wire

_STYLE: Final = {Health.OK: "green", Health.NOTE: "yellow", Health.BROKEN: "bold red"}


@click.command()
@invoked()
def doctor(call: Invocation) -> None:
    """
    Check that everything brandbrain needs is there and works.

    Ends with 1 if something is broken; what is merely absent and optional is noted.
    """
    patient = Patient(
        settings=call.settings,
        plugins=installed(),
        folder=call.around.folder,
        env=call.around.env,
        clock=call.around.clock,
    )
    findings = [*asyncio.run(examine(patient)), *asyncio.run(examine_api(patient))]
    is_well = all(finding.health is not Health.BROKEN for finding in findings)
    if call.as_json:
        click.echo(wire.dumps({"ok": is_well, "checks": [wire.unstructure(finding) for finding in findings]}))
    else:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(ratio=1, overflow="fold")
        for finding in findings:
            table.add_row(Text(finding.health, style=_STYLE[finding.health]), finding.name, Text(finding.detail))
        call.show(table)
        call.note("everything needed is there" if is_well else "something is broken")
    if not is_well:
        raise SystemExit(Exit.FAILED)
