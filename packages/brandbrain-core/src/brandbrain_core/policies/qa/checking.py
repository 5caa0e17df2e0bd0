"""Runs the checks, in order, and sums them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from brandbrain_core.model.draft import Brief
from brandbrain_core.model.reports import CheckStatus, QaCheck, QaReport
from brandbrain_core.policies.assembly import Assembled
from brandbrain_core.policies.qa import grounds, shape, words
from brandbrain_core.policies.qa.subject import Findings, Subject, warns

_SHOWN: Final = 5
_SEVERITY: Final = (CheckStatus.PASSED, CheckStatus.WARNED, CheckStatus.FAILED)


def draft_clean(subject: Subject) -> Findings:
    """Nothing of the draft had to be left out."""
    for problem in subject.assembled.problems:
        yield warns(f"left out: {problem.message}", problem.path)


def not_degraded(subject: Subject) -> Findings:
    """The first synthesizer wrote the draft; no lesser one stood in."""
    if subject.snapshot.meta.synthesizer.degraded:
        yield warns(f"a lesser synthesizer, {subject.snapshot.meta.synthesizer.id}, stood in")


CHECKS: Final[Mapping[str, Callable[[Subject], Findings]]] = MappingProxyType(
    {
        check.__name__: check
        for check in (
            shape.schema_valid,
            grounds.sources_exist,
            words.taboos_equal_answers,
            words.answers_verbatim,
            grounds.caps_respected,
            shape.nothing_empty,
            shape.pillars_distinct,
            words.nothing_forbidden,
            words.enums_known,
            words.answers_in_advised_length,
            draft_clean,
            not_degraded,
        )
    }
)
"""The checks by id, in the order of the report; the docstring of each says what holds when it passes."""


def check(assembled: Assembled, brief: Brief) -> QaReport:
    """Return what the checks say of a snapshot that was assembled from *brief*; the worst status is the report's."""
    subject = Subject(assembled=assembled, brief=brief)
    checks = tuple(_run(name, test, subject) for name, test in CHECKS.items())
    return QaReport(status=_worst([one.status for one in checks]), checks=checks)


def _run(name: str, test: Callable[[Subject], Findings], subject: Subject) -> QaCheck:
    findings = list(test(subject))
    if not findings:
        return QaCheck(id=name, status=CheckStatus.PASSED, message=test.__doc__ or name)
    message = "; ".join(finding.what for finding in findings[:_SHOWN])
    if len(findings) > _SHOWN:
        message += f"; and {len(findings) - _SHOWN} more"
    paths = tuple(dict.fromkeys(finding.path for finding in findings if finding.path is not None))
    return QaCheck(
        id=name, status=_worst([finding.status for finding in findings]), message=message, paths=paths or None
    )


def _worst(statuses: list[CheckStatus]) -> CheckStatus:
    return max(statuses, key=_SEVERITY.index, default=CheckStatus.PASSED)
