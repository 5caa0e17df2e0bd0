"""Work that could not be done: a lost lease, a source, an item, a synthesizer, a compile, a service that is away."""

from __future__ import annotations

from brandbrain_core.errors.base import BrandBrainError
from brandbrain_core.ids import JobId


class LeaseLost(BrandBrainError):
    """The lease is no longer this worker's: stop, throw the work away, write nothing."""

    code = "lease_lost"

    def __init__(self, job: JobId, token: int) -> None:
        super().__init__(job, token)
        self.job = job
        self.token = token

    def __str__(self) -> str:
        return f"The lease with token {self.token} on job {self.job} was lost"


class SourceFailed(BrandBrainError):
    """
    A source could not be collected; other sources are not affected.

    Attributes:
        error_code: Stable, e.g. ``unreachable``, ``blocked_address``, ``no_collector``.
        why: A sentence a person can act on, without secrets.
        retry_after: Seconds before another try makes sense; None: no advice.
    """

    code = "source_failed"

    def __init__(self, error_code: str, why: str, retry_after: float | None = None) -> None:
        super().__init__(error_code, why, retry_after)
        self.error_code = error_code
        self.why = why
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.why


class ItemRejected(BrandBrainError):
    """A raw item from which no evidence can be made; the reason is counted and shown."""

    code = "item_rejected"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why


class SynthesisFailed(BrandBrainError):
    """A synthesizer could not give a draft; the next one in order stands in."""

    code = "synthesis_failed"

    def __init__(self, synthesizer: str, why: str, retry_after: float | None = None) -> None:
        super().__init__(synthesizer, why, retry_after)
        self.synthesizer = synthesizer
        self.why = why
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"Synthesizer {self.synthesizer} failed: {self.why}"


class CompileFailed(BrandBrainError):
    """
    The compile cannot give a snapshot; the run ends FAILED with this text.

    Attributes:
        retryable: Whether another attempt may do better.
    """

    code = "compile_failed"

    def __init__(self, why: str, retryable: bool = False) -> None:
        super().__init__(why, retryable)
        self.why = why
        self.retryable = retryable

    def __str__(self) -> str:
        return self.why


class Unavailable(BrandBrainError):
    """Something this call needs did not answer; calling again later is safe."""

    code = "unavailable"

    def __init__(self, what: str, why: str, retry_after: float | None = None) -> None:
        super().__init__(what, why, retry_after)
        self.what = what
        self.why = why
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.what} is not available: {self.why}"


class SchemaMismatch(BrandBrainError):
    """The database was laid out by another version; migrate it, then call again."""

    code = "schema_mismatch"

    def __init__(self, found: str | None, expected: str) -> None:
        super().__init__(found, expected)
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        return f"The database has schema {self.found or 'none'}, this version needs {self.expected}"
