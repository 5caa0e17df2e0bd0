"""Real `brandbrain worker` processes, stopped and killed while a site keeps them waiting in the midst of a compile."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import attrs
import pytest
from tests.brandbrain.conftest import ANSWERS, Command, with_deps

from brandbrain_core.ids import BrandId
from brandbrain_core.services.brands import create_brand
from brandbrain_core.services.deps import Deps
from brandbrain_core.services.onboarding import save_answers
from brandbrain_core.services.sources import connect_source
from brandbrain_store import migrate

PAGE = b"<html><title>Marrowby</title><body><p>" + b"We mend sails by hand, in the loft by the harbour. " * 20 + b"</p>"
QUICK = {
    "BRANDBRAIN_CRAWLER_ALLOW_PRIVATE": "on",
    "BRANDBRAIN_HEARTBEAT_SECONDS": "0.5",
    "BRANDBRAIN_STALE_SECONDS": "2",
    "BRANDBRAIN_STALE_CHECK_SECONDS": "0.2",
    "BRANDBRAIN_POLL_SECONDS": "0.2",
    "BRANDBRAIN_BACKOFF_BASE_SECONDS": "0.01",
    "BRANDBRAIN_PORT": "0",
}


class HeldSite:
    """A site that answers nothing until it is let."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let = threading.Event()
        asked, let = self.asked, self.let

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.set()
                let.wait(30)
                self.send_response(404 if self.path == "/robots.txt" else 200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(PAGE)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@attrs.frozen(kw_only=True)
class Scene:
    """A brand with the held site, its compile in the queue, and workers on it."""

    command: Command
    site: HeldSite
    brand: BrandId
    started: list[subprocess.Popen[str]] = attrs.field(factory=list)

    def worker(self, *flags: str) -> subprocess.Popen[str]:
        """Start a worker."""
        self.started.append(self.command.start("worker", *flags))
        return self.started[-1]

    def at_work(self, *flags: str) -> subprocess.Popen[str]:
        """Start a worker and return once it waits for the site."""
        self.site.asked.clear()
        process = self.worker(*flags)
        assert self.site.asked.wait(30)
        return process

    def job(self) -> dict[str, object]:
        """Return the job as the command shows it."""
        (job,) = self.command.json("jobs", "list")["jobs"]
        return {name: job.get(name) for name in ("status", "attempts", "last_error", "locked_by")}

    def snapshots(self) -> int:
        """Count the brand's snapshots."""

        async def count(deps: Deps) -> int:
            async with deps.store.reading() as work:
                return await work.snapshots.count(self.brand)

        return with_deps(self.command, count)


@pytest.fixture
def site() -> Iterator[HeldSite]:
    """A site that answers nothing until it is let."""
    site = HeldSite()
    serving = threading.Thread(target=site.server.serve_forever)
    serving.start()
    yield site
    site.let.set()
    site.server.shutdown()
    site.server.server_close()
    serving.join()


@pytest.fixture
def scene(database_url: str, site: HeldSite, tmp_path: Path) -> Iterator[Scene]:
    """The scene, on each kind of database."""
    command = Command(folder=tmp_path, env={"DATABASE_URL": database_url, **QUICK})

    async def declare(deps: Deps) -> BrandId:
        brand = await create_brand(deps, name="Marrowby", website_url=None)
        await save_answers(deps, brand.id, tier=0, answers=ANSWERS)
        await connect_source(deps, brand.id, platform="web", capability="crawl_pages", identifier=site.url)
        return brand.id

    scene = Scene(command=command, site=site, brand=with_deps(command, declare))
    assert command("jobs", "add").stdout.startswith("PENDING ")
    yield scene
    for process in scene.started:
        process.kill()
        process.communicate()


def test_sigterm_drains(scene: Scene) -> None:
    """The compile that runs is ended, then the process ends with 0."""
    process = scene.at_work()

    process.send_signal(signal.SIGTERM)
    scene.site.let.set()
    _, err = process.communicate(timeout=30)

    assert 0 == process.returncode, err
    assert ("succeeded", 1, 1) == (scene.job()["status"], scene.job()["attempts"], scene.snapshots())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_second_signal_hands_back(scene: Scene, number: signal.Signals) -> None:
    """The process ends with 130 at once, and no attempt is used up."""
    process = scene.at_work()

    process.send_signal(number)
    _read_until(process, "draining")
    process.send_signal(number)
    _, err = process.communicate(timeout=30)

    assert 130 == process.returncode, err
    assert ("pending", 0, 0) == (scene.job()["status"], scene.job()["attempts"], scene.snapshots())


def test_what_a_killed_worker_left_is_finished_by_another(scene: Scene) -> None:
    """SIGKILL in the midst of the work: one attempt is used up, one snapshot appears, and the log says who held it."""
    killed = scene.at_work()
    holder = scene.job()["locked_by"]
    killed.kill()
    killed.wait()

    scene.site.let.set()
    _, err = scene.worker("--max-jobs", "1").communicate(timeout=40)

    assert ("succeeded", 2, 1) == (scene.job()["status"], scene.job()["attempts"], scene.snapshots())
    assert f'"held_by": "{holder}"' in err


def test_a_stopped_worker_that_wakes_up_late_harms_nothing(scene: Scene) -> None:
    """SIGSTOP past the lease, another worker finishes, SIGCONT: the first one is refused and goes on living."""
    stopped = scene.at_work("--poll-interval", "60", "--stale-check-interval", "60")
    _stop_between_writes(stopped, scene.command.settings["DATABASE_URL"])
    scene.site.let.set()
    scene.worker("--max-jobs", "1").communicate(timeout=40)
    before = scene.job()

    stopped.send_signal(signal.SIGCONT)
    said = _read_until(stopped, '"end": "lost"')
    stopped.send_signal(signal.SIGTERM)
    stopped.communicate(timeout=30)

    assert '"end": "lost"' in said
    assert 0 == stopped.returncode
    assert ("succeeded", 2, 1) == (before["status"], before["attempts"], scene.snapshots())
    assert before == scene.job()


def test_up_runs_a_worker_and_says_so(scene: Scene) -> None:
    """It brings the schema up to date, tells what runs, does the work, and stops on Ctrl-C."""
    scene.site.let.set()
    process = scene.command.start("up", "-v", "--port", "0")
    scene.started.append(process)

    said = _read_until(process, '"end": "succeeded"')
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)

    assert "\nworker: " in said
    assert 0 == process.returncode
    assert 1 == scene.snapshots()


def test_a_worker_waits_for_a_database_that_is_away(tmp_path: Path) -> None:
    """It is not an error to be started first; with --once it is one that may be tried again."""
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"}
    command = Command(folder=tmp_path, env=away)

    command.process("worker", "--once", code=5)
    process = command.start("worker")
    said = _read_until(process, "waiting for the database")
    process.kill()
    process.communicate()

    assert "waiting for the database" in said


def test_an_unknown_schema_is_refused(make_database: Callable[..., str], tmp_path: Path) -> None:
    """A database that was never laid out is no reason to wait; `up` lays it out."""
    command = Command(folder=tmp_path, env={"DATABASE_URL": make_database()})

    _, err = command.process("worker", "--once", code=4)

    assert migrate.head() in err


def _stop_between_writes(process: subprocess.Popen[str], url: str) -> None:
    """Stop a process; if it has the only right to write to an SQLite file just then, let it go on and try again."""
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        if not url.startswith("sqlite") or _is_free(url.removeprefix("sqlite:///")):
            return
        process.send_signal(signal.SIGCONT)


def _is_free(file: str) -> bool:
    with contextlib.closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("begin immediate")
        except sqlite3.OperationalError:
            return False
    return True


def _read_until(process: subprocess.Popen[str], text: str) -> str:
    """Read the process's log up to a line with *text*; end with the process at the latest, and after a minute."""
    assert process.stderr is not None
    patience = threading.Timer(60, process.kill)
    patience.start()
    said = ""
    while text not in said and (line := process.stderr.readline()):
        said += line
    patience.cancel()
    return said
