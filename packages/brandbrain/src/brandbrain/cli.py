"""
The command `brandbrain`: a table of commands, each imported when it is called.

The help of the whole needs none of them, so it is there at once. Nothing here imports more than click.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from types import MappingProxyType
from typing import Final, NamedTuple, cast

import click


class Listed(NamedTuple):
    """A command as the help lists it; the module holds it under the command's own name."""

    section: str
    module: str
    about: str


_BRANDS: Final = "Compile a brand and look at it"
_PEOPLE: Final = "Correct it"
_QUEUE: Final = "Run it as a service"
_MACHINE: Final = "Look around"

COMMANDS: Final[Mapping[str, Listed]] = MappingProxyType(
    {
        "demo": Listed(
            _BRANDS, "brandbrain.commands.demo", "Watch a sample brand being compiled, corrected, recompiled."
        ),
        "init": Listed(_BRANDS, "brandbrain.commands.init", "Write a brand file to fill in."),
        "compile": Listed(_BRANDS, "brandbrain.commands.compile", "Compile a brand into its next snapshot."),
        "show": Listed(_BRANDS, "brandbrain.commands.show", "Show the snapshot, or explain one field."),
        "history": Listed(_BRANDS, "brandbrain.commands.history", "List the versions of a brand."),
        "diff": Listed(_BRANDS, "brandbrain.commands.diff", "Show what changed between two versions."),
        "override": Listed(_PEOPLE, "brandbrain.commands.override", "Put a value in place of what was inferred."),
        "pin": Listed(_PEOPLE, "brandbrain.commands.pin", "Freeze fields at what they say now."),
        "unpin": Listed(_PEOPLE, "brandbrain.commands.unpin", "Let pinned fields follow the compiler again."),
        "up": Listed(_QUEUE, "brandbrain.commands.up", "Run all that one machine needs: API and worker."),
        "serve": Listed(_QUEUE, "brandbrain.commands.serve", "Answer the HTTP API, until stopped."),
        "worker": Listed(_QUEUE, "brandbrain.commands.worker", "Compile what waits in the queue, until stopped."),
        "jobs": Listed(_QUEUE, "brandbrain.commands.jobs", "See, add, retry, cancel, free and prune jobs."),
        "keys": Listed(_QUEUE, "brandbrain.commands.keys", "Say who may call the API."),
        "config": Listed(_MACHINE, "brandbrain.commands.config", "List every setting, its value and its origin."),
        "doctor": Listed(_MACHINE, "brandbrain.commands.doctor", "Check that everything needed is there and works."),
        "migrate": Listed(_MACHINE, "brandbrain.commands.migrate", "Bring the database to this version's schema."),
        "schema": Listed(_MACHINE, "brandbrain.commands.schema", "Print the JSON Schema of a snapshot."),
    }
)
"""Every command, in the order of the help."""

EPILOG: Final = """\
\b
Data goes to stdout, everything else to stderr. Exit codes:
    0  done
    1  it was tried and did not succeed
    2  the command line, a file or a setting is wrong
    3  there is no such brand, snapshot or field
    4  the stored state forbids it, or has moved on
    5  the database or a service did not answer; try again
  130  interrupted; unfinished work was handed back
"""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  the signature is click's
        """Return the names of all commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None: there is none of this name."""
        listed = COMMANDS.get(cmd_name)
        if listed is None:
            return None
        return cast("click.Command", getattr(import_module(listed.module), cmd_name.replace("-", "_")))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that *args* begin with; where there is none, say which may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            close = get_close_matches(args[0], COMMANDS, n=1) if args else []
            if not close:
                raise
            raise click.UsageError(f"No such command {args[0]!r}. Did you mean {close[0]!r}?", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table of commands without importing any."""
        for section in dict.fromkeys(listed.section for listed in COMMANDS.values()):
            rows: Sequence[tuple[str, str]] = [(n, c.about) for n, c in COMMANDS.items() if c.section == section]
            with formatter.section(section):
                formatter.write_dl(rows, col_max=12, col_spacing=2)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"brandbrain {version('brandbrain')}")
        ctx.exit()


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_print_version, help="Print the version."
)
def cli() -> None:
    """Compile what a brand says and publishes into a snapshot that people can read, question and correct."""


def main() -> None:
    """Run the command."""
    cli(prog_name="brandbrain")
