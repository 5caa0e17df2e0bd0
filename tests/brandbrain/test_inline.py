"""Compiling in this process beside others: joined, taken over, handed back."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.brandbrain.conftest import ANSWERS, Command, with_deps

from brandbrain.inline import Compiled, compile_here
from brandbrain.progress import step
from brandbrain_core.ids import BrandId
from brandbrain_core.memory.given import memory_deps
from brandbrain_core.model.evidence import NormalisedItem
from brandbrain_core.model.job import Job, JobStatus, Lease
from brandbrain_core.model.platform import Capability, ContentType, Platform
from brandbrain_core.model.run import CompileRun, RunStatus, Stage
from brandbrain_core.services.brands import create_brand
from brandbrain_core.services.compile_now import carry_out
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.kickoff import kick_off
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.sources import connect_source

POST = NormalisedItem(
    platform=Platform.INSTAGRAM,
    capability=Capability.POSTS,
    content_type=ContentType.POST,
    external_id="1",
    canonical_url="https://www.instagram.com/p/1/",
    text_primary="Which seam goes first?",
)


async def ready(deps: Deps) -> BrandId:
    """Store a brand that can be compiled."""
    brand = await create_brand(deps, name="Loft")
    await save_answers(deps, brand.id, tier=0, answers=ANSWERS)
    await connect_source(deps, brand.id, platform="instagram", capability="posts", identifier="loft")
    return brand.id


async def claimed(deps: Deps, brand: BrandId, worker: str) -> Lease:
    """Kick the brand off and claim the job as *worker*."""
    kickoff = await kick_off(deps, brand)
    assert kickoff.run_id is not None
    async with deps.store.transaction() as work:
        lease = await work.jobs.claim_run(kickoff.run_id, worker, terms=deps.plan.terms)
    assert lease is not None
    return lease


def unwatched(run: CompileRun, job: Job) -> None:
    """Look away."""


async def test_a_run_under_way_is_followed_to_its_end() -> None:
    """The compile of a live worker is joined: its end is this call's end, and no second run is made."""
    deps = memory_deps([POST])
    brand = await ready(deps)
    lease = await claimed(deps, brand, "elsewhere-0f0f0f0f")
    seen = asyncio.Event()

    def watch(run: CompileRun, job: Job) -> None:
        seen.set()

    follower = asyncio.create_task(compile_here(deps, brand, force=False, watch=watch))
    await seen.wait()
    await carry_out(deps, lease)
    done = await follower
    assert done.run is not None
    assert (lease.compile_run_id, RunStatus.SUCCEEDED) == (done.run.id, done.run.status)
    async with deps.store.reading() as work:
        assert 1 == len(await work.runs.page(brand, after=None, limit=9))


@pytest.fixture
def dead() -> str:
    """The name on its leases of a process of this machine that has ended."""
    code = "from brandbrain import local_worker; print(local_worker.name())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


async def test_a_dead_worker_is_taken_over(dead: str) -> None:
    """The lease of a process of this machine that has ended does not keep anybody waiting."""
    deps = memory_deps([POST])
    brand = await ready(deps)
    lease = await claimed(deps, brand, dead)
    done = await compile_here(deps, brand, force=False, watch=unwatched)
    assert done.run is not None
    assert (lease.compile_run_id, RunStatus.SUCCEEDED) == (done.run.id, done.run.status)


async def test_every_step_of_its_own_work_is_shown() -> None:
    """Also of those that follow each other so fast that the store is told of the first one alone."""
    deps = memory_deps([POST])
    brand = await ready(deps)
    seen: list[tuple[Stage, int]] = []

    def watch(run: CompileRun, job: Job) -> None:
        assert run.progress is not None
        assert step(run, job) is not None
        seen.append((run.progress.stage, run.progress.sources_completed))

    await compile_here(deps, brand, force=False, watch=watch)

    later = [Stage.NORMALIZATION, Stage.BUNDLING, Stage.COMPILING, Stage.QA, Stage.MERGING]
    assert [(Stage.INGESTION, 0), (Stage.INGESTION, 1), *((stage, 1) for stage in later)] == seen


async def test_nothing_to_do_is_said() -> None:
    """Compiling again changes nothing and makes no run."""
    deps = memory_deps([POST])
    brand = await ready(deps)
    await compile_here(deps, brand, force=False, watch=unwatched)
    again = await compile_here(deps, brand, force=False, watch=unwatched)
    assert Compiled(is_unchanged=True, run=None, job=None) == again


async def test_a_waiting_run_says_so() -> None:
    """The line of progress tells a run that waits from one that another process works on."""
    deps = memory_deps([POST])
    brand = await ready(deps)
    lease = await claimed(deps, brand, "elsewhere-0f0f0f0f")
    seen: list[str | None] = []
    looked = asyncio.Event()

    def watch(run: CompileRun, job: Job) -> None:
        seen.append(step(run, job))
        looked.set()

    follower = asyncio.create_task(compile_here(deps, brand, force=False, watch=watch))
    await looked.wait()
    await carry_out(deps, lease)
    await follower
    async with deps.store.reading() as work:
        job = await work.jobs.of_run(lease.compile_run_id)
        run = await work.runs.get(brand, lease.compile_run_id)
    assert JobStatus.SUCCEEDED is job.status
    assert (None, None) == (seen[0], step(run, job))


class Hanging(BaseHTTPRequestHandler):
    """Answers robots.txt with 404, and a page never."""

    asked = threading.Event()
    done = threading.Event()

    def do_GET(self) -> None:
        """Say that a page was asked for, and wait until the test is over."""
        if self.path == "/robots.txt":
            self.send_error(404)
            return
        self.asked.set()
        self.done.wait(60)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def hanging_site() -> Iterator[str]:
    """A site whose pages never come; gives its address."""
    Hanging.asked.clear()
    Hanging.done.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Hanging) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            Hanging.done.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_compile_hands_its_job_back(command: Command, posts: Path, stop: signal.Signals) -> None:
    """Ctrl-C or SIGTERM in the middle: code 130, no traceback, and the job waits with no attempt used."""
    private = {"BRANDBRAIN_CRAWLER_ALLOW_PRIVATE": "on"}
    with hanging_site() as url:
        process = command.start("compile", "--name", "Loft", "--web", url, "--answers", "answers.json", env=private)
        try:
            assert Hanging.asked.wait(60)
            process.send_signal(stop)
            _, err = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (130, False) == (process.returncode, "Traceback" in err)

    async def jobs(deps: Deps) -> list[tuple[JobStatus, int]]:
        async with deps.store.reading() as work:
            return [(j.status, j.attempts) for j in await work.jobs.page(status=None, brand=None, after=None, limit=9)]

    assert [(JobStatus.PENDING, 0)] == with_deps(command, jobs)
