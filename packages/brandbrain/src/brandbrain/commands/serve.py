"""`brandbrain serve`."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

import brandbrain
from brandbrain import logs
from brandbrain.api_options import http_options
from brandbrain.api_service import api_of
from brandbrain.exits import Exit
from brandbrain.invocation import Invocation, invoked
from brandbrain.listening import Listening, listen, refuse_to_be_open
from brandbrain.supervision import Crew, Parent
from brandbrain.together import Service, run_and_exit, run_together
from brandbrain.worker_service import working_deps

log = logging.getLogger(__name__)

LISTENING: Final = ("host", "port")
"""The options of `listening_options` that are settings."""


def listening_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command ``--host``, ``--port`` and ``--insecure``."""
    for option in (
        click.option("--insecure", is_flag=True, help="Let others reach the API though it asks for no key."),
        click.option("--port", type=click.IntRange(0, 65_535), help="Otherwise the setting, 8000; 0: any free one."),
        click.option("--host", metavar="ADDRESS", help="Where to listen; otherwise the setting, 127.0.0.1."),
    ):
        function = option(function)
    return function


@click.command()
@listening_options
@click.option(
    "--workers", type=click.IntRange(1), default=1, show_default=True, metavar="N", help="Processes that answer."
)
@click.option("--reload", is_flag=True, help="Start anew whenever the code changes; for development.")
@click.option("--fd", type=click.IntRange(3), hidden=True)
@invoked(set_by=LISTENING)
def serve(call: Invocation, insecure: bool, workers: int, reload: bool, fd: int | None) -> None:
    """
    Answer the HTTP API, until stopped. What it kicks off, `brandbrain worker` compiles.

    Without API keys it listens to this machine only, unless told --insecure. The first SIGTERM or Ctrl-C lets requests
    that are under way end, for ten seconds; the second one cuts them short, and the exit code is 130. Every request
    is a line in the log.
    """
    logs.set_up(verbose=call.verbose + 1, style=call.settings.log_format)
    http_options(call.settings)
    if fd is not None:
        run_and_exit(_answer(call, insecure=insecure, fd=fd))
    elif workers == 1 and not reload:
        run_and_exit(_answer(call, insecure=insecure))
    else:
        run_and_exit(_let_answer(call, insecure=insecure, workers=workers, reload=reload))


async def _answer(call: Invocation, *, insecure: bool, fd: int | None = None) -> Exit:
    settings = call.settings
    async with working_deps(call, patient=True) as deps:
        await refuse_to_be_open(deps, settings.host, insecure=insecure)
        if fd is not None:
            inherited = Listening(socket=socket.socket(fileno=fd), host=settings.host)
            return await run_together([api_of(settings, deps, inherited), Parent()])
        listening = listen(settings.host, settings.port)
        _announce(call, listening)
        return await run_together([api_of(settings, deps, listening)])


async def _let_answer(call: Invocation, *, insecure: bool, workers: int, reload: bool) -> Exit:
    settings = call.settings
    async with working_deps(call, patient=True) as deps:
        await refuse_to_be_open(deps, settings.host, insecure=insecure)
    listening = listen(settings.host, settings.port)
    fd = listening.socket.fileno()
    flags = [*(["--insecure"] if insecure else []), *(["--verbose"] * call.verbose)]
    crew: Service = Crew(
        argv=[sys.executable, "-m", "brandbrain", "serve", "--fd", str(fd), "--host", settings.host, *flags],
        env={**call.around.env, "DATABASE_URL": settings.database_url},
        fd=fd,
        number=workers,
        watched=_packages() if reload else (),
    )
    _announce(call, listening)
    with listening.socket:
        return await run_together([crew])


def _announce(call: Invocation, listening: Listening) -> None:
    """Say where the API is: in the log where programs read it, else in words."""
    if logs.is_text(call.settings.log_format):
        call.note(f"the API is at {listening.url}; Ctrl-C stops it")
    else:
        log.info("listening", extra={"url": listening.url})


def _packages() -> tuple[Path, ...]:
    """Return the folders of our own packages."""
    names = ("", "_core", "_http", "_sources", "_store", "_synthesis", "_worker")
    loaded = (sys.modules.get(f"{brandbrain.__name__}{name}") for name in names)
    return tuple(Path(module.__file__).parent for module in loaded if module is not None and module.__file__)
