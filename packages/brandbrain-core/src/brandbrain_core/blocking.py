"""The services for callers without an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from brandbrain_core.services.deps import Deps

P = ParamSpec("P")
T = TypeVar("T")


class Services:
    """
    Runs services, one call after the other, on an event loop of its own.

    Use it as a context manager, from one thread, and not inside a running event loop. Leaving it closes the store.
    """

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(
        self, service: Callable[Concatenate[Deps, P], Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *service* with the deps and these arguments; return and raise what it does."""
        return self._runner.run(service(self._deps, *args, **kwargs))

    def close(self) -> None:
        """Close the store and the loop; calling again does nothing."""
        self._runner.run(self._deps.store.close())
        self._runner.close()
