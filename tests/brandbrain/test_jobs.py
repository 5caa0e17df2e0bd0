"""`brandbrain jobs` and the flags of `brandbrain worker` that start no work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
from tests.brandbrain.conftest import Command, with_deps

from brandbrain_core.services.deps import Deps


def compiled(command: Command, posts: Path) -> dict[str, Any]:
    """Compile once, and put a forced compile into the queue; return that job."""
    command("compile", "--file", posts.name, "--answers", "answers.json")
    command("jobs", "add", "--force")
    job: dict[str, Any] = command.json("jobs", "list", "--status", "pending")["jobs"][0]
    return job


def test_jobs_are_listed_newest_first_with_the_state_of_the_queue(command: Command, posts: Path) -> None:
    """A page goes on behind the last one."""
    newest = compiled(command, posts)

    listed = command.json("jobs", "list")
    behind = command.json("jobs", "list", "--after", newest["id"])

    assert ["pending", "succeeded"] == [job["status"] for job in listed["jobs"]]
    assert listed["jobs"][1:] == behind["jobs"]
    assert (1, 1, 0) == tuple(listed["queue"][name] for name in ("pending", "ready", "running"))


def test_adding_twice_adds_one_job(command: Command, posts: Path) -> None:
    """What waits already is what is answered, for one brand and for all."""
    command("compile", "--file", posts.name, "--answers", "answers.json")

    first, second = command.json("jobs", "add", "--force"), command.json("jobs", "add", "--force", "--all")

    assert "PENDING" == first["status"]
    assert first == second


def test_a_job_is_shown_with_its_run(command: Command, posts: Path) -> None:
    """In JSON as rows, for people as lines that hold the same."""
    job = compiled(command, posts)

    shown = command.json("jobs", "show", job["id"])
    said = command("jobs", "show", job["id"]).stdout

    assert (job, "PENDING") == (shown["job"], shown["run"]["status"])
    assert all(part in said for part in (job["id"], job["compile_run_id"], "0 of 3"))


def test_a_waiting_job_is_cancelled_and_retried(command: Command, posts: Path) -> None:
    """Cancelling what has ended, and retrying what has not failed, is a conflict."""
    job = compiled(command, posts)

    cancelled = command.json("jobs", "cancel", job["id"])["job"]
    command("jobs", "cancel", job["id"], code=4)
    retried = command.json("jobs", "retry", job["id"])["job"]
    command("jobs", "retry", job["id"], code=4)

    assert ("failed", "Cancelled") == (cancelled["status"], cancelled["last_error"])
    assert ("pending", 0) == (retried["status"], retried["attempts"])


def test_an_unknown_job_is_told_from_a_wrong_one(command: Command, posts: Path) -> None:
    """What is no id is a mistake on the command line."""
    compiled(command, posts)

    command("jobs", "show", "01a1ffd1-4689-7835-87a3-457989f268f2", code=3)
    command("jobs", "show", "seven", code=2)


def test_a_dry_run_shows_what_would_be_claimed(command: Command, posts: Path) -> None:
    """And the job is as it was."""
    job = compiled(command, posts)

    would = command.json("worker", "--dry-run")["would_claim"]

    assert [job] == would
    assert job == command.json("jobs", "show", job["id"])["job"]
    command("jobs", "cancel", job["id"])
    assert [] == command.json("worker", "--dry-run")["would_claim"]
    assert "nothing is ready" in command("worker", "--dry-run").stderr


def test_stale_leases_are_released_by_hand(command: Command, posts: Path) -> None:
    """It says who held them; a fresh lease stays."""
    job = compiled(command, posts)

    async def claim(deps: Deps) -> None:
        async with deps.store.transaction() as work:
            await work.jobs.claim("dead-00000009", limit=1, terms=deps.plan.terms)

    with_deps(command, claim)

    assert [] == command.json("jobs", "release-stale")["released"]
    impatient = attrs.evolve(
        command, env={"BRANDBRAIN_STALE_SECONDS": "0.001", "BRANDBRAIN_HEARTBEAT_SECONDS": "0.0001"}
    )
    (released,) = impatient.json("jobs", "release-stale")["released"]
    assert (job["id"], "dead-00000009") == (released["job_id"], released["worker"])


def test_old_jobs_are_pruned_and_the_newest_snapshot_keeps_its_run(command: Command, posts: Path) -> None:
    """Two ended jobs: one is the newest snapshot's, the other one goes."""
    job = compiled(command, posts)
    command("jobs", "cancel", job["id"])

    assert 0 == command.json("jobs", "prune")["pruned"]
    assert 1 == command.json("jobs", "prune", "--older-than", "0")["pruned"]
    assert ["succeeded"] == [left["status"] for left in command.json("jobs", "list")["jobs"]]


def test_raw_items_are_pruned_once_they_are_replaced(command: Command, posts: Path) -> None:
    """A first compile has nothing to prune; when all is collected anew, what it had collected goes."""
    job = compiled(command, posts)
    command("jobs", "cancel", job["id"])

    assert 0 == command.json("jobs", "prune", "--older-than", "0")["raw_items"]

    command("compile", "--file", posts.name, "--answers", "answers.json", "--force")

    assert command.json("jobs", "prune", "--older-than", "0")["raw_items"] > 0
