"""
The watcher: sees every call where the store carries it out, and every commit, and checks what must always hold.

It knows the rules in its own words, from the rows before and after; it shares no decision with the store it watches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from brandbrain_core.errors import BrandBrainError, LeaseLost
from brandbrain_core.ids import BrandId
from brandbrain_core.model.job import Lease, LeaseTerms
from brandbrain_core.ports import Clock, Ended, Store, UnitOfWork
from brandbrain_core.testing.simulation.calls import UNDER_A_LEASE, Call, Transaction
from brandbrain_core.testing.simulation.fences import extended, fenced
from brandbrain_core.testing.simulation.invariants import InvariantBroken
from brandbrain_core.testing.simulation.ledger import Ledger
from brandbrain_core.testing.simulation.picking import claimed, released, retried
from brandbrain_core.testing.simulation.trace import Trace

_TOLD: Final = frozenset({"jobs", "snapshots", "overrides", "collections", "evidence"})
_UNTOLD: Final = frozenset({"get", "page", "latest", "head", "of_run", "stats", "claimable", "active"})


class Watcher:
    """
    Watches a store.

    Attributes:
        ledger: What was committed.
        counts: How often what was seen.
        leases: Every lease that was ever given, oldest first.
    """

    def __init__(
        self,
        store: Store,
        brands: Sequence[BrandId],
        *,
        clock: Clock,
        terms: LeaseTerms,
        trace: Trace,
        halt: Callable[[InvariantBroken], None],
    ) -> None:
        self.ledger = Ledger(store, brands)
        self.counts: Counter[str] = Counter()
        self.leases: list[Lease] = []
        self._clock = clock
        self._terms = terms
        self._trace = trace
        self._halt = halt

    def begin(self, who: str) -> Transaction:
        """Begin to watch a transaction."""
        return Transaction(who=who)

    def count(self, what: str) -> None:
        """Count something."""
        self.counts[what] += 1

    async def carry_out(self, transaction: Transaction, work: UnitOfWork, call: Call) -> Any:
        """Carry out a call in the store; the world is halted if something is broken."""
        told = call.repository in _TOLD and call.name not in _UNTOLD
        try:
            result = await self._checked(work, call)
        except InvariantBroken as broken:
            self._trace.note(transaction.who, call.name, *call.args[:1], broken)
            self._halt(broken)
            raise
        except BrandBrainError as error:
            if isinstance(error, LeaseLost):
                self.counts[f"refused {call.name}"] += 1
            self._trace.note(transaction.who, call.name, *call.args[:1], error)
            raise
        if isinstance(result, Ended) and result.repeated:
            self.counts["repeated completes"] += 1
        if told:
            self._trace.note(transaction.who, call.name, *call.args[:1], result)
        transaction.note(call, result)
        return result

    async def committed(self, transaction: Transaction) -> None:
        """Check what a transaction has committed just now; the world is halted if something is broken."""
        try:
            await self.ledger.commit(transaction)
        except InvariantBroken as broken:
            self._halt(broken)
            raise
        self._count(transaction)
        if transaction.brands:
            self._trace.note(transaction.who, "committed")

    def _count(self, transaction: Transaction) -> None:
        self.leases += transaction.claims
        self.counts["commits"] += 1
        for call in transaction.calls:
            if call.name == "upsert":
                self.counts["evidence stored"] += 1
            if call.repository == "jobs" and call.name not in _UNTOLD:
                self.counts[f"accepted {call.name}"] += 1
        self.counts["leases given"] += len(transaction.claims)
        if transaction.causes:
            taken = sum("release_stale" in causes for causes in transaction.causes.values())
            self.counts["leases taken away"] += taken
        if transaction.asked is not None and (wanted := transaction.wanted) is not None and wanted.job is None:
            self.counts["kick-offs that change nothing"] += 1

    async def _checked(self, work: UnitOfWork, call: Call) -> Any:
        if call.repository == "jobs":
            if call.name in UNDER_A_LEASE:
                return await fenced(work, call)
            match call.name:
                case "extend":
                    return await extended(work, call, terms=self._terms, now=self._clock.now())
                case "claim":
                    return await claimed(work, call, now=self._clock.now())
                case "retry":
                    return await retried(work, call)
                case "release_stale":
                    return await released(work, call, terms=self._terms, now=self._clock.now())
        return await getattr(getattr(work, call.repository), call.name)(*call.args, **call.more)
