"""
Serves one contender in a process of its own: ``python -m bench.http.serving CONTENDER URL SIZE``.

It writes its port to standard output once it serves, and ends when standard input is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvicorn
from bench.http import bare
from bench.http.template import deps_on
from sqlalchemy import Engine, event

from brandbrain_http import create_app
from brandbrain_http.server import make_server

CONTENDERS: Final = ("brandbrain", "sqlalchemy", "driver", "nothing")
"""Ours; ours with every statement through SQLAlchemy; the bare applications, with and without a database."""

ROOT: Final = Path(__file__).parents[2]
_CONNECTIONS: Final = 8
"""Of the bare application's pool: as many as our store's own."""
_TICK: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Serving:
    """A server that runs."""

    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Return the processor time that it has taken; 0.0 where the system does not tell."""
        with contextlib.suppress(FileNotFoundError):
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / _TICK
        return 0.0

    def resident_bytes(self) -> int:
        """Return the memory that it holds; 0 where the system does not tell."""
        with contextlib.suppress(FileNotFoundError):
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        return 0


@contextmanager
def served(contender: str, url: str, size: int) -> Iterator[Serving]:
    """Run a contender's server for as long as the context lasts."""
    command = [sys.executable, "-m", "bench.http.serving", contender, url, str(size)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line:
            raise SystemExit(f"{contender} did not start")
        try:
            yield Serving(server.pid, int(line))
        finally:
            server.stdin.close()
            try:
                server.wait(15)
            except subprocess.TimeoutExpired:
                server.kill()


async def _serve(contender: str, url: str, size: int) -> None:
    async with _made(contender, url, size) as server:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), setattr, server, "should_exit", True)
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():  # noqa: ASYNC110 - the server tells no other way
            await asyncio.sleep(0.005)
        sys.stdout.write(f"{server.servers[0].sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await serving


@asynccontextmanager
async def _made(contender: str, url: str, size: int) -> AsyncIterator[uvicorn.Server]:
    if contender in ("brandbrain", "sqlalchemy"):
        if contender == "sqlalchemy":
            event.listen(Engine, "before_cursor_execute", lambda *_: None)
        deps = await deps_on(url)
        try:
            yield make_server(create_app(deps), port=0)
        finally:
            await deps.store.close()
        return
    if contender == "nothing":
        app = bare.without_database(size)
    elif url.startswith("sqlite"):
        app = bare.on_sqlite(url)
    else:
        app = await bare.on_postgres(url, _CONNECTIONS)
    yield uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, ws="none", lifespan="off"))


if __name__ == "__main__":
    uvloop = uvicorn.Config(bare.without_database(2), log_config=None).get_loop_factory()
    with asyncio.Runner(loop_factory=uvloop) as runner:
        runner.run(_serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
