"""
Write the reference of the command from click, and that of the settings from their class.

The one argument is the folder to write into.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import attrs
import click

from brandbrain.cli import COMMANDS, cli
from brandbrain.exits import Exit
from brandbrain.settings import Settings
from brandbrain.settings.values import MEANING, NAME, SECRET
from brandbrain.words import as_text

REFERENCE = Path("docs/reference")
MADE = "<!-- Made by `make generate` from the code; edit that. -->"

EXITS = {
    Exit.OK: "done",
    Exit.FAILED: "it was tried and did not succeed",
    Exit.USAGE: "the command line, a file or a setting is wrong",
    Exit.NOT_FOUND: "there is no such brand, snapshot or field",
    Exit.CONFLICT: "the stored state forbids it, or has moved on",
    Exit.UNAVAILABLE: "the database or a service did not answer; trying again may help",
    Exit.INTERRUPTED: "interrupted; unfinished work was handed back",
}


def command_page() -> Iterator[str]:
    """Yield the lines of the page about the command."""
    yield from ("# The command", "", MADE, "")
    yield "Data goes to stdout, everything else to stderr; `--json` gives data as JSON. Without `--brand` the only"
    yield "brand of the database is meant. Settings are listed on [a page of their own](settings.md)."
    yield from ("", "| exit code | meaning |", "|---|---|")
    yield from (f"| {code.value} | {EXITS[code]} |" for code in Exit)
    root = click.Context(cli, info_name="brandbrain", **cli.context_settings)
    for name in COMMANDS:
        yield from command_section(cli, root, name, "##")


def command_section(group: click.Group, parent: click.Context, name: str, level: str) -> Iterator[str]:
    """Yield what is said about one command of a group: usage, help, options; then what is below it."""
    command = group.get_command(parent, name)
    if command is None:
        raise LookupError(name)
    context = click.Context(command, info_name=name, parent=parent)
    title = context.command_path.removeprefix("brandbrain ")
    yield from ("", f"{level} {title}", "", "```text", *usage(command, context), "```", "")
    yield from help_of(command)
    yield from options_of(command, context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from command_section(command, context, inner, f"{level}#")


def options_of(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the table of the options of a command."""
    options = (p.get_help_record(context) for p in command.get_params(context) if isinstance(p, click.Option))
    yield from ("| option | |", "|---|---|")
    yield from (f"| `{cell(form)}` | {cell(about)} |" for form, about in filter(None, options))


def usage(command: click.Command, context: click.Context) -> list[str]:
    """Return the line of usage, as the terminal shows it."""
    return command.get_usage(context).removeprefix("Usage: ").splitlines()


def help_of(command: click.Command) -> Iterator[str]:
    """Yield the help of a command; blocks that click leaves alone are examples."""
    for block in textwrap.dedent(command.help or "").strip().split("\n\n"):
        if block.startswith("\b\n"):
            yield from ("```console", *(f"$ {line}" for line in block.splitlines()[1:]), "```", "")
        else:
            yield from (*textwrap.wrap(" ".join(block.split()), 118), "")


def settings_page() -> Iterator[str]:
    """Yield the lines of the page about the settings."""
    yield from ("# Settings", "", MADE, "")
    yield "Read once at start: from flags, then from the environment, then from `brandbrain.toml` in the current"
    yield "folder, then the defaults below. An unknown `BRANDBRAIN_` name or a bad value is an error that names it."
    yield "`brandbrain config` shows each value and where it came from; secrets are hidden."
    yield from ("", "| name | in brandbrain.toml | default | meaning |", "|---|---|---|---|")
    for field in attrs.fields(Settings):
        secret = " (secret)" if field.metadata[SECRET] else ""
        default = default_of(field)
        yield f"| `{field.metadata[NAME]}` | `{field.name}` | {default} | {cell(field.metadata[MEANING])}{secret} |"


def default_of(field: attrs.Attribute[object]) -> str:
    """Return the default of a setting as a cell of the table."""
    value = getattr(Settings(), field.name)
    return f"`{as_text(value)}`" if value not in (None, {}) else ""


def cell(text: str) -> str:
    """Return text that may stand in a cell of a table."""
    return text.replace("|", "\\|")


def main(root: Path) -> None:
    """Write the pages under *root*."""
    folder = root / REFERENCE
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("command", command_page()), ("settings", settings_page())):
        (folder / f"{name}.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
