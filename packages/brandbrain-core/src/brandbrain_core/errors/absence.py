"""There is no such thing, for you."""

from __future__ import annotations

from brandbrain_core.errors.base import BrandBrainError
from brandbrain_core.ids import BrandId, EvidenceId, JobId, KeyId, RunId, SnapshotId, SourceId


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
