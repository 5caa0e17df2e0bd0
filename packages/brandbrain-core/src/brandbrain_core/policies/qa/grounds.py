"""Checks of grounds: what each value rests on, and how sure it may be."""

from __future__ import annotations

from brandbrain_core.model.answers import Answers
from brandbrain_core.model.fields import FieldSource, SourceType
from brandbrain_core.model.snapshot import Section
from brandbrain_core.policies import confidence
from brandbrain_core.policies.paths import Node
from brandbrain_core.policies.qa.subject import Findings, Subject, fails
from brandbrain_core.questions import BY_ID, RULES_ID


def sources_exist(subject: Subject) -> Findings:
    """Every source is an answer that was given, an item of the brief, or the model; what has none is hardly sure."""
    for path, node in subject.fields.items():
        for source in node.sources:
            if not _exists(subject, source):
                yield fails(f"{path} rests on {source.type} {source.id}, which does not exist", path)
        if not node.sources and node.confidence > confidence.NO_SOURCES.confidence:
            yield fails(f"{path} rests on nothing and is sure of itself", path)
    for evidence in subject.snapshot.examples.canonical_evidence:
        if evidence not in subject.item_ids:
            yield fails(f"the example {evidence} does not exist", "examples.canonical_evidence")


def caps_respected(subject: Subject) -> Findings:
    """No field is surer than what it rests on allows."""
    for path, node in subject.fields.items():
        most = _most(subject, path, node)
        if node.confidence > most:
            yield fails(f"{path} claims a confidence of {node.confidence}; at most {most} is allowed", path)


def _exists(subject: Subject, source: FieldSource) -> bool:
    if source.type is SourceType.EVIDENCE:
        return source.id in subject.items
    if source.type is SourceType.ANSWER:
        return _is_answered(subject.brief.answers, source.id)
    synthesizer = subject.snapshot.meta.synthesizer
    return source.id == (synthesizer.model or synthesizer.id)


def _is_answered(answers: Answers, question: str) -> bool:
    if question == RULES_ID:
        return bool(answers.platform_rules)
    if question.startswith(f"{RULES_ID}."):
        return question.removeprefix(f"{RULES_ID}.") in answers.platform_rules
    return question in BY_ID and bool(getattr(answers, question.partition(".")[2]))


def _most(subject: Subject, path: str, node: Node) -> float:
    section = Section(path.partition(".")[0])
    if any(source.type is SourceType.ANSWER for source in node.sources):
        return confidence.of_answer(section).confidence
    cited = [subject.items[source.id] for source in node.sources if source.id in subject.items]
    if not node.sources:
        return confidence.of_default(section).confidence
    return confidence.of_inferred(section, cited, subject.assembled.situation).confidence
