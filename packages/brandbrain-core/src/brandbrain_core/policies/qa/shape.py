"""Checks of shape: types, required values, distinct pillars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

from brandbrain_core.policies.canonical import canonical
from brandbrain_core.policies.paths import value_type
from brandbrain_core.policies.qa.subject import Findings, Subject, fails, warns
from brandbrain_core.policies.schema import ValueKind
from brandbrain_core.policies.text import slug

_REQUIRED: Final = ("positioning.what_we_do", "positioning.who_for", "voice.cta_policy", "meta.content_goal")

_IS_KIND: Final[Mapping[ValueKind, Callable[[Any], bool]]] = {
    ValueKind.TEXT: lambda value: isinstance(value, str),
    ValueKind.TEXTS: lambda value: isinstance(value, tuple) and all(isinstance(text, str) for text in value),
    ValueKind.OBJECT: lambda value: isinstance(value, Mapping),
    ValueKind.ANY: lambda value: value is not None,
}


def schema_valid(subject: Subject) -> Findings:
    """Every field has a value of its type, and it can be written as JSON."""
    for path, node in subject.fields.items():
        kind = value_type(path)
        if not _IS_KIND[kind](node.value):
            yield fails(f"{path} is no {kind}", path)
        elif not _has_json(node.value):
            yield fails(f"{path} cannot be written as JSON", path)


def nothing_empty(subject: Subject) -> Findings:
    """No field that a required answer feeds is empty, and every pillar has a name."""
    required = (*_REQUIRED, *(f"pillars.{pillar.id}.name" for pillar in subject.snapshot.pillars))
    for path in required:
        if not subject.fields[path].value:
            yield fails(f"{path} is empty", path)


def pillars_distinct(subject: Subject) -> Findings:
    """No two pillars have the same id, or names that only differ in spelling."""
    pillars = subject.snapshot.pillars
    for key, count in Counter(pillar.id for pillar in pillars).items():
        if count > 1:
            yield fails(f"{count} pillars have the id {key}", f"pillars.{key}")
    for name, count in Counter(slug(str(pillar.name.value)) for pillar in pillars).items():
        if count > 1:
            yield warns(f"{count} pillars are called {name}", f"pillars.{name}")


def _has_json(value: object) -> bool:
    try:
        canonical(value)
    except ValueError:
        return False
    return True
