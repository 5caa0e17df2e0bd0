"""
What several callers ask at one time, sent as one statement: a group commit.

The first caller waits for nobody. While its statement is under way others gather, and go together in the next one: the
busier the callers are, the more of them share a statement, its round trip and its commit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

import attrs

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

LARGEST: Final = 100
"""How many share a statement at the most."""


@attrs.frozen(eq=False)
class _Call(Generic[Asked, Answer]):
    asked: Asked
    answer: asyncio.Future[Answer]


class GroupCommit(Generic[Asked, Answer]):
    """
    Gathers calls of one event loop.

    Nobody's call can harm another's: where a statement for several fails, whatever the reason, each of them is sent by
    itself.

    Args:
        send: Sends what is asked in one statement, a transaction by itself; returns the answers in the same order. It
            must bear being sent again what was carried out although it failed.
    """

    def __init__(self, send: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]]) -> None:
        self._send = send
        self._waiting: deque[_Call[Asked, Answer]] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        """
        Return the answer; raise what `send` raises.

        A caller that is cancelled is not waited for: what it asked is left out if it can be, or else carried out.
        """
        call: _Call[Asked, Answer] = _Call(asked, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_gathered())
        return await call.answer

    async def close(self) -> None:
        """Wait until what was asked is answered."""
        if self._sending is not None:
            await asyncio.wait([self._sending])

    async def _send_gathered(self) -> None:
        calls: list[_Call[Asked, Answer]] = []
        try:
            while calls := self._taken():
                await self._answer(calls)
        finally:
            self._sending = None
            for call in (*calls, *self._waiting):
                call.answer.cancel()
            self._waiting.clear()

    def _taken(self) -> list[_Call[Asked, Answer]]:
        """Take the calls that came first; those whose callers are gone are left out."""
        taken: list[_Call[Asked, Answer]] = []
        while self._waiting and len(taken) < LARGEST:
            call = self._waiting.popleft()
            if not call.answer.done():
                taken.append(call)
        return taken

    async def _answer(self, calls: Sequence[_Call[Asked, Answer]]) -> None:
        try:
            answers = await self._send([call.asked for call in calls])
        except Exception as error:  # noqa: BLE001 - it is the callers'
            if len(calls) > 1:
                await asyncio.gather(*(self._answer([call]) for call in calls))
            elif not calls[0].answer.done():
                calls[0].answer.set_exception(error)
            return
        for call, answer in zip(calls, answers, strict=True):
            if not call.answer.done():
                call.answer.set_result(answer)
