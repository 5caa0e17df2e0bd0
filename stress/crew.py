"""Worker processes: started, killed, stopped and continued; there are always as many as there should be."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections import Counter
from pathlib import Path
from random import Random

import attrs
from stress.witness import Write, writes_in

SCRIPT = "stress.cheap_worker"
HOSTS = (0.0, 3600.0, -3600.0)
"""By how many seconds the clocks of the hosts are wrong, on which the workers run in turn."""


@attrs.define(kw_only=True)
class Crew:
    """
    The workers.

    Attributes:
        orders: What all of them are told; see `cheap_worker.Orders`.
        folder: Where their counters go, and what they say of their writes.
    """

    orders: dict[str, object]
    folder: Path
    random: Random
    size: int
    made: int = 0
    working: dict[str, asyncio.subprocess.Process] = attrs.field(factory=dict)
    asleep: dict[str, asyncio.subprocess.Process] = attrs.field(factory=dict)

    async def man(self) -> None:
        """Start as many workers as are missing; those that are asleep count."""
        for name, process in [*self.working.items(), *self.asleep.items()]:
            if process.returncode is not None:
                self.working.pop(name, None)
                self.asleep.pop(name, None)
        while len(self.working) + len(self.asleep) < self.size:
            self.made += 1
            name = f"host{self.made % len(HOSTS)}-{self.made:08x}"
            orders = {
                **self.orders,
                "name": name,
                "counters": str(self.folder / f"{name}.json"),
                "writes": str(self.folder / f"{name}.writes"),
                "seed": self.random.randrange(1 << 30),
                "clock_ahead": HOSTS[self.made % len(HOSTS)],
            }
            self.working[name] = await asyncio.create_subprocess_exec(sys.executable, "-m", SCRIPT, json.dumps(orders))

    def pick(self) -> str | None:
        """Return one that works, at random; None: there is none."""
        names = [name for name, process in self.working.items() if process.returncode is None]
        return self.random.choice(names) if names else None

    async def kill(self) -> bool:
        """Kill one at this very moment, and start another."""
        name = self.pick()
        if name is None:
            return False
        process = self.working.pop(name)
        process.kill()
        await process.wait()
        await self.man()
        return True

    async def put_to_sleep(self, seconds: float) -> bool:
        """Stop one, and let it go on after a time that is longer than its leases live."""
        name = self.pick()
        if name is None:
            return False
        process = self.asleep[name] = self.working.pop(name)
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        process.send_signal(signal.SIGCONT)
        self.working[name] = self.asleep.pop(name)
        return True

    async def go_home(self) -> list[int]:
        """Let all drain, once they can be told to; return their exit codes."""
        for name, process in self.working.items():
            while process.returncode is None and not (self.folder / f"{name}.json").exists():  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            process.send_signal(signal.SIGTERM)
        return [await process.wait() for process in self.working.values()]

    def end(self) -> None:
        """Kill whoever is left."""
        for process in [*self.working.values(), *self.asleep.values()]:
            if process.returncode is None:
                process.kill()

    def writes(self) -> list[Write]:
        """Return every write under a lease that was accepted."""
        return [write for file in self.folder.glob("*.writes") for write in writes_in(file)]

    def counters(self) -> Counter[str]:
        """Add up what all of them counted, the dead ones up to their last words."""
        total: Counter[str] = Counter()
        for file in self.folder.glob("*.json"):
            counted = json.loads(file.read_text())
            total.update({name: int(n) for name, n in counted.items() if not name.endswith(("_seconds", "_age"))})
        for gauge in ("depth", "ready", "running", "dead_rows"):
            total.pop(gauge, None)
        return total
