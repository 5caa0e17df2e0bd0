"""People: they ask for compiles, change answers, edit, cancel and retry, and ask again if nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any, Final

import attrs

from brandbrain_core.errors import Conflict, NotFound, Unavailable
from brandbrain_core.ids import BrandId
from brandbrain_core.model.brand import Onboarding
from brandbrain_core.model.job import Job, JobStatus
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.jobs import prune_jobs, retry_job
from brandbrain_core.services.kickoff import kick_off
from brandbrain_core.services.overrides import patch_overrides
from brandbrain_core.services.runs import cancel_run
from brandbrain_core.testing import build
from brandbrain_core.testing.simulation.ledger import Ledger
from brandbrain_core.testing.simulation.naps import nap
from brandbrain_core.testing.simulation.processes import Process

ACTS: Final = ("kick_off",) * 4 + ("change_and_kick_off",) * 5 + ("cancel",) * 2 + ("retry",) * 2 + ("edit", "prune")
"""What people do, as often as it is named."""

TRIES: Final = 3


def answers(saying: str) -> dict[str, Any]:
    """Return answers that suffice for a compile."""
    return {
        "tier0.what_we_do": saying,
        "tier0.who_for": "People who sail far.",
        "tier0.edge": ["By hand"],
        "tier0.tone_words": ["calm"],
        "tier0.taboos": ["politics"],
        "tier0.primary_goal": "awareness",
        "tier0.cta_posture": "soft",
    }


class People:
    """
    Everybody who is not a worker.

    Args:
        deps: Of the servers that people talk to, one is picked for each act.
        ledger: Tells them which runs there are.
    """

    def __init__(
        self, deps: Sequence[Deps], process: Process, ledger: Ledger, brands: Sequence[BrandId], random: Random
    ) -> None:
        self._deps = deps
        self._process = process
        self._ledger = ledger
        self._brands = brands
        self._random = random

    async def act_for(self, seconds: float, acts: int) -> None:
        """Do so many things within that time, some of them at once; return when all have been answered."""
        moments = sorted(seconds * self._random.random() for _ in range(acts))
        for task in [self._process.spawn(self._act(moment)) for moment in moments]:
            await task

    async def _act(self, after: float) -> None:
        await nap(after)
        act, brand = self._random.choice(ACTS), self._random.choice(self._brands)
        deps = self._random.choice(self._deps)
        for _ in range(TRIES):
            try:
                return await self._do(act, deps, brand)
            except Unavailable:
                await nap(self._random.uniform(1, 5))
            except (Conflict, NotFound):
                return None
        return None

    async def _do(self, act: str, deps: Deps, brand: BrandId) -> None:
        match act:
            case "kick_off":
                await kick_off(deps, brand, force=self._random.random() < 0.2)
            case "change_and_kick_off":
                await self._change(deps, brand)
                await kick_off(deps, brand)
            case "edit":
                saying = f"Sails, mended {self._random.randint(1, 3)} times."
                await patch_overrides(deps, brand, values={"positioning.what_we_do": saying})
            case "cancel":
                if job := self._one_of([job for job in self._of(brand) if job.status is not JobStatus.SUCCEEDED]):
                    await cancel_run(deps, brand, job.compile_run_id)
            case "retry":
                if job := self._one_of([job for job in self._of(brand) if job.status is JobStatus.FAILED]):
                    await retry_job(deps, job.id)
            case "prune":
                async for _ in prune_jobs(deps, older_than=timedelta(seconds=self._random.uniform(0, 120))):
                    pass

    async def _change(self, deps: Deps, brand: BrandId) -> None:
        given = answers(f"We mend sails, {self._random.randint(1, 4)} a day.")
        async with deps.store.transaction() as work:
            await work.brands.save_onboarding(Onboarding(brand_id=brand, answers=given, updated_at=deps.clock.now()))

    def _of(self, brand: BrandId) -> list[Job]:
        return [job for job, _ in self._ledger.books[brand].rows.values()]

    def _one_of(self, jobs: list[Job]) -> Job | None:
        """Return mostly the newest."""
        if not jobs:
            return None
        return jobs[-1] if self._random.random() < 0.7 else self._random.choice(jobs)


async def add_brands(deps: Deps, brands: int) -> None:
    """Store brands that may be compiled."""
    async with deps.store.transaction() as work:
        for number in range(1, brands + 1):
            brand = build.brand(number)
            await work.brands.add(brand)
            await work.brands.save_onboarding(
                Onboarding(brand_id=brand.id, answers=answers("We mend sails."), updated_at=build.NOON)
            )
            await work.sources.add(attrs.evolve(build.source(number), brand_id=brand.id))
