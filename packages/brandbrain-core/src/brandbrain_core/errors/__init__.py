"""
The error tree, shaped by what a caller can do.

`InvalidInput`: mend the input. `NotFound`: there is no such thing, for you. `Conflict`: re-read, then decide again.
`LeaseLost`: stop, throw the work away. `SourceFailed`: that source only. `Unavailable`: the same call may work later.
Facts are attributes; every error survives pickling, since its arguments are positional.
"""

from brandbrain_core.errors.absence import (
    BrandNotFound,
    EvidenceNotFound,
    FieldNotFound,
    JobNotFound,
    KeyNotFound,
    NotFound,
    RunNotFound,
    SnapshotNotFound,
    SourceNotFound,
)
from brandbrain_core.errors.base import BrandBrainError, Problem
from brandbrain_core.errors.conflicts import Conflict, DiffMismatch, RetryRefused, RunFinished, SourceExists
from brandbrain_core.errors.inputs import (
    GatingFailed,
    InvalidAnswers,
    InvalidFile,
    InvalidIdentifier,
    InvalidInput,
    InvalidOverridePath,
    InvalidOverrideValue,
    InvalidSettings,
    UnsupportedCapability,
)
from brandbrain_core.errors.work import (
    CompileFailed,
    ItemRejected,
    LeaseLost,
    SchemaMismatch,
    SourceFailed,
    SynthesisFailed,
    Unavailable,
)

__all__ = [
    "BrandBrainError",
    "BrandNotFound",
    "CompileFailed",
    "Conflict",
    "DiffMismatch",
    "EvidenceNotFound",
    "FieldNotFound",
    "GatingFailed",
    "InvalidAnswers",
    "InvalidFile",
    "InvalidIdentifier",
    "InvalidInput",
    "InvalidOverridePath",
    "InvalidOverrideValue",
    "InvalidSettings",
    "ItemRejected",
    "JobNotFound",
    "KeyNotFound",
    "LeaseLost",
    "NotFound",
    "Problem",
    "RetryRefused",
    "RunFinished",
    "RunNotFound",
    "SchemaMismatch",
    "SnapshotNotFound",
    "SourceExists",
    "SourceFailed",
    "SourceNotFound",
    "SynthesisFailed",
    "Unavailable",
    "UnsupportedCapability",
]
