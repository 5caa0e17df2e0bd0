"""The worker of brandbrain: claims jobs, keeps their leases alive, compiles, and ends them."""

from brandbrain_worker.attempt import Work
from brandbrain_worker.claiming import claimable
from brandbrain_worker.identity import worker_name
from brandbrain_worker.options import WorkerOptions
from brandbrain_worker.runner import Outcome, Worker
from brandbrain_worker.shutdown import on_signals

__all__ = ["Outcome", "Work", "Worker", "WorkerOptions", "claimable", "on_signals", "worker_name"]
