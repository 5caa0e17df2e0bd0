"""The habits that the sample brand's posts were written to show are counted as its README states them."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from brandbrain_core.model.features import FeatureBlock
from brandbrain_core.policies.features import report
from brandbrain_core.testing import build


@pytest.fixture(scope="module")
def captions() -> FeatureBlock:
    """The counts over the captions of the sample's Instagram posts."""
    text = files("brandbrain").joinpath("sample/posts/instagram.json").read_text(encoding="utf-8")
    items = [
        build.evidence_item(number, text_primary=raw["caption"], hashtags=(), author_ref=raw["ownerUsername"])
        for number, raw in enumerate(json.loads(text))
    ]
    return report(items).overall


def test_calls_to_action(captions: FeatureBlock) -> None:
    """Of fourteen captions eight say "link in bio", three "read the full story", three "save this"."""
    by_phrase = {phrase.name: phrase.items for phrase in captions.calls_to_action.top}

    assert (8, 3, 3) == tuple(by_phrase[name] for name in ("link in bio", "read the full story", "save this"))


def test_emoji_questions_and_hashtags(captions: FeatureBlock) -> None:
    """Emoji in twelve captions, questions in ten, three to five hashtags in every one."""
    assert (14, 12, 10) == (captions.items, captions.emoji.usage.items, captions.questions.items)
    assert (14, 5) == (captions.hashtags.usage.items, captions.hashtags.max)
    assert "marrowbysailloft" == captions.hashtags.top[0].name


def test_themes(captions: FeatureBlock) -> None:
    """What the captions were written about recurs, and the brand's own name is not among it."""
    recurring = {phrase.name for phrase in captions.recurring}

    assert {"winter check", "palm and needle", "logbook card"} <= recurring
    assert not [name for name in recurring if "marrowby" in name]
