"""The stored state has moved on: re-read it, then decide again."""

from __future__ import annotations

from brandbrain_core.errors.base import BrandBrainError
from brandbrain_core.ids import JobId


class Conflict(BrandBrainError):
    """The stored state has moved on; re-read it before trying again."""

    code = "conflict"


class SourceExists(Conflict):
    """Another source of the brand has this platform, capability and identifier."""

    code = "source_exists"

    def __str__(self) -> str:
        return "A source with this identifier already exists"


class RunFinished(Conflict):
    """The compile run has ended; nothing can change it."""

    code = "compile_run_finished"

    def __str__(self) -> str:
        return "Compile run already finished"


class RetryRefused(Conflict):
    """The job cannot be retried by hand: it has not failed, or something newer stands in its way."""

    code = "retry_refused"

    def __init__(self, job: JobId, why: str) -> None:
        super().__init__(job, why)
        self.job = job
        self.why = why

    def __str__(self) -> str:
        return self.why


class DiffMismatch(Conflict):
    """The diff was made of something else than what it is applied to."""

    code = "diff_mismatch"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"The diff does not fit at {self.path}"
