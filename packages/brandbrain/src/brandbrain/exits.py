"""How errors leave the command: a sentence on stderr, a code that scripts can tell apart, never a traceback."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

import click

from brandbrain_core import errors
from brandbrain_core.model.platform import SUPPORTED

log = logging.getLogger(__name__)


class Exit(IntEnum):
    """
    Exit codes of every command.

    OK: done. FAILED: the work was tried and did not succeed. USAGE: the command line, a file or a setting is wrong.
    NOT_FOUND: there is no such brand, run, snapshot or field. CONFLICT: the state has moved on, or forbids it.
    UNAVAILABLE: the database or a service did not answer; trying again may help. INTERRUPTED: stopped by a signal; the
    work was handed back.
    """

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    CONFLICT = 4
    UNAVAILABLE = 5
    INTERRUPTED = 130


CODES: tuple[tuple[type[errors.BrandBrainError], Exit], ...] = (
    (errors.InvalidInput, Exit.USAGE),
    (errors.NotFound, Exit.NOT_FOUND),
    (errors.Conflict, Exit.CONFLICT),
    (errors.SchemaMismatch, Exit.CONFLICT),
    (errors.Unavailable, Exit.UNAVAILABLE),
    (errors.LeaseLost, Exit.CONFLICT),
    (errors.BrandBrainError, Exit.FAILED),
)
"""The first class that fits decides."""


def code_of(error: errors.BrandBrainError) -> Exit:
    """
    Return the exit code of an error.

    >>> code_of(errors.SnapshotNotFound())
    <Exit.NOT_FOUND: 3>
    """
    return next(code for kind, code in CODES if isinstance(error, kind))


_GATING_HELP: Final = (
    "Answers and sources come from a brand file (`brandbrain init` writes one), or from --answers, --web and --file."
)


@contextmanager
def errors_as_exit_codes(*, as_json: bool = False) -> Iterator[None]:
    """
    Turn errors into a message and an exit code.

    What click raises passes; what nobody foresaw ends with 1, and its traceback goes to the log alone.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
        raise
    except errors.BrandBrainError as error:
        if as_json:
            click.echo(json.dumps(described(error), ensure_ascii=False), err=True)
        else:
            for line in sentences(error):
                click.secho(line, fg="red", err=True)
        raise SystemExit(code_of(error)) from None
    except Exception as error:
        log.debug("unexpected error", exc_info=True)
        unexpected = f"{type(error).__name__}: {error}".splitlines()[0]
        if as_json:
            click.echo(json.dumps({"error": unexpected, "code": "internal_error"}, ensure_ascii=False), err=True)
        else:
            click.secho(f"{unexpected}; nobody foresaw this, -vv shows where it happened", fg="red", err=True)
        raise SystemExit(Exit.FAILED) from None
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        raise SystemExit(Exit.INTERRUPTED) from None


def described(error: errors.BrandBrainError) -> dict[str, object]:
    """Return the error as the API would put it."""
    body: dict[str, object] = {"error": str(error), "code": error.code}
    if isinstance(error, errors.InvalidOverridePath):
        body["errors"] = [{"code": error.code, "message": error.why}]
    if isinstance(error, errors.InvalidInput) and error.problems:
        body["errors"] = [
            {"code": p.code, "message": p.message, **({"pointer": p.pointer} if p.pointer else {})}
            for p in error.problems
        ]
    return body


def sentences(error: errors.BrandBrainError) -> tuple[str, ...]:
    """Return what to tell a person: the headline, then each cause on a line of its own."""
    if isinstance(error, errors.InvalidInput) and error.problems:
        headline = str(error).split("; ", 1)[0]
        causes = (f"  - {p.message}{f' ({p.pointer})' if p.pointer else ''}" for p in error.problems)
        return (f"{headline}:", *causes, *([_GATING_HELP] if isinstance(error, errors.GatingFailed) else []))
    if isinstance(error, errors.InvalidOverridePath):
        return (f"{error}: {error.why}",)
    if isinstance(error, errors.UnsupportedCapability):
        return (f"{error}; there are {', '.join(f'{p}/{c}' for p, c in SUPPORTED)}",)
    if isinstance(error, errors.SchemaMismatch):
        return (f"{error}; `brandbrain migrate` brings an older one up to date",)
    return (str(error),)
