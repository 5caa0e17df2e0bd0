"""What happened to the sources of a compile, line by line, for stderr."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from brandbrain.words import counted
from brandbrain_core.model.reports import EvidenceStatus, SourceOutcome

_WORDS: Final = {"reused": "reused", "refreshed": "read", "skipped": "skipped", "failed": "failed"}


def source_lines(status: EvidenceStatus, known: Collection[str] = ()) -> Iterator[tuple[str, bool]]:
    """
    Yield lines, and whether each tells of something wrong.

    Args:
        status: Of the run.
        known: Problems that were told before, which are not told again.
    """
    for kind, word in _WORDS.items():
        for outcome in getattr(status, kind):
            yield _line(outcome, word), kind == "failed"
            for rejection in outcome.rejections or ():
                if not any(problem.endswith(rejection) for problem in known):
                    yield f"    {rejection}", True
            unseen = (outcome.normalized_rejected or 0) - len(outcome.rejections or ())
            if outcome.rejections and unseen > 0:
                yield f"    and {unseen} more", True


def _line(outcome: SourceOutcome, word: str) -> str:
    name = f"{outcome.source} {outcome.identifier}"
    if word in ("failed", "skipped"):
        return f"{word} {name}: {outcome.error or outcome.reason}"
    items = counted(outcome.item_count or 0, "item", "items")
    if word == "reused":
        return f"{word} {name}: {items}; {outcome.reason}"
    new = f", {outcome.normalized_created} new" if outcome.normalized_created else ""
    bad = f", {outcome.normalized_rejected} unusable" if outcome.normalized_rejected else ""
    return f"{word} {name}: {items}{new}{bad}"
