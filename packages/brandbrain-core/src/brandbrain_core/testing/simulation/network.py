"""What lies between a process and the store: messages take time, get lost, and arrive twice."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final

import attrs

from brandbrain_core.errors import Unavailable
from brandbrain_core.testing.simulation.loop import SimulatedLoop
from brandbrain_core.testing.simulation.processes import Process

USUAL_DELAY: Final = 0.05
"""No message takes longer on a good network; seconds."""

WAYS_BACK: Final = 0.2
"""Share of answers within a transaction that are on a way of their own."""


@attrs.frozen(kw_only=True)
class NetworkFaults:
    """
    How bad the network is. Shares are of messages or transactions, 0 to 1.

    Attributes:
        lost: Messages that do not arrive: the connection breaks, and the caller is told.
        slow: Messages that take up to *slowest* seconds.
        lost_answers: Commits that happen and are reported as broken connections.
        doubled: Calls that are carried out twice in a row.
        repeated: Transactions that are delivered once more, at any time up to *latest* seconds later.
        unnoticed: Broken connections that the store notices only after up to *idle* seconds.
        idle: How long the store waits for a transaction that says nothing before it undoes it; seconds.
    """

    lost: float = 0.0
    slow: float = 0.0
    slowest: float = 1.0
    lost_answers: float = 0.0
    doubled: float = 0.0
    repeated: float = 0.0
    latest: float = 1.0
    unnoticed: float = 0.0
    idle: float = 20.0


GOOD_NETWORK: Final = NetworkFaults()


class Network:
    """All links of a world; *faults* may be replaced at any time."""

    def __init__(self, loop: SimulatedLoop, random: Random, faults: NetworkFaults) -> None:
        self.faults = faults
        self._loop = loop
        self._random = random.random

    def happens(self, share: float) -> bool:
        """Roll a die."""
        return share > 0 and self._random() < share

    def up_to(self, seconds: float) -> float:
        """Return a time between nothing and that, short ones more often than long ones."""
        return seconds * self._random() ** 3

    @property
    def now(self) -> float:
        """The true time; seconds."""
        return self._loop.time()

    def message(self) -> tuple[bool, asyncio.Future[None]]:
        """Return whether a message will be lost, and what is awaited while it is on its way."""
        faults, random = self.faults, self._random
        is_lost = faults.lost > 0 and random() < faults.lost
        is_slow = faults.slow > 0 and random() < faults.slow
        return is_lost, self._loop.nap(self.up_to(faults.slowest) if is_slow else USUAL_DELAY * random())


class Link:
    """The way from one process to the store and back."""

    def __init__(self, network: Network, process: Process) -> None:
        self.network = network
        self.process = process
        self._cut_until = 0.0

    def cut(self, seconds: float) -> None:
        """Let nothing through for that time."""
        self._cut_until = max(self._cut_until, self.network.now + seconds)

    async def return_home(self) -> None:
        """Be on the way back; often that is left to the next way there, which nobody can tell from it."""
        if self.network.happens(WAYS_BACK):
            await self.travel()

    async def travel(self) -> None:
        """
        Be on the way.

        Raises:
            Unavailable: It did not arrive.
            asyncio.CancelledError: The process has died.
        """
        if self.process.is_dead:
            raise asyncio.CancelledError
        is_lost, way = self.network.message()
        await way
        if self.process.is_dead:
            raise asyncio.CancelledError
        if is_lost or self._cut_until > self.network.now:
            raise Unavailable("store", "the connection broke")
