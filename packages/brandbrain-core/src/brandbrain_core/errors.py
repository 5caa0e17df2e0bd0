"""
The error tree, shaped by what a caller can do.

`InvalidInput`: mend the input. `NotFound`: there is no such thing, for you. `Conflict`: re-read, then decide again.
`LeaseLost`: stop, throw the work away. `SourceFailed`: that source only. `Unavailable`: the same call may work later.
Facts are attributes; every error survives pickling, since its arguments are positional.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs

from brandbrain_core.ids import BrandId, EvidenceId, JobId, KeyId, RunId, SnapshotId, SourceId


@attrs.frozen(kw_only=True)
class Problem:
    """
    One cause among several.

    Attributes:
        code: Stable and machine-readable, e.g. ``MISSING_TIER0_FIELDS``.
        message: A sentence for people.
        pointer: JSON pointer (RFC 6901) to the culprit in the input, if there is one.
    """

    code: str
    message: str
    pointer: str | None = None


class BrandBrainError(Exception):
    """Base of everything this library raises on purpose."""

    code: ClassVar[str] = "error"


class InvalidInput(BrandBrainError):
    """What was given is wrong; calling again with the same input fails again."""

    code = "invalid_input"

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The single causes; empty where the message says it all."""
        return ()


class InvalidIdentifier(InvalidInput):
    """A source identifier that names no account of its platform."""

    code = "invalid_identifier"

    def __init__(self, platform: str, why: str) -> None:
        super().__init__(platform, why)
        self.platform = platform
        self.why = why

    def __str__(self) -> str:
        return f"Invalid identifier for {self.platform}: {self.why}"


class UnsupportedCapability(InvalidInput):
    """A platform and capability that nothing can be collected from."""

    code = "unsupported_capability"

    def __init__(self, platform: str, capability: str) -> None:
        super().__init__(platform, capability)
        self.platform = platform
        self.capability = capability

    def __str__(self) -> str:
        return f"Unsupported platform/capability: {self.platform}/{self.capability}"


class _WithProblems(InvalidInput):
    """An input with one or more causes, each told apart."""

    headline: ClassVar[str]

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The single causes, in a stable order."""
        return self._problems

    def __str__(self) -> str:
        return "; ".join([self.headline, *(p.message for p in self._problems)])


class InvalidAnswers(_WithProblems):
    """Onboarding answers of a wrong type."""

    code = "invalid_answers"
    headline = "Invalid answers"


class GatingFailed(_WithProblems):
    """The brand may not be compiled yet: answers or sources are missing."""

    code = "gating_failed"
    headline = "Compile gating failed"


class InvalidSettings(_WithProblems):
    """A setting that is unknown or has an impossible value."""

    code = "invalid_settings"
    headline = "Invalid settings"


class InvalidOverridePath(InvalidInput):
    """A path that names no field and cannot become one."""

    code = "invalid_override_path"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"Invalid override path: {self.path}"


class InvalidOverrideValue(InvalidInput):
    """A value of another type than the field at its path."""

    code = "invalid_override_value"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(path, why)
        self.path = path
        self.why = why

    def __str__(self) -> str:
        return f"Invalid override value for {self.path}: {self.why}"


class InvalidFile(InvalidInput):
    """A file of evidence, answers or settings that cannot be read at all."""

    code = "invalid_file"

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


class NotFound(BrandBrainError):
    """There is no such thing, or it is not yours."""

    code = "not_found"


class BrandNotFound(NotFound):
    """No such brand."""

    code = "brand_not_found"

    def __init__(self, brand: BrandId | str) -> None:
        super().__init__(brand)
        self.brand = brand

    def __str__(self) -> str:
        return "Brand not found"


class SourceNotFound(NotFound):
    """No such source."""

    code = "source_not_found"

    def __init__(self, source: SourceId) -> None:
        super().__init__(source)
        self.source = source

    def __str__(self) -> str:
        return "Source not found"


class RunNotFound(NotFound):
    """No such compile run, or it is another brand's."""

    code = "compile_run_not_found"

    def __init__(self, run: RunId) -> None:
        super().__init__(run)
        self.run = run

    def __str__(self) -> str:
        return "Compile run not found"


class JobNotFound(NotFound):
    """No such job."""

    code = "job_not_found"

    def __init__(self, job: JobId) -> None:
        super().__init__(job)
        self.job = job

    def __str__(self) -> str:
        return "Job not found"


class SnapshotNotFound(NotFound):
    """The brand has no snapshot, or not this one."""

    code = "snapshot_not_found"

    def __init__(self, snapshot: SnapshotId | None = None) -> None:
        super().__init__(snapshot)
        self.snapshot = snapshot

    def __str__(self) -> str:
        return "No snapshot found"


class EvidenceNotFound(NotFound):
    """No such evidence item."""

    code = "evidence_not_found"

    def __init__(self, evidence: EvidenceId) -> None:
        super().__init__(evidence)
        self.evidence = evidence

    def __str__(self) -> str:
        return "Evidence not found"


class KeyNotFound(NotFound):
    """No such API key."""

    code = "key_not_found"

    def __init__(self, key: KeyId | str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        return f"There is no API key {self.key}"


class FieldNotFound(NotFound):
    """The snapshot has no field at this path."""

    code = "field_not_found"

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path

    def __str__(self) -> str:
        return f"No field at {self.path}"


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
