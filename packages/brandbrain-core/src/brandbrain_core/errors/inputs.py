"""What was given is wrong: mend it, then call again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from brandbrain_core.errors.base import BrandBrainError, Problem


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
