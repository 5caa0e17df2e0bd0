"""A compile that is killed leaves a store that the next one works with."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from tests.brandbrain.conftest import Command, newest_in, with_deps

from brandbrain_core.model.job import JobStatus
from brandbrain_core.services.deps import Deps

KILL_AFTER = [round(Random(7 + point).uniform(0.0, 0.4), 3) for point in range(4)]
"""Seconds behind the first word of progress, drawn once: collecting, drafting and publishing all lie in there."""

ARGS = ("compile", "--name", "Loft", "--file", "posts.jsonl", "--answers", "answers.json", "--force")


@pytest.mark.parametrize("delay", KILL_AFTER)
def test_a_killed_compile_is_taken_over(command: Command, posts: Path, delay: float) -> None:
    """Killed at any moment: the file is whole, the next compile succeeds at once, and each run has its one snapshot."""
    process = command.start(*ARGS)
    assert process.stderr is not None
    assert process.stderr.readline()
    try:
        process.communicate(timeout=delay)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()

    command(*ARGS)

    with closing(sqlite3.connect(command.folder / "brandbrain.db")) as connection:
        assert ("ok",) == connection.execute("pragma integrity_check").fetchone()
    assert 3 == newest_in(command).snapshot.meta.evidence_summary.total_count

    async def ends(deps: Deps) -> set[tuple[JobStatus, bool]]:
        async with deps.store.reading() as work:
            jobs = await work.jobs.page(status=None, brand=None, after=None, limit=99)
            return {(j.status, await work.snapshots.of_run(j.compile_run_id) is not None) for j in jobs}

    assert {(JobStatus.SUCCEEDED, True)} == with_deps(command, ends)
