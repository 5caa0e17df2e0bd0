"""The private PostgreSQL server starts, serves, survives a restart, and never outlives its owner."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from brandbrain_store.embedded import EmbeddedPostgres, PostgresFailed, PostgresNotFound, find_binaries


async def _fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_a_started_server_answers() -> None:
    """Once start() has returned, a client gets an answer at the url."""
    with EmbeddedPostgres() as server:
        assert 42 == await _fetch(server.url, "select 42")


async def test_a_running_server_is_not_started_twice() -> None:
    """A second start() leaves the server as it is, and so its url."""
    with EmbeddedPostgres() as server:
        url, pid = server.url, server.pid

        server.start()

        assert (url, pid) == (server.url, server.pid)


async def test_a_kept_folder_keeps_its_rows(tmp_path: Path) -> None:
    """What one server wrote into a kept folder, the next one reads."""
    with EmbeddedPostgres(tmp_path / "data") as server:
        await _fetch(server.url, "create table kept as select 'here' as word")

    with EmbeddedPostgres(tmp_path / "data") as server:
        assert "here" == await _fetch(server.url, "select word from kept")


async def test_a_kept_folder_is_written_durably(tmp_path: Path) -> None:
    """Only a temporary server may skip waiting for the disk."""
    with EmbeddedPostgres(tmp_path / "data") as server:
        assert "on" == await _fetch(server.url, "show fsync")


async def test_settings_reach_the_server() -> None:
    """A setting given to the constructor wins over the default."""
    with EmbeddedPostgres(settings={"max_connections": "17", "fsync": "on"}) as server:
        assert "17" == await _fetch(server.url, "show max_connections")
        assert "on" == await _fetch(server.url, "show fsync")


def test_a_stopped_server_is_gone_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """After stop() there is neither a process nor a temporary file, and no url; stopping again is harmless."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    server = EmbeddedPostgres().start()
    pid = server.pid

    server.stop()
    server.stop()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert [] == list(tmp_path.iterdir())
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.url


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """The error carries what the server itself said, and the server can be asked to stop all the same."""
    server = EmbeddedPostgres(settings={"shared_buffers": "plenty"})

    with pytest.raises(PostgresFailed, match="shared_buffers") as caught:
        server.start()

    assert "postgres" == caught.value.program
    server.stop()


def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    """Two servers on one folder would ruin it; the second one fails and the first lives on."""
    with EmbeddedPostgres(tmp_path / "data") as first:
        with pytest.raises(PostgresFailed, match="lock file"):
            EmbeddedPostgres(tmp_path / "data").start()

        os.kill(first.pid, 0)


def test_a_stale_status_file_does_not_pass_for_a_ready_server(tmp_path: Path) -> None:
    """A server that was killed leaves a file saying it is ready; the next one still starts, as itself."""
    server = EmbeddedPostgres(tmp_path / "data").start()
    os.kill(server.pid, signal.SIGKILL)
    os.waitpid(server.pid, 0)

    with EmbeddedPostgres(tmp_path / "data") as successor:
        status = (tmp_path / "data" / "postmaster.pid").read_text().splitlines()
        assert str(successor.pid) == status[0]
    server.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
def test_the_server_does_not_outlive_a_killed_owner(tmp_path: Path) -> None:
    """SIGKILL of the owner, which runs no cleanup, takes the server along."""
    program = (
        "import sys, brandbrain_store.embedded as embedded;"
        "print(embedded.EmbeddedPostgres().start().pid, flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert owner.stdout is not None
    assert owner.stdin is not None
    pid = int(owner.stdout.readline())
    gone = os.pidfd_open(pid)

    owner.kill()
    owner.wait()
    owner.stdin.close()
    owner.stdout.close()

    assert _ended(gone, seconds=20.0)


def _ended(pidfd: int, *, seconds: float) -> bool:
    try:
        return bool(select.select([pidfd], [], [], seconds)[0])
    finally:
        os.close(pidfd)


def test_an_explicit_folder_is_the_only_one_searched(tmp_path: Path) -> None:
    """A wrong setting is an error that names it, not a silent fall-back."""
    with pytest.raises(PostgresNotFound) as caught:
        find_binaries(tmp_path)

    assert (str(tmp_path),) == caught.value.searched
    assert str(tmp_path) in str(caught.value)


def test_the_newest_system_version_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the package, the highest major version that has both programs is taken, by number and not by text."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    for version in ("9", "15", "16"):
        (tmp_path / version / "bin").mkdir(parents=True)
    for version in ("9", "15"):
        for program in ("initdb", "postgres"):
            (tmp_path / version / "bin" / program).touch(mode=0o755)

    assert tmp_path / "15" / "bin" == find_binaries(system=tmp_path)


async def test_make_database_copies_a_template(make_database: Callable[..., str]) -> None:
    """A database made from a template has its tables, and changes to it stay its own."""
    template = make_database()
    await _fetch(template, "create table pillar as select 'craft' as name")

    copy = make_database(template=template)
    await _fetch(copy, "update pillar set name = 'care'")

    assert "craft" == await _fetch(template, "select name from pillar")
