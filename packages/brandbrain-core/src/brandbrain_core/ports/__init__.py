"""
What core needs from the outside: clock, ids, store, collectors, normalisers, synthesizers.

A port promises behaviour, not just signatures; adapters need not inherit from it. The contract suites in
`brandbrain_core.testing` tell the author of an adapter whether it keeps the promises.

Nothing commits on its own: a `Store` gives a transaction, the repositories hang off it, and what was written in it
becomes visible together or not at all. Any method may raise `Unavailable` when the database cannot be reached; then
nothing was written and calling again is safe, except that a commit whose answer was lost may have happened.
"""

from brandbrain_core.ports.idempotency import IdempotencyRepository
from brandbrain_core.ports.jobs import Beat, Ended, JobRepository, QueueStats, Released
from brandbrain_core.ports.keys import KeyRepository
from brandbrain_core.ports.pruning import Pruned
from brandbrain_core.ports.repositories import (
    BrandRepository,
    CollectionRepository,
    EvidenceRepository,
    OverridesRepository,
    RunRepository,
    Sighting,
    SnapshotRepository,
    SourceRepository,
    UpsertCounts,
)
from brandbrain_core.ports.sources import (
    Collected,
    CollectedItem,
    Collector,
    CollectRequest,
    ExternalRuns,
    NormaliseContext,
    Normaliser,
)
from brandbrain_core.ports.store import Store, UnitOfWork
from brandbrain_core.ports.synthesis import Synthesizer
from brandbrain_core.ports.time import Clock, Ids, WakeUps
from brandbrain_core.ports.views import ViewRepository

__all__ = [
    "Beat",
    "BrandRepository",
    "Clock",
    "CollectRequest",
    "Collected",
    "CollectedItem",
    "CollectionRepository",
    "Collector",
    "Ended",
    "EvidenceRepository",
    "ExternalRuns",
    "IdempotencyRepository",
    "Ids",
    "JobRepository",
    "KeyRepository",
    "NormaliseContext",
    "Normaliser",
    "OverridesRepository",
    "Pruned",
    "QueueStats",
    "Released",
    "RunRepository",
    "Sighting",
    "SnapshotRepository",
    "SourceRepository",
    "Store",
    "Synthesizer",
    "UnitOfWork",
    "UpsertCounts",
    "ViewRepository",
    "WakeUps",
]
