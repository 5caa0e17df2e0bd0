"""Makes the fields of a snapshot: from an answer, from an inference, or by default; each with its confidence and the
rule of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar
from uuid import UUID

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.draft import Brief, Inference
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.fields import FieldNode, FieldSource, SourceType
from brandbrain_core.model.json import JsonValue
from brandbrain_core.model.snapshot import Section
from brandbrain_core.policies import confidence
from brandbrain_core.policies.assembly.problems import DraftProblem, DraftProblemCode
from brandbrain_core.policies.assembly.values import ValueChecker
from brandbrain_core.policies.confidence import Grade, Situation
from brandbrain_core.policies.off_limits import off_limits

CITED_MAX: Final = 10
"""Items that one field names as its sources, the strongest."""

T = TypeVar("T")


class FieldMaker:
    """
    Makes fields, and remembers what was noted on the way.

    Attributes:
        rules: By path of each field made: the name of the rule that set its confidence.
        problems: What was wrong with the draft.
    """

    def __init__(self, brief: Brief, situation: Situation, model: str) -> None:
        self.rules: dict[str, str] = {}
        self.problems: list[DraftProblem] = []
        self._items: Mapping[EvidenceId, EvidenceItem] = {item.id: item for item in brief.corpus}
        self._situation = situation
        self._model = model
        self._check = ValueChecker(off_limits=off_limits(brief.answers), problems=self.problems)

    def answered(self, path: str, value: T, question: str) -> FieldNode[T]:
        """Return the field that an answer fills, verbatim."""
        source = FieldSource(type=SourceType.ANSWER, id=question)
        return self._node(path, value, confidence.of_answer(_section(path)), (source,))

    def default_text(self, path: str, value: str) -> FieldNode[str]:
        """Return the text field of which nothing is known; *value* stands in unless the brand forbids it."""
        return self._node(path, self._check.neutral_text(path, value), confidence.of_default(_section(path)), ())

    def default_texts(self, path: str, values: tuple[str, ...]) -> FieldNode[tuple[str, ...]]:
        """Return the list field of which nothing is known; of *values* stands in what the brand does not forbid."""
        return self._node(path, self._check.neutral_texts(path, values), confidence.of_default(_section(path)), ())

    def unanswered(self, path: str, value: T) -> FieldNode[T]:
        """Return the field that only an answer may fill, and none did."""
        return self._node(path, value, confidence.NOT_ANSWERED, ())

    def text(self, path: str, inference: Inference[Any] | None) -> FieldNode[str] | None:
        """Return the field that an inferred text fills, or None if it does not pass."""
        return self._inferred(path, inference, self._check.text)

    def texts(self, path: str, inference: Inference[Any] | None) -> FieldNode[tuple[str, ...]] | None:
        """Return the field that inferred texts fill, or None if nothing of them passes."""
        return self._inferred(path, inference, self._check.texts)

    def known_items(self, path: str, cited: object) -> tuple[EvidenceItem, ...]:
        """Return the items of the brief that are cited, each once; others are noted."""
        ids = cited if isinstance(cited, (list, tuple)) else (cited,)
        known = [EvidenceId(i) for i in ids if isinstance(i, UUID) and i in self._items]
        if len(known) < len(ids):
            unknown = len(ids) - len(known)
            self.note(path, DraftProblemCode.UNKNOWN_CITATION, f"cites {unknown} items that were never shown")
        return tuple(self._items[i] for i in dict.fromkeys(known))

    def note(self, path: str, code: DraftProblemCode, what: str) -> None:
        """Note a problem with the draft; *what* goes on after the path."""
        self._check.note(path, code, what)

    def _inferred(
        self, path: str, inference: Inference[Any] | None, check: Callable[[str, JsonValue], T | None]
    ) -> FieldNode[T] | None:
        if inference is None:
            return None
        by_model = inference.kind is SourceType.LLM
        cited = self.known_items(path, inference.evidence)
        if not cited and (inference.evidence or not by_model):
            self.note(path, DraftProblemCode.NO_CITATION, "rests on nothing that was shown")
            return None
        value = check(path, inference.value)
        if value is None:
            return None
        section = _section(path)
        strongest = sorted(cited, key=lambda item: -confidence.most_of(item, section).confidence)
        sources = [FieldSource(type=SourceType.EVIDENCE, id=str(item.id)) for item in strongest[:CITED_MAX]]
        if by_model:
            sources.append(FieldSource(type=SourceType.LLM, id=self._model))
        grade = confidence.of_inferred(section, strongest[:CITED_MAX], self._situation)
        return self._node(path, value, grade, tuple(sources))

    def _node(self, path: str, value: T, grade: Grade, sources: tuple[FieldSource, ...]) -> FieldNode[T]:
        self.rules[path] = grade.rule
        return FieldNode(value=value, confidence=grade.confidence, sources=sources)


def _section(path: str) -> Section:
    return Section(path.partition(".")[0])
