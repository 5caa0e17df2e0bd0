"""Sums up the confidence of a snapshot by section, with the rule behind each number."""

from __future__ import annotations

from collections.abc import Mapping

from brandbrain_core.model.snapshot import Section, SectionConfidence
from brandbrain_core.policies.confidence import band, mean


def summarise_confidence(confidences: Mapping[str, float], rules: Mapping[str, str]) -> Mapping[str, SectionConfidence]:
    """
    Return the confidence of every section: the mean over its fields.

    Args:
        confidences: Of every field, by path.
        rules: The name of the rule that set it, by the same paths.
    """
    return {section.value: _section(section, confidences, rules) for section in Section}


def _section(section: Section, confidences: Mapping[str, float], rules: Mapping[str, str]) -> SectionConfidence:
    within = {path: number for path, number in confidences.items() if path.startswith(f"{section}.")}
    average = mean(within.values())
    return SectionConfidence(
        confidence=average, band=band(average), rules={path: rules[path] for path in sorted(within)}
    )
