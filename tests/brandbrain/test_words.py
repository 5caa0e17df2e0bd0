"""What things are called to people, and how it looks at any width."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from io import StringIO
from itertools import product
from uuid import UUID

import pytest
from rich.console import Console, RenderableType
from tests.brandbrain.conftest import Command, newest_in

from brandbrain.logs import JsonLines, TextLines
from brandbrain.views.changes import changes
from brandbrain.views.snapshot import summary, whole
from brandbrain.words import RULES, STAGES, as_text
from brandbrain_core.ids import BrandId, EvidenceId, SourceId
from brandbrain_core.model.evidence import EvidenceItem, SecondaryKind
from brandbrain_core.model.platform import SUPPORTED
from brandbrain_core.model.reports import ABSENT, Change
from brandbrain_core.model.run import Stage
from brandbrain_core.model.snapshot import Section
from brandbrain_core.policies import confidence
from brandbrain_core.policies.confidence import Situation

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SITUATIONS = [
    Situation(has_items=has, reels_without_transcript=without) for has, without in product((True, False), repeat=2)
]


def items() -> list[EvidenceItem]:
    """Return an item of every kind, with and without spoken words."""
    return [
        EvidenceItem(
            id=EvidenceId(UUID(int=number)),
            brand_id=BrandId(UUID(int=1)),
            source_id=SourceId(UUID(int=2)),
            platform=platform,
            capability=capability,
            content_type=content_type,
            canonical_url="https://loft.example/a",
            text_secondary=spoken,
            secondary_kind=SecondaryKind.TRANSCRIPT if spoken else None,
            created_at=NOON,
            updated_at=NOON,
        )
        for number, (((platform, capability), content_type), spoken) in enumerate(
            product(SUPPORTED.items(), ("spoken", None))
        )
    ]


def test_every_rule_of_confidence_has_words() -> None:
    """Whatever rule may set a number, a person reads a sentence and not a name."""
    grades = [confidence.NOT_ANSWERED, confidence.NO_SOURCES]
    for section in Section:
        grades += [confidence.of_answer(section), confidence.of_default(section)]
        for item, situation in product(items(), SITUATIONS):
            grades += [confidence.most_of(item, section), confidence.of_inferred(section, [item], situation)]
    assert set() == {grade.rule for grade in grades} - RULES.keys()


def test_every_stage_has_words() -> None:
    """No stage is shown by its name."""
    assert set(Stage) == STAGES.keys()


def printed(width: int, *what: RenderableType) -> list[str]:
    """Return the lines that a terminal of this width shows."""
    file = StringIO()
    Console(file=file, width=width, color_system=None, legacy_windows=False).print(*what, sep="\n")
    return file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_snapshot_fits_any_terminal(sample: Command, width: int) -> None:
    """Nothing is wider than the terminal, and no name of a field or band is cut."""
    sample("compile", "brand.toml")
    found = newest_in(sample)
    lines = printed(width, *whole(found.brand.name, found.stored, found.snapshot))
    assert [] == [line for line in lines if len(line) > width]
    text = "\n".join(lines)
    for piece in ("priority_platforms", "hashtag_strategy", "pillars.retired-sails-become-bags", "very low 0.10"):
        assert piece in text
    short = printed(width, *summary(found.brand.name, found.stored, found.snapshot))
    assert [] == [piece for piece in ("what we do", "calls to action", "high 0.90") if piece not in "\n".join(short)]


def test_a_difference_of_lists_shows_items() -> None:
    """Of a list only what came and went is shown, of an order that changed both."""
    lines = printed(
        80,
        *changes(
            [
                Change(path="a", before=["x", "y"], after=["y", "z"]),
                Change(path="b", before=["x", "y"], after=["y", "x"]),
                Change(path="c", before=ABSENT, after="new"),
                Change(path="d", before="old", after=ABSENT),
            ],
            {"z": "zed"},
        ),
    )
    shown = [line.strip() for line in lines]
    assert ["a", "- x", "+ zed", "1 unchanged", "b", "- x, y", "+ y, x", "c", "+ new", "d", "- old"] == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [({"a": [1, 2], "b": None}, "a: 1, 2; b: (empty)"), ("", "(empty)"), ((), "(none)"), (0.5, "0.5")],
)
def test_values_as_text(value: object, text: str) -> None:
    """Objects, lists and nothing have a form on one line."""
    assert text == as_text(value)


def record(**facts: object) -> logging.LogRecord:
    """Return a record of the log with facts."""
    return logging.getLogger("brandbrain.x").makeRecord(
        "brandbrain.x", logging.INFO, "f", 1, "it %s", ("went",), None, extra=facts
    )


def test_log_lines() -> None:
    """Facts stand behind the message, or beside it in JSON."""
    line = json.loads(JsonLines().format(record(run="r1", count=2)))
    assert ("it went", "info", "brandbrain.x", "r1", 2) == (
        line["message"],
        line["level"],
        line["logger"],
        line["run"],
        line["count"],
    )
    assert TextLines().format(record(run="r1")).endswith("INFO brandbrain.x: it went (run=r1)")
