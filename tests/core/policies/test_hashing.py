from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import pytest

from brandbrain_core.ids import BrandId, SourceId
from brandbrain_core.model.overrides import Overrides
from brandbrain_core.model.platform import Capability, Platform
from brandbrain_core.model.run import Configuration, FrozenInputs, FrozenSource
from brandbrain_core.policies.hashing import input_hash, inputs_hash

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BRAND = BrandId(UUID(int=1))
WEB = FrozenSource(
    id=SourceId(UUID(int=2)),
    platform=Platform.WEB,
    capability=Capability.CRAWL_PAGES,
    identifier="https://loft.example",
    settings={"extra_start_urls": ["https://loft.example/about"]},
)
POSTS = FrozenSource(
    id=SourceId(UUID(int=3)), platform=Platform.INSTAGRAM, capability=Capability.POSTS, identifier="loft"
)
CONFIGURATION = Configuration(
    synthesizers=("llm", "rules"),
    model="small",
    prompt_version="1",
    policies={"bundling": "1", "merge": "1"},
    caps={"web.crawl_pages": 3},
)
INPUTS = FrozenInputs(
    captured_at=NOON, answers={"tier0.what_we_do": "Mend sails"}, sources=(POSTS, WEB), configuration=CONFIGURATION
)


def test_the_moment_and_the_order_of_sources_do_not_count() -> None:
    """Capturing the same inputs again, in whatever order, gives the same hash."""
    later = attrs.evolve(INPUTS, captured_at=NOON + timedelta(days=9), sources=(WEB, POSTS))

    assert inputs_hash(INPUTS) == inputs_hash(later)


def test_absent_and_empty_settings_are_the_same() -> None:
    """A source without settings is one with empty settings."""
    empty = attrs.evolve(INPUTS, sources=(attrs.evolve(POSTS, settings={}), WEB))

    assert inputs_hash(INPUTS) == inputs_hash(empty)


@pytest.mark.parametrize(
    "changed",
    [
        {"answers": {"tier0.what_we_do": "Mend sails "}},
        {"answers": {"tier0.what_we_do": "Mend sails", "own.note": "x"}},
        {"sources": (POSTS,)},
        {"sources": (attrs.evolve(POSTS, identifier="loft2"), WEB)},
        {"sources": (POSTS, attrs.evolve(WEB, settings=None))},
        {"sources": (attrs.evolve(POSTS, capability=Capability.REELS), WEB)},
        {"configuration": attrs.evolve(CONFIGURATION, synthesizers=("rules", "llm"))},
        {"configuration": attrs.evolve(CONFIGURATION, model="large")},
        {"configuration": attrs.evolve(CONFIGURATION, model=None)},
        {"configuration": attrs.evolve(CONFIGURATION, prompt_version="2")},
        {"configuration": attrs.evolve(CONFIGURATION, policies={"bundling": "2", "merge": "1"})},
        {"configuration": attrs.evolve(CONFIGURATION, caps={"web.crawl_pages": 4})},
    ],
)
def test_what_shapes_the_result_changes_the_hash(changed: dict[str, Any]) -> None:
    """Another answer, source, setting, model, prompt, policy or cap is another input."""
    assert inputs_hash(INPUTS) != inputs_hash(attrs.evolve(INPUTS, **changed))


def test_overrides_count_on_the_second_level() -> None:
    """An override or a pin is another input; the order and repetition of pins are not."""
    base = inputs_hash(INPUTS)
    none = Overrides(brand_id=BRAND)
    one = attrs.evolve(none, values={"voice.cta_policy": "none"})
    pins = attrs.evolve(none, pinned_paths=("voice.do", "voice.dont"))
    turned = attrs.evolve(none, pinned_paths=("voice.dont", "voice.do", "voice.dont"), updated_at=NOON)

    assert 3 == len({input_hash(base, none), input_hash(base, one), input_hash(base, pins)})
    assert input_hash(base, pins) == input_hash(base, turned)
    assert input_hash(base, none) != input_hash("0" * 64, none)
