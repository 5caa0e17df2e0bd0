"""A TCP proxy in front of PostgreSQL that breaks connections in the ways in which networks do."""

from __future__ import annotations

import asyncio
import contextlib
from random import Random
from urllib.parse import urlsplit


class Proxy:
    """
    Passes connections on to the server that *upstream* names at that moment, and breaks some.

    Attributes:
        upstream: URL of the server; may change when that moves.
        lost_answers: How many more answers to a COMMIT are thrown away, with their connection.
        lost_replies: How many more answers to anything at all are: a claim is its own transaction, without a COMMIT.
    """

    def __init__(self, upstream: str, random: Random) -> None:
        self.upstream = upstream
        self.lost_answers = 0
        self.lost_replies = 0
        self._random = random
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._silent: list[asyncio.Event] = []
        self._connections: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen; return the URL through which the server is reached."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        parts = urlsplit(self.upstream)
        return parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}").geturl()

    async def close(self) -> None:
        """Listen no more, and end what is open."""
        if self._server is not None:
            self._server.close()
        self.cut(len(self._connections))
        for silent in self._silent:
            silent.set()

    def cut(self, count: int) -> int:
        """Break so many connections, chosen at random, in the midst of whatever they do; return how many there were."""
        chosen = self._random.sample(sorted(self._connections, key=id), min(count, len(self._connections)))
        for pair in chosen:
            _abort(pair)
        return len(chosen)

    async def freeze(self, seconds: float) -> None:
        """Let nothing through for a while, without a word: half-open connections."""
        self._flowing.clear()
        await asyncio.sleep(seconds)
        self.thaw()

    def thaw(self) -> None:
        """Let everything through again."""
        self._flowing.set()

    def forget(self) -> None:
        """Let nothing through any more what is connected now, without a word, for ever; new connections are good."""
        self._flowing.clear()
        self._silent.append(self._flowing)
        self._flowing = asyncio.Event()
        self._flowing.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        flowing = self._flowing
        await flowing.wait()
        parts = urlsplit(self.upstream)
        try:
            server_reader, server_writer = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, server_writer)
        self._connections.add(pair)
        loses = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._requests(reader, server_writer, flowing, loses))
                group.create_task(self._answers(server_reader, writer, flowing, loses))
        except* (OSError, EOFError):
            pass
        finally:
            self._connections.discard(pair)
            _abort(pair)

    async def _requests(
        self, reader: asyncio.StreamReader, server: asyncio.StreamWriter, flowing: asyncio.Event, loses: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            await flowing.wait()
            if self.lost_answers > 0 and b"COMMIT" in data:
                self.lost_answers -= 1
                loses.set()
            elif self.lost_replies > 0:
                self.lost_replies -= 1
                loses.set()
            server.write(data)
            await server.drain()
        raise EOFError

    async def _answers(
        self, server: asyncio.StreamReader, writer: asyncio.StreamWriter, flowing: asyncio.Event, loses: asyncio.Event
    ) -> None:
        while data := await server.read(65536):
            await flowing.wait()
            if loses.is_set():
                break
            writer.write(data)
            await writer.drain()
        raise EOFError


def _abort(pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> None:
    for writer in pair:
        with contextlib.suppress(OSError, RuntimeError):
            writer.transport.abort()
