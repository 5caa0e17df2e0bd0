"""The command's name on a lease, and how another process tells that its owner is gone."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from brandbrain import local_worker


def named_by_a_child(*, and_then: str) -> tuple[str, subprocess.Popen[str]]:
    """Start a process that says its name and then does something; return both."""
    code = f"import sys; from brandbrain import local_worker; print(local_worker.name(), flush=True); {and_then}"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process.stdout.readline().strip(), process


def test_a_process_that_lives_is_not_dead() -> None:
    """Neither this process nor a child that waits."""
    name, child = named_by_a_child(and_then="sys.stdin.read()")
    try:
        assert (False, False) == (local_worker.is_dead(local_worker.name()), local_worker.is_dead(name))
    finally:
        child.communicate("")


def test_a_process_that_was_killed_is_dead() -> None:
    """A name outlives its process; who asks is told."""
    name, child = named_by_a_child(and_then="sys.stdin.read()")
    child.kill()
    child.communicate()
    assert local_worker.is_dead(name)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when a process was started")
def test_a_process_id_given_anew_is_told_apart() -> None:
    """The same number with another start is another process: the one of that name is gone."""
    host, pid, started = local_worker.name().rsplit("-", 2)
    assert local_worker.is_dead(f"{host}-{pid}-{int(started) - 1}")


@pytest.mark.parametrize(
    "name",
    ["", "here", f"{socket.gethostname()}-0f0f0f0f", "local-elsewhere.example-999999999-1", "local-x-1"],
)
def test_nothing_is_said_of_others(name: str) -> None:
    """Workers of other machines, and names of another form, are never called dead."""
    assert not local_worker.is_dead(name)
