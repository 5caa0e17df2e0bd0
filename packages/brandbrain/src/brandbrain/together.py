"""Services that run together in one process: started, stopped by signals, and ended as one."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from brandbrain.exits import Exit
from brandbrain_worker import on_signals


class Service(Protocol):
    """Something that runs until it is stopped."""

    @property
    def name(self) -> str:
        """What it is called, e.g. ``worker``."""

    @property
    def about(self) -> str:
        """What it does, for the person who started it."""

    async def run(self) -> Exit:
        """Run; return the code to exit with."""

    def stop(self) -> None:
        """End what runs and begin nothing; called again, stop at once. Called in the event loop."""


async def run_together(services: Sequence[Service]) -> Exit:
    """
    Run services until the first one ends, by itself or through a signal; then stop the others and wait for them.

    Returns:
        The first code that is not OK, else OK. An error of a service is raised once all have ended.
    """

    is_stopping = False

    def stop_all() -> None:
        nonlocal is_stopping
        is_stopping = True
        for service in services:
            service.stop()

    with on_signals(stop_all):
        tasks = [asyncio.create_task(service.run(), name=service.name) for service in services]
        try:
            _, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if running and not is_stopping:
                stop_all()
            if running:
                await asyncio.wait(running)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    codes = [task.result() for task in tasks]
    return next((code for code in codes if code is not Exit.OK), Exit.OK)


def run_and_exit(main: Coroutine[Any, Any, Exit]) -> None:
    """
    Run *main* on an event loop of its own and exit with its code, if that is not OK.

    Work that was handed back may still burn the processor in a thread, which cannot be stopped: then the process ends
    without waiting for it.
    """
    with asyncio.Runner() as runner:
        code = runner.run(main)
        if code is Exit.INTERRUPTED:
            logging.shutdown()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    if code is not Exit.OK:
        raise SystemExit(code)
