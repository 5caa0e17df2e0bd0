"""The worker of brandbrain: claims jobs, keeps their leases alive, compiles, and ends them."""

from brandbrain_worker.identity import worker_name
from brandbrain_worker.options import WorkerOptions
from brandbrain_worker.runner import Outcome, Worker, claimable

__all__ = ["Outcome", "Worker", "WorkerOptions", "claimable", "worker_name"]
