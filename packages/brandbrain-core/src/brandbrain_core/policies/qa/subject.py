"""What a check looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TypeAlias

import attrs

from brandbrain_core.ids import EvidenceId
from brandbrain_core.model.draft import Brief
from brandbrain_core.model.evidence import EvidenceItem
from brandbrain_core.model.fields import SourceType
from brandbrain_core.model.reports import CheckStatus
from brandbrain_core.model.snapshot import Snapshot
from brandbrain_core.policies.assembly import Assembled
from brandbrain_core.policies.paths import Node, leaves


@attrs.frozen(kw_only=True, slots=False)
class Subject:
    """An assembled snapshot and the brief it was drafted from."""

    assembled: Assembled
    brief: Brief

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot."""
        return self.assembled.snapshot

    @cached_property
    def fields(self) -> Mapping[str, Node]:
        """Every field of the snapshot, by path."""
        return leaves(self.snapshot)

    @cached_property
    def inferred(self) -> Mapping[str, Node]:
        """The fields that no answer filled."""
        return {
            path: node
            for path, node in self.fields.items()
            if not any(source.type is SourceType.ANSWER for source in node.sources)
        }

    @cached_property
    def items(self) -> Mapping[str, EvidenceItem]:
        """The items of the brief, by id as a field names it."""
        return {str(item.id): item for item in self.brief.corpus}

    @cached_property
    def item_ids(self) -> frozenset[EvidenceId]:
        """The ids of the items of the brief."""
        return frozenset(item.id for item in self.brief.corpus)


@attrs.frozen(kw_only=True)
class Finding:
    """
    What is wrong, where, and how bad it is.

    Attributes:
        what: A sentence for people.
    """

    status: CheckStatus
    what: str
    path: str | None = None


Findings: TypeAlias = Iterable[Finding]


def fails(what: str, path: str | None = None) -> Finding:
    """Return a finding that rejects the draft."""
    return Finding(status=CheckStatus.FAILED, what=what, path=path)


def warns(what: str, path: str | None = None) -> Finding:
    """Return a finding that people should know of."""
    return Finding(status=CheckStatus.WARNED, what=what, path=path)


def texts_of(node: Node) -> tuple[str, ...]:
    """Return the texts in the value of a field."""
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    return tuple(value for value in values if isinstance(value, str))
