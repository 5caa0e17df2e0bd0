"""Whether a brand may be compiled: the answers and sources that must be there. Codes and messages are the
contract's."""

from __future__ import annotations

from collections.abc import Iterable

from brandbrain_core.errors import Problem
from brandbrain_core.model.json import JsonObject, JsonValue
from brandbrain_core.model.source import Source
from brandbrain_core.policies.capabilities import Allowed
from brandbrain_core.questions import REQUIRED_IDS


def check(answers: JsonObject, sources: Iterable[Source], *, allowed: Allowed) -> tuple[Problem, ...]:
    """
    Return what stands in the way of a compile; nothing: it may go ahead. Both tests always run, answers first.

    >>> [problem.code for problem in check({}, [], allowed=frozenset())]
    ['MISSING_TIER0_FIELDS', 'NO_ENABLED_SOURCES']
    """
    problems = []
    missing = [question for question in REQUIRED_IDS if _is_missing(answers.get(question))]
    if missing:
        message = f"Missing required Tier0 fields: {', '.join(missing)}"
        problems.append(Problem(code="MISSING_TIER0_FIELDS", message=message))
    if not any(source.is_enabled and (source.platform, source.capability) in allowed for source in sources):
        problems.append(Problem(code="NO_ENABLED_SOURCES", message="At least one enabled SourceConnection is required"))
    return tuple(problems)


def _is_missing(answer: JsonValue) -> bool:
    if isinstance(answer, str):
        return not answer.strip()
    return answer is None or answer in ([], {})
