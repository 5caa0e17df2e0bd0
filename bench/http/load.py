"""
A client that costs little: a closed loop of requests over connections that are kept open, as callbacks on raw sockets.

It understands what the servers under measurement send, answers with a declared length, and nothing more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_WITHOUT_BODY = frozenset({204, 304})


@dataclass
class Tally:
    """How long requests took, in seconds, and how often each status came."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def note(self, status: int, seconds: float) -> None:
        """Count one answer."""
        self.seconds.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1


class Connection(asyncio.Protocol):
    """One connection, on which the next request follows the answer to the last until there are no more."""

    def __init__(self, requests: Iterator[bytes], note: Callable[[int, bytes, float], None]) -> None:
        self._requests = requests
        self._note = note
        self._begun = 0.0
        self._chunks: list[bytes] = []
        self._missing = 0
        self._transport: asyncio.WriteTransport
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask the first time."""
        self._transport = cast("asyncio.WriteTransport", transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Take in a part of an answer; once it is whole, ask again."""
        self._chunks.append(data)
        if self._missing == 0:
            answer = b"".join(self._chunks)
            end = answer.find(_HEAD_END)
            if end < 0:
                self._chunks = [answer]
                return
            self._missing = end + len(_HEAD_END) + _body_length(answer[:end].lower()) - len(answer)
        else:
            self._missing -= len(data)
        if self._missing == 0:
            whole = b"".join(self._chunks)
            self._chunks = []
            self._note(int(whole[9:12]), whole, time.perf_counter() - self._begun)
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        """End, badly if a request was under way."""
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server closed the connection"))

    def _ask(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._begun = time.perf_counter()
        self._transport.write(request)


async def load(port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> tuple[Tally, float]:
    """Send *requests* for so long over so many connections; return what came back, and for how long it took."""
    tally = Tally()
    began = time.perf_counter()
    until = began + seconds

    def timed() -> Iterator[bytes]:
        while time.perf_counter() < until:
            yield next(requests)

    await _all_sent(port, timed(), lambda status, _, took: tally.note(status, took), connections)
    return tally, time.perf_counter() - began


async def answers(port: int, requests: list[bytes]) -> list[bytes]:
    """Return the whole answer to each request, asked one after the other."""
    got: list[bytes] = []
    await _all_sent(port, iter(requests), lambda _, whole, __: got.append(whole), 1)
    return got


async def _all_sent(
    port: int, requests: Iterator[bytes], note: Callable[[int, bytes, float], None], connections: int
) -> None:
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Connection(requests, note), "127.0.0.1", port) for _ in range(connections)
    ]
    await asyncio.gather(*(connection.done for _, connection in made))


def _body_length(head: bytes) -> int:
    if int(head[9:12]) in _WITHOUT_BODY:
        return 0
    at = head.find(_LENGTH)
    if at < 0:
        raise ValueError("an answer without a declared length")
    return int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
