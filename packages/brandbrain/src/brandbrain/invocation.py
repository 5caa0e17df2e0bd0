"""What every command has at hand: its settings, where it was called, and where its words go."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs
import click
from rich.console import Console, RenderableType

from brandbrain import logs
from brandbrain.exits import errors_as_exit_codes
from brandbrain.settings import Loaded, Settings, load
from brandbrain_core.bodies import INCLUDES
from brandbrain_core.clock import SystemClock, SystemIds
from brandbrain_core.ports import Clock, Ids

_DB: Final = "Database; otherwise DATABASE_URL decides."

F = TypeVar("F", bound=Callable[..., object])


@attrs.frozen(kw_only=True)
class Surroundings:
    """What a command finds around it: the environment, the folder it is called in, time and ids."""

    env: Mapping[str, str] = attrs.field(factory=lambda: dict(os.environ), repr=False)
    folder: Path = attrs.field(factory=Path.cwd)
    clock: Clock = attrs.field(factory=SystemClock)
    ids: Ids = attrs.field(factory=SystemIds)


@attrs.frozen(kw_only=True)
class Invocation:
    """
    One call of a command.

    Attributes:
        loaded: The settings, with their origins.
        as_json: Whether JSON is wanted on stdout.
        verbose: How much of the log is wanted: 0, 1 or 2.
        out: For data. Commands that give JSON write it with `click.echo`, unwrapped.
        err: For everything else.
    """

    around: Surroundings
    loaded: Loaded
    as_json: bool
    verbose: int
    out: Console
    err: Console

    @property
    def settings(self) -> Settings:
        """The settings alone."""
        return self.loaded.settings

    def show(self, *what: RenderableType) -> None:
        """Print data for people; where nobody looks at it, without colours and blanks at the ends of lines."""
        if self.out.is_terminal:
            self.out.print(*what, sep="\n")
            return
        with self.out.capture() as captured:
            self.out.print(*what, sep="\n")
        click.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))

    def note(self, text: str, *, style: str | None = None) -> None:
        """Say something to the person at the terminal that is no data."""
        self.err.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def invoked(
    *, database: bool = True, set_by: Sequence[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """
    Give a command its `Invocation`, and the options that all have: ``--db``, ``--json``, ``--verbose``.

    Without *database* there is no ``--db``. *set_by* names options that are settings under the same name. Errors
    of the library become a message and an exit code.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> None:
            as_json: bool = kwargs.pop("as_json")
            given = {"database_url": kwargs.pop("db", None), **{name: kwargs.pop(name) for name in set_by}}
            flags = {name: value for name, value in given.items() if value is not None}
            verbose: int = kwargs.pop("verbose")
            around = click.get_current_context().find_object(Surroundings) or Surroundings()
            with errors_as_exit_codes(as_json=as_json):
                loaded = load(flags=flags, env=around.env, folder=around.folder)
                logs.set_up(verbose=verbose, style=loaded.settings.log_format)
                call = Invocation(
                    around=around,
                    loaded=loaded,
                    as_json=as_json,
                    verbose=verbose,
                    out=Console(),
                    err=Console(stderr=True),
                )
                function(call, *args, **kwargs)

        options = [
            *([click.option("--db", metavar="URL", help=_DB)] if database else []),
            click.option("--json", "as_json", is_flag=True, help="Print JSON."),
            click.option("-v", "--verbose", count=True, help="Show the log; twice: all of it."),
        ]
        for option in reversed(options):
            called = option(called)
        return called

    return decorate


def brand_option(function: F) -> F:
    """Give a command the option ``--brand``."""
    text = "Which brand; not needed where the database has only one."
    return click.option("--brand", "wanted", metavar="NAME|ID", help=text)(function)


def include_option(function: F) -> F:
    """Give a command the option ``--include``, which knows what there is."""
    known = (*sorted(INCLUDES), "full")

    def checked(_: click.Context, __: click.Parameter, asked: str) -> str:
        unknown = [name for each in asked.split(",") if (name := each.strip().lower()) and name not in known]
        if unknown:
            raise click.BadParameter(f"{', '.join(unknown)} is none of {', '.join(known)}.")
        return asked

    text = "With --json: evidence, qa, bundle, or full."
    return click.option("--include", default="", metavar="LIST", callback=checked, help=text)(function)
