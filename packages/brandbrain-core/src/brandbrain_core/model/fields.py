"""A FieldNode: one statement about a brand, how far to trust it, and what it rests on."""

from __future__ import annotations

from enum import StrEnum
from typing import Generic, TypeVar

import attrs
from attrs import validators as v

from brandbrain_core.model.json import JsonValue

T = TypeVar("T")


class SourceType(StrEnum):
    """What kind of ground a value stands on."""

    ANSWER = "answer"
    EVIDENCE = "evidence"
    LLM = "llm"


@attrs.frozen(kw_only=True)
class FieldSource:
    """
    One ground of a value.

    Attributes:
        id: A question id for an answer, an evidence id for evidence, a model's name for an LLM.
    """

    type: SourceType
    id: str


@attrs.frozen(kw_only=True)
class FieldNode(Generic[T]):
    """
    One statement about a brand.

    Attributes:
        value: The effective value: the override, else the pinned value, else the inferred one.
        confidence: How sure the compiler is of the inferred value, 0.0 to 1.0, unitless; where nothing is inferred and
            only a person's word stands here, 1.0.
        sources: What the inferred value rests on, strongest first.
        locked: Whether the field is pinned.
        override_value: What a person put in its place; None: nothing.
        inferred_value: What the compiler would have said; only where an override or a pin stands in front of it.
    """

    value: T
    confidence: float = attrs.field(validator=[v.ge(0.0), v.le(1.0)])
    sources: tuple[FieldSource, ...] = ()
    locked: bool = False
    override_value: JsonValue | None = None
    inferred_value: T | None = None

    @property
    def is_fronted(self) -> bool:
        """Whether an override or a pin stands in front of the inferred value."""
        return self.locked or self.override_value is not None
