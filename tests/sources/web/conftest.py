"""Sites on loopback: honest ones and hostile ones."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

Answer: TypeAlias = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
"""A whole HTTP answer as it goes over the wire, or something that writes one."""

Serve: TypeAlias = Callable[[Mapping[str, Answer]], Awaitable["Server"]]

NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone"


class Server:
    """Answers by path, and remembers what was asked for."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = dict(answers)
        self.requests: list[str] = []
        self.heads: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            self.requests.append(path)
            self.heads.append(head)
            answer = self.answers.get(path, NOT_FOUND)
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """A function that starts a server with these answers by path."""
    running: list[asyncio.Server] = []

    async def start(answers: Mapping[str, Answer]) -> Server:
        server = Server(answers)
        listening = await asyncio.start_server(server.handle, "127.0.0.1", 0)
        running.append(listening)
        server.port = listening.sockets[0].getsockname()[1]
        return server

    yield start
    for listening in running:
        listening.close()
        await listening.wait_closed()


@pytest.fixture(scope="session")
def manual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of real pages: a small manual, built by Sphinx."""
    source = tmp_path_factory.mktemp("manual")
    chapters = [f"chapter{number}" for number in range(12)]
    for number, name in enumerate(chapters):
        prose = f"Chapter {number} is about sails, seams and the weather of week {number}. " * 12
        (source / f"{name}.rst").write_text(f"Chapter {number}\n{'=' * 12}\n\n{prose}\n", encoding="utf-8")
    listed = "\n".join(f"   {name}" for name in chapters)
    index = f"The manual\n==========\n\n.. toctree::\n\n{listed}\n"
    (source / "index.rst").write_text(index, encoding="utf-8")
    (source / "conf.py").write_text("project = 'Sails'\nhtml_theme = 'alabaster'\n", encoding="utf-8")
    built = source / "built"
    subprocess.run([sys.executable, "-m", "sphinx", "-q", "-b", "html", str(source), str(built)], check=True)
    return built
