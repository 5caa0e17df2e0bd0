"""Edits of overrides and pins by several people at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs

from brandbrain.editing import Edited, edit
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.memory.store import MemoryStore, MemoryUnitOfWork
from brandbrain_core.services.brands import create_brand


class SlowToRead(MemoryStore):
    """A store whose answers to readers are late, so that others read meanwhile."""

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[MemoryUnitOfWork]:
        """Begin to read; let others go on when that is over."""
        async with super().reading() as work:
            yield work
        for _ in range(10):
            await asyncio.sleep(0)


async def test_pins_of_one_moment_are_all_kept() -> None:
    """Of several people who pin at once, each adds to what the others have pinned."""
    deps = memory_deps([])
    deps = attrs.evolve(deps, store=SlowToRead(deps.clock))
    brand = await create_brand(deps, name="Loft")

    async def pin(path: str) -> Edited:
        return await edit(deps, "Loft", pins=lambda before: (*before.overrides.pinned_paths, path))

    paths = ["voice", "constraints", "positioning.who_for"]
    await asyncio.gather(*map(pin, paths))

    async with deps.store.reading() as work:
        assert set(paths) == set((await work.overrides.get(brand.id)).pinned_paths)
